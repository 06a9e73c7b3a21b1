/**
 * The client for a collector of OpenTelemetry. One that takes what it is sent and says nothing, or never ends what it says, is given up: for each
 * thousand spans there would be one more connection, which keeps them for ever.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as Transport from "./Transport.ts"

const patience = "10 seconds"

const givenUp = (request: HttpClientError.TransportError["request"]) =>
  new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })

export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    Transport.make(),
    HttpClient.transform((answer, request) =>
      answer.pipe(
        Effect.tap((response) => response.arrayBuffer),
        Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(givenUp(request)) })
      )
    )
  )
)
