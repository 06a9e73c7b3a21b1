/**
 * Node's own SQLite as an `SqlClient`: one file, one connection, nothing to install. One process has the file at a time; whoever opens
 * it takes a lock first, since two processes on one file would renew every account twice.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlConnection from "effect/sql/SqlConnection"
import * as SqlError from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import { statSync } from "node:fs"
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite"
import { gone } from "./answered.ts"

type Row = Record<string, SQLOutputValue>

/** A database in this file, or in memory for `:memory:`. Fails to build with an `SqlError` where it cannot be opened. */
export const layer = (file: string): Layer.Layer<SqlClient.SqlClient, SqlError.SqlError> =>
  Layer.effect(SqlClient.SqlClient, connect(file)).pipe(Layer.provide(Reactivity.layer))

const connect = Effect.fnUntraced(function* (file: string) {
  const database = yield* Effect.acquireRelease(
    attempt("open", () => open(file)),
    (database) => Effect.sync(() => database.close())
  )
  const isThere = watching(file)
  const prepared = new Map<string, Prepared>()
  const execute = (sql: string, parameters: ReadonlyArray<unknown>, arrays: boolean, writes: boolean) =>
    attempt("execute", (): ReadonlyArray<Row> => {
      if (writes) isThere()
      const key = arrays ? `arrays ${sql}` : sql
      const one = prepared.get(key) ?? prepare(database, sql, arrays)
      // The last one used comes last.
      prepared.delete(key)
      prepared.set(key, one)
      if (prepared.size > mostPrepared) prepared.delete(prepared.keys().next().value!)
      const { statement, yieldsRows } = one
      const values = parameters as ReadonlyArray<SQLInputValue>
      // What yields no rows is run: it may change something.
      if (yieldsRows) return statement.all(...values)
      statement.run(...values)
      return []
    })
  // What is written is waited for, disk and all, by everything in this process: after each time, others have a turn. Where many wrote at
  // once, nothing was heard of servers and clients until all of them had.
  const turn = Effect.suspend(() => (database.isTransaction ? Effect.void : Effect.yieldNow))
  const run = (sql: string, parameters: ReadonlyArray<unknown>, arrays = false) => {
    const writes = !/^\s*SELECT/u.test(sql)
    const executed = execute(sql, parameters, arrays, writes)
    return writes && file !== ":memory:" ? Effect.tap(executed, turn) : executed
  }
  const rows: SqlConnection.Connection["execute"] = (sql, parameters, transform) =>
    transform === undefined ? run(sql, parameters) : Effect.map(run(sql, parameters), transform)
  const values = (sql: string, parameters: ReadonlyArray<unknown>) =>
    run(sql, parameters, true) as Effect.Effect<ReadonlyArray<any>, SqlError.SqlError>
  return yield* SqlClient.make({
    ...SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed<SqlConnection.Connection>({
        execute: rows,
        executeUnprepared: rows,
        executeRaw: run,
        executeValues: values,
        executeValuesUnprepared: values,
        executeStream: (sql, parameters, transform) =>
          Stream.unwrap(Effect.map(rows(sql, parameters, transform), Stream.fromIterable))
      }),
      semaphore: Semaphore.makeUnsafe(1),
      isTransaction: () => database.isTransaction
    }),
    compiler: Statement.makeCompilerSqlite(),
    driver: "node:sqlite",
    spanAttributes: [["db.system.name", "sqlite"]]
  })
})

interface Prepared {
  readonly statement: StatementSync
  readonly yieldsRows: boolean
}

const prepare = (database: DatabaseSync, sql: string, arrays: boolean): Prepared => {
  const statement = database.prepare(sql)
  if (arrays) statement.setReturnArrays(true)
  return { statement, yieldsRows: statement.columns().length > 0 }
}

/**
 * Those of a fleet are some dozens, and a hundred more at most, one for each number of accounts that are asked for at once; what is made up
 * anew each time, as each look into the queue of webhooks, must not take their places.
 */
const mostPrepared = 200

const open = (file: string): DatabaseSync => {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
  const database = new DatabaseSync(file)
  // FULL: what is acknowledged is on the disk. A renewed session that a power cut takes away can often not be renewed again.
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  // Another program may hold it for a while, and all of this process would stand still for that: who asks tries again instead.
  database.exec("PRAGMA busy_timeout = 5")
  return database
}

/**
 * Throws where the file is not the one that was opened any more: its disk was taken away, or it was deleted or replaced. What is written to
 * it then would be lost.
 */
const watching = (file: string) => {
  const identity = () => {
    const { dev, ino } = statSync(file)
    return `${dev} ${ino}`
  }
  if (file === ":memory:") return () => {}
  const opened = identity()
  return () => {
    let now = ""
    try {
      now = identity()
    } catch {
      // Told below.
    }
    if (now !== opened) throw Object.assign(new Error(), { code: gone })
  }
}

const attempt = <A>(operation: string, body: () => A) =>
  Effect.try({
    try: body,
    catch: (cause) =>
      new SqlError.SqlError({ reason: SqlError.classifySqliteError(cause, { message: "SQLite failed", operation }) })
  })
