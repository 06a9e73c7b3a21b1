/**
 * A world without an event loop: a program, its clock and its scheduler in one loop, so that thousands of logins of ten minutes
 * each take seconds. For programs that wait for nothing but the clock.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import type * as Scheduler from "effect/Scheduler"

/** Numbers from 0 to 1, the same for the same seed (the generator is mulberry32). */
export const dice = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface World {
  /** Milliseconds since the start, by a clock that nobody sets. */
  readonly now: () => number
  /** What the wall clock shows in addition; may be changed at any time. */
  offset: number
}

export interface Options {
  readonly seed: number
  /** What the wall clock shows at the start, as an ISO instant. */
  readonly startAt: string
}

export interface Ended<A, E> {
  readonly exit: Exit.Exit<A, E>
  /** Milliseconds that it took. */
  readonly elapsed: number
  /** Sleeps of less than nothing. */
  readonly negativeSleeps: number
  /** Sleepers that the program left behind. */
  readonly left: number
}

const busy = 20_000

/** Runs the program to its end. Throws where nothing would ever wake it, or where it is busy without letting time pass. */
export const simulate = <A, E>(
  program: (world: World) => Effect.Effect<A, E>,
  { seed, startAt }: Options
): Ended<A, E> => {
  const tasks: Array<() => void> = []
  const dispatcher: Scheduler.SchedulerDispatcher = {
    scheduleTask: (task) => void tasks.push(task),
    flush: () => {}
  }
  const scheduler: Scheduler.Scheduler = {
    executionMode: "async",
    shouldYield: () => false,
    makeDispatcher: () => dispatcher
  }
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>()
  let now = 0
  let negativeSleeps = 0
  const world: World = { now: () => now, offset: 0 }
  const wall = () => Date.parse(startAt) + now + world.offset
  const nanos = (millis: number) => BigInt(Math.round(millis * 1e6))
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: wall,
    currentTimeMillis: Effect.sync(wall),
    currentTimeNanosUnsafe: () => nanos(wall()),
    currentTimeNanos: Effect.sync(() => nanos(wall())),
    monotonicTimeNanosUnsafe: () => nanos(now),
    monotonicTimeNanos: Effect.sync(() => nanos(now)),
    sleep: (duration) =>
      Effect.callback((resume) => {
        const millis = Duration.toMillis(duration)
        if (millis < 0) negativeSleeps++
        const sleeper = { until: now + Math.max(0, millis), wake: () => resume(Effect.void) }
        sleepers.add(sleeper)
        return Effect.sync(() => sleepers.delete(sleeper))
      })
  }
  const random = dice(seed)
  const fiber = Effect.runFork(
    program(world).pipe(
      Effect.provideService(Clock.Clock, clock),
      Effect.provideService(Random.Random, {
        nextDoubleUnsafe: random,
        nextIntUnsafe: () => Math.floor(random() * 2 ** 31)
      })
    ),
    { scheduler }
  )
  let done = 0
  for (;;) {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      task()
      if (++done > busy) throw new Error(`seed ${seed}: busy at ${now} ms`)
    }
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return { exit, elapsed: now, negativeSleeps, left: sleepers.size }
    let next: { readonly until: number; readonly wake: () => void } | undefined
    for (const sleeper of sleepers) if (next === undefined || sleeper.until < next.until) next = sleeper
    if (next === undefined) throw new Error(`seed ${seed}: asleep for ever at ${now} ms`)
    sleepers.delete(next)
    if (next.until > now) done = 0
    now = next.until
    next.wake()
  }
}
