/**
 * Runs a program in virtual time while its HTTP requests are real: an hour of polling takes milliseconds.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as TestClock from "effect/testing/TestClock"
import { realTurns } from "./realTurns.ts"

export interface Options {
  /** Where virtual time starts: an ISO instant (`scenario.clock`). */
  readonly startAt: string
  /** The longest leap of time; sleepers are woken at their exact times in any case. One second where it is left out. */
  readonly step?: Duration.Input
  /** How many requests the test itself holds back just now: time goes on although they are in flight. */
  readonly held?: () => number
}

// A turn is quiet when nothing is in flight. A reply needs a few turns to get from the socket to the fiber.
const quietTurns = 5

/**
 * Runs `program` on a test clock of its own. Time moves only while no request of the program's `HttpClient` is in flight,
 * headers or body, and no file is being read or written; then it moves to the next sleeper. The same program over the
 * same scenario therefore sees the same times in every run, whatever the machine is doing. Where a test runner fakes the turns of
 * the event loop (`setImmediate`, `queueMicrotask`, `process.nextTick`), that is a defect.
 */
export const runVirtual = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  options: Options
): Effect.Effect<A, E, R | HttpClient.HttpClient> =>
  Effect.gen(function* () {
    yield* realTurns
    const step = Duration.toMillis(Duration.fromInputUnsafe(options.step ?? "1 second"))
    const context = yield* Layer.build(TestClock.layer({ warningDelay: "1 hour" }))
    const clock = Context.get(context, Clock.Clock) as TestClock.TestClock
    yield* clock.setTime(Date.parse(options.startAt))
    const sleepers = new Set<{ readonly until: number }>()
    const flights = counter()
    const fiber = yield* Effect.forkChild(
      program.pipe(
        Effect.provideServiceEffect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, counting(flights))),
        Effect.provideService(Clock.Clock, tracking(clock, sleepers)),
        Effect.provide(context)
      )
    )
    let quiet = 0
    while (fiber.pollUnsafe() === undefined) {
      yield* turn
      // Files are looked at in the last two turns only: to ask costs more than a turn.
      const busy = flights.size() > (options.held?.() ?? 0) || (quiet >= quietTurns - 2 && filesInUse())
      quiet = busy ? 0 : quiet + 1
      if (quiet < quietTurns || sleepers.size === 0) continue
      quiet = 0
      const now = clock.currentTimeMillisUnsafe()
      yield* clock.setTime(Math.min(now + step, ...Array.from(sleepers, ({ until }) => until)))
    }
    return yield* Fiber.join(fiber)
  }).pipe(Effect.scoped)

/** One turn of the real event loop. */
const turn = Effect.callback<void>((resume) => {
  const handle = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(handle))
})

const filesInUse = () =>
  process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq") || name === "CloseReq")

const tracking = (clock: TestClock.TestClock, sleepers: Set<{ readonly until: number }>): TestClock.TestClock => ({
  ...clock,
  sleep: (duration) =>
    Effect.suspend(() => {
      const sleeper = { until: clock.currentTimeMillisUnsafe() + Duration.toMillis(duration) }
      sleepers.add(sleeper)
      return Effect.ensuring(
        clock.sleep(duration),
        Effect.sync(() => sleepers.delete(sleeper))
      )
    })
})

interface Counter {
  readonly size: () => number
  readonly during: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  readonly whole: <A, E, R>(stream: Stream.Stream<A, E, R>) => Stream.Stream<A, E, R>
}

const counter = (): Counter => {
  let size = 0
  const begin = Effect.sync(() => void size++)
  const end = Effect.sync(() => void size--)
  return {
    size: () => size,
    during: (effect) =>
      Effect.acquireUseRelease(
        begin,
        () => effect,
        () => end
      ),
    whole: (stream) => Stream.unwrap(Effect.as(begin, Stream.ensuring(stream, end)))
  }
}

const bodies = ["arrayBuffer", "text", "json", "urlParamsBody", "formData"] as const

// The response object itself is kept, since others may know it by identity; only the reading of its body is watched.
const counting =
  (flights: Counter) =>
  (client: HttpClient.HttpClient): HttpClient.HttpClient =>
    HttpClient.transform(client, (effect) =>
      Effect.map(flights.during(effect), (response): HttpClientResponse => {
        const original = <K extends keyof HttpClientResponse>(name: K): HttpClientResponse[K] =>
          Reflect.get(Object.getPrototypeOf(response), name, response)
        for (const name of bodies) {
          Object.defineProperty(response, name, {
            configurable: true,
            get: () => flights.during<unknown, unknown, never>(original(name))
          })
        }
        return Object.defineProperty(response, "stream", {
          configurable: true,
          get: () => flights.whole(original("stream"))
        })
      })
    )
