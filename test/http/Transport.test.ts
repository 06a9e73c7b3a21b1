import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import http from "node:http"
import https from "node:https"
import * as Facade from "webqq-login/Facade"
import * as Transport from "webqq-login/Transport"
import { exchange } from "../support/exchanging.ts"
import { connections, listening } from "../support/listening.ts"

const marked = HttpClient.mapRequest(HttpClientRequest.setHeader("x-marked", "yes"))

/** Ways to have requests sent differently, by a client that sends them through another. */
const wrappings: Readonly<Record<string, (client: HttpClient.HttpClient) => HttpClient.HttpClient>> = {
  "maps requests": marked,
  "transforms answers": (client) => HttpClient.transform(marked(client), (effect) => effect),
  "sends again": (client) => HttpClient.retry(marked(client), { times: 1 }),
  "is a changed copy": (client) => ({ ...client, ...marked(client) }),
  "inherits from it": (client) =>
    Object.defineProperties(Object.create(client), Object.getOwnPropertyDescriptors(marked(client))),
  "stands before it": (client) =>
    new Proxy(client, {
      get: (target, name) => Reflect.get(Object.hasOwn(marked(client), name) ? marked(client) : target, name)
    })
}

describe("a client", () => {
  it.effect.each([
    ["Facade.httpClient", Facade.httpClient],
    ["Transport.layer()", Transport.layer()],
    ["Transport.layerConfig", Layer.orDie(Transport.layerConfig)]
  ] as const)("%s has the direct way", ([, layer]) =>
    Effect.gen(function* () {
      assert.isTrue(Transport.isTransport(yield* HttpClient.HttpClient))
    }).pipe(Effect.provide(layer))
  )

  it.live.each(Object.entries(wrappings))("that %s has not, and sends its own requests", ([, wrap]) =>
    Effect.gen(function* () {
      const { port } = yield* listening(
        http.createServer(({ headers }, response) => response.end(headers["x-marked"] ?? "no"))
      )
      const wrapped = wrap(yield* HttpClient.HttpClient)
      assert.isFalse(Transport.isTransport(wrapped))
      const { became } = yield* Effect.provideService(
        exchange(`http://127.0.0.1:${port}/`),
        HttpClient.HttpClient,
        wrapped
      )
      assert.deepEqual(became, { status: 200, text: "yes" })
    }).pipe(Effect.provide(Transport.layer()), Effect.scoped)
  )
})

describe("Transport.layer", () => {
  /** How many connections twelve requests at once open, that are answered when `limit` have arrived; and how many came whole. */
  const opened = (layer: Layer.Layer<HttpClient.HttpClient>, limit: number) =>
    Effect.gen(function* () {
      let most = 0
      let left = 12
      const waiting: Array<http.ServerResponse> = []
      const { port } = yield* listening(
        http.createServer((_, response) => {
          waiting.push(response)
          most = Math.max(most, waiting.length)
          if (waiting.length !== Math.min(limit, left)) return
          // Long enough for one that is not allowed.
          setTimeout(() => {
            left -= waiting.length
            waiting.splice(0).forEach((each) => each.end("whole"))
          }, 20)
        })
      )
      const all = yield* Effect.all(
        Array.from({ length: 12 }, () => exchange(`http://127.0.0.1:${port}/`)),
        { concurrency: "unbounded" }
      ).pipe(Effect.provide(layer))
      return { most, whole: all.filter(({ became }) => "text" in became && became.text === "whole").length }
    }).pipe(Effect.scoped)

  it.live.each([
    ["its limit", Transport.layer({ maxSockets: 3 }), 3],
    ["no more than are needed", Transport.layer(), 12],
    [
      "the limit of WEBQQ_MAX_SOCKETS",
      Layer.orDie(Transport.layerConfig).pipe(
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ WEBQQ_MAX_SOCKETS: "2" })))
      ),
      2
    ],
    [
      "that of the agents that it is given",
      Transport.layer({ agents: { http: new http.Agent({ maxSockets: 4 }), https: new https.Agent() } }),
      4
    ]
  ] as const)("opens connections to one host up to %s, and the rest wait", ([, layer, limit]) =>
    Effect.gen(function* () {
      assert.deepEqual(yield* opened(layer, limit), { most: limit, whole: 12 })
    })
  )

  it.effect.each(["0", "-1", "1.5", "many"])("refuses WEBQQ_MAX_SOCKETS=%s, and names it", (text) =>
    Effect.gen(function* () {
      const env = ConfigProvider.layer(ConfigProvider.fromUnknown({ WEBQQ_MAX_SOCKETS: text }))
      const error = yield* Effect.flip(Layer.build(Layer.provide(Transport.layerConfig, env)))
      assert.include(String(error), "WEBQQ_MAX_SOCKETS")
    }).pipe(Effect.scoped)
  )

  it.effect.each([0, -1, 1.5, NaN])("takes no maxSockets of %s", (maxSockets) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Layer.build(Transport.layer({ maxSockets })))
      assert.isTrue(Exit.isFailure(exit))
    }).pipe(Effect.scoped)
  )

  it.live("closes its connections with its scope, and leaves the agents of others alone", () =>
    Effect.gen(function* () {
      const { port, server } = yield* listening(http.createServer((_, response) => response.end("whole")))
      const agent = new http.Agent({ keepAlive: true })
      const ask = exchange(`http://127.0.0.1:${port}/`)
      // One `http.Agent` for both, as those of proxies are.
      yield* Effect.provide(ask, Transport.layer({ agents: { http: agent, https: agent as https.Agent } }))
      yield* Effect.provide(ask, Transport.layer())
      const settled = Effect.repeat(connections(server), { until: (count) => count <= 1, times: 1000 })
      assert.strictEqual(yield* settled, 1)
      assert.lengthOf(Object.keys(agent.freeSockets), 1)
      agent.destroy()
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["a check_sig, of which only the head counts", 302, { redirects: true }],
    ["a server in trouble, which has enough of handshakes", 503, {}]
  ] as const)("keeps the one connection of %s, where its body is short", ([, status, request]) =>
    Effect.gen(function* () {
      let opened = 0
      const { port, server } = yield* listening(
        http.createServer((_, response) => response.writeHead(status).end("<a href='https://w.qq.com/'>moved</a>"))
      )
      server.on("connection", () => opened++)
      const agent = new http.Agent({ keepAlive: true })
      const layer = Transport.layer({ agents: { http: agent, https: new https.Agent() } })
      const free = Effect.callback<void>((resume) => void agent.once("free", () => resume(Effect.void)))
      for (let n = 0; n < 5; n++) {
        const freed = yield* Effect.forkChild(free, { startImmediately: true })
        yield* Effect.provide(exchange(`http://127.0.0.1:${port}/`, request), layer)
        yield* Fiber.join(freed)
      }
      assert.strictEqual(opened, 1)
      agent.destroy()
    }).pipe(Effect.scoped)
  )
})
