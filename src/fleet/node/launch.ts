/**
 * From settings to a machine that works: what is the same with either database.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Sharding } from "effect/cluster/Sharding"
import type * as Tracer from "effect/Tracer"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Bilingual } from "../../Language.ts"
import { type HostPort, isLoopback } from "../../loopback/addresses.ts"
import type { KeySource } from "../api/handlers.ts"
import { kindOf } from "../database/answered.ts"
import * as Migrations from "../database/migrations.ts"
import { reasonOf } from "../database/soundness.ts"
import * as Keyring from "../Keyring.ts"
import * as Vault from "../Vault.ts"
import * as Webhooks from "../Webhooks.ts"
import { Traces } from "../Traces.ts"
import { CannotServe } from "./CannotServe.ts"
import * as Machine from "./machine.ts"
import * as OnDisk from "./secretsOnDisk.ts"
import type { Collector } from "./telemetry.ts"

/** What `fleet serve` is asked for, as plain values: they come from another bundle. */
export interface Settings {
  readonly listen: HostPort
  readonly publicUrl?: string | undefined
  readonly hosts?: Machine.Options["hosts"]
  readonly folder?: string | undefined
  readonly keyFile?: string | undefined
  readonly tokenFiles: OnDisk.TokenFiles
  /** `checkEvery` in milliseconds. */
  readonly pace: { readonly [K in "checkEvery" | "concurrency" | "rate"]?: number | undefined }
  /** Where changes of state are told to. */
  readonly webhook?: string | undefined
  /** Of several machines: their database, where this one listens for the others, and what they call it. */
  readonly shared?:
    | {
        readonly database: string
        readonly listen: HostPort
        readonly address: HostPort
      }
    | undefined
  readonly agents?: Machine.Options["agents"]
  readonly egress?: Machine.Options["egress"]
  readonly held?: Machine.Options["held"]
  readonly limits?: Machine.Options["limits"]
  readonly httpClient?: Machine.Options["httpClient"]
  /** For a collector of OpenTelemetry: what takes spans, and where metrics go. */
  readonly telemetry?: { readonly tracer: Tracer.Tracer; readonly metrics: Collector | undefined } | undefined
  /** Told to a person, a line each. */
  readonly tell: (...lines: ReadonlyArray<Bilingual>) => void
}

/** Why it did not work; nothing where it ended because it was told to. */
export type Served = Pick<CannotServe, "said" | "cure" | "exitCode"> | undefined

/** What a machine stands on. */
export interface Ground {
  readonly folder: string
  readonly keys: { readonly path: string; readonly secret: Redacted.Redacted; readonly isNew: boolean }
  /** The key file once more, where others put new keys into it. */
  readonly keysAgain?: Effect.Effect<Redacted.Redacted, CannotServe> | undefined
  /** What it is called in the rows. */
  readonly node: string
  readonly database: Layer.Layer<SqlClient.SqlClient, SqlError | CannotServe>
  readonly cluster: Layer.Layer<Sharding, CannotServe | SqlError, Keyring.Keyring | SqlClient.SqlClient>
  readonly keySource: Layer.Layer<KeySource, never, Keyring.Keyring>
}

export const launch = async (
  ground: Effect.Effect<Ground, CannotServe, Scope.Scope>,
  settings: Settings,
  signal: AbortSignal
): Promise<Served> => {
  const program = Effect.flatMap(ground, (ground) => machine(ground, settings)).pipe(
    Effect.scoped,
    Effect.provide(Logger.layer([logger(settings.tell, signal)])),
    Effect.provideService(Traces, settings.telemetry?.tracer)
  )
  const exit = await Effect.runPromiseExit(program, { signal })
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return undefined
  const error = Cause.squash(exit.cause)
  if (error instanceof CannotServe) return error
  throw error
}

const machine = Effect.fnUntraced(function* (ground: Ground, settings: Settings) {
  const { folder, keys } = ground
  const { listen, tell } = settings
  const tokens = yield* OnDisk.tokens(folder, settings.tokenFiles, isLoopback(listen.host))
  const keyring = yield* Effect.mapError(Keyring.make(keys.secret, ground.keysAgain), (error) =>
    badKeys(keys.path, error)
  )
  const webhook =
    settings.webhook === undefined
      ? []
      : [yield* OnDisk.writeSecret(folder, "webhook.secret", Webhooks.secretOf(keyring))]

  const tables = Layer.effectDiscard(Migrations.run)
  const vault = Vault.layer(ground.node).pipe(
    Layer.provide(settings.webhook === undefined ? Layer.empty : Webhooks.outbox),
    Layer.provide(tables)
  )
  const { checkEvery, concurrency, rate } = settings.pace
  const options = {
    ...settings,
    webhook: settings.webhook === undefined ? undefined : Redacted.make(settings.webhook),
    pace: {
      ...(checkEvery === undefined ? {} : { checkEvery: Duration.millis(checkEvery) }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(rate === undefined ? {} : { rate })
    },
    tokens: { read: tokens.read.secret, secrets: tokens.secrets.secret }
  }
  const metrics = settings.telemetry?.metrics
  const telemetry =
    metrics === undefined
      ? Layer.empty
      : (yield* Effect.promise(() => import("./telemetry.ts"))).layer(metrics, ground.node)
  const works = Machine.layer(options).pipe(
    Layer.merge(telemetry),
    Layer.merge(Layer.effectDiscard(Vault.Vault.use((vault) => vault.ready))),
    Layer.provide(ground.cluster.pipe(Layer.provide(tables))),
    Layer.provide(vault),
    Layer.provide(ground.keySource),
    Layer.provide(Layer.succeed(Keyring.Keyring, keyring)),
    Layer.provide(ground.database)
  )
  yield* Layer.build(works).pipe(
    Effect.catchTags({
      SqlError: (error) => Effect.fail(noDatabase(kindOf(error))),
      MigrationError: ({ kind }) => Effect.fail(noDatabase(kind)),
      NewerVersion: () => Effect.fail(newerVersion),
      VaultFailed: ({ detail, reason }) => Effect.fail(reason === "sealed" ? wrongKey(keys.path) : noDatabase(detail))
    })
  )
  tell(
    ...Machine.greeting(listen, [
      { ...keys, what: { en: "the keys of the fleet", zh: "密钥文件" } },
      { ...tokens.read, what: { en: "the token that may read", zh: "只读令牌" } },
      { ...tokens.secrets, what: { en: "the token that may do all", zh: "完整权限令牌" } },
      ...webhook.map((path) => ({
        path,
        isNew: false,
        what: { en: "what webhooks are signed with", zh: "webhook 签名密钥" }
      }))
    ])
  )
  return yield* Effect.never
})

const badKeys = (path: string, error: Keyring.BadKeys) =>
  new CannotServe({
    said: { en: `${path}: ${Keyring.said(error).en}`, zh: `${path}：${Keyring.said(error).zh}` },
    cure: { en: "put the right key file there", zh: "请放入正确的密钥文件" },
    exitCode: 9
  })

const wrongKey = (path: string) =>
  new CannotServe({
    said: {
      en: `${path} does not open the sessions of this database: it holds other keys`,
      zh: `${path} 无法打开此数据库中的会话：密钥不符`
    },
    cure: {
      en: "put back the key file that belongs to it; without it, the accounts have to be scanned anew in a new folder",
      zh: "请放回与之对应的密钥文件；若已丢失，只能在新目录中重新扫码"
    },
    exitCode: 9
  })

const noDatabase = (detail: string) => {
  const { en, zh } = reasonOf(detail)
  return new CannotServe({
    said: { en: `the database cannot be used (${en})`, zh: `数据库不可用（${zh}）` },
    cure: cures[detail] ?? {
      en: "check that it can be reached, that its user may make tables, and that there is space left",
      zh: "请检查数据库是否可达、用户是否有建表权限，以及剩余空间"
    },
    exitCode: 6
  })
}

const cures: Readonly<Record<string, Bilingual>> = {
  Locked: { en: "end the program that holds it, and start this again", zh: "请结束占用它的程序，再重新启动" },
  Damaged: {
    en: "put a backup in its place, without the -wal and -shm beside it; without one, the accounts have to be scanned anew in a new folder",
    zh: "请用备份替换它，并删除旁边的 -wal 和 -shm；若无备份，只能在新目录中重新扫码"
  }
}

const newerVersion = new CannotServe({
  said: { en: "a newer version has worked with this database", zh: "此数据库已由更新的版本使用过" },
  cure: {
    en: "use that version or a later one; or a backup from before, in the place of the database",
    zh: "请使用该版本或更高版本，或恢复升级前的备份"
  },
  exitCode: 6
})

/** Warnings, a line each; those of the cluster about its own end are none. */
const logger = (tell: Settings["tell"], signal: AbortSignal) =>
  Logger.make(({ logLevel, message }) => {
    if ((logLevel !== "Warn" || signal.aborted) && logLevel !== "Error" && logLevel !== "Fatal") return
    const text = (Array.isArray(message) ? message : [message]).map(String).join(" ")
    tell({ en: text, zh: text })
  })
