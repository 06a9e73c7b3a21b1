/**
 * The one prepared HTTP client: jar, limits, deadline, no redirects, no trace headers, no secrets in spans or errors. Steps
 * send through it and know nothing of transport.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as HttpClient from "effect/http/HttpClient"
import { Asked } from "./Asked.ts"
import { CookieJar } from "./CookieJar.ts"
import type { Head, Incoming, Outgoing } from "./Exchange.ts"
import { generalExchange } from "./generalExchange.ts"
import { noticed } from "./noticed.ts"
import { stopwatch } from "./stopwatch.ts"
import { isTransport } from "./Transport.ts"
import { LoginConfig } from "../LoginConfig.ts"
import { type AccessDenied, HttpFailed, isRetryable, type LoginError } from "../errors/LoginError.ts"
import { errorOf, isRefused } from "../errors/refusedStatus.ts"
import * as Notice from "../Notice.ts"
import type { QqRequest } from "../protocol/Endpoints.ts"

/** What came back, decoded as UTF-8 whatever the charset says (PROTOCOL.md, step 2), and byte for byte. */
export interface QqAnswer {
  readonly status: number
  /** The Location header. It is never followed; whoever reads it decides. It may hold a secret. */
  readonly location: string | undefined
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
    const client = yield* HttpClient.HttpClient
    const exchange = isTransport(client) ? client.direct.exchange : generalExchange(client)
    const jar = yield* CookieJar

    const send = (request: QqRequest) =>
      Effect.withFiber((fiber) => {
        const { requestTimeout, userAgent } = fiber.getRef(LoginConfig)
        const listener = fiber.getRef(Notice.Listener)
        const address = Redacted.value(request.url)
        const url = new URL(address)
        // A text of its own: one that is cut from the address holds that in memory, tickets and all, for as long as a login waits.
        const place = { step: request.step, host: Buffer.from(url.host).toString() }
        const asked = fiber.getRef(Asked)
        const last = { ...place, isAnswered: false }
        if (asked !== undefined) asked.last = last
        const outgoing = (cookie: string | undefined): Outgoing => ({
          method: request.method,
          url,
          headers: { "user-agent": userAgent, ...request.headers, ...(cookie === undefined ? {} : { cookie }) },
          body: request.form && Redacted.value(request.form),
          maxBytes: (status) =>
            isRefused(status) || (request.redirects === true && isRedirect(status)) ? 0 : request.maxBytes,
          partial: request.redirects === true,
          deadline: requestTimeout
        })
        // Cookies are kept even if the body breaks.
        const keep = ({ setCookie }: Head) => jar.store(address, setCookie)
        return jar.header(address).pipe(
          Effect.flatMap((cookie) =>
            listener === undefined
              ? exchange(outgoing(cookie), keep)
              : noticed(exchange(outgoing(cookie), keep), place, requestTimeout, listener)
          ),
          Effect.matchEffect({
            onFailure: (fault) => Effect.fail(new HttpFailed({ ...place, ...fault })),
            onSuccess: (incoming) => {
              if (isRefused(incoming.status)) return refuse(incoming, place)
              last.isAnswered = true
              return Effect.succeed(answer(incoming))
            }
          })
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
  Effect.flatMap(stopwatch, (passed) =>
    // Most requests meet no fault, and to make a schedule costs as much as to send one.
    Effect.catch(effect, (first) => again(failingOnce(first, effect), passed))
  )

const again = Effect.fnUntraced(function* <A, E extends LoginError, R>(
  effect: Effect.Effect<A, E, R>,
  passed: () => Duration.Duration
) {
  const { retries, timeout } = yield* LoginConfig
  const inTime = (error: LoginError) => Duration.isLessThanOrEqualTo(Duration.sum(askedFor(error), passed()), timeout)
  return yield* Effect.retry(effect, ($) =>
    $(Schedule.exponential("500 millis")).pipe(
      Schedule.jittered,
      Schedule.while(({ input }) => isRetryable(input) && inTime(input)),
      Schedule.upTo({ times: retries }),
      Schedule.modifyDelay(({ attempt: count, duration, input }) => {
        const after = Duration.max(duration, askedFor(input))
        return Effect.as(
          Notice.tell(() => ({ _tag: "Again", error: input, after, count, most: retries })),
          after
        )
      })
    )
  )
})

/** Fails at first as it did before, and then runs. */
const failingOnce = <A, E, R>(first: E, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  let failed = false
  return Effect.suspend(() => {
    if (failed) return effect
    failed = true
    return Effect.fail(first)
  })
}

/** How long the server asked us to stay away. */
export const askedFor = (error: LoginError): Duration.Duration =>
  Duration.millis(error._tag === "HttpFailed" ? (error.retryAfterMillis ?? 0) : 0)

const utf8 = new TextDecoder()

const answer = ({ body, location, status }: Incoming): QqAnswer => ({
  status,
  location,
  bytes: body,
  get text() {
    return utf8.decode(body)
  }
})

const isRedirect = (status: number) => status >= 300 && status <= 399

const refuse = (
  head: Head,
  place: Pick<HttpFailed, "step" | "host">
): Effect.Effect<never, AccessDenied | HttpFailed> =>
  Effect.flatMap(retryAfterMillis(head), (wait) => Effect.fail(errorOf(head.status, place, wait)))

// Retry-After is a number of seconds or a date. That date is by the server's clock: ours may be an hour off.
const retryAfterMillis = ({ date = "", retryAfter }: Head) =>
  Effect.map(Clock.currentTimeMillis, (here) => {
    if (retryAfter === undefined) return undefined
    const now = Number.isNaN(Date.parse(date)) ? here : Date.parse(date)
    const millis = /^\s*\d+\s*$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now
    return Number.isFinite(millis) ? Math.max(0, millis) : undefined
  })
