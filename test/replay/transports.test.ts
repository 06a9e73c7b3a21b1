import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { createHash } from "node:crypto"
import { MemoryReplay, type ReplayFailed, ReplayServer, type Scenario } from "webqq-login/replay"
import * as NockReplay from "webqq-login/replay/nock"
import { setCookieLines } from "../../src/http/response.ts"
import { get, shop } from "../support/scenarios.ts"

const api = "https://api.shop.example"

type Play = <A, E>(
  scenario: Scenario.Scenario,
  effect: Effect.Effect<A, E, HttpClient.HttpClient>
) => Effect.Effect<A, E | ReplayFailed>

const overServer: Play = (scenario, effect) =>
  ReplayServer.withScenario(scenario, (server) =>
    effect.pipe(
      Effect.provideServiceEffect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, ReplayServer.rewrite(server.origin))
      )
    )
  ).pipe(Effect.provide(NodeHttpClient.layerNodeHttp))

const transports: ReadonlyArray<readonly [string, Play]> = [
  ["memory", MemoryReplay.withScenario],
  [
    "nock",
    (scenario, effect) => NockReplay.withScenario(scenario, Effect.provide(effect, NodeHttpClient.layerNodeHttp))
  ],
  [
    "nock with fetch",
    (scenario, effect) => NockReplay.withScenario(scenario, Effect.provide(effect, FetchHttpClient.layer))
  ],
  ["the loopback server", overServer]
]

const execute = (request: HttpClientRequest.HttpClientRequest) => HttpClient.execute(request)

describe.each(transports)("over %s", (_, play) => {
  it.effect("all Set-Cookie lines arrive, in their order", () => {
    const lines = [
      "p=real; Domain=a.example; Path=/",
      "p=; Expires=Fri, 02-Jan-1970 00:00:00 GMT; Domain=example",
      "q=1"
    ]
    const scenario = shop([
      {
        id: "login",
        request: { method: "GET", url: `${api}/login` },
        response: { status: 302, headers: [["Location", "/x"], ...lines.map((line) => ["SET-Cookie", line] as const)] }
      }
    ])
    const program = Effect.map(execute(HttpClientRequest.get(`${api}/login`)), setCookieLines)
    return Effect.map(
      play(scenario, Effect.provideService(program, FetchHttpClient.RequestInit, { redirect: "manual" })),
      (got) => assert.deepStrictEqual(got, lines)
    )
  })

  it.effect("a binary body arrives byte for byte", () => {
    const bytes = Buffer.concat(Array.from({ length: 400 }, (_, n) => createHash("sha256").update(`${n}`).digest()))
    const picture = {
      ...get("picture", `${api}/a.png`, ""),
      response: {
        status: 200,
        headers: [["Content-Type", "image/png"]] as const,
        body: { base64: bytes.toString("base64") }
      }
    }
    return Effect.map(
      play(
        shop([picture]),
        Effect.flatMap(HttpClient.get(`${api}/a.png`), (response) => response.arrayBuffer)
      ),
      (got) => assert.isTrue(bytes.equals(Buffer.from(got)))
    )
  })

  it.effect("form, headers and query arrive as they were sent", () => {
    const scenario = shop([
      {
        id: "buy",
        request: {
          method: "POST",
          url: `${api}/buy`,
          query: { u: "http://w.example/?a=1&b=ü" },
          headers: {
            referer: `${api}/items`,
            "content-type": "application/x-www-form-urlencoded",
            traceparent: { absent: true }
          },
          form: { r: { json: { item: 1, note: "50 % & more" } } }
        },
        response: { status: 200, headers: [], body: { json: { retcode: 0 } } }
      }
    ])
    const request = HttpClientRequest.post(`${api}/buy`, {
      urlParams: { u: "http://w.example/?a=1&b=ü" },
      headers: { referer: `${api}/items` }
    }).pipe(HttpClientRequest.bodyUrlParams({ r: JSON.stringify({ note: "50 % & more", item: 1 }) }))
    const program = Effect.flatMap(execute(request), (response) => response.json)
    return Effect.map(
      play(scenario, Effect.provideService(program, HttpClient.TracerPropagationEnabled, false)),
      (got) => assert.deepStrictEqual(got, { retcode: 0 })
    )
  })

  it.effect("answers without a body have none", () => {
    const empty = (id: string, status: number) => ({
      id,
      request: { method: "GET", url: `${api}/${id}` } as const,
      response: { status, headers: [] }
    })
    const read = (id: string) =>
      Effect.flatMap(HttpClient.get(`${api}/${id}`), (response: HttpClientResponse) =>
        Effect.map(response.text, (text) => [response.status, text])
      )
    return Effect.map(
      play(
        shop([empty("a", 200), empty("b", 204), empty("c", 304), empty("d", 404)]),
        Effect.forEach(["a", "b", "c", "d"], read)
      ),
      (got) =>
        assert.deepStrictEqual(got, [
          [200, ""],
          [204, ""],
          [304, ""],
          [404, ""]
        ])
    )
  })

  it.effect("a mismatch fails, also where the client makes nothing of it", () => {
    const program = Effect.exit(Effect.flatMap(HttpClient.get(`${api}/b`), (response) => response.text))
    return Effect.map(Effect.flip(play(shop([get("a", `${api}/a`, "")]), program)), (error) => {
      assert.strictEqual(error._tag, "ReplayFailed")
      assert.include(error.message, `url: expected ${api}/a, got ${api}/b`)
    })
  })
})

it.effect("what cannot be replayed in memory says so", () =>
  Effect.gen(function* () {
    const data = HttpClientRequest.post(`${api}/a`).pipe(HttpClientRequest.bodyFormData(new FormData()))
    const error = yield* Effect.flip(
      MemoryReplay.withScenario(
        shop([get("a", `${api}/a`, "")]),
        Effect.catch(execute(data), (e) => Effect.die(e)).pipe(Effect.sandbox)
      )
    )
    assert.include(String(error), "use ReplayServer")
  })
)
