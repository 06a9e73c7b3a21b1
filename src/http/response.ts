/**
 * What this protocol needs of an answer and a general HTTP client does not give: every `Set-Cookie` line as it was sent, and a
 * body that ends at a limit.
 */
import * as NodeHttpIncomingMessage from "@effect/platform-node/NodeHttpIncomingMessage"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { HttpClientError } from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import { type Head, nothing } from "./Exchange.ts"

const isNode = (response: unknown): response is NodeHttpIncomingMessage.NodeHttpIncomingMessage<HttpClientError> =>
  response instanceof NodeHttpIncomingMessage.NodeHttpIncomingMessage

/**
 * The `Set-Cookie` lines of an answer, one by one. The client's own `headers` hold them joined by commas, and its `cookies`
 * keep one per name: both lose cookies of this protocol.
 */
export const setCookieLines = (response: HttpClientResponse.HttpClientResponse): ReadonlyArray<string> => {
  if (isNode(response)) return response.source.headers["set-cookie"] ?? []
  return Option.match(HttpClientResponse.toWeb(response), {
    onSome: (web) => web.headers.getSetCookie(),
    onNone: () => {
      // Any other client: a comma followed by `name=` starts a new line, the comma of a date does not.
      const joined = response.headers["set-cookie"]
      return joined === undefined ? [] : joined.split(/,(?=\s*[^;,=\s]+=)/).map((line) => line.trim())
    }
  })
}

/** What comes before the body. */
export const headOf = (response: HttpClientResponse.HttpClientResponse): Head => {
  const { date, location, "retry-after": retryAfter } = response.headers
  return { status: response.status, setCookie: setCookieLines(response), location, retryAfter, date }
}

/** Where a body went over its limit. */
export const TooLarge = "too large" as const

/** The body's bytes, or `TooLarge` as soon as more than `maxBytes` have come. */
export const limitedBody = (
  response: HttpClientResponse.HttpClientResponse,
  maxBytes: number
): Effect.Effect<Uint8Array, HttpClientError | typeof TooLarge> => {
  if (Number(response.headers["content-length"]) > maxBytes) return overflow
  if (isNode(response)) {
    return response.arrayBuffer.pipe(
      Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(maxBytes)),
      Effect.map((buffer) => new Uint8Array(buffer)),
      Effect.mapError((error) => (isOverflow(error) ? TooLarge : error))
    )
  }
  // The other clients ignore MaxBodySize (measured): count while reading.
  return response.stream.pipe(
    Stream.runFoldEffect(
      () => ({ chunks: [] as Array<Uint8Array>, length: 0 }),
      (read, chunk) => {
        read.chunks.push(chunk)
        read.length += chunk.length
        return read.length > maxBytes ? overflow : Effect.succeed(read)
      }
    ),
    Effect.map(({ chunks }): Uint8Array => Buffer.concat(chunks)),
    // A web Response without a body is an error in this client, and an empty answer to us.
    Effect.catchIf(isEmpty, () => Effect.succeed(nothing))
  )
}

/** At most `maxBytes` of the body, told piece by piece and at first as nothing; where it breaks off, that is all. */
export const beginningOf = (
  response: HttpClientResponse.HttpClientResponse,
  maxBytes: number,
  tell: (body: Uint8Array) => void
): Effect.Effect<void> => {
  let body = nothing
  tell(body)
  return response.stream.pipe(
    Stream.takeUntil((chunk) => {
      body = Buffer.concat([body, chunk.subarray(0, maxBytes - body.length)])
      tell(body)
      return body.length >= maxBytes
    }),
    Stream.runDrain,
    Effect.ignore
  )
}

const overflow: Effect.Effect<never, typeof TooLarge> = Effect.fail(TooLarge)

const isEmpty = (error: HttpClientError | typeof TooLarge) =>
  error !== TooLarge && error.reason._tag === "EmptyBodyError"

const isOverflow = (error: HttpClientError): boolean =>
  error.reason.cause instanceof Error && error.reason.cause.message === "maxBytes exceeded"
