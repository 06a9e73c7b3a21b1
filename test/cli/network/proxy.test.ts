import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as https from "node:https"
import type { AddressInfo } from "node:net"
import { networkInterfaces } from "node:os"
import * as tls from "node:tls"
import { fromSocketError } from "../../../src/http/httpErrors.ts"
import { proxyAddress } from "../../../src/cli/line/networkFlags.ts"
import * as Proxy from "../../../src/cli/network/proxy.ts"
import { selfSigned } from "../../support/certificate.ts"
import { closingProxy, endlessProxy, endlessTlsProxy, httpProxy, socksProxy } from "../../support/proxies.ts"
import * as http from "node:http"
import { onTestFinished, vi } from "vitest"
import { proxyVariables } from "../../../src/cli/inputs/earlyConnection.ts"

const { cert, key } = selfSigned(["named.example", "localhost"])

/** A server by TLS, and one without, that say who they are. */
const targets = Effect.acquireRelease(
  Effect.promise(async () => {
    const onRequest: http.RequestListener = (incoming, outgoing) => outgoing.end(`reached ${incoming.url}`)
    const servers = [https.createServer({ cert, key }, onRequest), http.createServer(onRequest)]
    for (const server of servers) await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
    return servers
  }),
  (servers) =>
    Effect.sync(() => {
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    })
).pipe(
  Effect.map(([tls, plain]) => ({
    tls: `https://named.example:${(tls!.address() as AddressInfo).port}/a`,
    plain: `http://named.example:${(plain!.address() as AddressInfo).port}/a`
  }))
)

const hasIPv6 = Object.values(networkInterfaces()).some((found) => found?.some(({ address }) => address === "::1"))

const get = (agent: http.Agent, url: string) =>
  Effect.callback<string, NodeJS.ErrnoException>((resume) => {
    const { request } = url.startsWith("https") ? https : http
    const asked = request(url, { agent, ca: cert }, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (part: string) => (text += part))
      response.on("end", () => resume(Effect.succeed(text)))
    })
    asked.on("error", (error: NodeJS.ErrnoException) => resume(Effect.fail(error)))
    asked.end()
    return Effect.sync(() => asked.destroy())
  })

/** A name that no name server is asked for: its label is longer than one may be. */
const nowhere = `${"x".repeat(64)}.invalid`

const agentFor = (proxy: string) =>
  Effect.acquireRelease(
    Effect.sync(() => Proxy.agent(() => proxy)),
    (agent) => Effect.sync(() => agent.destroy())
  )

describe("a request by a proxy", () => {
  it.live.each([
    ["http", "", httpProxy()],
    ["http", "user:p%40ss@", httpProxy({ credentials: "user:p@ss" })],
    ["socks5h", "", socksProxy()],
    ["socks5h", "user:p%40ss@", socksProxy({ credentials: "user:p@ss" })]
  ] as const)(
    "of %s://%s reaches https and http, by names that only the proxy knows, twice by one connection",
    ([scheme, user, proxy]) =>
      Effect.gen(function* () {
        const { plain, tls } = yield* targets
        const { asked, port } = yield* proxy
        const agent = yield* agentFor(`${scheme}://${user}127.0.0.1:${port}`)
        assert.strictEqual(yield* get(agent, tls), "reached /a")
        assert.strictEqual(yield* get(agent, tls), "reached /a")
        assert.strictEqual(asked.length, 1)
        assert.strictEqual(yield* get(agent, plain), "reached /a")
        assert.deepEqual([...new Set(asked)], [new URL(tls).host, new URL(plain).host])
      })
  )

  describe.skipIf(!hasIPv6)("that has an IPv6 address", () => {
    it.live.each([
      ["http", httpProxy({ on: "::1" })],
      ["socks5h", socksProxy({ on: "::1" })],
      ["socks", socksProxy({ on: "::1" })]
    ] as const)("goes by that, with %s", ([scheme, proxy]) =>
      Effect.gen(function* () {
        const { plain, tls } = yield* targets
        const { asked, port } = yield* proxy
        const agent = yield* agentFor(`${scheme}://[::1]:${port}`)
        assert.strictEqual(yield* get(agent, tls), "reached /a")
        assert.strictEqual(yield* get(agent, plain), "reached /a")
        assert.deepEqual([...new Set(asked)], [new URL(tls).host, new URL(plain).host])
      })
    )
  })

  it.live.each([
    ["a wrong password", "http://user:wrong@", httpProxy({ credentials: "user:right" }), "ERR_PROXY_HTTP_407"],
    ["no password", "http://", httpProxy({ credentials: "user:right" }), "ERR_PROXY_HTTP_407"],
    ["a proxy that does not want us", "http://", httpProxy({ refuse: 403 }), "ERR_PROXY_HTTP_403"],
    ["a proxy that closes", "http://", closingProxy, "ERR_PROXY_FAILED"],
    ["a proxy whose answer has no end", "http://", endlessProxy, "ERR_PROXY_TOO_LONG"],
    [
      "a wrong password of SOCKS",
      "socks5h://user:wrong@",
      socksProxy({ credentials: "user:right" }),
      "ERR_PROXY_FAILED"
    ],
    ["SOCKS that is none", "socks5h://", httpProxy(), "ERR_PROXY_FAILED"],
    ["a proxy that closes, of SOCKS", "socks5h://", closingProxy, "ERR_PROXY_FAILED"]
  ] as const)(
    "ends with the proxy's own fault where there is %s, and its text holds nothing",
    ([, user, proxy, code]) =>
      Effect.gen(function* () {
        const { tls } = yield* targets
        const { port } = yield* proxy
        const agent = yield* agentFor(`${user}127.0.0.1:${port}`)
        const error = yield* Effect.flip(get(agent, tls))
        assert.deepEqual(fromSocketError(error, "transport"), { reason: "proxy", code })
        assert.strictEqual(error.message, "")
      })
  )

  it.live("is given up where its answer has no end, by TLS, too, before much of that is kept", () =>
    Effect.gen(function* () {
      const before = tls.getCACertificates("default")
      tls.setDefaultCACertificates([...before, cert])
      yield* Effect.addFinalizer(() => Effect.sync(() => tls.setDefaultCACertificates(before)))
      const { port } = yield* endlessTlsProxy({ cert, key })
      const { tls: target } = yield* targets
      const agent = yield* agentFor(`https://localhost:${port}`)
      const error = yield* Effect.flip(get(agent, target))
      assert.deepInclude({ ...error }, { code: "ERR_PROXY_TOO_LONG" })
    })
  )

  it.live("that looks no names up is not at fault where this machine finds none", () =>
    Effect.gen(function* () {
      const { port } = yield* socksProxy()
      const error = yield* Effect.flip(get(yield* agentFor(`socks5://127.0.0.1:${port}`), `https://${nowhere}/`))
      assert.strictEqual(fromSocketError(error, "transport").reason, "dns")
      const other = yield* Effect.flip(get(yield* agentFor(`socks5://${nowhere}:1`), "https://127.0.0.1/"))
      assert.strictEqual(fromSocketError(other, "transport").reason, "proxy")
    })
  )

  it("is named by what failed there only: what else an error of some client holds may be a password", () => {
    const error = Object.assign(new Error(), { code: "ECONNREFUSED", proxy: "http://user:CANARY@127.0.0.1:1" })
    assert.deepStrictEqual(fromSocketError(error, "transport"), { reason: "connect", code: "ECONNREFUSED" })
  })

  it.live("that is not there says so", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { port } = yield* Scope.provide(httpProxy(), scope)
      yield* Scope.close(scope, Exit.void)
      const { plain, tls } = yield* targets
      for (const scheme of ["http", "https", "socks5h"]) {
        for (const target of [tls, plain]) {
          const error = yield* Effect.flip(get(yield* agentFor(`${scheme}://127.0.0.1:${port}`), target))
          assert.strictEqual(error.code, "ERR_PROXY_ECONNREFUSED", `${scheme} ${target}`)
        }
      }
    })
  )

  it.live.each([
    ["that is not there", "ERR_PROXY_ECONNREFUSED", undefined],
    ["that does not know us", "ERR_PROXY_HTTP_407", httpProxy({ credentials: "user:right" })]
  ] as const)("%s is named, where it may be, and its password never", ([, code, proxy]) =>
    Effect.gen(function* () {
      const { port } = proxy === undefined ? { port: 1 } : yield* proxy
      const { tls } = yield* targets
      for (const scheme of proxy === undefined ? ["http", "socks5h"] : ["http"]) {
        const address = `${scheme}://user:CANARY@127.0.0.1:${port}`
        const named = Proxy.agent(() => address, { tells: true })
        yield* Effect.addFinalizer(() => Effect.sync(() => named.destroy()))
        assert.deepEqual(fromSocketError(yield* Effect.flip(get(named, tls)), "transport"), {
          reason: "proxy",
          code,
          proxy: `${scheme}://127.0.0.1:${port}`
        })
        const silent = yield* agentFor(address)
        assert.deepEqual(fromSocketError(yield* Effect.flip(get(silent, tls)), "transport"), { reason: "proxy", code })
      }
    })
  )

  it.live("meets a certificate behind it as it would without it", () =>
    Effect.gen(function* () {
      const { tls } = yield* targets
      const { port } = yield* httpProxy()
      const agent = yield* agentFor(`http://127.0.0.1:${port}`)
      const error = yield* Effect.flip(get(agent, tls.replace("named.example", "other.example")))
      assert.strictEqual(fromSocketError(error, "transport").reason, "tls")
    })
  )

  it.live("goes without one where none is named for its address", () =>
    Effect.gen(function* () {
      const { plain } = yield* targets
      const { asked } = yield* httpProxy()
      const agent = yield* agentFor("")
      assert.strictEqual(yield* get(agent, plain.replace("named.example", "127.0.0.1")), "reached /a")
      assert.deepEqual(asked, [])
    })
  )
})

describe("the address of a proxy", () => {
  it.each([
    ["http://127.0.0.1:8080", true],
    ["https://user:word@proxy.example", true],
    ["socks5://[::1]:1080", true],
    ["socks5h://proxy:1080", true],
    ["proxy:1080", false],
    ["ftp://proxy", false],
    ["", false],
    ["http://", false]
  ])("%j is one: %s", (text, right) => assert.strictEqual(Proxy.isProxy(text), right))

  // As with curl.
  it.each([
    [{ HTTPS_PROXY: "127.0.0.1:7890" }, "http://127.0.0.1:7890"],
    [{ ALL_PROXY: "127.0.0.1:7890" }, "http://127.0.0.1:7890"],
    [{ https_proxy: "https://proxy:7890" }, "https://proxy:7890"],
    [{ HTTPS_PROXY: "http://proxy", NO_PROXY: "localhost, qq.com" }, ""],
    [{ HTTPS_PROXY: "http://proxy", no_proxy: ".qq.com" }, ""],
    [{ HTTPS_PROXY: "http://proxy", NO_PROXY: "q.com,qq.com.cn" }, "http://proxy"]
  ])("of the environment %j is %j", (variables, proxy) => {
    onTestFinished(() => void vi.unstubAllEnvs())
    for (const name of [...proxyVariables, "no_proxy", "NO_PROXY"]) vi.stubEnv(name, undefined)
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    assert.strictEqual(Proxy.fromEnvironment("https://ssl.ptlogin2.qq.com/"), proxy)
  })

  it.each([
    ["127.0.0.1:7890", "http://127.0.0.1:7890"],
    ["[::1]:7890", "http://[::1]:7890"],
    ["socks5h://proxy", "socks5h://proxy"],
    ["none", "none"],
    ["ftp://proxy", undefined],
    ["proxy", undefined],
    ["a@b:1", undefined]
  ])("of the line %j is %j", (text, proxy) => assert.strictEqual(proxyAddress.read(text), proxy))

  it("is shown without user and password", () => {
    assert.strictEqual(Proxy.shown("http://user:secret@proxy.example:3128/x?y"), "http://proxy.example:3128")
  })
})
