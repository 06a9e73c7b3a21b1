import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Engine from "../src/replay/engine/Engine.ts"
import * as MemoryReplay from "../src/replay/MemoryReplay.ts"
import * as Scenario from "../src/replay/Scenario.ts"
import { assertOutcome, play } from "./support/playScenario.ts"

const names = Effect.runSync(Scenario.list)

const degrees = ["exact", "server", "loose"] as const

const replay = Effect.fn(function* (name: string, strictness: Engine.Strictness = "exact") {
  const scenario = yield* Scenario.load(name)
  const engine = Engine.make(scenario, { strictness })
  const played = yield* Effect.provide(play(scenario), MemoryReplay.layer(engine))
  return { engine, played, scenario }
})

describe("a login against recorded answers, in memory", () => {
  it.live.each(names.flatMap((name) => degrees.map((degree) => [`${name}, ${degree},`, name, degree] as const)))(
    "%s ends as the scenario says, and plays it to its end",
    ([, name, degree]) =>
      Effect.gen(function* () {
        const { engine, played, scenario } = yield* replay(name, degree)
        assert.strictEqual(Engine.report(scenario, engine.verify()), "")
        assert.deepStrictEqual(engine.warnings(), [])
        assertOutcome(scenario, played)
      })
  )

  it.live("takes vfwebqq from step 4 and not the other one of step 5", () =>
    Effect.gen(function* () {
      const { played, scenario } = yield* replay("webqq")
      const body = new TextDecoder().decode(scenario.exchanges.at(-1)?.response.body)
      const { result } = JSON.parse(body) as { readonly result: { readonly vfwebqq: string } }
      assertOutcome(scenario, played)
      assert.isTrue("session" in scenario.outcome && scenario.outcome.session.vfwebqq !== result.vfwebqq)
    })
  )

  it.live("asks nothing of a host that is not trusted", () =>
    Effect.gen(function* () {
      const { engine } = yield* replay("hostile-redirect")
      assert.deepStrictEqual(engine.served(), ["ptqrshow", "poll-waiting", "poll-scanned", "poll-confirmed"])
    })
  )

  it.live.each([
    ["music", "pt2gguin", ["ptlogin2.qq.com"]],
    ["music", "ptcz", ["qq.com"]],
    ["music", "p_skey", ["graph.qq.com"]],
    ["music", "p_uin", ["graph.qq.com"]],
    ["music", "skey", []],
    ["music", "p_skey_forbid", []],
    ["vip", "pt2gguin", ["ptlogin2.qq.com"]],
    ["qzone", "p_skey", ["qzone.qq.com"]],
    ["qzone", "skey", ["qq.com"]],
    ["qun", "pt2gguin", ["qq.com"]],
    ["qun", "p_skey", ["qun.qq.com"]],
    ["webqq-2017-04", "p_skey", ["web2.qq.com"]]
  ] as const)("at %s, keeps %s for %j and nowhere else", ([name, wanted, domains]) =>
    Effect.gen(function* () {
      const { cookies } = Result.getOrThrow((yield* replay(name)).played.result)
      assert.deepStrictEqual(
        cookies.filter((cookie) => cookie.name === wanted).map(({ domain }) => domain),
        [...domains]
      )
    })
  )

  it.live("warns where the server never set ptwebqq, and only there", () =>
    Effect.gen(function* () {
      const warning = "Warn: the server set no ptwebqq; going on with an empty one"
      assert.deepStrictEqual((yield* replay("ptwebqq-absent")).played.logs, [warning])
      assert.deepStrictEqual((yield* replay("webqq")).played.logs, [])
    })
  )

  it.live("keeps every secret out of errors, logs and events", () =>
    Effect.gen(function* () {
      for (const name of names) {
        const { events, logs, result } = (yield* replay(name)).played
        const error = Result.isFailure(result) ? [result.failure.message, result.failure] : []
        const told = events.filter(({ _tag }) => _tag !== "LoggedIn" && _tag !== "QrShown")
        const text = JSON.stringify([logs, error, told])
        assert.notMatch(text, /Stand-?In|([0-9a-f])\1([0-9a-f])\2([0-9a-f])\3|AbCd|@JkLm/, name)
      }
    })
  )
})
