import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Http from "node:http"
import * as Https from "node:https"
import * as Net from "node:net"
import { ReplayServer } from "webqq-login/replay"
import { selfSigned } from "../support/certificate.ts"
import { get, shop } from "../support/scenarios.ts"

const api = "https://api.shop.example"
const scenario = shop([
  get("items", `${api}/items`, "x", { times: 2 }),
  get("more", "http://cdn.shop.example/more", "y")
])
const addresses = [`${api}/items`, `${api}/items`, "http://cdn.shop.example/more"]

const client = (server: ReplayServer.ReplayServer, login?: string) =>
  Effect.map(HttpClient.HttpClient, ReplayServer.rewrite(server.origin, login))

const text = (http: HttpClient.HttpClient, url: string) => Effect.flatMap(http.get(url), (response) => response.text)

/** A request by hand: what a client sends that knows nothing of the harness. */
const raw = (url: string, options: Https.RequestOptions) =>
  Effect.promise(
    () =>
      new Promise<{ readonly status: number; readonly headers: ReadonlyArray<string>; readonly body: string }>(
        (resolve, reject) => {
          const { request } = url.startsWith("https:") ? Https : Http
          request(url, { agent: false, ...options }, (response) => {
            let body = ""
            response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk))
            response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.rawHeaders, body }))
          })
            .on("error", reject)
            .end()
        }
      )
  )

const layer = NodeHttpClient.layerNodeHttp

describe("by path", () => {
  it.effect("a login is played to its end, and the client sees the logical addresses", () =>
    ReplayServer.withScenario(scenario, (server) =>
      Effect.gen(function* () {
        const http = yield* client(server)
        const response = yield* http.get(`${api}/items`, { urlParams: { a: "1" } })
        assert.strictEqual(response.url, `${api}/items?a=1`)
        assert.strictEqual(response.request.url, `${api}/items`)
        assert.strictEqual(yield* response.text, "x")
        assert.strictEqual(yield* text(http, `${api}/items`), "x")
        assert.strictEqual(yield* text(http, "http://cdn.shop.example/more"), "y")
        assert.deepStrictEqual(
          server.requests().map(({ result, url }) => `${result} ${url}`),
          [`items ${api}/items?a=1`, `items ${api}/items`, "more http://cdn.shop.example/more"]
        )
      })
    ).pipe(Effect.provide(layer))
  )

  it.effect("three logins at once do not see each other", () =>
    ReplayServer.withScenario(scenario, (server) =>
      Effect.gen(function* () {
        const login = (name: string) =>
          Effect.flatMap(client(server, name), (http) => Effect.forEach(addresses, (url) => text(http, url)))
        const all = yield* Effect.forEach(["a", "b", "c"], login, { concurrency: 3 })
        assert.deepStrictEqual(all, [
          ["x", "x", "y"],
          ["x", "x", "y"],
          ["x", "x", "y"]
        ])
        assert.strictEqual(server.requests().length, 9)
      })
    ).pipe(Effect.provide(layer))
  )

  it.effect("one bad login among good ones is found", () =>
    Effect.gen(function* () {
      const program = (server: ReplayServer.ReplayServer) =>
        Effect.gen(function* () {
          const good = yield* client(server, "good")
          yield* Effect.forEach(addresses, (url) => text(good, url))
          yield* text(yield* client(server, "bad"), `${api}/items`)
        })
      const error = yield* Effect.flip(ReplayServer.withScenario(scenario, program))
      assert.include(error.message, `"items" was requested once, not twice`)
      assert.include(error.message, `"more" was never requested`)
    }).pipe(Effect.provide(layer))
  )

  it.effect("a server that nobody asked is a scenario that nobody played", () =>
    Effect.map(Effect.flip(ReplayServer.withScenario(scenario, () => Effect.void)), (error) =>
      assert.include(error.message, `"items" was never requested`)
    )
  )

  it.effect("a mismatch is a 409 with its verdict and its description", () =>
    Effect.gen(function* () {
      const server = yield* ReplayServer.make(scenario)
      const http = yield* client(server)
      const response = yield* http.get("http://cdn.shop.example/more")
      assert.strictEqual(response.status, 409)
      assert.strictEqual(response.headers["x-replay-mismatch"], "out of order")
      assert.include(yield* response.text, `it matches "more", but "items" must come next`)
      assert.strictEqual(server.verify().length, 3)
    }).pipe(Effect.provide(layer))
  )

  it.effect.each<readonly [what: string, headers: Http.OutgoingHttpHeaders, status: number]>([
    ["a name that was pointed here", { host: "evil.example" }, 421],
    ["a name that begins with ours", { host: "127.0.0.1.evil.example:80" }, 421],
    ["a page of another site", { origin: "https://evil.com", "sec-fetch-site": "cross-site" }, 421],
    ["a picture in a page of another site", { "sec-fetch-site": "cross-site", "sec-fetch-dest": "image" }, 421],
    ["a link in a page of another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, 421],
    ["a client that says no more than it has to", {}, 200],
    ["a client through another port", { host: "localhost:1" }, 200],
    ["a client that plays a page of the scenario", { origin: "https://api.shop.example" }, 200]
  ])("%s: %o gives %i, and what is refused does not count", ([, headers, status]) =>
    Effect.gen(function* () {
      const { origin, requests, verify } = yield* ReplayServer.make(shop([get("items", `${api}/items`, "x")]))
      const answer = yield* raw(`${origin}/__/a/https/api.shop.example/items`, { headers })
      assert.strictEqual(answer.status, status)
      assert.strictEqual(requests().length, status === 200 ? 1 : 0)
      assert.strictEqual((yield* raw(`${origin}/x`, { headers: { ...headers, host: "evil.example" } })).status, 421)
      if (status === 200) assert.deepStrictEqual(verify(), [])
    })
  )

  it.effect("a path that names no address is told the form", () =>
    Effect.gen(function* () {
      const { origin } = yield* ReplayServer.make(scenario)
      const answer = yield* raw(`${origin}/__/a/ftp/x/y`, {})
      assert.deepStrictEqual(
        [answer.status, answer.body],
        [
          400,
          "expected /__/<login>/<http or https>/<host>/<path>, or /__/<login>/verify; " +
            "<login> is any name of ASCII letters, digits, dots, _ and -\n"
        ]
      )
      assert.strictEqual((yield* raw(`${origin}/__/%E7%99%BB%E5%BD%95/https/x/y`, {})).status, 400)
    })
  )

  it.effect("a login is asked whether it was played as written; to ask begins none", () =>
    Effect.gen(function* () {
      const { origin, requests, verify } = yield* ReplayServer.make(shop([get("items", `${api}/items`, "x")]))
      const asked = (login: string) => raw(`${origin}/__/${login}/verify`, {})
      assert.strictEqual((yield* asked("a")).status, 409)
      assert.deepStrictEqual(requests(), [])
      yield* raw(`${origin}/__/a/https/api.shop.example/items`, {})
      assert.deepInclude(yield* asked("a"), { status: 200, body: `scenario "shop" was played as written\n` })
      assert.deepStrictEqual(verify(), [])
      yield* raw(`${origin}/__/a/https/api.shop.example/wrong`, {})
      const { body, status } = yield* asked("a")
      assert.strictEqual(status, 409)
      assert.match(
        body,
        /^scenario "shop" was not played as written \(1 problem\):\n- GET .*wrong is not in the scenario/
      )
      assert.match((yield* asked("b")).body, /"items" was never requested/)
    })
  )

  it.effect("whoever begins under the same name once more is told to take another", () =>
    Effect.gen(function* () {
      const { origin } = yield* ReplayServer.make(
        shop([get("items", `${api}/items`, "x"), get("more", `${api}/more`, "")])
      )
      const ask = (path: string) => raw(`${origin}/__/a/https/api.shop.example/${path}`, {})
      yield* ask("items")
      assert.include((yield* ask("items")).body, "\nthe login /__/a/ is under way already: use another name")
      assert.notInclude((yield* ask("wrong")).body, "another name")
    })
  )

  it.effect("through a proxy's setting, where the whole address is named, the login is played as by Host header", () =>
    Effect.gen(function* () {
      const { origin, requests } = yield* ReplayServer.make(scenario)
      const answer = yield* raw(origin, { path: "http://cdn.shop.example/more", headers: { host: "cdn.shop.example" } })
      assert.strictEqual(answer.status, 409)
      assert.deepInclude(requests()[0], { url: "http://cdn.shop.example/more", result: "out of order" })
    })
  )

  it.effect("headers go out as they stand in the scenario; only the length is added", () =>
    Effect.gen(function* () {
      const headers = [
        ["X-b", "1"],
        ["SET-COOKIE", "a=1"],
        ["Set-Cookie", "b=2"],
        ["Connection", "Close"]
      ] as const
      const items = { ...get("items", `${api}/items`, ""), response: { status: 200, headers, body: { text: "é" } } }
      const { origin } = yield* ReplayServer.make(shop([items]))
      const answer = yield* raw(`${origin}/__/a/https/api.shop.example/items`, {})
      assert.deepStrictEqual(answer.headers, [...headers.flat(), "Content-Length", "2"])
    })
  )
})

describe("by Host header", () => {
  it.effect("a client that knows nothing is served over http and https, login after login", () =>
    Effect.gen(function* () {
      const { cert, key } = selfSigned(["api.shop.example"])
      const server = yield* ReplayServer.make(scenario, { tls: { key, cert } })
      const items = raw(`${server.tlsOrigin}/items`, {
        ca: cert,
        servername: "api.shop.example",
        headers: { host: "api.shop.example" }
      })
      const more = raw(`${server.origin}/more`, { headers: { host: "cdn.shop.example" } })
      for (const login of ["1", "2"]) {
        const bodies = [yield* items, yield* items, yield* more].map(({ body }) => body)
        assert.deepStrictEqual(bodies, ["x", "x", "y"])
        assert.strictEqual(server.requests().at(-1)?.login, login)
      }
      assert.deepStrictEqual(server.verify(), [])
    })
  )

  it.effect("a login that begins anew leaves the first one unfinished", () =>
    Effect.gen(function* () {
      const server = yield* ReplayServer.make(
        shop([get("a", "http://a.example/a", ""), get("b", "http://a.example/b", "")])
      )
      const ask = (path: string) => raw(`${server.origin}${path}`, { headers: { host: "a.example" } })
      yield* Effect.forEach(["/a", "/a", "/b"], ask)
      assert.deepStrictEqual(
        server.requests().map(({ login, result }) => [login, result]),
        [
          ["1", "a"],
          ["2", "a"],
          ["2", "b"]
        ]
      )
      assert.deepStrictEqual(
        server.verify().map((problem) => [problem._tag, problem.exchange?.id]),
        [["Unused", "b"]]
      )
    })
  )

  it.effect(
    "a host that the scenario does not have may be any name that leads here: it is refused, and does not count",
    () =>
      Effect.gen(function* () {
        const server = yield* ReplayServer.make(scenario)
        const answer = yield* raw(`${server.origin}/check`, { headers: { host: "hostile.example" } })
        assert.strictEqual(answer.status, 421)
        assert.deepStrictEqual(server.requests(), [])
      })
  )

  it.effect("to a proxy, a host that the scenario does not have is a mismatch", () =>
    Effect.gen(function* () {
      const { origin, requests } = yield* ReplayServer.make(scenario)
      const answer = yield* raw(origin, { path: "http://hostile.example/check", headers: { host: "hostile.example" } })
      assert.strictEqual(answer.status, 409)
      assert.include(answer.body, "GET http://hostile.example/check is not in the scenario")
      assert.strictEqual(requests().length, 1)
    })
  )
})

describe("sockets", () => {
  const once = shop([get("items", `${api}/items`, "x")])

  it.effect("the hook holds an answer back until it likes", () =>
    Effect.gen(function* () {
      const reached = yield* Deferred.make<void>()
      let release = () => {}
      const beforeAnswer = () =>
        new Promise<void>((resolve) => {
          release = resolve
          Effect.runSync(Deferred.succeed(reached, undefined))
        })
      const server = yield* ReplayServer.make(once, { beforeAnswer })
      const fiber = yield* Effect.forkChild(text(yield* client(server), `${api}/items`))
      yield* Deferred.await(reached)
      assert.isUndefined(fiber.pollUnsafe())
      release()
      assert.strictEqual(yield* Fiber.join(fiber), "x")
    }).pipe(Effect.provide(layer))
  )

  it.effect("the hook may answer by itself, or cut the connection", () =>
    Effect.gen(function* () {
      const own = yield* ReplayServer.make(once, {
        beforeAnswer: (exchange, _, response) => void response.writeHead(502).end(exchange.id)
      })
      const response = yield* (yield* client(own)).get(`${api}/items`)
      assert.deepStrictEqual([response.status, yield* response.text], [502, "items"])
      const cut = yield* ReplayServer.make(once, { beforeAnswer: (_, __, response) => void response.destroy() })
      const error = yield* Effect.flip((yield* client(cut)).get(`${api}/items`))
      assert.strictEqual((error.reason.cause as NodeJS.ErrnoException).code, "ECONNRESET")
    }).pipe(Effect.provide(layer))
  )

  it.effect("an interrupted client closes its connection", () =>
    Effect.gen(function* () {
      const reached = yield* Deferred.make<void>()
      const closed = yield* Deferred.make<void>()
      const server = yield* ReplayServer.make(once, {
        beforeAnswer: (_, __, response) =>
          new Promise<void>((resolve) => {
            response.once("close", () => {
              Effect.runSync(Deferred.succeed(closed, undefined))
              resolve()
            })
            Effect.runSync(Deferred.succeed(reached, undefined))
          })
      })
      const fiber = yield* Effect.forkChild(text(yield* client(server), `${api}/items`))
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(closed)
    }).pipe(Effect.provide(layer))
  )

  it.effect("a client scoped from above closes its connection with its scope, read or unread", () =>
    Effect.gen(function* () {
      const closed = yield* Deferred.make<void>()
      const server = yield* ReplayServer.make(once, {
        beforeAnswer: (_, __, response) => {
          response.once("close", () => Effect.runSync(Deferred.succeed(closed, undefined)))
          response.writeHead(200, { "content-length": "1000" }).write("x")
        }
      })
      const http = yield* client(server)
      yield* Effect.scoped(HttpClient.withScope(http).get(`${api}/items`))
      yield* Deferred.await(closed)
    }).pipe(Effect.provide(layer))
  )

  it.effect("everything is closed at the end of the scope, also what waits", () =>
    Effect.gen(function* () {
      const sockets: Array<Net.Socket> = []
      const port = yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* ReplayServer.make(once, { beforeAnswer: () => new Promise(() => {}) })
          const { port } = new URL(server.origin)
          const idle = Net.connect(Number(port), "127.0.0.1")
          const waiting = Net.connect(Number(port), "127.0.0.1")
          sockets.push(idle, waiting)
          yield* Effect.promise(() =>
            Promise.all(sockets.map((socket) => new Promise((ok) => socket.once("connect", ok))))
          )
          waiting.write("GET /__/a/https/api.shop.example/items HTTP/1.1\r\nHost: localhost:1\r\n\r\n")
          while (server.requests().length === 0) yield* Effect.promise(() => new Promise((ok) => setImmediate(ok)))
          return Number(port)
        })
      )
      yield* Effect.promise(() =>
        Promise.all(
          sockets.map(
            (socket) => new Promise<void>((ok) => (socket.destroyed ? ok() : socket.once("close", () => ok())))
          )
        )
      )
      const refused = yield* Effect.promise(
        () => new Promise((ok) => Net.connect(port, "127.0.0.1").once("error", ok).once("connect", ok))
      )
      assert.strictEqual((refused as NodeJS.ErrnoException).code, "ECONNREFUSED")
    })
  )

  it.effect("a connection is kept for the next request", () =>
    ReplayServer.withScenario(shop([get("items", `${api}/items`, "x", { times: 3 })]), (server) =>
      Effect.gen(function* () {
        const agent = new Http.Agent({ keepAlive: true, maxSockets: 1 })
        const ask = raw(`${server.origin}/__/a/https/api.shop.example/items`, { agent })
        const locals = new Set<number | undefined>()
        for (let n = 0; n < 3; n++) {
          yield* ask
          for (const socket of Object.values(agent.freeSockets).flat()) locals.add(socket?.localPort)
        }
        assert.strictEqual(locals.size, 1)
        agent.destroy()
      })
    )
  )

  it.effect("a port that is taken is a defect that says so", () =>
    Effect.gen(function* () {
      const { origin } = yield* ReplayServer.make(once)
      const exit = yield* Effect.exit(ReplayServer.make(once, { port: Number(new URL(origin).port) }))
      assert.include(String(exit), "choose another port")
    })
  )
})

describe("a server that is given too much", () => {
  it.live("reads no body without end, says so, and goes on with others", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* ReplayServer.make(scenario)
        const sent = yield* Effect.promise(
          () =>
            new Promise<{ readonly status: number; readonly bytes: number }>((resolve, reject) => {
              let bytes = 0
              const piece = Buffer.alloc(65_536)
              const request = Http.request(`${server.origin}/__/a/https/api.shop.example/items`, {
                method: "POST",
                agent: false
              })
              const more = () => {
                if (bytes < 64 * 2 ** 20 && !request.destroyed)
                  request.write(piece, () => ((bytes += piece.length), more()))
              }
              request.on("response", (response) => {
                resolve({ status: response.statusCode ?? 0, bytes })
                request.destroy()
              })
              // Who still sends may be cut off before the answer is read.
              request.on("error", () => resolve({ status: 413, bytes }))
              request.on("close", () => reject(new Error("no answer")))
              more()
            })
        )
        assert.strictEqual(sent.status, 413)
        assert.isBelow(sent.bytes, 32 * 2 ** 20)
        assert.deepEqual(server.requests(), [])
        assert.strictEqual(yield* text(yield* client(server, "b"), `${api}/items`), "x")
      })
    ).pipe(Effect.provide(layer))
  )

  it.live("holds no more logins than it says, and those that it has go on", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* ReplayServer.make(scenario, { maxLogins: 3 })
        const statuses = yield* Effect.forEach(
          Array.from({ length: 5 }, (_, index) => index),
          (index) => raw(`${server.origin}/__/n${index}/https/api.shop.example/nothing`, {}),
          { concurrency: 1 }
        )
        const count = (status: number) => statuses.filter((answer) => answer.status === status).length
        assert.deepEqual([count(409), count(429)], [3, 2])
        assert.strictEqual((yield* raw(`${server.origin}/__/n1/https/api.shop.example/items`, {})).status, 200)
      })
    ).pipe(Effect.provide(layer))
  )
})

describe("what is told of a request", () => {
  it.effect("is what is wrong with it and worth knowing of it, whatever was before", () => {
    const received: Array<ReplayServer.Received> = []
    const asked = shop(
      [
        get("items", `${api}/items`, "x", {
          request: { method: "GET", url: `${api}/items`, query: { a: "1" } },
          mayEnd: true
        }),
        get("more", `${api}/more`, "y")
      ],
      {
        format: "webqq-fixture/2",
        demands: [{ url: `${api}/items`, required: { "query.a": { evidence: "refused without" } } }]
      }
    )
    return Effect.scoped(
      Effect.gen(function* () {
        const server = yield* ReplayServer.make(asked, { strictness: "server", onRequest: (one) => received.push(one) })
        const http = yield* client(server)
        for (const path of ["icon", "items?a=2", "items?a=1&b=2", "icon", "items?a=1&c=3", "more"])
          yield* text(http, `${api}/${path}`)
        assert.deepStrictEqual(
          received.map(({ problems, warnings }) => [
            ...problems.map((problem) => ("url" in problem ? problem.url : problem._tag)),
            ...warnings.map(({ field, kind }) => field ?? kind)
          ]),
          [[`${api}/icon`], [`${api}/items`], ["query.b"], [`${api}/icon`], ["asked again", "query.c"], []]
        )
      })
    ).pipe(Effect.provide(layer))
  })

  it.effect("costs no more where a scenario has more exchanges", () => {
    const lookedAt = (count: number) => {
      let looked = 0
      const small = shop(Array.from({ length: count }, (_, n) => get(`e${n}`, `${api}/${n}`, "x")))
      const exchanges = small.exchanges.map((exchange) => ({
        ...exchange,
        get times() {
          looked++
          return 1
        }
      }))
      return Effect.scoped(
        Effect.gen(function* () {
          const server = yield* ReplayServer.make(
            { ...small, exchanges },
            { strictness: "server", onRequest: () => {} }
          )
          const ask = () => raw(`${server.origin}/`, { headers: { host: "api.shop.example" }, path: "/else" })
          yield* ask()
          looked = 0
          for (let n = 0; n < 5; n++) yield* ask()
          return looked
        })
      )
    }
    return Effect.gen(function* () {
      assert.isAtMost(yield* lookedAt(400), (yield* lookedAt(40)) + 10)
    })
  })
})
