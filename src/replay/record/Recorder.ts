/**
 * Writes down what an `HttpClient` sends and gets, in memory only: every header line in its own letter case, every
 * `Set-Cookie`, the bytes of both bodies. It all holds secrets until `Scrub.scrub` has been over it.
 */
import * as NodeHttpIncomingMessage from "@effect/platform-node/NodeHttpIncomingMessage"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { HttpBody } from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { limitedBody, setCookieLines, TooLarge } from "../../http/response.ts"

/** One request and its answer as they went over the wire, under the logical address. */
export interface Capture {
  readonly method: string
  /** Absolute, query included. */
  readonly url: string
  readonly requestHeaders: ReadonlyArray<readonly [name: string, value: string]>
  readonly requestBody: Uint8Array
  readonly status: number
  readonly responseHeaders: ReadonlyArray<readonly [name: string, value: string]>
  /** As it came: not yet unzipped. */
  readonly responseBody: Uint8Array
}

export interface Recorder {
  /** The client that is recorded. What lies above it notices nothing; an exchange that fails is not kept. */
  readonly record: (client: HttpClient.HttpClient) => HttpClient.HttpClient
  /** What was seen so far, in the order of the answers. */
  readonly captures: () => ReadonlyArray<Capture>
}

/** Answers above this many bytes are a transport error while one records. */
const maxBytes = 4 * 1024 * 1024

/** A recorder with nothing in it. */
export const make = (): Recorder => {
  const captures: Array<Capture> = []
  const record = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
    HttpClient.make((request, url) =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const response = yield* HttpClient.withScope(client)
          .execute(request)
          .pipe(
            Effect.flatMap((response) => Effect.map(limitedBody(response, maxBytes), (body) => ({ response, body }))),
            Effect.mapError((error) => (error === TooLarge ? tooLarge(request) : error)),
            Scope.provide(scope),
            Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Scope.close(scope, Exit.void)))
          )
        const { body } = response
        const { status } = response.response
        // Of others no answer can be made, neither here nor in a scenario.
        if (status < 200 || status > 599) return yield* impossible(request, status)
        const responseHeaders = headersOf(response.response)
        captures.push({
          method: request.method,
          url: url.href,
          requestHeaders: Object.entries(request.headers),
          requestBody: bytesOf(request.body),
          status,
          responseHeaders,
          responseBody: status === 205 ? new Uint8Array(0) : body
        })
        const empty = status === 204 || status === 205 || status === 304 || request.method === "HEAD"
        const headers = responseHeaders.map(([name, value]): [string, string] => [name, value])
        const web = new Response(empty ? null : Uint8Array.from(body), { status, headers })
        return HttpClientResponse.fromWeb(request, web)
      })
    )
  return { record, captures: () => [...captures] }
}

const bytesOf = (body: HttpBody): Uint8Array => (body._tag === "Uint8Array" ? body.body : new Uint8Array(0))

const tooLarge = (request: HttpClientError.HttpClientError["request"]) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, description: "the answer is too large to be recorded" })
  })

const impossible = (request: HttpClientError.HttpClientError["request"], status: number) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, description: `there is no status ${status}` })
  })

const headersOf = (response: HttpClientResponse.HttpClientResponse): Capture["responseHeaders"] => {
  if (response instanceof NodeHttpIncomingMessage.NodeHttpIncomingMessage) {
    const raw: ReadonlyArray<string> = response.source.rawHeaders
    return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ""] as const] : []))
  }
  // Other clients lower the names and join the lines.
  const joined = Object.entries(response.headers).filter(([name]) => name !== "set-cookie")
  return [...joined, ...setCookieLines(response).map((line) => ["Set-Cookie", line] as const)]
}
