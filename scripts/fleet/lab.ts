/**
 * Machines at work in networks of their own, with a Postgres of Debian's and an emulator of Tencent's servers.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Keyring from "../../src/fleet/Keyring.ts"
import * as Machine from "./machine.ts"
import * as Network from "./network.ts"
import * as Postgres from "./postgres.ts"
import type { Fleet } from "./rounds.ts"
import * as Tencent from "./tencent.ts"

/** Writes a file that no one else may read, and yields its path. */
export const secretFile = (folder: string, name: string, text: string): string => {
  writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 })
  return join(folder, name)
}

/** Three machines at work, and a fourth that is not started. `nodeOptions` are given to the Node of each. */
export const started = async (folder: string, accounts: number, nodeOptions = "") => {
  const file = (name: string, text: string) => secretFile(folder, name, text)
  Network.make(4)
  const tencent = await Tencent.make(Network.here.out)
  const postgres = await Postgres.make(folder, Network.here.wire, "10.77.0.0/24")
  const keys = await Effect.runPromise(Keyring.newKey)
  const keyring = await Effect.runPromise(Keyring.make(keys))
  const keyFile = file("fleet.key", Redacted.value(keys))
  const tokens = [
    "--token-file",
    file("all.token", Machine.token),
    "--read-token-file",
    file("read.token", `read-${Machine.token}`)
  ]
  const alone = { NODE_EXTRA_CA_CERTS: file("ca.pem", tencent.authority), LC_ALL: "C" }
  const env = {
    ...alone,
    WEBQQ_FLEET_DATABASE: postgres.url,
    ...(nodeOptions === "" ? {} : { NODE_OPTIONS: nodeOptions })
  }
  const machine = (number: number, ...more: ReadonlyArray<string>) => {
    const state = join(folder, `machine-${number}`)
    mkdirSync(state)
    return Machine.shared(number, state, env, [...tokens, ...more, "--concurrency", "48", "--rate", "200"])
  }
  const ours = ["--key-file", keyFile]
  const machines = [machine(1, ...ours), machine(2, ...ours), machine(3, ...ours)] as const
  const fleet: Fleet = {
    machines,
    tencent,
    accounts,
    database: {
      query: postgres.query,
      open: (profile, sealed) => Effect.runSync(keyring.open(profile, sealed))
    }
  }
  for (const { name, start } of machines) {
    const ended = await start()
    if (ended !== undefined) throw new Error(`${name} did not start: ${ended.code} ${ended.said}`)
  }
  const stranger = machine(4)
  const end = async () => {
    for (const { signal } of [...machines, stranger]) signal("SIGKILL")
    await postgres.stop("SIGQUIT")
    tencent.close()
  }
  return { fleet, machines, postgres, stranger, end, alone, tokens, keyFile, seal: keyring.seal }
}
