import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Login from "webqq-login/Login"
import * as Site from "webqq-login/Site"
import { type Answer, picture, ptuiCB } from "../support/answers.ts"
import { inLogin, startAt } from "../support/inLogin.ts"

const start = Date.parse(startAt)
const hour = 3_600_000

/** The wall clock is set seven seconds after the start, between the third poll and the fourth. */
const setBy =
  (jump: number) =>
  (clock: Clock.Clock): Clock.Clock => {
    const offset = () => (clock.currentTimeMillisUnsafe() - start >= 7000 ? jump : 0)
    const millis = () => clock.currentTimeMillisUnsafe() + offset()
    const nanos = () => clock.currentTimeNanosUnsafe() + BigInt(offset()) * 1_000_000n
    return {
      ...clock,
      currentTimeMillisUnsafe: millis,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanosUnsafe: nanos,
      currentTimeNanos: Effect.sync(nanos)
    }
  }

const login = (answers: ReadonlyArray<Answer>, jump: number) =>
  Effect.gen(function* () {
    const { runVirtual, times } = inLogin(answers)
    const result = yield* Login.login(Site.webqq).pipe(
      Effect.result,
      Effect.provideServiceEffect(Clock.Clock, Effect.map(Clock.Clock, setBy(jump))),
      runVirtual
    )
    // What was asked was dated by that clock.
    return { result, times: times().map((time) => (Math.abs(time) > 1000 ? time - jump / 1000 : time)) }
  })

const polls = (count: number) => Array.from({ length: count }, () => ptuiCB("66"))
const tokens: ReadonlyArray<Answer> = [
  { status: 302 },
  { body: `{"retcode":0,"result":{"vfwebqq":"v"}}` },
  { body: `{"retcode":0,"result":{"uin":123456789,"psessionid":"p"}}` }
]
const confirmed = ptuiCB("0", "https://ptlogin2.web2.qq.com/check_sig?ptsigx=1")

describe.each([
  ["an hour back", -hour],
  ["an hour on", hour],
  ["three days on", 72 * hour]
] as const)("a wall clock that is set %s in the midst of the polling", (_, jump) => {
  it.effect("changes no wait, and the login comes to its end", () =>
    Effect.gen(function* () {
      const { result, times } = yield* login(
        [picture("q"), ...polls(5), ptuiCB("67"), ptuiCB("67"), confirmed, ...tokens],
        jump
      )
      assert.strictEqual(result._tag, "Success")
      assert.deepStrictEqual(times, [0, 2, 4, 6, 8, 10, 12, 13, 14, 14, 14, 14])
    })
  )

  it.effect("lets a code live as long as without it", () =>
    Effect.gen(function* () {
      const { result, times } = yield* login([picture("q"), ...polls(89), picture("r"), confirmed, ...tokens], jump)
      assert.strictEqual(result._tag, "Success")
      // A poll every two seconds, the last of them at 178; at 180 the code is over.
      assert.deepStrictEqual(times.slice(88, 92), [176, 178, 180, 182])
    })
  )
})
