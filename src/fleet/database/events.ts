/**
 * What happened, as rows: the audit of a fleet. `insert` belongs into the transaction of what it tells.
 */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { EventTag } from "../Status.ts"
import { answered } from "./answered.ts"
import { nowIn } from "./now.ts"
import { type EventRow, timeOf } from "./rows.ts"

export const make = (sql: SqlClient.SqlClient) => {
  const now = nowIn(sql)
  // Commits of other machines may become visible a little after the number and the time of their events were taken.
  const settledAfterMillis = sql.onDialectOrElse({ pg: () => 2000, orElse: () => 0 })
  return {
    insert: Effect.fnUntraced(function* (profile: string, tag: EventTag, detail: string) {
      yield* sql`INSERT INTO fleet_events (at, profile, tag, detail) VALUES (${yield* now}, ${profile}, ${tag}, ${detail})`
    }),
    after: Effect.fnUntraced(function* (id: number, limit: number) {
      const rows = yield* answered(sql<{ id: number | string; at: number | string } & EventRow>`
        SELECT id, at, profile, tag, detail FROM fleet_events
        WHERE id > ${id} AND at <= ${yield* now} - ${settledAfterMillis} ORDER BY id LIMIT ${limit}`)
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
