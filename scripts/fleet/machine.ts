/**
 * A machine of the fleet: the built command, as somebody starts it, in a network of its own.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { addressOf, namespaceOf } from "./network.ts"

const command = fileURLToPath(new URL("../../dist/cli.cjs", import.meta.url))
const wrongClock = fileURLToPath(new URL("clock.cjs", import.meta.url))

const apiPort = 7070
export const token = "CANARY-token-0123456789-0123456789-0123456789"

export interface Start {
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  /** The namespace in which it runs, if not this one. */
  readonly namespace?: string
  /** Where its API is. */
  readonly host: string
  /** The name under which it writes rows. */
  readonly name: string
  /** The address from which Tencent's servers are asked. */
  readonly out: string
}

export interface Ended {
  readonly code: number | null
  readonly said: string
}

export const make = ({ args, env, host, name, namespace, out }: Start) => {
  let child: ChildProcess | undefined
  let said = ""
  let ended: Promise<Ended> = Promise.resolve({ code: null, said })
  const start = (
    more: {
      readonly clockOff?: number
      readonly keyFile?: string
      readonly egress?: string
      readonly database?: string
    } = {}
  ) => {
    const line = [process.execPath, command, "fleet", "serve", ...args]
    if (more.keyFile !== undefined) line.push("--key-file", more.keyFile)
    if (more.egress !== undefined) line.push("--egress", more.egress)
    const [program = "", ...rest] = namespace === undefined ? line : ["ip", "netns", "exec", namespace, ...line]
    const off =
      more.clockOff === undefined
        ? {}
        : { NODE_OPTIONS: `--require ${wrongClock}`, WEBQQ_FLEET_CLOCK_OFF: String(more.clockOff) }
    const elsewhere = more.database === undefined ? {} : { WEBQQ_FLEET_DATABASE: more.database }
    const started = spawn(program, rest, {
      env: { PATH: process.env["PATH"], ...env, ...off, ...elsewhere },
      stdio: ["ignore", "pipe", "pipe"]
    })
    child = started
    said = ""
    started.stdout.on("data", (data) => (said += String(data)))
    ended = new Promise((resolve) => started.on("close", (code) => resolve({ code, said })))
    // It serves from the moment at which it says so.
    return new Promise<Ended | undefined>((resolve) => {
      started.stderr.on("data", (data) => {
        said += String(data)
        if (said.includes("is served at")) resolve(undefined)
      })
      void ended.then(resolve)
    })
  }
  const ask = async (method: string, path: string, body?: unknown, patience = 60_000) => {
    const response = await fetch(`http://${host}:${apiPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(patience)
    })
    return { status: response.status, text: await response.text() }
  }
  return {
    name,
    host,
    out,
    start,
    ask,
    pid: () => child!.pid!,
    signal: (signal: NodeJS.Signals) => void child?.kill(signal),
    ended: () => ended,
    /** All that it said since it was started. */
    said: () => said
  }
}

export type Machine = ReturnType<typeof make>

/** One of several machines that share a database. */
export const shared = (
  machine: number,
  folder: string,
  env: Readonly<Record<string, string>>,
  args: ReadonlyArray<string>
) => {
  const { cluster: host, out, wire } = addressOf(machine)
  const cluster = `${host}:7071`
  return make({
    namespace: namespaceOf(machine),
    host: wire,
    out,
    name: cluster,
    env: { ...env, XDG_STATE_HOME: folder },
    args: ["--listen", `${wire}:${apiPort}`, "--cluster-listen", cluster, ...args]
  })
}
