/**
 * Work of the system's threads, for which the end of the process need not wait.
 */
import * as Effect from "effect/Effect"
import { threads } from "./end.ts"

/** The same work. Where it is interrupted, it goes on behind our back. */
export const inThread = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    threads.busy++
    const over = Effect.sync(() => void threads.busy--)
    return Effect.matchEffect(work, {
      onSuccess: (value) => Effect.as(over, value),
      onFailure: (error) => Effect.andThen(over, Effect.fail(error))
    })
  })
