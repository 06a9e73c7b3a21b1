import { afterAll, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import { mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Account, Pacemaker, Sqlite, Vault } from "webqq-login/fleet"
import { serve } from "../../src/fleet/node/serve.ts"
import * as FleetServer from "../support/fleetServer.ts"
import { inFleet, pass } from "../support/inFleet.ts"
import { servedFleet } from "../support/servedFleet.ts"

const folder = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
afterAll(() => rmSync(folder, { recursive: true }))

const database = join(folder, "fleet.db")
const away = join(folder, "away.db")

/** A fleet of `alice` in a file, and what it says. */
const onDisk = <A, E, R>(
  body: (fleet: {
    readonly server: ReturnType<typeof FleetServer.make>
    readonly vault: Vault.Vault["Service"]
    readonly said: ReadonlyArray<string>
  }) => Effect.Effect<A, E, R>
) =>
  Effect.suspend(() => {
    const server = FleetServer.make(() => ({ check: "dead", renewal: "new" }))
    const said: Array<string> = []
    const inside = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      yield* vault.add("alice", "qzone", FleetServer.sessionFor(10_001))
      return yield* body({ server, vault, said })
    })
    const logger = Logger.make(({ message }) => void said.push(String(message)))
    return inFleet(inside, server, {}, Logger.layer([logger]), database).pipe(
      Effect.provide(Logger.layer([logger])),
      Effect.ensuring(Effect.sync(() => rmSync(database, { force: true })))
    )
  })

it.effect(
  "a database in a file acknowledges what is on the disk, so that a power cut takes no renewed session away",
  () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      // 2 is FULL (sqlite.org/pragma.html).
      assert.deepStrictEqual(yield* sql`PRAGMA synchronous`, [{ synchronous: 2 }])
    }).pipe(Effect.provide(Sqlite.layer(join(folder, "synchronous.db"))))
)

it.effect("where many write at once, everything else in the process has a turn after each", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE written (n INTEGER)`
    let [turns, isOver] = [0, false]
    const turn = () => {
      turns++
      if (!isOver) setImmediate(turn)
    }
    setImmediate(turn)
    const numbers = Array.from({ length: 200 }, (_, n) => n)
    yield* Effect.forEach(numbers, (n) => sql.withTransaction(sql`INSERT INTO written VALUES (${n})`), {
      concurrency: "unbounded",
      discard: true
    })
    isOver = true
    assert.isAtLeast(turns, 200)
  }).pipe(Effect.provide(Sqlite.layer(join(folder, "turns.db"))))
)

it.effect("a statement that is asked again and again is prepared once, whatever else is asked once meanwhile", () => {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
  const prepare = vi.spyOn(DatabaseSync.prototype, "prepare")
  return Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (let i = 0; i < 500; i++) {
      yield* sql`SELECT ${sql.literal(String(i))}`
      if (i > 250) yield* sql`SELECT 'often'`
    }
    const texts = prepare.mock.calls.map(([text]) => text)
    assert.lengthOf(
      texts.filter((text) => text.includes("often")),
      1
    )
    assert.lengthOf(texts, 501)
  }).pipe(Effect.provide(Sqlite.layer(":memory:")), Effect.ensuring(Effect.sync(() => prepare.mockRestore())))
})

// Windows gives up no file that is open.
describe.skipIf(process.platform === "win32")("a database whose file is taken away", () => {
  it.effect(
    "takes nothing, so that nothing is acknowledged that would be lost; and is well when the file is back",
    () =>
      onDisk(({ vault }) =>
        Effect.gen(function* () {
          const seen = yield* vault.status("alice")
          yield* vault.sound
          renameSync(database, away)
          const written = yield* Effect.forkChild(Effect.flip(vault.change(seen, { state: "paused", wait: undefined })))
          yield* TestClock.adjust("1 minute")
          assert.deepInclude(yield* Fiber.join(written), { _tag: "VaultFailed", detail: "FileGone" })
          assert.deepInclude(yield* Effect.flip(vault.sound), { _tag: "VaultFailed", detail: "FileGone" })
          renameSync(away, database)
          yield* TestClock.adjust("3 seconds")
          yield* vault.sound
          assert.deepInclude(yield* vault.status("alice"), { state: "good", version: seen.version })
          assert.deepInclude(yield* vault.change(seen, { state: "paused", wait: undefined }), { state: "paused" })
        })
      )
  )

  it.effect("is waited for with a session in hand", () =>
    onDisk(({ server, vault }) =>
      Effect.gen(function* () {
        const alice = (yield* Account.Account.client)("alice")
        server.state.behaviourOf = () => {
          renameSync(database, away)
          server.state.behaviourOf = () => ({ check: "dead", renewal: "new" })
          return { check: "dead", renewal: "new" }
        }
        const { version } = yield* vault.status("alice")
        const ensured = yield* Effect.forkChild(alice.ensure({ how: "due", quiet: false }))
        yield* pass("5 seconds")
        assert.strictEqual(server.paths(10_001).length, 3)
        renameSync(away, database)
        yield* pass("1 second")
        assert.deepInclude(yield* Fiber.join(ensured), { state: "good", version: version + 1 })
        assert.notDeepEqual((yield* vault.read("alice")).session, FleetServer.sessionFor(10_001))
        assert.deepStrictEqual(server.asked, [])
      })
    )
  )

  it.effect("has nobody signed in meanwhile, and says so once", () =>
    onDisk(({ said, server, vault }) =>
      Effect.gen(function* () {
        const { version } = yield* vault.status("alice")
        renameSync(database, away)
        yield* Effect.gen(function* () {
          yield* pass("2 minutes")
          assert.deepStrictEqual(server.asked, [])
          assert.strictEqual(said.filter((line) => line.includes("takes nothing")).length, 1, said.join("\n"))
          assert.isAtMost(said.length, 2, said.join("\n"))
          renameSync(away, database)
          yield* pass("5 seconds")
          assert.deepInclude(yield* vault.status("alice"), { state: "good", version: version + 1 })
          assert.strictEqual(said.filter((line) => line.includes("takes what is written again")).length, 1)
        }).pipe(Effect.provide(Pacemaker.layer))
      })
    )
  )
})

describe("a database that another program holds", () => {
  it.effect("is waited for, and meanwhile the process neither stands still nor signs anybody in", () =>
    onDisk(({ said, server, vault }) =>
      Effect.gen(function* () {
        // All that a statement waits for, all of the process waits for.
        const [row] = yield* (yield* SqlClient.SqlClient)<{ readonly timeout: number }>`PRAGMA busy_timeout`
        assert.isAtMost(row!.timeout, 5)
        const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
        const other = new DatabaseSync(database)
        other.exec("BEGIN IMMEDIATE")
        assert.deepInclude(yield* Effect.flip(vault.sound), { detail: "Locked" })
        assert.include(said.join(), "another program holds it / ")
        const seen = yield* vault.status("alice")
        const alice = (yield* Account.Account.client)("alice")
        assert.deepInclude(yield* Effect.flip(alice.ensure({ how: "check", quiet: false })), { _tag: "VaultFailed" })
        assert.lengthOf(server.asked, 0)
        const written = yield* Effect.forkChild(vault.change(seen, { state: "paused", wait: undefined }))
        yield* TestClock.adjust("5 seconds")
        other.exec("ROLLBACK")
        other.close()
        yield* TestClock.adjust("1 second")
        assert.deepInclude(yield* Fiber.join(written), { state: "paused" })
      })
    )
  )
})

describe("a machine does not start on", () => {
  it.each([
    ["a database that is damaged", (path: string) => truncateSync(path, 3000), "its file is damaged"],
    [
      "a file that is no database",
      (path: string) => writeFileSync(path, "no database".repeat(900)),
      "its file is damaged"
    ],
    [
      "a database of a newer version",
      (path: string) => {
        const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
        const newer = new DatabaseSync(path)
        newer.exec("INSERT INTO fleet_migrations (migration_id, name) VALUES (99, 'of_a_newer_version')")
        newer.close()
      },
      "a newer version"
    ]
  ] as const)("%s, and says so", async (what, harm, words) => {
    const home = join(folder, what.replaceAll(" ", "-"))
    const fleet = await servedFleet(home, FleetServer.make())
    assert.isUndefined(await fleet.stop())
    harm(join(home, "fleet.db"))
    const settings = { folder: home, listen: { host: "127.0.0.1", port: fleet.port }, tokenFiles: {}, pace: {} }
    const failed = await serve({ ...settings, tell: () => {} }, new AbortController().signal)
    assert.deepInclude(failed, { exitCode: 6 })
    assert.include(failed?.said.en, words)
  })
})
