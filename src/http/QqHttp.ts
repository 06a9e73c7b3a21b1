/**
 * The one prepared HTTP client: jar, limits, deadline, no redirects, no trace headers, no secrets in spans or errors. Steps
 * send through it and know nothing of transport.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { CookieJar } from "./CookieJar.ts"
import { fromHttpClientError } from "./httpErrors.ts"
import { limitedBody, setCookieLines } from "./response.ts"
import { stopwatch } from "./stopwatch.ts"
import { LoginConfig } from "../LoginConfig.ts"
import { AccessDenied, HttpFailed, isRetryable, type LoginError } from "../errors/LoginError.ts"
import type { QqRequest } from "../protocol/Endpoints.ts"

/** What came back, decoded as UTF-8 whatever the charset says (PROTOCOL.md, step 2), and byte for byte. */
export interface QqAnswer {
  readonly status: number
  readonly bytes: Uint8Array
  readonly text: string
}

export class QqHttp extends Context.Service<
  QqHttp,
  {
    /**
     * Sends one request with the cookies that belong there, and keeps those that come back. Fails with `AccessDenied` on
     * 403, and with `HttpFailed` on 408, 429 and 5xx, on faults of the network, and where the answer is too large or late.
     */
    readonly send: (request: QqRequest) => Effect.Effect<QqAnswer, HttpFailed | AccessDenied>
  }
>()("webqq-login/QqHttp") {}

export const make: Effect.Effect<QqHttp["Service"], never, HttpClient.HttpClient | CookieJar> = Effect.gen(
  function* () {
    // An answer that is not read to its end would hold its connection: the scope of the exchange closes it.
    const client = HttpClient.withScope(yield* HttpClient.HttpClient)
    const jar = yield* CookieJar

    const send = Effect.fnUntraced(function* (request: QqRequest) {
      const config = yield* LoginConfig
      const url = Redacted.value(request.url)
      const place = { step: request.step, host: new URL(url).host }
      const cookie = yield* jar.header(url)
      const exchange = client.execute(toClientRequest(request, url, config.userAgent, cookie)).pipe(
        // Cookies first: they are there even if the body breaks.
        Effect.tap((response) => jar.store(url, setCookieLines(response))),
        Effect.tap((response) => refuse(response, place)),
        Effect.flatMap((response) =>
          Effect.map(limitedBody(response, request.maxBytes), (bytes) => answer(response.status, bytes))
        ),
        Effect.mapError((error) =>
          error instanceof AccessDenied || error instanceof HttpFailed
            ? error
            : fromHttpClientError(error, place.step, place.host)
        )
      )
      // An answer that was not read to its end would hold its connection, so its scope is closed. After a whole answer there is
      // nothing to close, and to abort what has ended costs time in every poll.
      const scope = yield* Scope.make()
      return yield* exchange.pipe(
        Scope.provide(scope),
        Effect.onExit((exit) =>
          Exit.isSuccess(exit) && request.maxBytes > 0 ? Effect.void : Scope.close(scope, Exit.void)
        ),
        Effect.timeoutOrElse({
          duration: config.requestTimeout,
          orElse: () => Effect.fail(new HttpFailed({ ...place, reason: "timeout" }))
        }),
        Effect.provideService(HttpClient.TracerDisabledWhen, always)
      )
    })
    return QqHttp.of({ send })
  }
)

/** Needs the jar of one login and any `HttpClient` that does not follow redirects by itself. */
export const layer: Layer.Layer<QqHttp, never, HttpClient.HttpClient | CookieJar> = Layer.effect(QqHttp, make)

/**
 * Sends again after a passing fault, up to `LoginConfig.retries` times: 0.5 s, 1 s, 2 s …, jittered, and never before the
 * time that the server asked for. Where that would take longer than a whole login may, it fails at once.
 */
export const retryTransient = <A, E extends LoginError, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const { retries, timeout } = yield* LoginConfig
    const passed = yield* stopwatch
    const inTime = (error: LoginError) => Duration.isLessThanOrEqualTo(Duration.sum(askedFor(error), passed()), timeout)
    return yield* Effect.retry(effect, ($) =>
      $(Schedule.exponential("500 millis")).pipe(
        Schedule.jittered,
        Schedule.while(({ input }) => isRetryable(input) && inTime(input)),
        Schedule.upTo({ times: retries }),
        Schedule.modifyDelay(({ duration, input }) => Effect.succeed(Duration.max(duration, askedFor(input))))
      )
    )
  })

/** How long the server asked us to stay away. */
export const askedFor = (error: LoginError): Duration.Duration =>
  Duration.millis(error._tag === "HttpFailed" ? (error.retryAfterMillis ?? 0) : 0)

// The client's own spans hold the whole URL, and its trace headers would reach a third party: the steps have spans of ours.
const always = () => true

const toClientRequest = (request: QqRequest, url: string, userAgent: string, cookie: string | undefined) => {
  const { "content-type": contentType, ...headers } = request.headers
  const outgoing = HttpClientRequest.make(request.method)(url, {
    headers: { "user-agent": userAgent, ...headers, ...(cookie === undefined ? {} : { cookie }) }
  })
  return request.form === undefined
    ? outgoing
    : HttpClientRequest.bodyText(outgoing, Redacted.value(request.form), contentType)
}

const utf8 = new TextDecoder()

const answer = (status: number, bytes: Uint8Array): QqAnswer => ({
  status,
  bytes,
  get text() {
    return utf8.decode(bytes)
  }
})

const refuse = (
  response: HttpClientResponse,
  place: Pick<HttpFailed, "step" | "host">
): Effect.Effect<void, AccessDenied | HttpFailed> => {
  const { status } = response
  if (status === 403) return Effect.fail(new AccessDenied(place))
  if (status !== 408 && status !== 429 && status < 500) return Effect.void
  return Effect.flatMap(retryAfterMillis(response.headers), (wait) =>
    Effect.fail(
      new HttpFailed({ ...place, reason: "status", status, ...(wait === undefined ? {} : { retryAfterMillis: wait }) })
    )
  )
}

// Retry-After is a number of seconds or a date. That date is by the server's clock: ours may be an hour off.
const retryAfterMillis = ({ date = "", "retry-after": header }: HttpClientResponse["headers"]) =>
  Effect.map(Clock.currentTimeMillis, (here) => {
    if (header === undefined) return undefined
    const now = Number.isNaN(Date.parse(date)) ? here : Date.parse(date)
    const millis = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
    return Number.isFinite(millis) ? Math.max(0, millis) : undefined
  })
