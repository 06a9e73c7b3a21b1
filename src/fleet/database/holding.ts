/**
 * Which machines hold which egress: each has its number in the database, where it was first, and machines say to the cluster which they
 * hold, with their heartbeat.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RunnerStorage from "effect/cluster/RunnerStorage"
import * as SqlClient from "effect/sql/SqlClient"
import * as Account from "../Account.ts"
import { type Home, Homes } from "../Homes.ts"
import { VaultFailed } from "../Status.ts"
import { answered } from "./answered.ts"

/**
 * Of a fleet, and of a machine. Each is a group of 300 shards, each shard a lock: Postgres has room for 6,400 of these, unless it is told
 * otherwise, and the engine takes those of a machine in one statement, which may have 1,664 columns.
 */
export const most = { ofFleet: 16, ofMachine: 4 } as const

/** The shards of an egress, by its number. */
export const groupOf = (number: number): string => Account.groupOf(Account.idOf("", number))

/** All groups that there may be: the numbers of their locks follow from this list, so that it is the same on every machine. */
export const groups = ["default", ...Array.from({ length: most.ofFleet }, (_, i) => groupOf(i + 1))] as const

const numbers = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string; readonly number: number }>`SELECT name, number FROM fleet_egresses`
  return new Map(rows.map(({ name, number }) => [name, Number(number)]))
})

/** The numbers of these, given out where they have none. There are too many where one is above `most.ofFleet`. */
export const numbersOf = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  for (const name of names) {
    // Two machines that begin at once take the same number, and the later one then the next.
    const insert = sql`
      INSERT INTO fleet_egresses (name, number)
      SELECT ${name}, (SELECT coalesce(max(number), 0) + 1 FROM fleet_egresses)
      WHERE NOT EXISTS (SELECT 1 FROM fleet_egresses WHERE name = ${name})`
    yield* Effect.retry(insert, { times: 50, while: ({ reason }) => reason._tag === "UniqueViolation" })
  }
  const known = yield* numbers
  return names.map((name) => known.get(name)!)
})

/** What the cluster knows of them, looked up again every few seconds. */
export const layer: Layer.Layer<never, never, RunnerStorage.RunnerStorage | SqlClient.SqlClient> = Layer.effect(
  Homes,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const storage = yield* RunnerStorage.RunnerStorage
    const look = Effect.gen(function* () {
      const known = yield* answered(Effect.provideService(numbers, SqlClient.SqlClient, sql))
      if (known.size === 0) return new Map<string, Home>()
      const runners = yield* Effect.mapError(
        storage.getRunners,
        () => new VaultFailed({ reason: "database", detail: "PersistenceError" })
      )
      const there = new Set(runners.flatMap(([{ groups }, isHealthy]) => (isHealthy ? groups : [])))
      return new Map(
        Array.from(known, ([name, number]): [string, Home] => [name, { number, isThere: there.has(groupOf(number)) }])
      )
    })
    return yield* Effect.cachedWithTTL(look, "2 seconds")
  })
)
