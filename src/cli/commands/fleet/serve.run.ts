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
import { isTraced } from "../../process/toExitCode.ts"
import { untilSignal } from "../../process/untilSignal.ts"
import type { serve } from "./fleet.ts"

/** More would be more than the cluster takes at once: see `src/fleet/database/holding.ts`. */
const mostHeld = 4

export const run = Effect.fnUntraced(function* (flags: Values<typeof serve>, around: Surroundings) {
  const { env, streams } = around
  const database = env["WEBQQ_FLEET_DATABASE"] ?? flags.database
  const { "cluster-listen": listen, "cluster-address": address } = flags
  if ((database === undefined) !== (listen === undefined)) {
    return yield* usage(
      {
        en: "several machines need --database and --cluster-listen",
        zh: "多台机器需要同时使用 --database 和 --cluster-listen"
      },
      { en: "give both, or neither", zh: "请同时给出，或都不给出" }
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
    folder: flags.folder,
    keyFile: flags["key-file"],
    tokenFiles: { secrets: flags["token-file"], read: flags["read-token-file"] },
    pace: { checkEvery: flags["check-every"], concurrency: flags.concurrency, rate: flags.rate },
    webhook: env["WEBQQ_FLEET_WEBHOOK"],
    shared:
      database === undefined || listen === undefined ? undefined : { database, listen, address: address ?? listen },
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
