import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import * as Https from "node:https"
import type * as Net from "node:net"
import * as Tls from "node:tls"
import { Authority, ReplayServer } from "webqq-login/replay"
import { get, shop } from "../../support/scenarios.ts"

const scenario = shop([
  get("items", "https://api.shop.example/items", "x"),
  get("more", "http://cdn.shop.example/more", "y")
])

interface Proxied {
  readonly url: string
  readonly user?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The tunnel, or what the proxy says in its place. */
const connect = (origin: string, { url, user }: Proxied) =>
  new Promise<Net.Socket | string>((resolve, reject) => {
    const { hostname, port, protocol } = new URL(url)
    const headers = user === undefined ? {} : { "proxy-authorization": `Basic ${btoa(`${user}:`)}` }
    const path = `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`
    Http.request(origin, { method: "CONNECT", path, headers, agent: false })
      .on("connect", (response, socket, head) => {
        if (response.statusCode === 200) return resolve(socket as Net.Socket)
        let text = `${response.statusCode} ${String(head)}`
        socket.on("data", (data) => (text += String(data))).on("close", () => resolve(text))
      })
      .on("error", reject)
      .end()
  })

/** Asks as a client does that was told of a proxy, and tells status and body. */
const ask = (origin: string, ca: string, request: Proxied) =>
  Effect.promise(async () => {
    const tunnel = await connect(origin, request)
    if (typeof tunnel === "string") return tunnel
    const { hostname, protocol } = new URL(request.url)
    const secure = protocol === "https:"
    const socket = secure ? Tls.connect({ socket: tunnel, servername: hostname, ca }) : tunnel
    return await new Promise<string>((resolve, reject) => {
      const { get } = secure ? Https : Http
      get(
        request.url,
        { createConnection: () => socket, defaultPort: secure ? 443 : 80, headers: { ...request.headers } },
        (response) => {
          let body = `${response.statusCode} `
          response.on("data", (data) => (body += String(data))).on("end", () => (tunnel.destroy(), resolve(body)))
        }
      ).on("error", reject)
    })
  })

const items = { url: "https://api.shop.example/items" }
const more = { url: "http://cdn.shop.example/more" }

describe("as a proxy", () => {
  it.effect(
    "a client that knows nothing is served through tunnels, https and http, with certificates for what it asks",
    () =>
      Effect.gen(function* () {
        const authority = yield* Authority.make
        const server = yield* ReplayServer.make(scenario, { tls: { authority } })
        const send = (request: Proxied) => ask(server.origin, authority.certificate, request)
        assert.deepStrictEqual([yield* send(items), yield* send(more)], ["200 x", "200 y"])
        assert.deepStrictEqual(server.verify(), [])
        assert.deepStrictEqual(
          server.requests().map(({ login, url }) => `${login} ${url}`),
          [`1 ${items.url}`, `1 ${more.url}`]
        )
      })
  )

  it.effect("the user that a client names is its login, so that several are told apart", () =>
    Effect.gen(function* () {
      const authority = yield* Authority.make
      const server = yield* ReplayServer.make(scenario, { tls: { authority } })
      const send = (user: string, request: Proxied) => ask(server.origin, authority.certificate, { ...request, user })
      // One after the other, neither is over.
      for (const user of ["a", "b"]) assert.strictEqual(yield* send(user, items), "200 x")
      for (const user of ["a", "b"]) assert.strictEqual(yield* send(user, more), "200 y")
      assert.deepStrictEqual(server.verify(), [])
      // A request for http goes to the proxy as it is.
      const plain = yield* Effect.promise(
        () =>
          new Promise((resolve) =>
            Http.get(
              server.origin,
              { path: more.url, headers: { "proxy-authorization": `Basic ${btoa("c:")}` } },
              (response) => resolve(response.resume().statusCode)
            )
          )
      )
      assert.strictEqual(plain, 409)
      assert.deepStrictEqual(
        server.requests().map(({ login, result }) => `${login} ${result}`),
        ["a items", "b items", "a more", "b more", "c out of order"]
      )
    })
  )

  it.effect(
    "a host that the scenario does not have is told to be none of it, and counts; so does what a page sends",
    () =>
      Effect.gen(function* () {
        const authority = yield* Authority.make
        const server = yield* ReplayServer.make(scenario, { tls: { authority } })
        const send = (request: Proxied) => ask(server.origin, authority.certificate, request)
        assert.match(yield* send({ url: "https://other.example/" }), /^409 .*other\.example.* is not in the scenario/)
        const page = { origin: "https://page.example", "sec-fetch-site": "cross-site" }
        assert.strictEqual(yield* send({ ...items, headers: page }), "200 x")
        assert.lengthOf(server.requests(), 2)
      })
  )

  it.effect(
    "what comes to the https port directly is looked at as before, also where another has the same port in a tunnel",
    () =>
      Effect.gen(function* () {
        const authority = yield* Authority.make
        const server = yield* ReplayServer.make(scenario, { tls: { authority } })
        const tunnel = yield* Effect.promise(() => connect(server.origin, items))
        const { localPort } = tunnel as Net.Socket
        const status = yield* Effect.promise(
          () =>
            new Promise((resolve, reject) =>
              Https.get(
                `${server.tlsOrigin}/items`,
                {
                  agent: false,
                  localPort,
                  localAddress: "127.0.0.2",
                  ca: authority.certificate,
                  headers: { host: "other.example" },
                  servername: "other.example"
                } as Https.RequestOptions,
                (response) => resolve(response.resume().statusCode)
              ).on("error", reject)
            )
        )
        assert.strictEqual(status, 421)
        ;(tunnel as Net.Socket).destroy()
      })
  )

  it.effect("shows 127.0.0.1 and localhost a certificate of their own, and an odd name that of this machine", () =>
    Effect.gen(function* () {
      const authority = yield* Authority.make
      const { tlsOrigin = "" } = yield* ReplayServer.make(scenario, { tls: { authority } })
      const { port } = new URL(tlsOrigin)
      const shown = (servername: string | undefined) =>
        Effect.promise(
          () =>
            new Promise<string | undefined>((resolve, reject) => {
              const socket = Tls.connect({
                host: "127.0.0.1",
                port: Number(port),
                ca: authority.certificate,
                checkServerIdentity: () => undefined,
                ...(servername === undefined ? {} : { servername })
              })
              socket.on("error", reject).on("secureConnect", () => {
                resolve(socket.getPeerCertificate().subjectaltname)
                socket.destroy()
              })
            })
        )
      const own = "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"
      assert.deepStrictEqual(
        [yield* shown(undefined), yield* shown("a b"), yield* shown("a.example")],
        [own, own, "DNS:a.example"]
      )
    })
  )

  it.effect("without tls a tunnel for https is refused with the reason; one for http is not", () =>
    Effect.gen(function* () {
      const server = yield* ReplayServer.make(shop([get("more", more.url, "y")]))
      assert.match(
        yield* ask(server.origin, "", items),
        /^501 this server answers https only where it was started with --tls/
      )
      assert.strictEqual(yield* ask(server.origin, "", more), "200 y")
    })
  )

  it.effect("open tunnels do not keep the server from ending", () =>
    Effect.gen(function* () {
      const authority = yield* Authority.make
      const closed = yield* Effect.scoped(
        Effect.gen(function* () {
          const { origin } = yield* ReplayServer.make(scenario, { tls: { authority } })
          // One that has said nothing yet, and one in the middle of its handshake.
          const tunnels = yield* Effect.promise(() => Promise.all([connect(origin, items), connect(origin, items)]))
          const sockets = tunnels as Array<Net.Socket>
          sockets[1]?.write(Buffer.from([0x16, 0x03, 0x01]))
          return sockets.map(
            (socket) =>
              new Promise((resolve) =>
                socket
                  .on("close", resolve)
                  .on("error", () => {})
                  .resume()
              )
          )
        })
      )
      yield* Effect.promise(() => Promise.all(closed))
    })
  )
})
