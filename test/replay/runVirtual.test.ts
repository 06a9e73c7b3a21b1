import { NodeHttpClient } from "@effect/platform-node"
import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Fs from "node:fs/promises"
import { MemoryReplay, ReplayServer, runVirtual, type Scenario } from "webqq-login/replay"
import * as NockReplay from "webqq-login/replay/nock"
import { get, shop } from "../support/scenarios.ts"

const url = "https://api.shop.example/order"
const scenario = shop([get("open", url, "open", { times: 3 }), get("packed", url, "packed"), get("sent", url, "sent")])

const asText = (response: HttpClientResponse) => response.text
const asStream = (response: HttpClientResponse) => Stream.mkString(Stream.decodeText(response.stream))

/** Polls every two seconds, gives each request 20 s and the whole 10 min, and tells the state with its time. */
const tracking = (read: typeof asText) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    const seen: Array<string> = []
    const poll = Effect.gen(function* () {
      const state = yield* Effect.flatMap(HttpClient.get(url), read)
      seen.push(`${(yield* Clock.currentTimeMillis) - start} ${state}`)
      return state
    }).pipe(Effect.timeout("20 seconds"), Effect.delay("2 seconds"))
    yield* Effect.repeat(poll, { schedule: Schedule.recurs(10), until: (state) => state === "sent" }).pipe(
      Effect.timeout("10 minutes")
    )
    return seen
  })
const track = tracking(asText)

const expected = ["2000 open", "4000 open", "6000 open", "8000 packed", "10000 sent"]
const virtual = <A, E, R>(program: Effect.Effect<A, E, R>) => runVirtual(program, { startAt: scenario.clock })

const overServer = (played: Scenario.Scenario, options?: ReplayServer.Options, program = track) =>
  ReplayServer.withScenario(
    played,
    (server) =>
      Effect.flatMap(HttpClient.HttpClient, (client) =>
        Effect.provideService(virtual(program), HttpClient.HttpClient, ReplayServer.rewrite(server.origin)(client))
      ),
    options
  )

/** Many more turns of the event loop than an answer needs to arrive. */
const aWhile = async () => {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve))
}

const fifty = <A, E, R>(run: Effect.Effect<A, E, R>) =>
  Effect.forEach(Array.from({ length: 50 }), () =>
    Effect.map(run, (got) => assert.deepStrictEqual(got, expected as never))
  )

describe("the same times, fifty times out of fifty", () => {
  it.effect("under nock", () =>
    fifty(NockReplay.withScenario(scenario, virtual(track))).pipe(Effect.provide(NodeHttpClient.layerNodeHttp))
  )

  it.effect("under nock, with answers that take a while", () =>
    fifty(
      NockReplay.withScenario(scenario, virtual(track), {
        beforeAnswer: aWhile
      })
    ).pipe(Effect.provide(NodeHttpClient.layerNodeHttp))
  )

  it.effect("over the loopback server", () =>
    fifty(overServer(scenario)).pipe(Effect.provide(NodeHttpClient.layerNodeHttp))
  )

  it.effect.each([
    ["text", tracking(asText)],
    ["a stream", tracking(asStream)]
  ] as const)("over the loopback server, with bodies that come in two parts, read as %s", ([, program]) => {
    const beforeAnswer: ReplayServer.Options["beforeAnswer"] = async (exchange, _, response) => {
      response.writeHead(200).write(exchange.id.slice(0, 2))
      await aWhile()
      response.end(exchange.id.slice(2))
    }
    return fifty(overServer(scenario, { beforeAnswer }, program)).pipe(Effect.provide(NodeHttpClient.layerNodeHttp))
  })

  it.effect("in memory", () => fifty(MemoryReplay.withScenario(scenario, virtual(track))))
})

it.effect("time starts at the scenario's clock", () =>
  Effect.map(
    virtual(Clock.currentTimeMillis).pipe(Effect.provideService(HttpClient.HttpClient, HttpClient.make(Effect.die))),
    (now) => assert.strictEqual(now, Date.parse("2017-04-03T12:33:15Z"))
  )
)

it.effect("a request that the test holds back lets time pass: the client's limit strikes", () =>
  Effect.gen(function* () {
    let held = 0
    const program = Effect.gen(function* () {
      const start = yield* Clock.currentTimeMillis
      const error = yield* Effect.flip(Effect.timeout(HttpClient.get(url), "20 seconds"))
      return [error._tag, (yield* Clock.currentTimeMillis) - start]
    })
    const got = yield* NockReplay.withScenario(
      shop([get("open", url, "")]),
      runVirtual(program, { startAt: scenario.clock, held: () => held }),
      { beforeAnswer: () => new Promise(() => void held++) }
    )
    assert.deepStrictEqual(got, ["TimeoutError", 20_000])
  }).pipe(Effect.provide(NodeHttpClient.layerNodeHttp))
)

it.effect("files are waited for", () =>
  Effect.gen(function* () {
    const program = Effect.gen(function* () {
      const start = yield* Clock.currentTimeMillis
      for (let n = 0; n < 20; n++) yield* Effect.promise(() => Fs.readFile(new URL(import.meta.url)))
      return (yield* Clock.currentTimeMillis) - start
    }).pipe(Effect.timeout("1 minute"))
    const none = HttpClient.make(Effect.die)
    const passed = yield* Effect.provideService(virtual(program), HttpClient.HttpClient, none)
    assert.strictEqual(passed, 0)
  })
)

it.effect("the program's failure is the result", () =>
  Effect.gen(function* () {
    const program = Effect.delay(Effect.fail("out of stock" as const), "1 hour")
    const none = HttpClient.make(Effect.die)
    const error = yield* Effect.flip(Effect.provideService(virtual(program), HttpClient.HttpClient, none))
    assert.strictEqual(error, "out of stock")
  })
)

describe("where a test runner fakes the turns of the event loop, it says so instead of hanging", () => {
  afterEach(() => void vi.useRealTimers())
  const none = HttpClient.make(Effect.die)
  const sleeping = () =>
    Effect.runPromise(Effect.provideService(virtual(Effect.sleep("2 seconds")), HttpClient.HttpClient, none))
  const said = () => sleeping().then(() => "it went on", String)

  it.each([
    [["setImmediate"], /runVirtual cannot work while setImmediate is faked/],
    [["queueMicrotask"], /while queueMicrotask is faked/],
    [["setImmediate", "queueMicrotask"], /while setImmediate and queueMicrotask are faked.*toFake/]
  ] as const)("%j", async (toFake, says) => {
    vi.useFakeTimers({ toFake: [...toFake] })
    assert.match(await said(), says)
  })

  // Vitest itself does not fake it in a process; other runners do.
  it("process.nextTick", async () => {
    const real = process.nextTick
    process.nextTick = () => {}
    const message = await said().finally(() => (process.nextTick = real))
    assert.match(message, /while process\.nextTick is faked/)
  })

  it("fake timers and dates alone do no harm, and what is real again is as before", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "Date"] })
    await sleeping()
    vi.useFakeTimers({ toFake: ["setImmediate"] })
    assert.match(await said(), /is faked/)
    vi.useRealTimers()
    await sleeping()
  })
})
