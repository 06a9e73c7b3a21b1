import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Facade from "webqq-login/Facade"
import { ReplayServer, Scenario } from "webqq-login/replay"
import * as NockReplay from "webqq-login/replay/nock"
import { assertOutcome, play } from "./support/playScenario.ts"

const names = Effect.runSync(Scenario.list)

// The same files, the client that goes into production, and two ways of answering it.
describe("a login against recorded answers, through nock", () => {
  it.live.each(names)("%s", (name) =>
    Effect.gen(function* () {
      const scenario = yield* Scenario.load(name)
      assertOutcome(
        scenario,
        yield* NockReplay.withScenario(scenario, Effect.provide(play(scenario), Facade.httpClient))
      )
    })
  )
})

describe("a login against recorded answers, over loopback sockets", () => {
  it.live.each(names)("%s", (name) =>
    Effect.gen(function* () {
      const scenario = yield* Scenario.load(name)
      yield* ReplayServer.withScenario(scenario, ({ origin }) =>
        Effect.gen(function* () {
          const client = ReplayServer.rewrite(origin)(yield* HttpClient.HttpClient)
          assertOutcome(scenario, yield* Effect.provideService(play(scenario), HttpClient.HttpClient, client))
        }).pipe(Effect.provide(Facade.httpClient))
      )
    })
  )

  it.live("forty logins at once, each with an engine and a jar of its own", () =>
    Effect.gen(function* () {
      const scenario = yield* Scenario.load("webqq")
      yield* ReplayServer.withScenario(scenario, ({ origin }) =>
        Effect.gen(function* () {
          const client = yield* HttpClient.HttpClient
          const all = yield* Effect.forEach(
            Array.from({ length: 40 }, (_, i) => ReplayServer.rewrite(origin, `login-${i}`)(client)),
            (own) => Effect.provideService(play(scenario), HttpClient.HttpClient, own),
            { concurrency: "unbounded" }
          )
          for (const played of all) assertOutcome(scenario, played)
          assert.strictEqual(all.length, 40)
        }).pipe(Effect.provide(Facade.httpClient))
      )
    })
  )
})
