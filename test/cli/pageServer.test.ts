import { assert, describe, it } from "@effect/vitest"
import type * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { readFileSync } from "node:fs"
import * as Http from "node:http"
import { hostname } from "node:os"
import type * as LoginError from "webqq-login/LoginError"
import type { SignInEvent } from "webqq-login/LoginEvent"
import * as PageServer from "../../src/cli/terminal/pageServer.ts"

const png = new Uint8Array(readFileSync(new URL("../../fixtures/qr/s3e2.png", import.meta.url)))
const shown: SignInEvent = { _tag: "QrShown", attempt: 1, png, expiresAt: DateTime.makeUnsafe(120_000) }

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Lines as they stand, for what a client of Node would not send. */
  readonly raw?: ReadonlyArray<string>
}

/** Asks with exactly these headers. */
const ask = (address: string, { headers = {}, method = "GET", path, raw }: Asked = {}) =>
  Effect.callback<{ readonly status: number; readonly body: string; readonly headers: Http.IncomingHttpHeaders }>(
    (resume) => {
      const url = new URL(address)
      const request = Http.request(
        {
          host: url.hostname,
          port: url.port,
          path: path ?? url.pathname,
          method,
          headers: raw ?? { host: url.host, ...headers },
          agent: false
        },
        (response) => {
          let body = ""
          response.setEncoding("utf8")
          response.on("data", (text: string) => (body += text))
          response.on("close", () =>
            resume(Effect.succeed({ status: response.statusCode ?? 0, body, headers: response.headers }))
          )
        }
      )
      request.on("error", (cause) => resume(Effect.die(cause)))
      request.end()
    }
  )

const serving = Effect.gen(function* () {
  const events = yield* Queue.unbounded<SignInEvent, LoginError.LoginError | Cause.Done>()
  let refreshed = 0
  const address = yield* PageServer.serve({
    events: Stream.fromQueue(events),
    refresh: Effect.sync(() => void refreshed++)
  })
  yield* Queue.offer(events, shown)
  return { address, events, refreshed: () => refreshed }
})

/** What somebody else's page, or somebody else's program with a browser's help, may try; the name of what gives it away. */
const forged: ReadonlyArray<readonly [what: string, Asked, refused: string]> = [
  ["a name that was pointed here", { headers: { host: "evil.example" } }, "host"],
  ["that name with our port", { headers: { host: "evil.example:PORT" } }, "host"],
  ["the loopback address as a prefix of a name", { headers: { host: "127.0.0.1.evil.example:PORT" } }, "host"],
  ["this machine's own name, where only loopback was asked for", { headers: { host: hostname() } }, "host"],
  ["a name with a user in front", { headers: { host: "user@127.0.0.1:PORT" } }, "host"],
  ["two names", { raw: ["Host", "127.0.0.1:PORT", "Host", "evil.example"] }, "host"],
  ["the origin of another site", { headers: { origin: "https://evil.example" } }, "origin"],
  ["an origin of nobody, as a sandboxed frame has it", { headers: { origin: "null" } }, "origin"],
  ["another server of this machine", { headers: { origin: "http://127.0.0.1:1" } }, "origin"],
  ["our origin by TLS", { headers: { origin: "https://127.0.0.1:PORT" } }, "origin"],
  [
    "a request of another site for the new code",
    { method: "POST", path: "refresh", headers: { "sec-fetch-site": "cross-site" } },
    "sec-fetch-site"
  ],
  [
    "a picture in another site's page",
    {
      path: "code/1",
      headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }
    },
    "sec-fetch-site"
  ],
  [
    "a frame in another site's page",
    { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" } },
    "sec-fetch-site"
  ],
  [
    "a form of another site",
    {
      method: "POST",
      headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }
    },
    "sec-fetch-site"
  ],
  [
    "a link to the picture",
    {
      path: "code/1",
      headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }
    },
    "sec-fetch-site"
  ],
  ["another server of this machine, by its page", { headers: { "sec-fetch-site": "same-site" } }, "sec-fetch-site"]
]

describe.concurrent("the page's server", () => {
  it.live.each(forged)("refuses %s", ([, { headers, method, path, raw }, refused]) =>
    Effect.gen(function* () {
      const { address, refreshed } = yield* serving
      const { port } = new URL(address)
      const fill = (text: string) => text.replace("PORT", port)
      const { body, status } = yield* ask(address, {
        ...(method === undefined ? {} : { method }),
        ...(path === undefined ? {} : { path: new URL(path, address).pathname }),
        ...(headers === undefined
          ? {}
          : { headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)])) }),
        ...(raw === undefined ? {} : { raw: raw.map(fill) })
      })
      assert.strictEqual(status, 421)
      assert.include(body, refused)
      assert.strictEqual(refreshed(), 0)
    })
  )

  it.live("lets a person come by a link, and the page ask for what it needs", () =>
    Effect.gen(function* () {
      const { address, refreshed } = yield* serving
      const { origin } = new URL(address)
      const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }
      assert.strictEqual((yield* ask(address, { headers: link })).status, 200)
      const own = { origin, "sec-fetch-site": "same-origin" }
      const picture = yield* ask(new URL("code/1", address).href, { headers: { "sec-fetch-site": "same-origin" } })
      assert.match(picture.body, /^<svg /)
      assert.strictEqual((yield* ask(new URL("refresh", address).href, { method: "POST", headers: own })).status, 204)
      assert.strictEqual(refreshed(), 1)
    })
  )

  it.live("keeps no connection on which nothing is asked: strangers would hold all of them", () =>
    Effect.gen(function* () {
      const { address } = yield* serving
      const { headers, status } = yield* ask(address, { path: "/x", headers: { connection: "keep-alive" } })
      assert.deepEqual([status, headers["keep-alive"]], [404, "timeout=5"])
    }).pipe(Effect.scoped)
  )

  it.live("has another address every time, of at least 128 bits, and nothing beside it", () =>
    Effect.gen(function* () {
      const { address } = yield* serving
      const other = yield* serving
      const { origin, pathname } = new URL(address)
      assert.match(pathname, /^\/[\w-]{22,}\/$/)
      assert.notStrictEqual(pathname, new URL(other.address).pathname)
      for (const path of ["/", `${pathname.slice(0, -2)}/`, "/favicon.ico"]) {
        assert.strictEqual((yield* ask(`${origin}${path}`)).status, 404, path)
      }
    })
  )

  it.live("tells its readers how it ended before it goes away", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { address } = yield* Scope.provide(serving, scope)
      const reading = yield* Effect.forkChild(ask(new URL("events", address).href), { startImmediately: true })
      yield* Effect.sleep("50 millis")
      yield* Scope.close(scope, Exit.void)
      const { body } = yield* Fiber.join(reading)
      assert.include(body, `"phase":"waiting"`)
      assert.match(body, /"phase":"failed".*ended where it was started/)
    })
  )
})
