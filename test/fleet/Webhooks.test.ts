import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as TestRunner from "effect/cluster/TestRunner"
import type * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as SqlClient from "effect/sql/SqlClient"
import { createHmac } from "node:crypto"
import { Keyring, Vault, Webhooks } from "webqq-login/fleet"
import { sessionFor } from "../support/fleetServer.ts"
import { pass, start, vaultLayer } from "../support/inFleet.ts"

/** What arrived at the address, which answers with this status. */
const receiver = (status: () => number) => {
  const calls: Array<{ readonly body: string; readonly signature: string; readonly headers: string }> = []
  const client = HttpClient.make((request) =>
    Effect.sync(() => {
      const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
      const headers = JSON.stringify(request.headers)
      calls.push({ body, headers, signature: request.headers["x-webqq-signature"] ?? "" })
      return HttpClientResponse.fromWeb(request, new Response(null, { status: status() }))
    })
  )
  return { calls, client }
}

/** `before` is what is there when it starts to tell. */
const inHouse = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  client: HttpClient.HttpClient,
  before: Effect.Effect<unknown, unknown, Vault.Vault | SqlClient.SqlClient> = Effect.void
) => {
  const sender = Webhooks.sender({
    url: Redacted.make("https://example.com/hook/CANARY"),
    linkTo: (profile) => Effect.succeed(`https://fleet.example/scan/${profile}`)
  })
  const layer = sender.pipe(
    Layer.provideMerge(TestRunner.layer),
    Layer.provide(Layer.effectDiscard(Effect.orDie(before))),
    Layer.provideMerge(vaultLayer(Webhooks.outbox)),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )
  return Effect.andThen(start, Effect.provide(effect, Layer.fresh(layer)))
}

describe("a webhook", () => {
  it.effect("is sent once for a change of state, signed, with a link and without a secret", () => {
    const { calls, client } = receiver(() => 204)
    const body = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      const sql = yield* SqlClient.SqlClient
      yield* vault.add("alice", "qzone", sessionFor(10_001))
      yield* vault.change(yield* vault.status("alice"), { state: "scan", wait: undefined, tell: "scan-needed" })
      const queued = JSON.stringify(yield* sql`SELECT * FROM fleet_webhooks`)
      assert.notInclude(queued, "CANARY")
      assert.notInclude(queued, "/scan/")
      yield* pass("30 seconds")
      assert.strictEqual(calls.length, 1)
      const [call] = calls
      const { id, ...told } = JSON.parse(call!.body)
      assert.match(id, /^alice\/\d+\/scan-needed$/)
      assert.deepStrictEqual(told, {
        type: "scan-needed",
        profile: "alice",
        site: "qzone",
        at: "2026-11-20T08:00:00.000Z",
        link: "https://fleet.example/scan/alice"
      })
      const [, seconds, code] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(call!.signature)!
      const key = (yield* Keyring.Keyring).derive(Webhooks.purpose)[0]!
      assert.strictEqual(code, createHmac("sha256", key).update(`${seconds}.${call!.body}`).digest("hex"))
      assert.notInclude(call!.headers, "traceparent")
    })
    return inHouse(body, client)
  })

  it.effect("is sent again for an account of the same name that was forgotten and added anew", () => {
    const { calls, client } = receiver(() => 204)
    const body = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      for (let i = 0; i < 2; i++) {
        const seen = yield* vault.add("alice", "qzone", sessionFor(10_001))
        const after = yield* vault.change(seen, { state: "scan", wait: undefined, tell: "scan-needed" })
        yield* pass("10 seconds")
        yield* vault.remove(after)
      }
      assert.lengthOf(calls, 2)
    })
    return inHouse(body, client)
  })

  it.effect("is not sent where the change was not written", () => {
    const { calls, client } = receiver(() => 204)
    const body = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      yield* vault.add("alice", "qzone", sessionFor(10_001))
      const seen = yield* vault.status("alice")
      yield* vault.change(seen, { state: "good", wait: 1000 })
      const late = yield* Effect.flip(vault.change(seen, { state: "scan", wait: undefined, tell: "scan-needed" }))
      assert.strictEqual(late._tag, "Superseded")
      yield* pass("30 seconds")
      assert.deepStrictEqual(calls, [])
    })
    return inHouse(body, client)
  })

  it.effect("warns once an hour of an address that does not take it, and no more where it takes some meanwhile", () => {
    let status = 500
    const { calls, client } = receiver(() => status)
    const warned: Array<unknown> = []
    const body = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      const note = (id: string) => vault.note("degraded", "", { id, type: "degraded", profile: "", site: "" })
      for (let i = 0; i < 8; i++) yield* note(`degraded/${i}`)
      yield* pass("20 seconds")
      assert.isAtLeast(calls.length, 8)
      assert.lengthOf(warned, 1)
      status = 204
      yield* note("degraded/taken")
      yield* pass("5 seconds")
      status = 500
      yield* note("degraded/later")
      yield* pass("5 seconds")
      assert.lengthOf(warned, 1)
      status = 204
      yield* note("degraded/taken again")
      yield* pass("1 hour", "10 minutes")
      status = 500
      yield* note("degraded/much later")
      yield* pass("5 seconds")
      assert.lengthOf(warned, 2)
    })
    return inHouse(body, client).pipe(
      Effect.provide(Logger.layer([Logger.make(({ logLevel }) => void (logLevel === "Warn" && warned.push(1)))]))
    )
  })

  it.effect(
    "leaves an address alone for a second after each that it does not take, as soon as two in a row failed",
    () => {
      const { calls, client } = receiver(() => 500)
      const body = Effect.gen(function* () {
        const vault = yield* Vault.Vault
        for (let i = 0; i < 24; i++) {
          yield* vault.note("degraded", "", { id: `degraded/${i}`, type: "degraded", profile: "", site: "" })
        }
        // Four at once, and the first that fails is not waited for.
        for (let second = 1; second <= 6; second++) {
          yield* pass("1 second", "100 millis")
          assert.isAtMost(calls.length, 4 * second + 1)
        }
        assert.lengthOf(calls, 24)
      })
      return inHouse(body, client)
    }
  )

  it.effect("is kept for 30 days after it was taken or given up, and one that waits for ever", () => {
    const { calls, client } = receiver(() => 204)
    const before = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      const sql = yield* SqlClient.SqlClient
      for (const state of ["completed", "failed", "pending"]) {
        for (const days of [29, 31]) {
          const id = `${state}/${days}`
          yield* vault.note("degraded", "", { id, type: "degraded", profile: "", site: "" })
          // As one that is sent again in an hour, so that it is not taken meanwhile.
          yield* sql`
            UPDATE fleet_webhooks SET state = ${state}, visible_at = datetime('now', '1 hour'),
              updated_at = datetime('now', ${`-${days} days`}) WHERE id = ${id}`
        }
      }
    })
    const body = Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* pass("1 second")
      const left = yield* sql<{ id: string }>`SELECT id FROM fleet_webhooks ORDER BY id`
      assert.deepStrictEqual(
        left.map(({ id }) => id),
        ["completed/29", "failed/29", "pending/29", "pending/31"]
      )
      assert.deepStrictEqual(calls, [])
    })
    return inHouse(body, client, before)
  })

  it.effect("stays in the queue where the address does not take it", () => {
    const { calls, client } = receiver(() => 500)
    const body = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      const sql = yield* SqlClient.SqlClient
      yield* vault.note("degraded", "", { id: "degraded/1", type: "degraded", profile: "", site: "" })
      yield* pass("5 seconds")
      assert.strictEqual(calls.length, 1)
      const [row] = yield* sql<{ state: string; attempts: number; last_failure: string }>`SELECT * FROM fleet_webhooks`
      assert.deepInclude(row, { state: "pending", attempts: 1 })
      // Why, and not where: the address may hold a password.
      assert.match(row!.last_failure, /^NotTaken: HTTP 500\n/)
      assert.notInclude(JSON.stringify(row), "CANARY")
    })
    return inHouse(body, client)
  })

  it.effect("is taken by an address that never ends what it says, and leaves no connection to it", () => {
    let [calls, left] = [0, 0]
    const client = HttpClient.make((request) =>
      Effect.sync(() => {
        left++
        const body = new ReadableStream({ cancel: () => void left-- })
        return HttpClientResponse.fromWeb(request, new Response(body, { status: calls++ === 0 ? 200 : 500 }))
      })
    )
    const body = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      const sql = yield* SqlClient.SqlClient
      for (const id of ["first", "second"]) {
        yield* vault.note("degraded", "", { id, type: "degraded", profile: "", site: "" })
        yield* pass("5 seconds")
      }
      assert.deepStrictEqual(yield* sql`SELECT id, state FROM fleet_webhooks ORDER BY id`, [
        { id: "first", state: "completed" },
        { id: "second", state: "pending" }
      ])
      assert.deepStrictEqual({ calls, left }, { calls: 2, left: 0 })
    })
    return inHouse(body, client)
  })

  it.effect(
    "is told once, and lost for no reason, though the address is slow, fails or hangs when all change at once",
    () => {
      const [taken, begun] = [new Map<string, number>(), new Set<string>()]
      const now = { open: 0, most: 0, calls: 0 }
      /** It takes 200 ms; of three calls one fails, and of the first hundred each tenth is never answered. */
      const client = HttpClient.make((request) =>
        Effect.gen(function* () {
          const { id } = JSON.parse(new TextDecoder().decode((request.body as HttpBody.Uint8Array).body)) as {
            id: string
          }
          const call = now.calls++
          begun.add(id)
          now.most = Math.max(now.most, ++now.open)
          if (call < 100 && call % 10 === 9) return yield* Effect.never
          yield* Effect.sleep("200 millis")
          const status = call % 3 === 2 ? 500 : 204
          if (status === 204) taken.set(id, (taken.get(id) ?? 0) + 1)
          return HttpClientResponse.fromWeb(request, new Response(null, { status }))
        }).pipe(Effect.ensuring(Effect.sync(() => void now.open--)))
      )
      const names = Array.from({ length: 60 }, (_, i) => `a-${i}`)
      const body = Effect.gen(function* () {
        const vault = yield* Vault.Vault
        const sql = yield* SqlClient.SqlClient
        yield* Effect.forEach(names, (name, i) => vault.add(name, "qzone", sessionFor(20_000 + i)))
        const change = (name: string, change: Vault.Change) =>
          Effect.flatMap(vault.status(name), (seen) => vault.change(seen, change))
        yield* Effect.forEach(names, (name) => change(name, { state: "scan", wait: undefined, tell: "scan-needed" }), {
          concurrency: "unbounded"
        })
        for (let round = 0; round < 12 && taken.size < names.length; round++) {
          yield* pass("30 seconds", "200 millis")
          // Accounts go on meanwhile.
          assert.deepInclude(yield* change("a-0", { state: "good", wait: 1000 }), { state: "good" })
          // What is to be sent again is due by the clock of the database, which is no test's.
          yield* sql`UPDATE fleet_webhooks SET visible_at = datetime('now', '-1 day') WHERE acquired_by IS NULL`
        }
        assert.deepStrictEqual(
          Array.from(taken.values()),
          names.map(() => 1)
        )
        assert.strictEqual(begun.size, names.length)
        yield* pass("11 seconds")
        const states = yield* sql`SELECT state, count(*) AS n FROM fleet_webhooks GROUP BY state`
        assert.deepStrictEqual(states, [{ state: "completed", n: names.length }])
        assert.isAtMost(now.most, 4)
        assert.strictEqual(now.open, 0)
      })
      return inHouse(body, client)
    }
  )
})
