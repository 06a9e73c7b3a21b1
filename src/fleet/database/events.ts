/**
 * What happened, as rows: the audit of a fleet. `insert` belongs into the transaction of what it tells.
 */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment, Statement } from "effect/sql/Statement"
import type { EventTag } from "../Status.ts"
import { answered } from "./answered.ts"
import { nowIn } from "./now.ts"
import { type EventRow, type Row, timeOf } from "./rows.ts"

export const make = (sql: SqlClient.SqlClient) => {
  const now = nowIn(sql)
  // Commits of other machines may become visible a little after the number and the time of their events were taken. Where there is no other
  // machine, the time says nothing: a clock may have been set back since.
  const settled = sql.onDialectOrElse({
    pg: () => Effect.map(now, (at) => sql`at <= ${at} - 2000`),
    orElse: () => Effect.succeed(sql`1 = 1`)
  })
  return {
    insert: Effect.fnUntraced(function* (profile: string, tag: EventTag, detail: string) {
      yield* sql`INSERT INTO fleet_events (at, profile, tag, detail) VALUES (${yield* now}, ${profile}, ${tag}, ${detail})`
    }),
    /**
     * A change of a row with its event in one statement, which needs no transaction around it: each statement is a way to the server and
     * back. Nothing with SQLite, which changes no table inside of another statement.
     */
    together: sql.onDialectOrElse({
      pg:
        () =>
        (change: Statement<Row>, at: Fragment, { detail, profile, tag }: EventRow) =>
          sql<Row>`
          WITH changed AS (${change}), told AS (
            INSERT INTO fleet_events (at, profile, tag, detail) SELECT ${at}, ${profile}, ${tag}, ${detail} FROM changed
          ) SELECT * FROM changed`,
      orElse: () => undefined
    }),
    after: Effect.fnUntraced(function* (id: number, limit: number) {
      const rows = yield* answered(sql<{ id: number | string; at: number | string } & EventRow>`
        SELECT id, at, profile, tag, detail FROM fleet_events
        WHERE id > ${id} AND ${yield* settled} ORDER BY id LIMIT ${limit}`)
      return rows.map((row) => ({ ...row, id: Number(row.id), at: timeOf(row.at) }))
    }),
    last: Effect.map(answered(sql<{ id: number | string | null }>`SELECT max(id) AS id FROM fleet_events`), ([row]) =>
      Number(row?.id ?? 0)
    ),
    forget: Effect.fnUntraced(function* (olderThanMillis: number) {
      yield* answered(sql`DELETE FROM fleet_events WHERE at < ${yield* now} - ${olderThanMillis}`)
    })
  }
}
