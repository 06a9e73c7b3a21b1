import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as HttpClient from "effect/http/HttpClient"
import http from "node:http"
import type { AddressInfo, Socket } from "node:net"
import * as CookieJar from "webqq-login/CookieJar"
import * as Transport from "webqq-login/Transport"
import { met, type Met } from "../support/exchanges.ts"
import { exchange, nextHead, ways } from "../support/exchanging.ts"

/** Sends what the table says, byte for byte where it is no HTTP. */
const play = ({ answer, next }: Met, socket: Socket, response: http.ServerResponse) => {
  const goOn = () => {
    if (next === "is cut off") socket.resetAndDestroy()
    if (next === "goes on for ever") pour()
  }
  const pour = (): void => {
    while (!response.destroyed && response.write("x".repeat(16_384)));
    if (!response.destroyed) response.once("drain", pour)
  }
  if (answer === undefined) return goOn()
  if ("raw" in answer) return void socket.end(answer.raw)
  response.writeHead(answer.status, answer.headers?.flat() ?? [])
  if (next === undefined) return void response.end(answer.body)
  response.write(answer.body ?? "x", () => setImmediate(goOn))
}

/** A server that answers every request as `how` does; what it was asked, and when a connection is gone. */
const serving = (how: (socket: Socket, response: http.ServerResponse) => void) =>
  Effect.acquireRelease(
    Effect.callback<{
      readonly url: string
      readonly asked: Array<{ readonly method: string; readonly headers: ReadonlyArray<string>; readonly body: string }>
      readonly arrived: Effect.Effect<void>
      readonly closed: Effect.Effect<void>
      readonly server: http.Server
    }>((resume) => {
      const asked: Array<{ method: string; headers: ReadonlyArray<string>; body: string }> = []
      const arrived = Promise.withResolvers<void>()
      const closed = Promise.withResolvers<void>()
      const server = http.createServer({ keepAliveTimeout: 0 }, async (request, response) => {
        const { rawHeaders, socket } = request
        // A client that cuts its connection resets it.
        socket.on("error", () => {})
        socket.once("close", () => closed.resolve())
        const body = Buffer.concat(await request.toArray()).toString()
        asked.push({ method: request.method ?? "", headers: rawHeaders.map((text) => text.toLowerCase()), body })
        arrived.resolve()
        how(socket, response)
      })
      const once = (event: PromiseWithResolvers<void>) => Effect.promise(() => event.promise)
      server.listen(0, "127.0.0.1", () => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/path`
        resume(Effect.succeed({ url, asked, arrived: once(arrived), closed: once(closed), server }))
      })
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

/** Some turns of the event loop, in which a body that nobody wants is read. */
const settled = Effect.repeat(
  Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void))),
  { times: 20 }
)

/** A clock that knows who sleeps by it. */
const watching =
  (sleepers: Set<object>) =>
  (clock: Clock.Clock): Clock.Clock =>
    Object.assign(Object.create(clock) as Clock.Clock, {
      sleep: (duration: Duration.Duration) =>
        Effect.suspend(() => {
          const sleeper = {}
          sleepers.add(sleeper)
          return Effect.ensuring(
            clock.sleep(duration),
            Effect.sync(() => sleepers.delete(sleeper))
          )
        })
    })

describe.each(ways)("an exchange in %s", (way, layer) => {
  it.effect("is in that way", () =>
    Effect.gen(function* () {
      assert.strictEqual(Transport.isTransport(yield* HttpClient.HttpClient), way === "the direct way")
    }).pipe(Effect.provide(layer))
  )

  it.effect.each(met)("over a socket: $name", (what) =>
    Effect.gen(function* () {
      const { arrived, asked, closed, url } = yield* serving((socket, response) => play(what, socket, response))
      const sleepers = new Set<object>()
      const head = what.answer === undefined ? arrived : yield* nextHead
      const exchanging = yield* exchange(url, what.request, Duration.seconds(10)).pipe(
        Effect.updateService(Clock.Clock, watching(sleepers)),
        Effect.forkChild
      )
      // Time stands still, and nothing may wait for it, but where the server says no more.
      if (what.next === "stalls") yield* Effect.andThen(head, TestClock.adjust("10 seconds"))
      const { became, kept } = yield* Fiber.join(exchanging)
      assert.deepEqual(became, what.becomes)
      assert.strictEqual(kept, what.kept)
      assert.strictEqual(asked.length, 1)
      // What is not read to its end holds no connection.
      if (what.next !== undefined) yield* closed
      // And no time is watched for longer than it takes to see that nobody waits: a second.
      yield* settled
      yield* TestClock.adjust("1 second")
      assert.strictEqual(sleepers.size, 0)
    }).pipe(Effect.provide(layer), Effect.scoped)
  )

  it.live("sends a form byte for byte, and no header that nobody asked for", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* serving((_, response) => response.end())
      const form = Redacted.make("r=%7B%22a%22%3A1%7D")
      const headers = { origin: "https://d1.web2.qq.com", "content-type": "application/x-www-form-urlencoded" }
      yield* exchange(url, { method: "POST", form, headers })
      const [{ body, headers: sent, method } = { body: "", headers: [], method: "" }] = asked
      assert.deepEqual({ body, method }, { body: Redacted.value(form), method: "POST" })
      const names = sent.filter((_, index) => index % 2 === 0)
      assert.sameMembers(names, ["user-agent", "origin", "content-type", "content-length", "host", "connection"])
      assert.strictEqual(sent[sent.indexOf("content-length") + 1], String(body.length))
    }).pipe(Effect.provide(layer), Effect.scoped)
  )

  it.live("names a connection that is refused", () =>
    Effect.gen(function* () {
      const { server, url } = yield* serving(() => {})
      yield* Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))
      const { became } = yield* exchange(url)
      assert.deepEqual(became, { _tag: "HttpFailed", reason: "connect", code: "ECONNREFUSED" })
    }).pipe(Effect.provide(layer), Effect.scoped)
  )

  it.effect("ends at its deadline, by Effect's clock and not a millisecond before", () =>
    Effect.gen(function* () {
      const { arrived, closed, url } = yield* serving((_, response) => void response.write("x"))
      const fiber = yield* Effect.forkChild(exchange(url, {}, Duration.seconds(10)))
      yield* arrived
      yield* TestClock.adjust("9999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepEqual((yield* Fiber.join(fiber)).became, { _tag: "HttpFailed", reason: "timeout" })
      yield* closed
    }).pipe(Effect.provide(layer), Effect.scoped)
  )

  it.live.each([
    ["before the head", () => {}, undefined],
    [
      "in the body, whose cookies are kept",
      (_: Socket, response: http.ServerResponse) => {
        response.writeHead(200, { "set-cookie": ["a=1; Path=/"] })
        response.write("x")
      },
      "a=1"
    ]
  ] as const)("closes its request when it is interrupted %s", ([, how, kept]) =>
    Effect.gen(function* () {
      const { arrived, closed, url } = yield* serving(how)
      const jar = CookieJar.make({ domains: ["127.0.0.1"] })
      const head = kept === undefined ? Effect.void : yield* nextHead
      const fiber = yield* Effect.forkChild(exchange(url, {}, Duration.minutes(1), jar))
      yield* Effect.andThen(arrived, head)
      yield* Fiber.interrupt(fiber)
      yield* closed
      assert.strictEqual(yield* jar.header(url), kept)
    }).pipe(Effect.provide(layer), Effect.scoped)
  )

  it.live("uses one connection for one request after another", () =>
    Effect.gen(function* () {
      let opened = 0
      const { server, url } = yield* serving((_, response) => response.end("whole"))
      server.on("connection", () => opened++)
      for (let n = 0; n < 5; n++) yield* exchange(url)
      assert.strictEqual(opened, 1)
    }).pipe(Effect.provide(layer), Effect.scoped)
  )
})
