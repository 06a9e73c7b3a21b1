/**
 * Whether another machine that lives goes by the address of this one. The cluster would take both for the same: one of them would have all
 * accounts, and the other say for ever that they are moving.
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { HostPort } from "../../loopback/addresses.ts"

/** Names of the tables of the cluster begin with it. */
export const prefix = "fleet_cluster"

/** The row of the cluster for this address, if it was alive a moment ago: its last sign of life. */
const lastSign = Effect.fnUntraced(function* (address: string) {
  const sql = yield* SqlClient.SqlClient
  const since = sql.onDialectOrElse({
    pg: () => sql`now() - INTERVAL '10 seconds'`,
    orElse: () => sql`datetime('now', '-10 seconds')`
  })
  const rows = yield* sql<{ readonly sign: string }>`
    SELECT CAST(last_heartbeat AS TEXT) AS sign FROM ${sql(`${prefix}_runners`)}
    WHERE address = ${address} AND last_heartbeat > ${since}`.pipe(
    // At the first start of all there is no such table, and no such machine.
    Effect.orElseSucceed(() => [])
  )
  return rows[0]?.sign
})

/** It gives a sign of life every three seconds; what is left of this machine itself, which was killed a moment ago, gives none. */
export const isThere = Effect.fnUntraced(function* ({ host, port }: HostPort) {
  // As the cluster writes it: without brackets around an IPv6 address.
  const address = `${host}:${port}`
  const before = yield* lastSign(address)
  if (before === undefined) return false
  for (let i = 0; i < 10; i++) {
    yield* Effect.sleep("500 millis")
    const now = yield* lastSign(address)
    if (now === undefined) return false
    if (now !== before) return true
  }
  return false
})
