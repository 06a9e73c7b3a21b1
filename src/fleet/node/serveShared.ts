/**
 * `webqq-login fleet serve` on one of several machines: a Postgres database that all of them share, and a wire between them. It is loaded
 * as it stands, beside the packages that it needs: the driver of the database is one that whoever wants this installs.
 */
import * as NodeWS from "@effect/platform-node/NodeWS"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as HttpRunner from "effect/cluster/HttpRunner"
import * as MessageStorage from "effect/cluster/MessageStorage"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import * as RunnerHealth from "effect/cluster/RunnerHealth"
import * as Runners from "effect/cluster/Runners"
import * as Sharding from "effect/cluster/Sharding"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as SqlRunnerStorage from "effect/cluster/SqlRunnerStorage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as Socket from "effect/socket/Socket"
import { registerHooks } from "node:module"
import { KeySource } from "../api/handlers.ts"
import { bearer, isSame } from "../api/tokens.ts"
import * as Holding from "../database/holding.ts"
import * as Namesake from "../database/namesake.ts"
import { Keyring } from "../Keyring.ts"
import { CannotServe } from "./CannotServe.ts"
import { launch, type Served, type Settings } from "./launch.ts"
import * as Machine from "./machine.ts"
import * as OnDisk from "./secretsOnDisk.ts"
import * as Watch from "./watch.ts"

type Shared = NonNullable<Settings["shared"]>

/** A machine that is gone is noticed within these; they are what the failures in the tests were measured with. */
const haste = {
  shardLockExpiration: "10 seconds",
  shardLockRefreshInterval: "3 seconds",
  refreshAssignmentsInterval: "1 second",
  runnerHealthCheckInterval: "5 seconds",
  entityTerminationTimeout: "10 seconds"
} as const

/** The secret of the wire, of each key: the wire has no guard of its own, and whoever reaches it may do as he likes. */
const secretsOf = (keyring: Keyring["Service"]) =>
  keyring.derive("wire between machines").map((bytes) => Buffer.from(bytes).toString("base64url"))

/** Connections to other machines carry the secret of the newest key. */
const sockets = Layer.effect(
  Socket.WebSocketConstructor,
  Effect.gen(function* () {
    const keyring = yield* Keyring
    const bare = yield* Socket.WebSocketConstructor
    return (url) => {
      const [secret = ""] = secretsOf(keyring)
      return bare(url, { headers: { authorization: `Bearer ${secret}` } })
    }
  })
).pipe(Layer.provide(NodeWS.layerWebSocketConstructor))

/** Requests without one of them are turned away before anything of them is read. */
const guard = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const keyring = yield* Keyring
    yield* router.addGlobalMiddleware((app) =>
      Effect.gen(function* () {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        const given = bearer(headers["authorization"])
        const isKnown = () => secretsOf(keyring).some((secret) => isSame(secret, given))
        if (!isKnown()) yield* keyring.look
        return isKnown() ? yield* app : HttpServerResponse.empty({ status: 401 })
      })
    )
  })
)

const path = "/wire"

const clusterOf = ({ address, listen }: Shared, assigned: ReadonlyArray<string>) => {
  // One connection to each machine that is kept, and on which a machine that froze or vanished is noticed: a call by HTTP would wait for it.
  const protocol = Watch.protocol.pipe(
    Layer.provide(HttpRunner.layerClientProtocolWebsocket({ path }).pipe(Layer.provide(sockets)))
  )
  // Nothing waits in the engine: an account that was not asked is due still.
  const engine = Layer.merge(MessageStorage.layerNoop, RpcSerialization.layerNdjson)
  const health = RunnerHealth.layerPing.pipe(
    Layer.provide(Runners.layerRpc),
    Layer.provide(protocol),
    Layer.provide(engine)
  )
  const served = HttpRouter.serve(Layer.merge(HttpRunner.layerWebsocketOptions({ path }), guard), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provide(protocol),
    Layer.provide(Machine.listening(listen)),
    Layer.provide(health),
    Layer.provide(engine)
  )
  // By our own settings alone: the engine would read PORT and HOST of the environment.
  const config = ShardingConfig.layer({
    ...haste,
    runnerAddress: Option.some(RunnerAddress.make(address.host, address.port)),
    runnerListenAddress: Option.some(RunnerAddress.make(listen.host, listen.port)),
    availableShardGroups: Holding.groups,
    assignedShardGroups: ["default", ...assigned],
    simulateRemoteSerialization: false
  })
  // Nothing else of it: the router of the wire, and with it its guard, would be that of the API, too.
  return Layer.effect(Sharding.Sharding, Sharding.Sharding).pipe(
    Layer.merge(Watch.layer.pipe(Layer.provide(health))),
    Layer.provide(served),
    Layer.merge(Holding.layer),
    Layer.provide(SqlRunnerStorage.layerWith({ prefix: Namesake.prefix })),
    Layer.provide(config)
  )
}

/** The shards of the egresses that this machine holds, beside those of all machines. */
const cluster = (shared: Shared, held: ReadonlyArray<string>) =>
  Layer.unwrap(
    Effect.gen(function* () {
      if (yield* Namesake.isThere(shared.address)) {
        const name = Machine.authority(shared.address)
        return yield* new CannotServe({
          said: { en: `another machine of this fleet goes by ${name}`, zh: `此服务的另一台机器已使用地址 ${name}` },
          cure: {
            en: "name the address at which the others reach this machine with --cluster-address, another one for each",
            zh: "请用 --cluster-address 指定其他机器访问本机的地址，每台机器各不相同"
          },
          exitCode: 2
        })
      }
      const numbers = yield* Holding.numbersOf(held)
      if (numbers.every((number) => number <= Holding.most.ofFleet)) {
        return clusterOf(shared, numbers.map(Holding.groupOf))
      }
      const { ofFleet } = Holding.most
      return yield* new CannotServe({
        said: {
          en: `machines of this fleet hold ${ofFleet} egresses already, or once did, and no more than that have a place`,
          zh: `此服务的机器占用过的出口已达 ${ofFleet} 个，为上限`
        },
        cure: {
          en: "leave out --egress: an egress that is a proxy can be used by any machine, by --egress-file alone; one that nobody holds any more can be deleted from the table fleet_egresses",
          zh: "请去掉 --egress：代理类的出口只用 --egress-file 即可，任何机器都能使用；不再使用的出口可从 fleet_egresses 表中删除"
        },
        exitCode: 2
      })
    })
  )

/** Made of this copy of effect, whichever npm has put beside it: a package that is installed globally has one of its own, which knows no secret of ours. */
const driver = async () => {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, specifier.startsWith("effect/") ? { ...context, parentURL: import.meta.url } : context)
  })
  try {
    return await import("@effect/sql-pg/PgClient")
  } finally {
    hooks.deregister()
  }
}

const database = ({ database }: Shared) =>
  Layer.unwrap(
    Effect.map(
      Effect.tryPromise({
        try: driver,
        catch: () =>
          new CannotServe({
            said: { en: "the package @effect/sql-pg is not installed", zh: "未安装 @effect/sql-pg 包" },
            cure: {
              en: "several machines need it, beside webqq-login: npm install --global @effect/sql-pg@4.0.5",
              zh: "多台机器需要它，须与 webqq-login 装在一处：npm install --global @effect/sql-pg@4.0.5"
            },
            exitCode: 2
          })
      }),
      (PgClient) => PgClient.layer({ url: Redacted.make(database), applicationName: "webqq-login fleet" })
    )
  )

/**
 * The key file is the same on all machines, so a new key comes from outside: it is read again here, and by each machine as soon as it meets
 * what another one has sealed or sent with that key.
 */
const keySource = (path: string) =>
  Layer.effect(
    KeySource,
    Effect.map(Keyring, (keyring) => ({
      renew: OnDisk.renewed(keyring, OnDisk.readKeys(path))
    }))
  )

/** Serves until the signal says to stop. Yields why it could not, or nothing. */
export const serve = (settings: Settings, signal: AbortSignal): Promise<Served> =>
  launch(
    Effect.gen(function* () {
      const shared = settings.shared!
      const folder = yield* OnDisk.folderOf(settings.folder)
      yield* OnDisk.prepare(folder)
      const keys = yield* OnDisk.keys(folder, settings.keyFile, false)
      return {
        folder,
        keys,
        keysAgain: OnDisk.readKeys(keys.path),
        node: Machine.authority(shared.address),
        database: database(shared),
        cluster: cluster(shared, settings.held ?? []),
        keySource: keySource(keys.path)
      }
    }),
    settings,
    signal
  )
