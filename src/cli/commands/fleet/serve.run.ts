/**
 * `webqq-login fleet serve`: a machine of a fleet, until a signal comes. What it does is in files of its own.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Values } from "../../line/Command.ts"
import { egress } from "../../inputs/egress.ts"
import { proxyAgents } from "../../inputs/network.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import { CommandFailed, usage } from "../../process/CommandFailed.ts"
import { address } from "../../line/values.ts"
import { isTraced } from "../../process/toExitCode.ts"
import { untilSignal } from "../../process/untilSignal.ts"
import type { serve } from "./fleet.ts"

const isPostgres = (text: string) => /^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text)

/** More would be more than the cluster takes at once: see `src/fleet/database/holding.ts`. */
const mostHeld = 4

export const run = Effect.fnUntraced(function* (flags: Values<typeof serve>, around: Surroundings) {
  const { env, streams } = around
  const database = env["WEBQQ_FLEET_DATABASE"] || flags.database
  const { "cluster-listen": listen, "cluster-address": reached = listen } = flags
  if ((database === undefined) !== (listen === undefined)) {
    return yield* usage(
      {
        en: "several machines need --database and --cluster-listen",
        zh: "多台机器需要同时使用 --database 和 --cluster-listen"
      },
      { en: "give both, or neither", zh: "请同时给出，或都不给出" }
    )
  }
  if (flags.listen?.port === 0 || listen?.port === 0 || reached?.port === 0) {
    return yield* usage(
      { en: "a machine of a fleet needs a port that stays the same", zh: "服务需要固定的端口" },
      { en: "links begin with it: name one in the place of 0", zh: "扫码链接以它开头：请指定 0 以外的端口" }
    )
  }
  if (database !== undefined && !isPostgres(database)) {
    return yield* usage(
      {
        en: "WEBQQ_FLEET_DATABASE is no address of a Postgres database",
        zh: "WEBQQ_FLEET_DATABASE 不是 Postgres 数据库的地址"
      },
      {
        en: "write it as postgres://user:password@db.example/fleet, with what is special in a password as %40 and the like",
        zh: "请写成 postgres://用户:密码@db.example/fleet 的形式，密码中的特殊字符写成 %40 之类"
      }
    )
  }
  if (reached !== undefined && ["0.0.0.0", "::"].includes(reached.host)) {
    return yield* usage(
      {
        en: `the other machines cannot reach this one at ${reached.host}: it stands for any address`,
        zh: `其他机器无法通过 ${reached.host} 访问本机：它表示任意地址`
      },
      {
        en: "name the address at which they do with --cluster-address, another one for each machine",
        zh: "请用 --cluster-address 指定它们访问本机的地址，每台机器各不相同"
      }
    )
  }
  const webhook = env["WEBQQ_FLEET_WEBHOOK"] ? address.read(env["WEBQQ_FLEET_WEBHOOK"]) : undefined
  if (env["WEBQQ_FLEET_WEBHOOK"] && webhook === undefined) {
    return yield* usage(
      { en: "WEBQQ_FLEET_WEBHOOK is no address", zh: "WEBQQ_FLEET_WEBHOOK 不是地址" },
      {
        en: "write it as https://example.com/hook, or leave it out",
        zh: "请写成 https://example.com/hook 的形式，或不设置"
      }
    )
  }
  const held = Array.from(new Set(flags.egress))
  if (held.length > mostHeld) {
    return yield* usage(
      { en: `a machine holds ${mostHeld} egresses at most`, zh: `一台机器最多占用 ${mostHeld} 个出口` },
      {
        en: "leave out those that are proxies: any machine may use these, by --egress-file alone",
        zh: "请去掉代理类的出口：它们只用 --egress-file 即可，任何机器都能使用"
      }
    )
  }
  const settings = {
    listen: flags.listen ?? { host: "127.0.0.1", port: 7070 },
    publicUrl: flags["public-url"],
    hosts: flags.host,
    folder: flags.folder,
    keyFile: flags["key-file"],
    tokenFiles: { secrets: flags["token-file"], read: flags["read-token-file"] },
    pace: { checkEvery: flags["check-every"], concurrency: flags.concurrency, rate: flags.rate },
    webhook,
    shared:
      database === undefined || listen === undefined || reached === undefined
        ? undefined
        : { database, listen, address: reached },
    agents: yield* proxyAgents(around),
    egress: flags["egress-file"] === undefined ? undefined : yield* egress(flags["egress-file"]),
    held,
    telemetry: isTraced(env)
      ? {
          tracer: yield* Effect.tracer,
          metrics: (yield* Effect.promise(() => import("../../process/tracing.ts"))).metricsTo(env)
        }
      : undefined,
    tell: streams.tell
  }
  const { serve } = yield* Effect.promise(() =>
    settings.shared === undefined
      ? import("../../../fleet/node/serve.ts")
      : import("../../../fleet/node/serveShared.ts")
  )
  const end = new AbortController()
  const serving = yield* Effect.forkChild(Effect.promise(() => serve(settings, end.signal)))
  yield* Effect.raceFirst(Fiber.await(serving), untilSignal)
  // A signal is its usual end. What it has is handed over before the process goes: a renewal that is cut off is asked for twice.
  end.abort()
  const failed = yield* Fiber.join(serving)
  if (failed !== undefined) {
    const { cure, exitCode, said: message } = failed
    return yield* new CommandFailed({ said: { message, cure }, exitCode })
  }
})
