import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as SqlClient from "effect/sql/SqlClient"
import * as Statement from "effect/sql/Statement"
import { Keyring, Status, Vault } from "webqq-login/fleet"
import { sessionFor } from "../support/fleetServer.ts"
import { key, start, vaultLayer } from "../support/inFleet.ts"

const { Vault: Service } = Vault

it.effect(
  "a look that lies beyond all time, as an older version wrote it, does not keep the others from being listed",
  () =>
    Effect.gen(function* () {
      const vault = yield* Service
      const sql = yield* SqlClient.SqlClient
      for (const profile of ["alice", "bob"]) yield* vault.add(profile, "qzone", sessionFor(10_001))
      yield* sql`UPDATE fleet_accounts SET next_at = 9000000000000000 WHERE profile = 'alice'`
      assert.lengthOf(yield* vault.list({ limit: 9 }), 2)
      yield* vault.recall(86_400_000)
      assert.sameMembers([...(yield* vault.due(9))], ["alice", "bob"])
    }).pipe(Effect.provide(vaultLayer()))
)

it.effect("no event is passed over where the clock is set back", () =>
  Effect.gen(function* () {
    yield* start
    const vault = yield* Service
    yield* vault.add("alice", "qzone")
    yield* TestClock.setTime(Date.parse("2026-11-20T07:00:00.000Z"))
    yield* vault.add("bob", "qzone")
    assert.deepStrictEqual(
      (yield* vault.events(0, 9)).map(({ profile }) => profile),
      ["alice", "bob"]
    )
  }).pipe(Effect.provide(vaultLayer()))
)

describe("accounts that are read at once", () => {
  /** Reads them, and yields what came and how many statements that took. */
  const readAll = Effect.fnUntraced(function* (profiles: ReadonlyArray<string>) {
    const vault = yield* Service
    let statements = 0
    const answers = yield* Effect.forEach(profiles, (profile) => Effect.result(vault.read(profile)), {
      concurrency: "unbounded"
    }).pipe(
      Effect.provideService(Statement.CurrentTransformer, (statement) =>
        Effect.sync(() => {
          statements++
          return statement
        })
      )
    )
    return {
      statements,
      told: answers.map((one) => (one._tag === "Success" ? one.success.status.site : one.failure._tag))
    }
  })

  it.effect("are read together, and each is told of itself", () =>
    Effect.gen(function* () {
      const vault = yield* Service
      yield* vault.add("alice", "qzone")
      yield* vault.add("bob", "qun")
      assert.deepStrictEqual(yield* readAll(["alice", "nobody", "bob", "alice"]), {
        statements: 1,
        told: ["qzone", "NoAccount", "qun", "qzone"]
      })
    }).pipe(Effect.provide(vaultLayer()))
  )

  it.effect("in a transaction are read by themselves: what it has written is nobody else's yet", () =>
    Effect.gen(function* () {
      const vault = yield* Service
      const sql = yield* SqlClient.SqlClient
      yield* vault.add("alice", "qzone")
      yield* vault.add("bob", "qzone")
      const siteOf = (profile: string) => Effect.map(vault.read(profile), ({ status }) => status.site)
      const written = Effect.andThen(sql`UPDATE fleet_accounts SET site = 'qun'`, siteOf("bob"))
      const inside = Effect.flip(
        sql.withTransaction(Effect.flatMap(written, (site) => Effect.fail(`taken back: ${site}`)))
      )
      const both = yield* Effect.all([inside, siteOf("alice")], { concurrency: "unbounded" })
      assert.deepStrictEqual(both, ["taken back: qun", "qzone"])
    }).pipe(Effect.provide(vaultLayer()))
  )

  it.effect("are not more than a hundred in a statement", () =>
    Effect.gen(function* () {
      const { statements, told } = yield* readAll(Array.from({ length: 250 }, (_, i) => `a${i}`))
      assert.strictEqual(statements, 3)
      assert.deepStrictEqual(new Set(told), new Set(["NoAccount"]))
    }).pipe(Effect.provide(vaultLayer()))
  )

  it.effect("fail together where the database fails", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`DROP TABLE fleet_accounts`
      assert.deepStrictEqual((yield* readAll(["alice", "bob"])).told, ["VaultFailed", "VaultFailed"])
    }).pipe(Effect.provide(vaultLayer()))
  )
})

it.effect("an account is added where the database took it and did not say so, and is asked again", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    let silent = true
    const sayingNothingOnce = new Proxy(sql, {
      get: (target, name) =>
        name === "withTransaction"
          ? <A, E, R>(effect: Effect.Effect<A, E, R>) =>
              Effect.flatMap(target.withTransaction(effect), (answer) => {
                const isSilent = silent
                silent = false
                return isSilent ? Effect.never : Effect.succeed(answer)
              })
          : Reflect.get(target, name)
    })
    const layer = Vault.layer("node-1").pipe(Layer.provide(Layer.succeed(SqlClient.SqlClient, sayingNothingOnce)))
    const vault = yield* Effect.provide(Service, Layer.fresh(layer))
    const adding = yield* Effect.forkChild(vault.add("alice", "qzone"))
    yield* TestClock.adjust("16 seconds")
    assert.deepInclude(yield* Fiber.join(adding), { profile: "alice", state: "scan" })
    assert.isFalse(silent)
    assert.strictEqual((yield* Effect.flip(vault.add("alice", "qzone")))._tag, "AlreadyThere")
    assert.lengthOf(yield* vault.events(0, 9), 1)
  }).pipe(Effect.provide(vaultLayer()))
)

describe("a sealed row", () => {
  it.effect("gives the session back, and holds no word of it in clear", () =>
    Effect.gen(function* () {
      yield* start
      const vault = yield* Service
      const sql = yield* SqlClient.SqlClient
      const session = sessionFor(10_001)
      yield* vault.add("alice", "qzone", session)
      assert.deepStrictEqual((yield* vault.read("alice")).session, session)
      const dump = JSON.stringify(yield* sql`SELECT * FROM fleet_accounts`)
      assert.notInclude(dump, "CANARY")
      assert.notInclude(dump, "10001")
    }).pipe(Effect.provide(vaultLayer()))
  )

  it.effect("does not open in the row of another account, changed, or with another key", () =>
    Effect.gen(function* () {
      yield* start
      const vault = yield* Service
      const sql = yield* SqlClient.SqlClient
      yield* vault.add("alice", "qzone", sessionFor(10_001))
      yield* vault.add("bob", "qzone", sessionFor(10_002))
      const reasons: Array<string> = []
      const open = Effect.gen(function* () {
        const failed = yield* Effect.flip(vault.read("bob"))
        reasons.push(failed._tag === "VaultFailed" ? failed.detail : failed._tag)
      })
      yield* sql`UPDATE fleet_accounts SET sealed = (SELECT sealed FROM fleet_accounts WHERE profile = 'alice') WHERE profile = 'bob'`
      yield* open
      yield* sql`UPDATE fleet_accounts SET sealed = substr(sealed, 1, length(sealed) - 4) WHERE profile = 'bob'`
      yield* open
      yield* sql`UPDATE fleet_accounts SET sealed = '00000000.AAAA' WHERE profile = 'bob'`
      yield* open
      assert.deepStrictEqual(reasons, [
        "it was changed, or sealed for another account",
        "it was changed, or sealed for another account",
        "its key is not in the key file"
      ])
      assert.strictEqual((yield* Effect.flip(vault.ready))._tag, "VaultFailed")
    }).pipe(Effect.provide(vaultLayer()))
  )

  it.effect("is sealed anew with a new key, and opens when the old one is gone", () =>
    Effect.gen(function* () {
      yield* start
      const vault = yield* Service
      const keyring = yield* Keyring.Keyring
      for (let i = 0; i < 150; i++) yield* vault.add(`a${i}`, "qzone", sessionFor(10_000 + i))
      // One that does not open keeps nobody else from it.
      yield* vault.add("a", "qzone", sessionFor(9999))
      yield* (yield* SqlClient.SqlClient)`UPDATE fleet_accounts SET sealed = '00000000.AAAA' WHERE profile = 'a'`
      yield* vault.add("empty", "qzone")
      yield* keyring.replace(Redacted.make(`${key(2)}\n${key(1)}\n`))
      assert.strictEqual(yield* vault.reseal, 150)
      assert.strictEqual(yield* vault.reseal, 0)
      yield* vault.remove(yield* vault.status("a"))
      yield* keyring.replace(Redacted.make(key(2)))
      yield* vault.ready
      assert.strictEqual((yield* vault.read("a149")).session?.uin, 10_149)
    }).pipe(Effect.provide(vaultLayer()))
  )
})

it.effect("a key file that holds no key is refused by the number of its line", () =>
  Effect.gen(function* () {
    const line = (text: string) =>
      Effect.map(Effect.flip(Keyring.make(Redacted.make(text))), ({ line, message }) => {
        assert.notInclude(message, "AAAA")
        return line
      })
    assert.strictEqual(yield* line(""), 1)
    assert.strictEqual(yield* line(`${key(1)}\n\nAAAA\n`), 3)
    assert.strictEqual(yield* line(key(1).slice(1)), 1)
  })
)

describe("a write", () => {
  it.effect("that was made from an account that is forgotten does not meet another of its name", () =>
    Effect.gen(function* () {
      yield* start
      const vault = yield* Service
      const seen = yield* vault.add("alice", "qzone", sessionFor(10_001))
      yield* vault.remove(seen)
      const other = yield* vault.add("alice", "qzone", sessionFor(10_002))
      const late = vault.change(seen, { state: "good", wait: 1000, session: sessionFor(10_001) })
      assert.strictEqual((yield* Effect.flip(late))._tag, "Superseded")
      assert.strictEqual((yield* Effect.flip(vault.remove(seen)))._tag, "Superseded")
      assert.deepStrictEqual(yield* vault.status("alice"), other)
    }).pipe(Effect.provide(vaultLayer()))
  )

  it.effect("is refused where somebody wrote meanwhile, and leaves neither an event nor anything else", () =>
    Effect.gen(function* () {
      yield* start
      const vault = yield* Service
      yield* vault.add("alice", "qzone", sessionFor(10_001))
      const seen = yield* vault.status("alice")
      const written = yield* vault.change(seen, { state: "good", wait: 1000, event: ["renewed", ""] })
      assert.strictEqual(written.version, seen.version + 1)
      const late = yield* Effect.flip(
        vault.change(seen, { state: "scan", wait: undefined, event: ["scan-needed", ""] })
      )
      assert.strictEqual(late._tag, "Superseded")
      assert.strictEqual((yield* Effect.flip(vault.remove(seen)))._tag, "Superseded")
      assert.deepStrictEqual(yield* vault.status("alice"), written)
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(
        (yield* vault.events(0, 10)).map(({ tag }) => tag),
        ["added", "renewed"]
      )
    }).pipe(Effect.provide(vaultLayer()))
  )

  it.effect("of a profile that is there already is refused", () =>
    Effect.gen(function* () {
      const vault = yield* Service
      yield* vault.add("alice", "qzone")
      assert.instanceOf(yield* Effect.flip(vault.add("alice", "qun")), Status.AlreadyThere)
      assert.instanceOf(yield* Effect.flip(vault.status("bob")), Status.NoAccount)
    }).pipe(Effect.provide(vaultLayer()))
  )
})

it.effect("who is due is a matter of time, the longest first", () =>
  Effect.gen(function* () {
    yield* start
    const vault = yield* Service
    for (const name of ["a", "b", "c"]) {
      yield* vault.add(name, "qzone", sessionFor(10_001))
      yield* TestClock.adjust("1 second")
    }
    yield* vault.add("nobody", "qzone")
    assert.deepStrictEqual(yield* vault.due(2), ["a", "b"])
    yield* vault.change(yield* vault.status("a"), { state: "good", wait: 10_000 })
    assert.deepStrictEqual(yield* vault.due(9), ["b", "c"])
    yield* TestClock.adjust("10 seconds")
    assert.deepStrictEqual(yield* vault.due(9), ["b", "c", "a"])
    assert.deepStrictEqual(yield* vault.counts, {
      good: 3,
      failing: 0,
      scan: 1,
      paused: 0,
      due: 3,
      lastErrors: {}
    })
    assert.lengthOf(yield* vault.list({ due: true, limit: 9 }), 3)
    const seen = yield* vault.status("a")
    yield* vault.change(seen, { state: "good", wait: 10_000, failures: 1, lastError: "HttpFailed" })
    assert.deepStrictEqual((yield* vault.counts).lastErrors, { HttpFailed: 1 })
    const fails = yield* vault.list({ error: "HttpFailed", limit: 9 })
    assert.deepStrictEqual(
      fails.map(({ profile }) => profile),
      ["a"]
    )
    assert.deepStrictEqual(
      (yield* vault.list({ state: "good", search: "B", limit: 9 })).map(({ profile }) => profile),
      ["b"]
    )
    assert.deepStrictEqual(yield* vault.list({ search: "%", limit: 9 }), [])
  }).pipe(Effect.provide(vaultLayer()))
)
