import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Site from "webqq-login/Site"
import * as Vfwebqq from "webqq-login/steps/Vfwebqq"
import { inLogin, startAt } from "../support/inLogin.ts"

const at = (offsetSeconds: number) => new Date(Date.parse(startAt) + offsetSeconds * 1000).toUTCString()

// A date in Retry-After was compared with the clock of this machine: one that is an hour slow waited an hour.
it.live.each([
  ["an hour slow", 3600],
  ["an hour fast", -3600]
] as const)("a clock that is %s waits as long as the server asked", ([, ahead]) =>
  Effect.gen(function* () {
    const busy = {
      status: 503,
      headers: [
        ["date", at(ahead)],
        ["retry-after", at(ahead + 7)]
      ] as const
    }
    const { runVirtual, times } = inLogin([busy, { body: `{"retcode":0,"result":{"vfwebqq":"v"}}` }])
    yield* runVirtual(Vfwebqq.fetch(Site.webqq, Redacted.make("")))
    assert.deepStrictEqual(times(), [0, 7])
  })
)
