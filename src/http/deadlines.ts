/**
 * Time limits of many at once, by Effect's Clock. One fiber sleeps for all of them, a second at a time, and ends where there are none: a
 * fiber and a timer for each request were a tenth of what it cost (measured).
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"

/** Calls `late` when `duration` has passed by the clock, unless what it returns is called first. */
export type After = (clock: Clock.Clock, duration: Duration.Duration, late: () => void) => () => void

/** The scope ends all of them, without a call. */
export const make: Effect.Effect<After, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => new Map<Clock.Clock, Watch>()),
    (watches) => Effect.sync(() => watches.forEach(({ end }) => end()))
  ),
  (watches): After =>
    (clock, duration, late) => {
      let watch = watches.get(clock)
      // A clock is forgotten when nobody waits by it.
      if (watch === undefined) watches.set(clock, (watch = watching(clock, () => watches.delete(clock))))
      return watch.add(Duration.toMillis(duration), late)
    }
)

interface Watch {
  readonly add: (millis: number, late: () => void) => () => void
  readonly end: () => void
}

interface Limit {
  readonly due: number
  readonly late: () => void
}

/** The longest sleep. What was called off keeps a process alive for no longer. */
const sliceMillis = 1000

const watching = (clock: Clock.Clock, onEmpty: () => void): Watch => {
  // Of those with the same length, the first to begin is the first to end.
  const byLength = new Map<number, Set<Limit>>()
  let sleeper: Fiber.Fiber<void> | undefined
  let wakesAt = Infinity

  // The wall clock may jump.
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

  /** Calls those whose time is over, and says when the next one's is. */
  const look = (): number => {
    let next = Infinity
    for (const [length, limits] of byLength) {
      for (const limit of limits) {
        if (limit.due > now()) {
          next = Math.min(next, limit.due)
          break
        }
        limits.delete(limit)
        limit.late()
      }
      if (limits.size === 0) byLength.delete(length)
    }
    return next
  }

  const watch: Effect.Effect<void> = Effect.suspend(() => {
    const next = look()
    if (next === Infinity) return Effect.sync(onEmpty)
    wakesAt = Math.min(next, now() + sliceMillis)
    return Effect.andThen(clock.sleep(Duration.millis(wakesAt - now())), watch)
  })

  const end = () => sleeper?.interruptUnsafe()

  return {
    end,
    add: (millis, late) => {
      // Never at once: whoever asks has not yet heard how to call it off.
      const limit = { due: now() + Math.max(millis, 1), late }
      const limits = byLength.get(millis) ?? new Set()
      byLength.set(millis, limits.add(limit))
      if (sleeper === undefined || limit.due < wakesAt) {
        end()
        sleeper = Effect.runFork(watch)
      }
      return () => void limits.delete(limit)
    }
  }
}
