/**
 * A fleet in the process of the test: the real vault on SQLite in memory, the real accounts and pacemaker in a cluster of one, on the
 * clock of the test, and Tencent's servers in memory.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as MessageStorage from "effect/cluster/MessageStorage"
import * as RunnerHealth from "effect/cluster/RunnerHealth"
import * as Runners from "effect/cluster/Runners"
import * as RunnerStorage from "effect/cluster/RunnerStorage"
import * as Sharding from "effect/cluster/Sharding"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as HttpClient from "effect/http/HttpClient"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as TestClock from "effect/testing/TestClock"
import * as LoginConfig from "webqq-login/LoginConfig"
import { Accounts, FleetConfig, Keyring, Migrations, Sqlite, Vault } from "webqq-login/fleet"
import type * as FleetServer from "./fleetServer.ts"

const startAt = "2026-11-20T08:00:00.000Z"
export const key = (fill: number) => Buffer.alloc(32, fill).toString("base64")

/** The vault alone; changes are told by `outbox`. */
export const vaultLayer = (outbox: Layer.Layer<never, SqlError, SqlClient> = Layer.empty, file = ":memory:") =>
  Vault.layer("node-1").pipe(
    Layer.provide(outbox),
    Layer.provideMerge(Layer.effect(Keyring.Keyring, Effect.orDie(Keyring.make(Redacted.make(key(1)))))),
    Layer.provide(Layer.effectDiscard(Migrations.run)),
    Layer.provideMerge(Sqlite.layer(file))
  )

/** A machine that holds the first egress. */
const groups = ["default", "egress-01"]
const cluster = Sharding.layer.pipe(
  Layer.provide(Runners.layerNoop),
  Layer.provide([MessageStorage.layerNoop, RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
  Layer.provide(ShardingConfig.layer({ availableShardGroups: groups, assignedShardGroups: groups }))
)

const fleetLayer = (
  server: ReturnType<typeof FleetServer.make>,
  options: Partial<FleetConfig.FleetConfig>,
  egress: Layer.Layer<never>,
  file?: string
) =>
  Accounts.layer.pipe(
    Layer.provide(egress),
    Layer.provideMerge(cluster),
    Layer.provideMerge(vaultLayer(undefined, file)),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, server.client)),
    Layer.provide(LoginConfig.layer({ retries: 0, pollInterval: "1 second", jitter: 0 })),
    Layer.provide(FleetConfig.layer(options))
  )

export const start = TestClock.setTime(Date.parse(startAt))

/**
 * Lets time pass in steps, and what was begun in each come to its end: answers come by promises, which a clock of a test does not wait
 * for.
 */
export const pass = Effect.fnUntraced(function* (time: Duration.Input, step: Duration.Input = "1 second") {
  const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(Duration.fromInputUnsafe(time))
  while ((yield* Clock.currentTimeMillis) < end) {
    yield* TestClock.adjust(step)
    for (let i = 0; i < 4; i++) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
  }
})

/** Runs what it is given in a fleet whose machine has taken its accounts. */
export const inFleet = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  server: ReturnType<typeof FleetServer.make>,
  options: Partial<FleetConfig.FleetConfig> = {},
  egress: Layer.Layer<never> = Layer.empty,
  file?: string
) =>
  // A clock that leaps over years would wake the cluster at each of its turns.
  Effect.andThen(
    start,
    Effect.andThen(TestClock.adjust("1 second"), effect).pipe(
      Effect.provide(FleetConfig.layer(options)),
      Effect.provide(Layer.fresh(fleetLayer(server, options, egress, file)))
    )
  )
