import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Fs from "node:fs"
import * as Login from "../../src/Login.ts"
import * as LoginConfig from "../../src/LoginConfig.ts"
import type { LoginEvent } from "../../src/LoginEvent.ts"
import * as OwnLogin from "../../src/replay/OwnLogin.ts"
import * as Engine from "../../src/replay/engine/Engine.ts"
import * as MemoryReplay from "../../src/replay/MemoryReplay.ts"
import * as Recorder from "../../src/replay/record/Recorder.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import { runVirtual } from "../../src/replay/runVirtual.ts"
import * as Scrub from "../../src/replay/record/Scrub.ts"
import * as Site from "../../src/Site.ts"

const folder = new URL("../../fixtures/qzone/", import.meta.url).pathname
const { clock, exchanges } = JSON.parse(Fs.readFileSync(`${folder}scenario.json`, "utf8"))
const answer = (id: string) => exchanges.find((exchange: { id: string }) => exchange.id.startsWith(id)).response
const png = Fs.readFileSync(`${folder}${answer("ptqrshow").body.file}`)

/** A server that takes its time, and confirms the code of that number at its fourth poll, if any. */
const server = (latency: number, confirmed: number) => {
  let codes = 0
  let polls = 0
  let held = 0
  const client = HttpClient.make((request, url) =>
    Effect.gen(function* () {
      held++
      yield* Effect.ensuring(
        Effect.sleep(latency),
        Effect.sync(() => void held--)
      )
      const respond = ({ body, headers, status }: any, bytes = Buffer.from(body?.text ?? "")) =>
        HttpClientResponse.fromWeb(request, new Response(Uint8Array.from(bytes), { status, headers }))
      if (url.pathname.endsWith("ptqrlogin")) {
        return respond(answer(codes === confirmed && ++polls > 3 ? "poll-confirmed" : "poll-waiting"))
      }
      if (!url.pathname.endsWith("ptqrshow")) return respond(answer("check-sig"))
      codes++
      const fresh = ([name, value]: [string, string]) => [name, value.replace("5566", `556${codes}`)]
      return respond({ ...answer("ptqrshow"), headers: answer("ptqrshow").headers.map(fresh) }, png)
    })
  )
  return { client, held: () => held }
}

it.effect.each([
  [800, {}, 2, undefined],
  [200, { pollInterval: "10 seconds" }, 0, "LoginTimeout"],
  [200, { pollInterval: "5 seconds", timeout: "100 seconds" }, 0, "LoginTimeout"],
  [200, { pollInterval: "1 second", codeLife: "20 seconds", maxRefresh: 1 }, 0, "QrExpired"]
] as ReadonlyArray<
  readonly [latency: number, limits: LoginConfig.Options, confirmed: number, error: string | undefined]
>)(
  "replays whatever the answers took: %i ms, limits %o, the code %i confirmed, %s",
  ([latency, limits, confirmed, error]) =>
    Effect.gen(function* () {
      const config = LoginConfig.make(limits)
      const recorder = Recorder.make()
      const events: Array<LoginEvent> = []
      const onEvent = (event: LoginEvent) => Effect.sync(() => void events.push(event))
      const { client, held } = server(latency, confirmed)
      const result = yield* runVirtual(Effect.result(Login.login(Site.qzone, { onEvent })), {
        startAt: clock,
        step: "1 hour",
        held
      }).pipe(
        Effect.provideService(HttpClient.HttpClient, recorder.record(client)),
        Effect.provideService(LoginConfig.LoginConfig, config)
      )
      const outcome = OwnLogin.outcomeOf({ result, events })
      assert.strictEqual("error" in outcome ? outcome.error : undefined, error)
      const { text } = yield* Scrub.scrub(recorder.captures(), {
        title: "with patience",
        clock,
        site: "qzone",
        tool: "a test",
        date: "2026-02-10",
        outcome,
        config: OwnLogin.configOf(config)
      })
      const json = JSON.parse(text)
      assert.strictEqual(json.config.codeLife, Duration.toMillis(config.codeLife))
      for (const { response } of json.exchanges) {
        if (response.body?.file !== undefined) response.body = { base64: png.toString("base64") }
      }
      const scenario = yield* Scenario.decode(json)
      const engine = Engine.make(scenario)
      const again = yield* Effect.provide(OwnLogin.play(scenario), MemoryReplay.layer(engine))
      assert.deepStrictEqual(
        engine.verify().map((problem) => Engine.describe(problem)),
        []
      )
      assert.deepStrictEqual(OwnLogin.differences(scenario.outcome, again), [])
    })
)

it.effect("comes once at least, and ends where the client goes on", () =>
  Effect.gen(function* () {
    const request = (path: string) => ({
      method: "GET",
      url: `https://a.example/${path}`,
      headers: [],
      body: new Uint8Array()
    })
    const of = (id: string, more: object) => ({
      id,
      ...more,
      request: { method: "GET", url: `https://a.example/${id}` },
      response: { status: 200, headers: [] }
    })
    const scenario = yield* Scenario.decode({
      format: "webqq-fixture/1",
      title: "open",
      provenance: { kind: "recorded", tool: "a test", date: "2026-02-10" },
      clock: "2026-02-10T00:00:00Z",
      site: "shop",
      exchanges: [of("poll", { times: 3, open: true }), of("next", {})],
      outcome: { session: {} }
    })
    const play = (...paths: ReadonlyArray<string>) => {
      const engine = Engine.make(scenario)
      for (const path of paths) {
        assert.strictEqual(engine.expects(request(path)), engine.handle(request(path))._tag === "Answer")
      }
      return engine.verify().length
    }
    assert.strictEqual(play("poll", "next"), 0)
    assert.strictEqual(play("poll", "poll", "poll", "poll", "poll", "next"), 0)
    assert.strictEqual(play("poll", "next", "poll"), 1)
    // Too early, and so neither.
    assert.strictEqual(play("next"), 3)
  })
)
