import { assert, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import * as LoginError from "webqq-login/LoginError"
import * as Site from "webqq-login/Site"
import { awaitConfirmation } from "webqq-login/steps/AwaitConfirmation"
import * as Psession from "webqq-login/steps/Psession"
import { ptuiCB } from "../support/answers.ts"
import { inLogin } from "../support/inLogin.ts"

const ticket = "https://ptlogin2.web2.qq.com/check_sig?pttype=1&ptsigx=TICKET"

// The seed has the address in the place of the message: with a code that nobody knows, it was printed.
it.effect.each([
  ["a message", awaitConfirmation(Site.webqq, Redacted.make("x"), () => Effect.void), ptuiCB("10009", "", ticket)],
  [
    "an errmsg",
    Psession.open(Site.webqq, Redacted.make("")),
    { body: JSON.stringify({ retcode: 103, errmsg: `go to ${ticket.toUpperCase()} now` }) }
  ]
] as const)("the ticket in %s of the server is in no error", ([, step, answer]) =>
  Effect.gen(function* () {
    const error = (yield* Effect.flip(inLogin([answer]).runVirtual(step as Effect.Effect<unknown>))) as never
    const { message } = LoginError.describe(error, "zh")
    assert.match(message, /check_sig\?…/i)
    const shown = [message, inspect(error), JSON.stringify(error), Cause.pretty(Cause.fail(error))].join()
    assert.notMatch(shown, /TICKET/)
  })
)
