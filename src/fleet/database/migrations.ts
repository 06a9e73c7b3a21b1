/**
 * The tables of a fleet, all of them called `fleet_…`; beside them lie the tables of Effect's cluster and of its queue, which hold nothing
 * that is worth keeping. Run at every start; a migration runs once, whichever machine comes first.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"

/** Times are milliseconds since 1970. `sealed` is the session, `next_at` is empty where only a person can go on. */
const tables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE fleet_accounts (
      profile VARCHAR(64) PRIMARY KEY,
      site VARCHAR(64) NOT NULL,
      state VARCHAR(8) NOT NULL,
      next_at BIGINT,
      failures INTEGER NOT NULL DEFAULT 0,
      last_error VARCHAR(64),
      version BIGINT NOT NULL DEFAULT 1,
      scans INTEGER NOT NULL DEFAULT 0,
      obtained_at BIGINT,
      checked_at BIGINT,
      node VARCHAR(128) NOT NULL DEFAULT '',
      sealed TEXT
    )`
  yield* sql`CREATE INDEX fleet_accounts_next_at ON fleet_accounts (next_at)`
  const id = sql.onDialectOrElse({
    pg: () => sql`BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY`,
    orElse: () => sql`INTEGER PRIMARY KEY AUTOINCREMENT`
  })
  yield* sql`
    CREATE TABLE fleet_events (
      id ${id},
      at BIGINT NOT NULL,
      profile VARCHAR(64) NOT NULL,
      tag VARCHAR(16) NOT NULL,
      detail TEXT NOT NULL
    )`
  yield* sql`CREATE INDEX fleet_events_at ON fleet_events (at)`
})

/** The name of the way by which an account is asked for; empty where it has none of its own. */
const egress = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`ALTER TABLE fleet_accounts ADD COLUMN egress VARCHAR(64)`
})

/** Egresses that machines hold, each with the number of its shards in the cluster: see `holding.ts`. */
const egresses = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE fleet_egresses (name VARCHAR(64) PRIMARY KEY, number INTEGER NOT NULL UNIQUE)`
})

/** What machines write to see whether anything can be written: see `soundness.ts`. */
const probes = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE fleet_probes (node VARCHAR(128) PRIMARY KEY, at BIGINT NOT NULL)`
})

const migrations = { "1_tables": tables, "2_egress": egress, "3_egresses": egresses, "4_probes": probes }

/** The database was in the hands of a newer version, which this one must not undo. */
export class NewerVersion extends Data.TaggedError("NewerVersion")<{}> {}

export const run = Effect.gen(function* () {
  const table = "fleet_migrations"
  yield* Migrator.make({})({ table, loader: Migrator.fromRecord(migrations) })
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly n: number | string }>`SELECT max(migration_id) AS n FROM ${sql(table)}`
  if (Number(row?.n) > Object.keys(migrations).length) return yield* new NewerVersion()
})
