/**
 * An exchange of which somebody is told: when it takes long, and how it ended (`Notice.ts`).
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { HttpFailed } from "../errors/LoginError.ts"
import type * as Notice from "../Notice.ts"
import type { Fault } from "./Exchange.ts"
import { stopwatch } from "./stopwatch.ts"

/** The same, `limit` being how long it may take. */
export const noticed = <A extends { readonly status: number }, R>(
  exchange: Effect.Effect<A, Fault, R>,
  place: Pick<HttpFailed, "step" | "host">,
  limit: Duration.Duration,
  { slowAfter, tell }: Notice.Listener
): Effect.Effect<A, Fault, R> =>
  Effect.gen(function* () {
    const passed = yield* stopwatch
    const slow = yield* Effect.forkChild(
      Effect.andThen(
        Effect.sleep(slowAfter),
        Effect.sync(() => tell({ _tag: "Slow", ...place, after: slowAfter, limit }))
      )
    )
    return yield* exchange.pipe(
      Effect.ensuring(Effect.sync(() => slow.interruptUnsafe())),
      Effect.tap(({ status }) => Effect.sync(() => tell({ _tag: "Answered", ...place, status, took: passed() }))),
      Effect.tapError((fault) =>
        Effect.sync(() =>
          tell({ _tag: "Unanswered", ...place, error: new HttpFailed({ ...place, ...fault }), took: passed() })
        )
      )
    )
  })
