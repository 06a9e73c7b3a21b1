import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { OwnLogin, Engine, MemoryReplay, ReplayServer, Scenario } from "webqq-login/replay"
import * as HttpClient from "effect/http/HttpClient"
import * as Facade from "webqq-login/Facade"

// A request that the recording does not hold was sent four times, over seconds: vitest's limit was over before the difference was told.
const lacking = (id: string) =>
  Effect.map(Scenario.load("webqq"), (scenario): Scenario.Scenario => ({
    ...scenario,
    exchanges: scenario.exchanges.filter((exchange) => exchange.id !== id)
  }))

const mismatches = (problems: ReadonlyArray<Engine.Problem>) => problems.filter(({ _tag }) => _tag === "Mismatch")

it.effect.each(["ptqrshow", "poll-confirmed", "check-sig", "getvfwebqq", "login2"])("in memory: %s", (id) =>
  Effect.gen(function* () {
    const scenario = yield* lacking(id)
    const engine = Engine.make(scenario)
    yield* Effect.provide(OwnLogin.play(scenario), MemoryReplay.layer(engine))
    assert.lengthOf(mismatches(engine.verify()), 1)
  })
)

it.live("over the loopback server", () =>
  Effect.gen(function* () {
    const scenario = yield* lacking("getvfwebqq")
    const { origin, verify } = yield* ReplayServer.make(scenario)
    const rewritten = Effect.map(HttpClient.HttpClient, ReplayServer.rewrite(origin))
    yield* Effect.provideServiceEffect(OwnLogin.play(scenario), HttpClient.HttpClient, rewritten)
    assert.lengthOf(mismatches(verify()), 1)
  }).pipe(Effect.provide(Facade.httpClient))
)
