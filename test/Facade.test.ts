import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type * as HttpClient from "effect/http/HttpClient"
import http from "node:http"
import https from "node:https"
import * as CookieJar from "webqq-login/CookieJar"
import * as Facade from "webqq-login/Facade"
import * as QqHttp from "webqq-login/QqHttp"
import { selfSigned } from "./support/certificate.ts"
import { connections, listening } from "./support/listening.ts"

const asked = (url: string, maxBytes: number) =>
  ({ step: "QrCode", method: "GET", url: Redacted.make(url), headers: {}, maxBytes }) as const

const inLogin = <A, E>(test: Effect.Effect<A, E, CookieJar.CookieJar | HttpClient.HttpClient | Scope.Scope>) =>
  test.pipe(
    Effect.provideService(CookieJar.CookieJar, CookieJar.make({ domains: ["qq.com"] })),
    Effect.provide(Facade.httpClient)
  )

describe("Facade.httpClient", () => {
  it.live("asks no server whose certificate nobody vouches for", () =>
    Effect.gen(function* () {
      let requests = 0
      const { port } = yield* listening(
        https.createServer(selfSigned(["localhost"]), (_, response) => {
          requests++
          response.end()
        })
      )
      const qq = yield* QqHttp.make
      const error = yield* Effect.flip(qq.send(asked(`https://localhost:${port}/ptqrshow`, 1)))
      assert.deepInclude({ ...error }, { _tag: "HttpFailed", reason: "tls" })
      assert.strictEqual(requests, 0)
    }).pipe(inLogin)
  )

  const answers: Readonly<Record<string, http.RequestListener>> = {
    "/whole": (_, response) => response.end("a whole answer"),
    "/denied": (_, response) => response.writeHead(403).end("x".repeat(100_000)),
    "/large": (_, response) => response.writeHead(200, { "content-length": 1_000_000 }).write("x"),
    "/unread": (_, response) => response.writeHead(302).end("x".repeat(100_000))
  }
  it.live.each([
    ["keeps the one connection of answers that it has read", "/whole", 100, 1],
    ["leaves none open where access is denied at length", "/denied", 100, 0],
    ["leaves none open where the answer is too large", "/large", 100, 0],
    ["leaves none open where only the head counts and the body is long", "/unread", 0, 0]
  ] as const)("%s", ([, path, maxBytes, open]) =>
    Effect.gen(function* () {
      let opened = 0
      const { port, server } = yield* listening(
        http.createServer((request, response) => answers[path]!(request, response))
      )
      server.on("connection", () => opened++)
      const qq = yield* QqHttp.make
      for (let n = 0; n < 10; n++) yield* Effect.exit(qq.send(asked(`http://127.0.0.1:${port}${path}`, maxBytes)))
      // The server hears of a closed connection a little later.
      const settled = Effect.repeat(connections(server), { until: (count) => count <= open, times: 1000 })
      assert.strictEqual(yield* settled, open)
      assert.strictEqual(opened, open === 1 ? 1 : 10)
    }).pipe(inLogin)
  )
})
