/**
 * What every part of the bench stands on: the sides that are compared, the server, a process of its own, and how a program is led to it.
 */
import { type ChildProcess, fork } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Plan, Ready, Seen } from "./server.ts"

/** One that is measured: a build of webqq-login, or one of the programs in plain/. */
export interface Side {
  readonly name: string
  /** The folder of a build. */
  readonly root?: string
  /** The name of a program in plain/. */
  readonly plain?: string
  /** Flags of Node that many logins in one process run with. */
  readonly flags?: ReadonlyArray<string>
}

export const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
export const floor: Side = { name: "floor", plain: "floor" }
export const ours: Side = { name: "ours", root: here("../..") }

/** Milliseconds on the clock that all processes of the machine share. */
export const now = () => Number(process.hrtime.bigint()) / 1e6

export const heard = <A>(child: ChildProcess) =>
  new Promise<A>((resolve, reject) => {
    const gone = (code: number | null, signal: string | null) =>
      reject(new Error(`${child.spawnargs.join(" ")} ended with ${code ?? signal}`))
    child.once("exit", gone)
    child.once("message", (said) => {
      child.off("exit", gone)
      resolve(said as A)
    })
  })

export type Where = "plain" | "tls" | "far"

export interface Stage {
  readonly folder: string
  /** Sets what the server does from now on, and returns what it saw until now. */
  readonly plan: (next: Plan) => Promise<Seen>
  readonly environment: (where: Where) => NodeJS.ProcessEnv
  readonly close: () => void
}

/** Four polls, the third of them scanned. */
export const usual: Plan = { polls: 4 }

export const open = async (): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), "webqq-login-bench-"))
  const server = fork(here("./server.ts"), { stdio: "inherit" })
  const { authority, ports } = await heard<Ready>(server)
  writeFileSync(join(folder, "ca.pem"), authority)
  return {
    folder,
    plan: (next) => {
      const seen = heard<Seen>(server)
      server.send(next)
      return seen
    },
    environment: (where) => ({
      ...process.env,
      NODE_OPTIONS: `--require ${here("./redirect.cjs")}`,
      NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
      XDG_STATE_HOME: join(folder, "state"),
      BENCH_CPU: "0",
      BENCH_PORT: String(ports[where]),
      BENCH_TLS: where === "plain" ? "0" : "1"
    }),
    close: () => {
      server.disconnect()
      rmSync(folder, { recursive: true })
    }
  }
}
