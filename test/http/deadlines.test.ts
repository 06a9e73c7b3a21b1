import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as Deadlines from "../../src/http/deadlines.ts"

const now = Effect.map(Clock.currentTimeMillis, Number)

/** A limit of so many milliseconds that begins at some time, and may be called off some time after that. */
const Limit = Schema.Struct({
  begins: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3000 })),
  // Mostly the same, as requests have it.
  millis: Schema.Literals([1, 300, 1000, 1001, 10_000, 10_000, 10_000]),
  calledOff: Schema.Literals([0, 299, 2500, 9999, 20_000, 100_000])
})

describe("deadlines", () => {
  it.effect.prop(
    "end each at its own time, to the millisecond, unless it was called off before",
    [Arbitrary.array(Arbitrary.schema(Limit), { minLength: 1, maxLength: 12 })],
    ([limits]) =>
      Effect.gen(function* () {
        const clock = yield* Clock.Clock
        const start = yield* now
        const after = yield* Deadlines.make
        const ended = new Map<number, number>()
        const begin = (limit: typeof Limit.Type, index: number) =>
          Effect.gen(function* () {
            yield* Effect.sleep(limit.begins)
            const callOff = after(clock, Duration.millis(limit.millis), () => {
              ended.set(index, clock.currentTimeMillisUnsafe() - start)
            })
            yield* Effect.sleep(limit.calledOff)
            callOff()
          })
        for (const [index, limit] of limits.entries()) yield* Effect.forkChild(begin(limit, index))
        yield* TestClock.adjust("30 seconds")
        const expected = limits.flatMap(({ begins, calledOff, millis }, index) =>
          calledOff < millis ? [] : [[index, begins + millis] as const]
        )
        assert.deepEqual(
          [...ended].sort(([a], [b]) => a - b),
          expected
        )
      }).pipe(Effect.scoped)
  )

  it.effect("sleep a second at a time, one fiber for all, and not at all where there are none", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const sleeps: Array<number> = []
      let asleep = 0
      const watched: Clock.Clock = Object.assign(Object.create(clock) as Clock.Clock, {
        sleep: (duration: Duration.Duration) =>
          Effect.suspend(() => {
            sleeps.push(Duration.toMillis(duration))
            asleep++
            return Effect.ensuring(
              clock.sleep(duration),
              Effect.sync(() => void asleep--)
            )
          })
      })
      const late: Array<string> = []
      const after = yield* Deadlines.make
      const off = Array.from({ length: 1000 }, () => after(watched, Duration.seconds(10), () => late.push("10 s")))
      assert.deepEqual([sleeps, asleep], [[1000], 1])
      yield* TestClock.adjust("2500 millis")
      after(watched, Duration.millis(20), () => late.push("20 ms"))
      assert.strictEqual(asleep, 1)
      for (const callOff of off) callOff()
      yield* TestClock.adjust("20 millis")
      assert.deepEqual([late, asleep, sleeps], [["20 ms"], 0, [1000, 1000, 1000, 20]])
      // And begin anew.
      after(watched, Duration.infinity, () => late.push("never"))
      after(watched, Duration.millis(30), () => late.push("30 ms"))
      yield* TestClock.adjust("1 hour")
      assert.deepEqual([late, asleep], [["20 ms", "30 ms"], 0])
      // Whoever asks hears first how to call it off.
      after(watched, Duration.zero, () => late.push("at once"))
      assert.strictEqual(late.length, 2)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(late.length, 3)
    }).pipe(Effect.scoped)
  )

  it.effect("are over with their scope, none of them called", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const scope = yield* Scope.make()
      const after = yield* Scope.provide(Deadlines.make, scope)
      let late = 0
      after(clock, Duration.seconds(1), () => late++)
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(late, 0)
    })
  )

  it.live("end by the clock of the machine, too, and never early", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const after = yield* Deadlines.make
      const begun = clock.monotonicTimeNanosUnsafe()
      yield* Effect.callback<void>((resume) => void after(clock, Duration.millis(30), () => resume(Effect.void)))
      assert.isAtLeast(Number(clock.monotonicTimeNanosUnsafe() - begun), 30e6)
    }).pipe(Effect.scoped)
  )
})
