import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import * as CookieJar from "webqq-login/CookieJar"
import * as Facade from "webqq-login/Facade"
import * as LoginConfig from "webqq-login/LoginConfig"
import type { QqRequest } from "webqq-login/protocol/Endpoints"
import * as QqHttp from "webqq-login/QqHttp"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { inspect } from "node:util"
import { type Answer } from "../support/answers.ts"
import { inLogin } from "../support/inLogin.ts"

const request = (over: Partial<QqRequest> = {}): QqRequest => ({
  step: "Vfwebqq",
  method: "GET",
  url: Redacted.make("https://s.web2.qq.com/api/getvfwebqq?ptwebqq=SECRET"),
  headers: { referer: "https://s.web2.qq.com/proxy.html" },
  maxBytes: 1024,
  ...over
})
const send = (over: Partial<QqRequest> = {}) => QqHttp.QqHttp.use((http) => http.send(request(over)))

describe("QqHttp.send", () => {
  it.effect("sends the browser's name, the Referer, the cookies that belong there, and no trace of ours", () =>
    Effect.gen(function* () {
      const { asked, jar, run } = inLogin([{ body: "ok", headers: [["set-cookie", "b=2; PATH=/; DOMAIN=qq.com"]] }])
      yield* jar.store("https://ssl.ptlogin2.qq.com/", [
        "a=1; PATH=/; DOMAIN=qq.com",
        "q=3; PATH=/; DOMAIN=ptlogin2.qq.com"
      ])
      const answer = yield* run(Effect.withSpan(send(), "caller"))
      assert.strictEqual(answer.text, "ok")
      const { headers } = asked[0]!
      assert.deepStrictEqual(Object.keys(headers).sort(), ["cookie", "referer", "user-agent"])
      assert.strictEqual(headers["cookie"], "a=1")
      assert.match(headers["user-agent"] ?? "", /^Mozilla\/5\.0 /)
      assert.strictEqual(yield* jar.header("https://s.web2.qq.com/"), "a=1; b=2")
    })
  )

  it.effect("posts a form as it was written", () =>
    Effect.gen(function* () {
      const { asked, run } = inLogin([{ body: "ok" }])
      const headers = { "content-type": "application/x-www-form-urlencoded" }
      yield* run(send({ method: "POST", form: Redacted.make("r=%7B%22a%22%3A1%7D"), headers }))
      assert.strictEqual(asked[0]!.body, "r=%7B%22a%22%3A1%7D")
      assert.strictEqual(asked[0]!.headers["content-type"], "application/x-www-form-urlencoded")
    })
  )

  it.effect("keeps the cookies of an answer that is an error", () =>
    Effect.gen(function* () {
      const { jar, run } = inLogin([{ status: 502, headers: [["set-cookie", "a=1; DOMAIN=qq.com; PATH=/"]] }])
      yield* Effect.flip(run(send()))
      assert.strictEqual(yield* jar.header("https://qq.com/"), "a=1")
    })
  )

  it.effect("decodes UTF-8 whatever the charset says, and never fails on bytes that are none", () =>
    Effect.gen(function* () {
      const latin = [["content-type", "text/html; charset=iso-8859-1"]] as const
      const { run } = inLogin([{ body: "二维码", headers: latin }, { body: new Uint8Array([0xff, 0xfe, 0x41]) }])
      assert.strictEqual((yield* run(send())).text, "二维码")
      assert.strictEqual((yield* run(send())).text, "\ufffd\ufffdA")
    })
  )

  it.effect.each([
    ["403", { status: 403 }, "AccessDenied", undefined],
    ["408", { status: 408 }, "HttpFailed", "status"],
    ["429", { status: 429 }, "HttpFailed", "status"],
    ["500", { status: 500 }, "HttpFailed", "status"],
    ["504", { status: 504 }, "HttpFailed", "status"],
    ["a name that does not resolve", { fails: "ENOTFOUND" }, "HttpFailed", "dns"],
    ["a resolver in trouble", { fails: "EAI_AGAIN" }, "HttpFailed", "dns"],
    ["a refused connection", { fails: "ECONNREFUSED" }, "HttpFailed", "connect"],
    ["no route", { fails: "EHOSTUNREACH" }, "HttpFailed", "connect"],
    ["a reset", { fails: "ECONNRESET" }, "HttpFailed", "reset"],
    ["a connection that timed out", { fails: "ETIMEDOUT" }, "HttpFailed", "timeout"],
    ["an expired certificate", { fails: "CERT_HAS_EXPIRED" }, "HttpFailed", "tls"],
    ["a certificate of one's own", { fails: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "HttpFailed", "tls"],
    ["no TLS at all", { fails: "ERR_SSL_WRONG_VERSION_NUMBER" }, "HttpFailed", "tls"],
    ["a fault nobody knows", { fails: "EWHATEVER" }, "HttpFailed", "transport"],
    [
      "a declared length over the limit",
      { headers: [["content-length", "1025"]], body: "x" },
      "HttpFailed",
      "too large"
    ],
    ["a body over the limit", { body: "x".repeat(1025) }, "HttpFailed", "too large"]
  ] as const satisfies ReadonlyArray<readonly [string, Answer, string, string | undefined]>)(
    "names step, host and kind of %s, and no secret",
    ([, answer, tag, reason]) =>
      Effect.gen(function* () {
        const { run } = inLogin([answer])
        const error = yield* Effect.flip(run(send()))
        assert.strictEqual(error._tag, tag)
        assert.deepInclude(error, {
          step: "Vfwebqq",
          host: "s.web2.qq.com",
          ...(reason === undefined ? {} : { reason })
        })
        for (const text of [
          error.message,
          JSON.stringify(error),
          inspect(error),
          Cause.pretty(Cause.fail(error)),
          `${error.stack}`
        ]) {
          assert.notInclude(text, "SECRET")
        }
      })
  )

  it.effect("puts no URL, query or header into any span", () =>
    Effect.gen(function* () {
      const attributes: Array<string> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          const end = span.end.bind(span)
          span.end = (time: bigint, exit: Exit.Exit<unknown, unknown>) => {
            attributes.push(
              `${span.name} ${JSON.stringify(Object.fromEntries(span.attributes))} ${inspect(exit, { depth: 9 })}`
            )
            end(time, exit)
          }
          return span
        }
      })
      const { run } = inLogin([
        { body: "ok", headers: [["set-cookie", "a=SECRET; DOMAIN=qq.com"]] },
        { fails: "ECONNRESET" }
      ])
      yield* run(Effect.withSpan(send(), "one")).pipe(Effect.withTracer(tracer))
      yield* run(Effect.withSpan(send(), "two")).pipe(Effect.withTracer(tracer), Effect.flip)
      assert.strictEqual(attributes.length, 2)
      assert.notInclude(attributes.join("\n"), "SECRET")
    })
  )
})

describe("QqHttp.retryTransient", () => {
  const retrying = (answers: ReadonlyArray<Answer>, over: Partial<QqRequest> = {}) =>
    Effect.gen(function* () {
      const { runVirtual, times } = inLogin(answers)
      const result = yield* runVirtual(QqHttp.retryTransient(send(over))).pipe(
        Effect.map(({ status }) => String(status)),
        Effect.catch((error) => Effect.succeed(error._tag))
      )
      return { result, times: times() }
    })

  it.effect("sends again after 0.5, 1 and 2 seconds, a fifth more or less, and then gives up", () =>
    Effect.gen(function* () {
      const { result, times } = yield* retrying(Array.from({ length: 9 }, () => ({ fails: "ECONNRESET" })))
      assert.strictEqual(result, "HttpFailed")
      const waits = times.slice(1).map((time, i) => time - times[i]!)
      assert.strictEqual(waits.length, 3)
      for (const [i, wait] of waits.entries()) assert.closeTo(wait, 0.5 * 2 ** i, 0.2 * 0.5 * 2 ** i + 0.001)
    })
  )

  it.effect("waits for as long as Retry-After asks", () =>
    Effect.gen(function* () {
      const busy: Answer = { status: 503, headers: [["retry-after", "7"]] }
      assert.deepStrictEqual(yield* retrying([busy, { body: "ok" }]), { result: "200", times: [0, 7] })
    })
  )

  it.effect.each([
    ["403", { status: 403 }, "AccessDenied"],
    ["a bad certificate", { fails: "CERT_HAS_EXPIRED" }, "HttpFailed"],
    ["a body that is too large", { body: "x".repeat(2000) }, "HttpFailed"]
  ] as const)("does not send again after %s", ([, answer, result]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* retrying([answer]), { result, times: [0] })
    })
  )
})

// What only real sockets can do: bodies that stall, drip, break off or never end.
describe("QqHttp over real sockets", () => {
  const serving = (handler: (request: IncomingMessage, response: ServerResponse) => void) =>
    Effect.acquireRelease(
      Effect.promise(async () => {
        const arrived = Promise.withResolvers<void>()
        const closed = Promise.withResolvers<void>()
        const server = createServer((request, response) => {
          request.socket.once("close", () => closed.resolve())
          arrived.resolve()
          handler(request, response)
        })
        await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
        const { port } = server.address() as AddressInfo
        const once = (event: PromiseWithResolvers<void>) => Effect.promise(() => event.promise)
        return {
          server,
          arrived: once(arrived),
          closed: once(closed),
          url: `http://127.0.0.1:${port}/path?ticket=SECRET`
        }
      }),
      ({ server }) =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
    )

  const over = (url: string, more: Partial<QqRequest> = {}, requestTimeout = Duration.millis(200)) =>
    send({ url: Redacted.make(url), ...more }).pipe(
      Effect.provideServiceEffect(QqHttp.QqHttp, QqHttp.make),
      Effect.provideService(CookieJar.CookieJar, CookieJar.make({ domains: ["127.0.0.1"] })),
      Effect.provideService(LoginConfig.LoginConfig, { ...LoginConfig.defaults, requestTimeout }),
      Effect.provide(Facade.httpClient)
    )

  type Handler = (request: IncomingMessage, response: ServerResponse) => void
  const troubles: ReadonlyArray<readonly [what: string, reason: string, handler: Handler]> = [
    ["a hang before the headers", "timeout", () => undefined],
    ["a stall in the body", "timeout", (_, response) => void response.write("x")],
    [
      "a body that drips",
      "timeout",
      (_, response) => {
        const timer = setInterval(() => response.write("x"), 10)
        response.once("close", () => clearInterval(timer))
      }
    ],
    [
      "a body cut off",
      "reset",
      (_, response) => {
        response.writeHead(200, { "content-length": "500" })
        response.write("x".repeat(100), () => response.socket?.destroy())
      }
    ],
    ["a reset before the headers", "reset", (request) => void request.socket.destroy()],
    [
      "an endless body",
      "too large",
      (_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write("x".repeat(16_384)));
          if (!response.destroyed) response.once("drain", more)
        }
        more()
      }
    ]
  ]

  it.live.each(troubles)("ends %s as %s, and closes the connection", ([, reason, handler]) =>
    Effect.gen(function* () {
      const { closed, url } = yield* serving(handler)
      // Only what waits for the limit may be as fast as the limit: a busy machine takes its time for the others.
      const limit = reason === "timeout" ? Duration.millis(200) : Duration.seconds(60)
      const error = yield* Effect.flip(over(url, {}, limit))
      assert.strictEqual(error._tag, "HttpFailed")
      assert.strictEqual(error._tag === "HttpFailed" ? error.reason : "", reason)
      assert.notInclude(`${error.message} ${inspect(error)}`, "SECRET")
      yield* closed
    }).pipe(Effect.scoped)
  )

  it.live("does not read a body that nobody wants, however long it is", () =>
    Effect.gen(function* () {
      const { url } = yield* serving((_, response) => {
        response.writeHead(302, { location: "https://evil.example/", "set-cookie": ["a=1; Path=/", "a=2; Path=/x"] })
        response.write("x")
      })
      assert.strictEqual((yield* over(url, { maxBytes: 0 })).status, 302)
    }).pipe(Effect.scoped)
  )

  it.live("closes the request in flight when it is interrupted", () =>
    Effect.gen(function* () {
      const { arrived, closed, url } = yield* serving(() => undefined)
      const fiber = yield* Effect.forkChild(over(url, {}, Duration.seconds(60)))
      yield* arrived
      yield* Fiber.interrupt(fiber)
      yield* closed
    }).pipe(Effect.scoped)
  )
})
