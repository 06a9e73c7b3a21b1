/**
 * A trace for each turn of an account, with a span a step, for a collector of somebody's own. What is below carries no secret; a request that
 * somebody sends to this fleet is not traced, since its address may be a scan link.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/** Where spans go; nowhere, unless it is said. */
export const Traces = Context.Reference<Tracer.Tracer | undefined>("webqq-login/fleet/Traces", {
  defaultValue: () => undefined
})

/** Wraps what accounts do in a trace of its own. Where nobody looks it costs nothing. */
export const turns = Effect.map(
  Traces,
  (tracer) =>
    (name: string, attributes: Readonly<Record<string, string>>) =>
    <A, E, R>(turn: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Tracer.ParentSpan>> =>
      (tracer === undefined
        ? turn
        : turn.pipe(
            Effect.withSpan(name, { root: true, attributes }),
            Effect.provideService(Tracer.Tracer, tracer)
          )) as Effect.Effect<A, E, Exclude<R, Tracer.ParentSpan>>
)
