import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as PrimaryKey from "effect/PrimaryKey"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import * as Namesake from "../../src/fleet/database/namesake.ts"
import { vaultLayer } from "../support/inFleet.ts"

const ours = { host: "10.0.0.5", port: 7071 }

/** What is found out where a machine of this address was there so many seconds ago, and what it does within the next seconds. */
const found = (secondsAgo: number | undefined, next: "nothing" | "a sign of life" | "it goes", address = ours) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    if (secondsAgo !== undefined) {
      yield* sql`CREATE TABLE fleet_cluster_runners (address TEXT, last_heartbeat DATETIME)`
      // What the cluster calls it.
      const name = String(PrimaryKey.value(RunnerAddress.make(address.host, address.port)))
      yield* sql`INSERT INTO fleet_cluster_runners VALUES (${name}, datetime('now', ${`-${secondsAgo} seconds`}))`
    }
    const looking = yield* Effect.forkChild(Namesake.isThere(address))
    yield* TestClock.adjust("2 seconds")
    if (next === "a sign of life") yield* sql`UPDATE fleet_cluster_runners SET last_heartbeat = datetime('now')`
    if (next === "it goes") yield* sql`DELETE FROM fleet_cluster_runners`
    yield* TestClock.adjust("4 seconds")
    return yield* Fiber.join(looking)
  }).pipe(Effect.provide(vaultLayer()))

it.effect.each([
  ["that gives signs of life is there", 3, "a sign of life", true],
  ["that was killed a moment ago is not", 3, "nothing", false],
  ["that ends just now is not", 3, "it goes", false],
  ["that was there long ago is not", 60, "nothing", false],
  ["is not there before there is any", undefined, "nothing", false]
] as const)("another machine of the same address %s", ([, secondsAgo, next, isThere]) =>
  Effect.map(found(secondsAgo, next), (answer) => assert.strictEqual(answer, isThere))
)

it.effect("another machine of the same IPv6 address is there, too", () =>
  Effect.map(found(3, "a sign of life", { host: "fd00::5", port: 7071 }), (answer) => assert.isTrue(answer))
)
