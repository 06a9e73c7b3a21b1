/**
 * What time it is: on a server that several machines share, its own time, since theirs may differ; with SQLite, which is in this
 * process, that of the process.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"

/** Milliseconds since 1970, as a part of a statement. */
export const nowIn = (sql: SqlClient.SqlClient): Effect.Effect<Fragment> =>
  sql.onDialectOrElse({
    pg: () => Effect.succeed(sql`(extract(epoch FROM clock_timestamp()) * 1000)::BIGINT`),
    orElse: () => Effect.map(Clock.currentTimeMillis, (now) => sql`${now}`)
  })
