/**
 * The two ways of an exchange, and one request on each: for the table of `exchanges.ts`.
 */
import { assert } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as HttpClient from "effect/http/HttpClient"
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { inspect } from "node:util"
import * as CookieJar from "webqq-login/CookieJar"
import * as LoginConfig from "webqq-login/LoginConfig"
import type { QqRequest } from "webqq-login/protocol/Endpoints"
import * as QqHttp from "webqq-login/QqHttp"
import * as Transport from "webqq-login/Transport"
import type { Met } from "./exchanges.ts"

const wrapped = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.mapRequest((request) => request)
  )
)

export const ways = [
  ["the direct way", Transport.layer()],
  ["the general way", Layer.provide(wrapped, Transport.layer())]
] as const

/** Sends one request, and says what came of it and what is in the jar. Fails the test where an error tells a secret. */
export const exchange = (
  url: string,
  over: Partial<QqRequest> = {},
  requestTimeout = Duration.millis(300),
  jar = CookieJar.make({ domains: [new URL(url).hostname] })
) =>
  Effect.gen(function* () {
    const http = yield* Effect.provideService(QqHttp.make, CookieJar.CookieJar, jar)
    const request: QqRequest = {
      step: "Vfwebqq",
      method: "GET",
      url: Redacted.make(`${url}?ticket=SECRET`),
      headers: { referer: "https://s.web2.qq.com/proxy.html" },
      maxBytes: 1024,
      ...over
    }
    const became = yield* http.send(request).pipe(
      Effect.map(({ status, text }) => ({ status, text })),
      Effect.catch((error) => {
        const told = [
          error.message,
          JSON.stringify(error),
          inspect(error),
          Cause.pretty(Cause.fail(error)),
          error.stack
        ]
        assert.notInclude(told.join("\n"), "SECRET")
        const { host, step, ...rest } = { ...error }
        assert.deepEqual({ host, step }, { host: new URL(url).host, step: request.step })
        return Effect.succeed(rest as Met["becomes"])
      }),
      Effect.provideService(LoginConfig.LoginConfig, { ...LoginConfig.defaults, requestTimeout })
    )
    return { became, kept: yield* jar.header(url) }
  })

/** Waits for the next head that any client of this process receives, and the turn after it. */
export const nextHead = Effect.sync(() => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const channel = "http.client.response.finish"
  const heard = () => {
    unsubscribe(channel, heard)
    setImmediate(resolve)
  }
  subscribe(channel, heard)
  return Effect.promise(() => promise)
})
