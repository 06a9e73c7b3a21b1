import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as SqlClient from "effect/sql/SqlClient"
import { Account, Vault } from "webqq-login/fleet"
import { newSearch, search, watch } from "../support/canaries.ts"
import * as FleetServer from "../support/fleetServer.ts"
import { inFleet, pass } from "../support/inFleet.ts"

it.effect("no secret is in an answer of an account, the database, a log, a span, a metric or an event", () =>
  Effect.gen(function* () {
    const server = FleetServer.make()
    const life = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      const sql = yield* SqlClient.SqlClient
      yield* vault.add("alice", "qzone", FleetServer.sessionFor(10_001))
      const account = (yield* Account.Account.client)("alice")
      const answers: Array<unknown> = []
      // Good, renewed, out of order, over, and scanned for.
      for (const behaviour of [
        {},
        { check: "dead", renewal: "new" },
        { check: "down", renewal: "down" },
        { check: "dead" }
      ] as const) {
        server.state.behaviourOf = () => behaviour
        answers.push(yield* account.ensure({ how: "check", quiet: false }))
      }
      const login = yield* Effect.forkChild(Stream.runCollect(account.login()))
      yield* pass("5 seconds")
      answers.push(yield* Schema.encodeEffect(Schema.Array(Account.LoginStep))(yield* Fiber.join(login)))
      answers.push(yield* vault.status("alice"))
      const tables = yield* sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table'`
      const dump = yield* Effect.forEach(tables, ({ name }) => sql`SELECT * FROM ${sql(name)}`)
      assert.include((yield* vault.read("alice")).session?.cookies.map(({ name }) => name) ?? [], "p_skey")
      return {
        answers: JSON.stringify(answers),
        dump: JSON.stringify([tables, dump]),
        metrics: yield* PrometheusMetrics.format(),
        states: (yield* vault.events(0, 99)).map(({ tag }) => tag).join()
      }
    })
    const { sinks } = yield* watch(inFleet(life, server))
    const looked = newSearch()
    search(looked, "fleet", ["CANARY"], sinks)
    assert.deepStrictEqual(looked.hits, [])
    assert.include(JSON.stringify(sinks), "added,renewed,scan-needed,signed-in")
    assert.isAbove(looked.checks, 20)
  })
)
