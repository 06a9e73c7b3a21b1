/**
 * Step 2 until it is decided: polls one code, politely, for as long as it lives. The rhythm is a `Schedule`.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { stopwatch } from "../http/stopwatch.ts"
import { LoginConfig } from "../LoginConfig.ts"
import { type BadCallback, type HttpFailed, isRetryable, LoginRejected, QrRefused } from "../errors/LoginError.ts"
import type { LoginEvent } from "../LoginEvent.ts"
import * as Notice from "../Notice.ts"
import { askedFor } from "../http/QqHttp.ts"
import type { Site } from "../Site.ts"
import * as Rejection from "./Rejection.ts"
import * as ScanStatus from "./ScanStatus.ts"
import { traced } from "./traced.ts"

/** How a code ends: confirmed, or expired; `atOnce` where no poll has ever found it alive. */
export type Decision =
  | Extract<ScanStatus.ScanStatus, { readonly _tag: "Confirmed" }>
  | { readonly _tag: "Expired"; readonly atOnce: boolean }

/** A poll that met a passing fault; `count` counts those in a row. */
interface Fault {
  readonly _tag: "Fault"
  readonly error: HttpFailed | BadCallback
  readonly count: number
}

type Poll = ScanStatus.ScanStatus | Fault

/**
 * Polls until the code is confirmed or expired (65, or `LoginConfig.codeLife` passed), and tells `onEvent` of `Waiting`,
 * `Scanned` and `ScanWithdrawn` when they change. Passing faults are ridden out, `LoginConfig.maxFaults` in a row, but not
 * where the server wants to be left alone for longer than the code lives, nor by a code that no poll reached. Answers that are empty or
 * cut off are such faults; an empty one right after the code says that the code is gone (C(3), PROTOCOL.md, step 2).
 * Fails with `QrRefused` (68), `LoginRejected` (any unknown code), and what a single poll fails with.
 */
export const awaitConfirmation = traced("AwaitConfirmation.awaitConfirmation")(function* (
  site: Site,
  qrsig: Redacted.Redacted,
  onEvent: (event: LoginEvent) => Effect.Effect<void>
) {
  const config = yield* LoginConfig
  let shown: "Waiting" | "Scanned" | undefined
  let faults = 0
  let reached = false
  let polls = 0
  let outlived = false
  let lastFault: HttpFailed | BadCallback | undefined
  const passed = yield* stopwatch

  const tell = (state: "Waiting" | "Scanned") => {
    if (state === shown) return Effect.void
    const withdrawn = shown === "Scanned"
    shown = state
    return onEvent({ _tag: withdrawn ? "ScanWithdrawn" : state })
  }

  const pollOnce = Effect.suspend(() => (polls++, ScanStatus.poll(site, qrsig))).pipe(
    Effect.map((status): Poll => {
      faults = 0
      reached = true
      return status
    }),
    Effect.catchTag("HttpFailed", (error): Effect.Effect<Poll, HttpFailed> => {
      faults++
      lastFault = error
      const inTime = Duration.isLessThan(Duration.sum(askedFor(error), passed()), config.codeLife)
      return isRetryable(error) && faults <= config.maxFaults && inTime
        ? Effect.succeed({ _tag: "Fault", error, count: faults })
        : Effect.fail(error)
    }),
    Effect.catchTag("BadCallback", (error): Effect.Effect<Poll, BadCallback> => {
      if (error.reason === "empty" && polls === 1) return Effect.succeed({ _tag: "Expired" })
      faults++
      lastFault = error
      // A page that comes in between must not cost a scan.
      const passes = error.reason === "empty" || error.reason === "cut off" || shown === "Scanned"
      return passes && faults <= config.maxFaults
        ? Effect.succeed({ _tag: "Fault", error, count: faults })
        : Effect.fail(error)
    }),
    Effect.tap((poll) => (poll._tag === "Waiting" || poll._tag === "Scanned" ? tell(poll._tag) : Effect.void))
  )

  const rhythm = Schedule.forever.pipe(
    Schedule.setInputType<Poll>(),
    Schedule.passthrough,
    Schedule.while(({ input }) => isOpen(input)),
    Schedule.modifyDelay(({ input }) =>
      Effect.flatMap(Random.next, (random) => {
        const after = Duration.times(pause(input), 1 + random * config.jitter)
        return input._tag === "Fault" ? Effect.as(tellAgain(input, after), after) : Effect.succeed(after)
      })
    )
  )

  const tellAgain = ({ count, error }: Fault, after: Duration.Duration) =>
    Notice.tell(() => ({ _tag: "Again", error, after, count, most: config.maxFaults }))

  // The official page halves its interval once the code is scanned; a server in trouble is asked ever less often.
  const pause = (poll: Poll): Duration.Duration => {
    const interval = shown === "Scanned" ? Duration.divideUnsafe(config.pollInterval, 2) : config.pollInterval
    if (poll._tag !== "Fault") return interval
    const backoff = Duration.min(Duration.times(interval, 2 ** poll.count), Duration.seconds(30))
    return Duration.max(backoff, askedFor(poll.error))
  }

  const last = yield* Effect.scheduleFrom(pollOnce, ScanStatus.waiting, rhythm).pipe(
    Effect.timeoutOrElse({
      duration: config.codeLife,
      orElse: () =>
        reached || lastFault === undefined
          ? Effect.sync((): Poll => {
              outlived = true
              return { _tag: "Expired" }
            })
          : Effect.fail(lastFault)
    })
  )
  switch (last._tag) {
    case "Confirmed":
      return last satisfies Decision as Decision
    case "Expired":
      return { _tag: "Expired", atOnce: polls === 1 && !outlived } satisfies Decision as Decision
    case "Rejected":
      return yield* rejected(last)
    case "Refused":
      return yield* new QrRefused({ step: "ScanStatus" })
    default:
      // The schedule ends at a decided status only.
      return yield* Effect.die(new Error(`polling ended at ${last._tag}`))
  }
})

const rejected = ({ code, link, message }: Extract<ScanStatus.ScanStatus, { readonly _tag: "Rejected" }>) =>
  new LoginRejected({
    step: "ScanStatus",
    code,
    serverMessage: message,
    kind: Rejection.kindOf(code),
    ...(link === undefined ? {} : { link })
  })

const isOpen = (poll: Poll) => poll._tag === "Waiting" || poll._tag === "Scanned" || poll._tag === "Fault"
