import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Site from "webqq-login/Site"
import { awaitConfirmation } from "webqq-login/steps/AwaitConfirmation"
import { type Answer, ptuiCB } from "../support/answers.ts"
import { inLogin } from "../support/inLogin.ts"

const busy = (seconds: number): Answer => ({ status: 429, headers: [["retry-after", String(seconds)]] })
const hanging = Array.from({ length: 20 }, (): Answer => ({ hangs: true }))

// A code was shown anew every three minutes, and none of them was ever asked about.
it.effect.each([
  ["is asked to stay away for longer than the code lives", [busy(180)], "HttpFailed", 1],
  ["is asked so for what is left of its life", [ptuiCB("66"), busy(177)], "HttpFailed", 2],
  ["is asked to come back while it lives", [busy(170), ptuiCB("65")], "Expired", 2],
  ["is never answered", hanging, "HttpFailed", 6],
  ["was answered once, and then no more", [ptuiCB("66"), ...hanging], "Expired", 7]
] as const)("a code whose poll %s", ([, answers, end, polls]) =>
  Effect.gen(function* () {
    const { asked, runVirtual } = inLogin(answers)
    const polling = awaitConfirmation(Site.webqq, Redacted.make("x"), () => Effect.void)
    const tag = yield* runVirtual(
      Effect.match(polling, { onFailure: ({ _tag }) => _tag, onSuccess: ({ _tag }) => _tag })
    )
    assert.deepEqual([tag, asked.length], [end, polls])
  })
)
