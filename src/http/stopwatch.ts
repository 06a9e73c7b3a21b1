/**
 * Elapsed time that no change of the system clock can disturb.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Starts now; tells how long it has run, by the clock that nobody can set: the wall clock, by which schedules go, may jump. */
export const stopwatch: Effect.Effect<() => Duration.Duration> = Effect.map(Clock.Clock, (clock) => {
  const begun = clock.monotonicTimeNanosUnsafe()
  return () => Duration.nanos(clock.monotonicTimeNanosUnsafe() - begun)
})
