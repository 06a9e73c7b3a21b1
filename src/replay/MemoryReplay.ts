/**
 * A scenario as an `HttpClient` without any transport: the quickest replay, for tests that are not about sockets.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { HttpBody } from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { Engine } from "./engine/Engine.ts"
import * as Engines from "./engine/Engine.ts"
import type { ReplayFailed } from "./ReplayFailed.ts"
import { MismatchError, verified } from "./ReplayFailed.ts"
import type { Scenario } from "./Scenario.ts"

const bytesOf = (body: HttpBody): Uint8Array => {
  switch (body._tag) {
    case "Empty":
      return new Uint8Array(0)
    case "Uint8Array":
      return body.body
    default:
      throw new Error(`a request body of kind ${body._tag} cannot be replayed in memory; use ReplayServer`)
  }
}

/** The client over an engine. A mismatch is a transport error with the description of the mismatch. */
export const make = (engine: Engine): HttpClient.HttpClient =>
  HttpClient.make((request, url) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) =>
      Effect.try({
        try: () => {
          const body = bytesOf(request.body)
          const wire = { method: request.method, url: url.href, headers: Object.entries(request.headers), body }
          const answer = engine.handle(wire, at)
          if (answer._tag === "Mismatch") throw new MismatchError(answer)
          const empty = answer.status === 204 || answer.status === 304 || request.method === "HEAD"
          const response = new Response(empty ? null : Uint8Array.from(answer.body), {
            status: answer.status,
            headers: answer.headers.map(([name, value]): [string, string] => [name, value])
          })
          return HttpClientResponse.fromWeb(request, response)
        },
        catch: (cause) =>
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({
              request,
              cause,
              description: cause instanceof Error ? cause.message : String(cause)
            })
          })
      })
    )
  )

/** The client as a layer; ask `engine.verify()` at the end. */
export const layer = (engine: Engine): Layer.Layer<HttpClient.HttpClient> =>
  Layer.succeed(HttpClient.HttpClient, make(engine))

/** Runs `effect` against the scenario, and fails with `ReplayFailed` unless it was played to its end, as written or as `strictness` has it. */
export const withScenario = <A, E, R>(
  scenario: Scenario,
  effect: Effect.Effect<A, E, R>,
  options?: Engines.Options
): Effect.Effect<A, E | ReplayFailed, Exclude<R, HttpClient.HttpClient>> =>
  Effect.suspend(() => {
    const engine = Engines.make(scenario, options)
    return verified(scenario, engine.verify, Effect.provideService(effect, HttpClient.HttpClient, make(engine)))
  })
