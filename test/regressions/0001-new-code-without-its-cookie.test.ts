import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Login from "webqq-login/Login"
import * as Site from "webqq-login/Site"
import { picture, ptuiCB } from "../support/answers.ts"
import { inLogin } from "../support/inLogin.ts"

// It polled the new picture with the cookie of the expired one: a code that nobody could ever confirm.
it.live("a new code that comes without its cookie is refused, not polled with the cookie of the last", () =>
  Effect.gen(function* () {
    const { asked, runVirtual } = inLogin([picture("first"), ptuiCB("65"), { ...picture(""), headers: [] }])
    const error = yield* Effect.flip(runVirtual(Login.login(Site.webqq)))
    assert.deepInclude(error, { _tag: "BadQrCode", step: "QrCode" })
    assert.strictEqual(asked.length, 3)
  })
)
