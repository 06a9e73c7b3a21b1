/**
 * `webqq-login fleet serve` without a database: one machine, SQLite in the state folder, and nothing to set up. It is loaded from a file of
 * its own, so that what goes in and out are plain values.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as MessageStorage from "effect/cluster/MessageStorage"
import * as RunnerHealth from "effect/cluster/RunnerHealth"
import * as Runners from "effect/cluster/Runners"
import * as RunnerStorage from "effect/cluster/RunnerStorage"
import * as Sharding from "effect/cluster/Sharding"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as Sqlite from "../database/Sqlite.ts"
import { KeySource } from "../api/handlers.ts"
import { Keyring } from "../Keyring.ts"
import { launch, type Served, type Settings } from "./launch.ts"
import * as OnDisk from "./secretsOnDisk.ts"

/** Accounts of one machine, in one process: nothing of the cluster is kept, since the rows are all that counts. */
const cluster = Sharding.layer.pipe(
  Layer.provide(Runners.layerNoop),
  Layer.provide([MessageStorage.layerNoop, RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
  Layer.provide(ShardingConfig.layer({ simulateRemoteSerialization: false, entityTerminationTimeout: "5 seconds" }))
)

/** A new key is made, and seals from now on. One at a time: of two that were written at once, one would be lost with all that it seals. */
const keySource = (path: string) =>
  Layer.effect(
    KeySource,
    Effect.map(Keyring, (keyring) => ({
      renew: Semaphore.makeUnsafe(1).withPermit(OnDisk.renewed(keyring, OnDisk.addKey(path, keyring)))
    }))
  )

/** Serves until the signal says to stop. Yields why it could not, or nothing. */
export const serve = (settings: Settings, signal: AbortSignal): Promise<Served> =>
  launch(
    Effect.gen(function* () {
      const folder = yield* OnDisk.folderOf(settings.folder)
      yield* OnDisk.prepare(folder)
      yield* OnDisk.lock(folder)
      const keys = yield* OnDisk.keys(folder, settings.keyFile, true)
      return {
        folder,
        keys,
        node: "this machine",
        database: Sqlite.layer(yield* OnDisk.database(folder)),
        cluster,
        keySource: keySource(keys.path)
      }
    }),
    settings,
    signal
  )
