/**
 * The command as a process of its own, led to a loopback server by TLS, and ended by a signal at a certain moment.
 */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import * as ReplayServer from "../../src/replay/ReplayServer.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import * as SessionStore from "../../src/store/SessionStore.ts"
import { selfSigned } from "./certificate.ts"
import { cacheOf } from "./compileCache.ts"

export type Signal = "SIGINT" | "SIGTERM"

/** In which scenario, at which exchange, and when in it; or in the midst of which write. */
export type Moment = { readonly scenario: string } & (
  | { readonly exchange: string; readonly when: "before headers" | "in the body" | "in the wait" }
  | { readonly write: string }
)

const steps: ReadonlyArray<readonly [scenario: string, exchange: string]> = [
  ["webqq", "ptqrshow"],
  ["webqq", "poll-waiting"],
  ["webqq", "check-sig"],
  ["webqq", "getvfwebqq"],
  ["webqq", "login2"],
  ["renewed-silently", "get-online-buddies2"],
  ["renewed-silently", "pt4-auth"]
]

export const moments: ReadonlyArray<Moment> = [
  ...steps.flatMap(([scenario, exchange]) =>
    (["before headers", "in the body", "in the wait"] as const).map((when) => ({ scenario, exchange, when }))
  ),
  // Drafts, before they get their names: of the QR code, and of the session.
  { scenario: "webqq", write: "qr.png" },
  { scenario: "webqq", write: "123456789.json" }
]

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const names = [...new Set(moments.map(({ scenario }) => scenario))]
const scenarios = new Map(names.map((name) => [name, Effect.runSync(Scenario.load(name))]))
const { cert, key } = selfSigned([
  ...new Set(
    [...scenarios.values()].flatMap(({ exchanges }) => exchanges.map(({ request }) => new URL(request.url).host))
  )
])

const kept = [".lock", "webqq-123456789.json"]

/** What may be left: a session that was kept before, or is being kept when the signal comes, which is done to the end. */
export const mayLeave = (moment: Moment): ReadonlyArray<string> =>
  ("write" in moment && moment.write.endsWith(".json")) || scenarios.get(moment.scenario)?.saved ? kept : []

export interface Ended {
  readonly code: number | null
  /** Milliseconds from the signal to the end of the process. */
  readonly took: number
  /** Files that were left behind. */
  readonly left: ReadonlyArray<string>
  readonly lastLine: string
}

const filesBelow = (folder: string) =>
  Fs.readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => !found.isDirectory())
    .map(({ name }) => name)

/** Starts a login, sends the signal at its moment, and waits for the end of the process and of its connections. */
export const interruptAt = (entry: string, moment: Moment, signal: Signal) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-signals-"))),
      (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true }))
    )
    const scenario = scenarios.get(moment.scenario)!
    let child: ChildProcess | undefined
    let sent = 0
    const send = () => {
      sent = performance.now()
      child?.kill(signal)
    }
    const closing: Array<Promise<void>> = []
    const server = yield* ReplayServer.make(scenario, {
      tls: { key, cert },
      beforeAnswer: ({ id, response: answer }, _, response) => {
        const { socket } = response
        if (socket !== null) closing.push(new Promise((closed) => void socket.once("close", () => closed())))
        // Nothing more is answered once the signal is on its way.
        if (sent > 0) return new Promise(() => {})
        if (!("exchange" in moment) || id !== moment.exchange) return
        switch (moment.when) {
          case "before headers":
            send()
            return new Promise(() => {})
          case "in the body":
            response.writeHead(answer.status, [...answer.headers.flat(), "Content-Length", "500"])
            response.write("x".repeat(100), send)
            return new Promise(() => {})
          case "in the wait":
            // Before it asks again, it waits for half a second at least.
            response.writeHead(502).end(() => setImmediate(send))
            return
        }
      }
    })
    const authority = Path.join(folder, "ca.pem")
    Fs.writeFileSync(authority, cert)
    for (const name of ["tmp", "state"]) Fs.mkdirSync(Path.join(folder, name))
    if (scenario.saved !== undefined) {
      const directory = Path.join(folder, "state", "webqq-login", "sessions")
      const layer = SessionStore.layerFile({ directory })
      const { saved } = scenario
      yield* Effect.provide(
        SessionStore.SessionStore.use((store) => store.save(saved)),
        layer,
        { local: true }
      )
    }
    const env = {
      TMPDIR: Path.join(folder, "tmp"),
      XDG_STATE_HOME: Path.join(folder, "state"),
      NODE_EXTRA_CA_CERTS: authority,
      XDG_CACHE_HOME: cacheOf(entry),
      LEAD_PORT: new URL(server.tlsOrigin ?? "").port,
      LEAD_SIGNAL: signal,
      LEAD_WRITE: "write" in moment ? moment.write : ""
    }
    const flags = [
      "--require",
      file("lead.cjs"),
      entry,
      "login",
      "--site",
      "webqq",
      "--json",
      "--poll-interval",
      "20ms"
    ]
    const { code, lastLine } = yield* Effect.callback<Pick<Ended, "code" | "lastLine">>((resume) => {
      let stdout = ""
      child = spawn(process.execPath, flags, { env })
      child.stdout?.on("data", (text) => (stdout += String(text)))
      child.stderr?.on("data", (text) => {
        if (sent === 0 && String(text).includes("SIGNALLED")) sent = performance.now()
      })
      child.on("close", (code) => resume(Effect.succeed({ code, lastLine: stdout.trimEnd().split("\n").at(-1) ?? "" })))
      return Effect.sync(() => child?.kill("SIGKILL"))
    })
    const took = sent === 0 ? Infinity : performance.now() - sent
    yield* Effect.promise(() => Promise.all(closing))
    return {
      code,
      took,
      lastLine,
      left: [...filesBelow(env.TMPDIR), ...filesBelow(env.XDG_STATE_HOME)]
    } satisfies Ended
  }).pipe(Effect.scoped)
