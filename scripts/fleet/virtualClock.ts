/**
 * A clock whose time passes as fast as what is done in it allows: whenever nothing is left to do, it is the time at which the next one
 * wakes up.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

interface Sleeper {
  readonly at: number
  /** Missing where nobody waits for it any more: a limit of minutes must not hold for minutes what it was for. */
  wake: (() => void) | undefined
}

/** The sleepers, the first to wake on top: a binary heap. */
const heap = () => {
  const all: Array<Sleeper> = []
  const swap = (i: number, j: number) => ([all[i], all[j]] = [all[j]!, all[i]!])
  const pop = (): Sleeper | undefined => {
    const first = all[0]
    const last = all.pop()
    if (first === undefined || all.length === 0) return first
    all[0] = last!
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2]
      let least = i
      if (left < all.length && all[left]!.at < all[least]!.at) least = left
      if (right < all.length && all[right]!.at < all[least]!.at) least = right
      if (least === i) return first
      swap(i, least)
      i = least
    }
  }
  return {
    push: (sleeper: Sleeper) => {
      let i = all.push(sleeper) - 1
      for (let up = (i - 1) >> 1; i > 0 && all[i]!.at < all[up]!.at; up = (i - 1) >> 1) {
        swap(i, up)
        i = up
      }
    },
    /** The first that has to wake by then. */
    until: (end: number): Sleeper | undefined => {
      while (all[0] !== undefined && all[0].wake === undefined) pop()
      return all[0] !== undefined && all[0].at <= end ? pop() : undefined
    }
  }
}

export const make = (start: number) => {
  let now = start
  const sleepers = heap()
  const millis = () => now
  const nanos = () => BigInt(Math.round(now * 1e6))
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const sleeper: Sleeper = {
          at: now + Duration.toMillis(duration),
          wake: () => resume(Effect.void)
        }
        if (Number.isFinite(sleeper.at)) sleepers.push(sleeper)
        return Effect.sync(() => void (sleeper.wake = undefined))
      })
  }
  /** Answers come by promises and by turns of the event loop: so many of these, and all that was begun waits for a time. */
  const turns = async () => {
    for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    clock,
    now: millis,
    /** Lets so much time pass. */
    pass: async (duration: number) => {
      const end = now + duration
      for (;;) {
        await turns()
        let next = sleepers.until(end)
        if (next === undefined) break
        now = Math.max(now, next.at)
        // All of a moment wake together, as timers do.
        for (; next !== undefined; next = sleepers.until(now)) next.wake?.()
      }
      now = end
    }
  }
}
