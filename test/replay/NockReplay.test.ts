import { NodeHttpClient } from "@effect/platform-node"
import { afterEach, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { spawnSync } from "node:child_process"
import * as Http from "node:http"
import * as Http2 from "node:http2"
import { connect } from "node:http2"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import nock from "nock"
import * as NockReplay from "webqq-login/replay/nock"
import { unfitRuntime } from "../../src/replay/nock/coverage.ts"
import { get, shop } from "../support/scenarios.ts"

const api = "https://api.shop.example"
const scenario = shop([get("items", `${api}/items`, "x"), get("more", `${api}/more`, "y")])

const text = (url: string) => Effect.flatMap(HttpClient.get(url), (response) => response.text)
const play = NodeHttpClient.layerNodeHttp

describe("a scenario under nock", () => {
  afterEach(() => assert.deepStrictEqual(nock.activeMocks(), []))

  it.effect("is played to the real client", () =>
    Effect.gen(function* () {
      const both = yield* NockReplay.withScenario(scenario, Effect.all([text(`${api}/items`), text(`${api}/more`)]))
      assert.deepStrictEqual(both, ["x", "y"])
    }).pipe(Effect.provide(play))
  )

  it.effect("fails when an exchange is not used", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(NockReplay.withScenario(scenario, text(`${api}/items`)))
      assert.strictEqual(error._tag, "ReplayFailed")
      assert.include(error.message, `"more" was never requested`)
    }).pipe(Effect.provide(play))
  )

  it.effect("fails on a mismatch that the client swallowed", () =>
    Effect.gen(function* () {
      const swallowing = Effect.all([text(`${api}/items`), Effect.ignore(text(`${api}/wrong`)), text(`${api}/more`)])
      const error = yield* Effect.flip(NockReplay.withScenario(scenario, swallowing))
      assert.strictEqual(error._tag, "ReplayFailed")
      assert.include(error.message, `expected ${api}/more, got ${api}/wrong`)
    }).pipe(Effect.provide(play))
  )

  const strangers: ReadonlyArray<readonly [string, string, HttpClientRequest.HttpClientRequest]> = [
    ["an unknown path of a known host", `${api}/wrong`, HttpClientRequest.get(`${api}/wrong`)],
    ["an unknown host", "http://other.example/", HttpClientRequest.get("http://other.example/")],
    ["an address of this machine", "http://127.0.0.1:9/", HttpClientRequest.get("http://127.0.0.1:9/")],
    ["another method", `${api}/items`, HttpClientRequest.delete(`${api}/items`)]
  ]
  it.effect.each(strangers)("%s is a transport error, not an answer", ([, url, request]) =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const program = Effect.ignore(
        Effect.tapError(HttpClient.execute(request), ({ reason }) =>
          Effect.sync(() => seen.push(reason._tag, (reason.cause as NockReplay.MismatchError).code))
        )
      )
      const error = yield* Effect.flip(NockReplay.withScenario(scenario, program))
      assert.deepStrictEqual(seen, ["TransportError", "ERR_REPLAY_MISMATCH"])
      assert.include(error.message, url)
    }).pipe(Effect.provide(play))
  )

  it.effect("a method that nock has no interceptor for fails the test all the same", () =>
    Effect.gen(function* () {
      const request = () =>
        new Promise<number>((resolve, reject) => {
          const outgoing = Http.request("http://api.shop.example/items", { method: "PURGE" })
          outgoing
            .on("response", (response) => resolve(response.resume().statusCode ?? 0))
            .on("error", reject)
            .end()
        })
      const error = yield* Effect.flip(NockReplay.withScenario(scenario, Effect.promise(request)))
      assert.include(error.message, "PURGE http://api.shop.example/items")
    })
  )

  it.effect("the report tells how the program itself ended", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(NockReplay.withScenario(scenario, Effect.die(new Error("out of stock"))))
      assert.match(String(error), /\nthe program itself ended with: Error: out of stock$/)
    })
  )

  it("check tells everything that went wrong, also after restore, and nothing where nothing did", async () => {
    const { check, restore } = NockReplay.install(scenario)
    await fetch(`${api}/wrong`).catch(() => "swallowed")
    restore()
    assert.throws(check, /not played as written \(3 problems\):\n- GET .*wrong is not in[^]*"more" was never requested/)
    const again = NockReplay.install(scenario)
    assert.strictEqual(await (await fetch(`${api}/items`)).text(), "x")
    assert.throws(again.check, /"more" was never requested/)
    assert.strictEqual(await (await fetch(`${api}/more`)).text(), "y")
    again.restore()
    again.check()
  })

  it.effect("only one scenario is played at a time", () =>
    Effect.gen(function* () {
      const inner = Effect.exit(NockReplay.withScenario(scenario, Effect.void))
      const exit = yield* Effect.flip(NockReplay.withScenario(scenario, Effect.flatMap(inner, Effect.fail)))
      assert.include(String(exit), "another scenario is being played under nock")
    })
  )

  it.effect("a hook can let an answer fail, with its code", () =>
    Effect.gen(function* () {
      const reset = Object.assign(new Error("reset"), { code: "ECONNRESET" })
      const once = shop([get("items", `${api}/items`, "x")])
      const error = yield* NockReplay.withScenario(once, Effect.flip(text(`${api}/items`)), {
        beforeAnswer: () => Promise.reject(reset)
      })
      assert.strictEqual((error.reason.cause as NodeJS.ErrnoException).code, "ECONNRESET")
    }).pipe(Effect.provide(play))
  )

  it.effect("an interrupted program restores nock, and stays interrupted", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(NockReplay.withScenario(scenario, Effect.interrupt))
      assert.isTrue(exit._tag === "Failure" && exit.cause.reasons.every((reason) => reason._tag === "Interrupt"))
      assert.deepStrictEqual(nock.activeMocks(), [])
    })
  )

  it.effect("afterwards the loopback of other tests works as before", () =>
    Effect.gen(function* () {
      yield* NockReplay.withScenario(shop([get("items", `${api}/items`, "x")]), text(`${api}/items`))
      const server = Http.createServer((_, response) => response.end("real")).listen(0, "127.0.0.1")
      yield* Effect.promise(() => new Promise((resolve) => server.once("listening", resolve)))
      const real = yield* text(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      server.close()
      assert.strictEqual(real, "real")
    }).pipe(Effect.provide(play))
  )

  it("throws where it is known that nock lets requests out", () => {
    for (const [versions, says] of [
      [{ node: "24.0.0", bun: "1.4.5" }, /^under bun, nock lets requests out/],
      [{ node: "24.0.0", deno: "2.9.6" }, /^under deno, nock lets requests out.*use MemoryReplay or ReplayServer/]
    ] as const)
      assert.match(unfitRuntime(versions) ?? "", says)
    assert.isUndefined(unfitRuntime(process.versions))
  })

  it("proves that it intercepts, and says where it does not, before anything is asked", async () => {
    const proved = NockReplay.install(scenario)
    await proved.proved
    assert.deepStrictEqual(proved.engine.served(), [])
    proved.restore()
    // A process of its own, since the proof is given once in each.
    const { status, stdout } = spawnSync(
      process.execPath,
      [fileURLToPath(new URL("../support/unproved.ts", import.meta.url))],
      {
        encoding: "utf8"
      }
    )
    assert.deepStrictEqual(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
      [
        {
          proved:
            "nock does not intercept fetch in this process, so requests leave it: look for what replaces fetch or nock (a mock, a proxy variable, a preloaded module), or use MemoryReplay or ReplayServer"
        },
        { check: "the same" },
        { withScenario: "the same", ran: false },
        { again: "proved" }
      ]
    )
    assert.strictEqual(status, 0)
  })

  it.effect("HTTP/2 is refused at once, and the test fails with the reason also where the client swallowed it", () =>
    Effect.gen(function* () {
      const once = shop([get("items", `${api}/items`, "x")])
      const swallowing = Effect.andThen(Effect.exit(Effect.sync(() => connect(api))), text(`${api}/items`))
      const error = yield* Effect.flip(NockReplay.withScenario(once, swallowing))
      assert.strictEqual(error._tag, "ReplayFailed")
      assert.match(
        error.message,
        /^node:http2 asks https:\/\/api\.shop\.example: nock knows HTTP\/1\.1 only.*ReplayServer/
      )
      assert.throws(() => {
        const { check, restore } = NockReplay.install(once)
        try {
          Http2.connect("http://other.example")
        } catch {
          // As a client does that falls back to HTTP/1.1.
        }
        restore()
        check()
      }, /node:http2 asks http:\/\/other\.example/)
      const session = connect("http://127.0.0.1:1").on("error", () => {})
      session.destroy()
    }).pipe(Effect.provide(play))
  )
})
