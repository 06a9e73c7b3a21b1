import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"

/** What a program tells of, as a stream that ends with it and fails with it. Ending the stream early ends the program. */
export const eventStream = <Event, E, R>(
  run: (onEvent: (event: Event) => Effect.Effect<void>) => Effect.Effect<unknown, E, R>
): Stream.Stream<Event, E, R> =>
  Stream.callback<Event, E, R>((queue) =>
    run((event) => Queue.offer(queue, event).pipe(Effect.asVoid)).pipe(
      Effect.matchCauseEffect({
        onFailure: (cause) => Queue.failCause(queue, cause),
        onSuccess: () => Queue.end(queue)
      })
    )
  )
