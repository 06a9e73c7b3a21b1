/**
 * Logins and kept sessions against a server in a bad state, for as long as one wants, in one process: what it holds of memory and files must
 * not grow, and nothing may go wrong that is no error of a login. Tells of each minute, and judges at the end.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as HttpClient from "effect/http/HttpClient"
import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import http from "node:http"
import https from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import tls from "node:tls"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { isLoginError } from "../../src/errors/LoginError.ts"
import * as Transport from "../../src/http/Transport.ts"
import * as KeepSignedIn from "../../src/KeepSignedIn.ts"
import * as Login from "../../src/Login.ts"
import * as LoginConfig from "../../src/LoginConfig.ts"
import * as Site from "../../src/Site.ts"
import * as SessionStore from "../../src/store/SessionStore.ts"
import type { Ready } from "./flakyServer.ts"

/** What may grow from the first third of the minutes to the last, as the medians of both: MiB of the heap and of the process, open files. */
const slack = { heap: 3, rss: 24, files: 12 }

const config = LoginConfig.make({
  pollInterval: "200 millis",
  codeLife: "5 seconds",
  timeout: "40 seconds",
  requestTimeout: "2 seconds",
  renewAfter: "20 seconds",
  checkEvery: "2 seconds"
})

/** Between the beginnings of two logins. */
const pause = "500 millis"
const keepers = 4

interface Minute {
  readonly heap: number
  readonly rss: number
  readonly files: number
}

const collect = (() => {
  setFlagsFromString("--expose-gc")
  return runInNewContext("gc") as () => void
})()

const measure = (): Minute => {
  for (let n = 0; n < 3; n++) collect()
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20, files: readdirSync("/proc/self/fd").length }
}

/** All connections lead to that port, whatever host they are for. */
const leadTo = ({ authority, port }: Ready) => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1024, ca: authority })
  Object.assign(agent, {
    createConnection: (options: tls.ConnectionOptions) => tls.connect({ ...options, host: "127.0.0.1", port })
  })
  return { http: new http.Agent({ keepAlive: true }), https: agent }
}

const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** Runs for so many minutes; whether all held. */
export const soak = async (minutes: number, seed: number): Promise<boolean> => {
  let [warnings, rejections] = [0, 0]
  process.on("warning", () => warnings++)
  process.on("unhandledRejection", () => rejections++)
  const ends = new Map<string, number>()
  const count = (end: string): void => void ends.set(end, (ends.get(end) ?? 0) + 1)

  const server = fork(new URL("flakyServer.ts", import.meta.url), [String(seed)])
  const [ready] = (await once(server, "message")) as [Ready]
  const folder = mkdtempSync(join(tmpdir(), "webqq-soak-"))
  const client = Layer.effect(HttpClient.HttpClient, Transport.make({ agents: leadTo(ready) }))

  const logins = Effect.forever(
    Effect.andThen(
      Effect.forkChild(
        Effect.onExit(Login.login(Site.webqq), (exit) =>
          Effect.sync(() => {
            if (Exit.isSuccess(exit)) return count("logged in")
            const error = Cause.squash(exit.cause)
            if (isLoginError(error)) return count(error._tag)
            if (!Cause.hasInterruptsOnly(exit.cause)) count(`defect: ${String(error)}`)
          })
        )
      ),
      Effect.sleep(pause)
    )
  )
  const keeping = Effect.forEach(
    Array.from({ length: keepers }, (_, n) => `keeper${n}`),
    (profile) =>
      Layer.build(
        KeepSignedIn.layer(Site.webqq, {
          profile,
          onScanNeeded: () => Effect.sync(() => count("scan asked for")),
          onEvent: ({ _tag }) => Effect.sync(() => count(`kept: ${_tag}`))
        })
      )
  )

  const seen: Array<Minute> = []
  const started = performance.now()
  console.log("minute   heap MiB    rss MiB   files  warnings  rejections  logged in  failed  CPU s")
  const watching = Effect.gen(function* () {
    while ((performance.now() - started) / 60_000 < minutes) {
      yield* Effect.sleep("1 minute")
      const minute = measure()
      seen.push(minute)
      const failed = Array.from(ends).reduce((sum, [end, n]) => sum + (/^[A-Z]/.test(end) ? n : 0), 0)
      const { system, user } = process.cpuUsage()
      const cells = [
        String(seen.length).padStart(6),
        minute.heap.toFixed(1).padStart(11),
        minute.rss.toFixed(0).padStart(11),
        String(minute.files).padStart(8),
        String(warnings).padStart(10),
        String(rejections).padStart(12),
        String(ends.get("logged in") ?? 0).padStart(11),
        String(failed).padStart(8),
        ((system + user) / 1e6).toFixed(0).padStart(7)
      ]
      console.log(cells.join(""))
    }
  })
  try {
    await Effect.andThen(keeping, Effect.raceFirst(watching, logins)).pipe(
      Effect.scoped,
      Effect.provide(Layer.mergeAll(client, SessionStore.layerFile({ directory: folder }), Logger.layer([]))),
      Effect.provideService(LoginConfig.LoginConfig, config),
      Effect.runPromise
    )
  } finally {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }

  const third = Math.ceil(seen.length / 3)
  // What has just begun still loads and compiles.
  const grown = (key: keyof Minute) =>
    median(seen.slice(-third).map((minute) => minute[key])) -
    median(seen.slice(Math.min(1, seen.length - third), third + 1).map((minute) => minute[key]))
  const growth = { heap: grown("heap"), rss: grown("rss"), files: grown("files") }
  const defects = Array.from(ends.keys()).filter((end) => end.startsWith("defect"))
  const held =
    growth.heap <= slack.heap &&
    growth.rss <= slack.rss &&
    growth.files <= slack.files &&
    warnings + rejections + defects.length === 0
  for (const [end, times] of Array.from(ends).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${String(times).padStart(8)}  ${end}`)
  }
  console.log(
    `${held ? "held" : "FAILED"}: ${seen.length} minutes, from the first third to the last: heap ${growth.heap.toFixed(1)} MiB (up to ${slack.heap}), ` +
      `rss ${growth.rss.toFixed(0)} MiB (up to ${slack.rss}), files ${growth.files} (up to ${slack.files}); ` +
      `${warnings} warnings, ${rejections} rejections, ${defects.length} defects`
  )
  return held
}
