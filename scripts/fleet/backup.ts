/**
 * A dump of the fleet's database, made in the middle of a round and restored into an empty database by the commands that the guide names:
 * with the keys of the fleet every account is served from it, with others none opens, and the dump itself holds no secret.
 */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Keyring from "../../src/fleet/Keyring.ts"
import { root } from "../../test/support/documents.ts"
import { begun, problemOf, stopped } from "./faults.ts"
import type { Machine } from "./machine.ts"
import type { Postgres } from "./postgres.ts"
import { type Fleet, profileOf, round, settled, uinOf } from "./rounds.ts"

const run = promisify(execFile)

/** The line of the guide that begins so. */
const told = (beginning: string) => {
  const [, line] = new RegExp(`\`(${beginning} [^\`]+)\``).exec(readFileSync(join(root, "GUIDE.md"), "utf8")) ?? []
  if (line === undefined) throw new Error(`the guide names no ${beginning}`)
  return line
}

export const backup = {
  name: "a dump of the database, restored in another",
  prove: async (
    folder: string,
    fleet: Fleet,
    machines: ReadonlyArray<Machine>,
    other: Machine,
    postgres: Postgres,
    keys: { readonly own: string; readonly others: string }
  ): Promise<ReadonlyArray<string>> => {
    const { accounts, database, tencent } = fleet
    const shell = (line: string) => run("sh", ["-c", line], { cwd: folder, env: postgres.env, maxBuffer: 2 ** 30 })
    const verdict = await round(fleet, {
      name: "dumped",
      victims: [],
      spares: true,
      strike: async () => void (await shell(told("pg_dump"))),
      heal: async () => []
    })
    const wrong = [...verdict.wrong]
    wrong.push(...problemOf(`${verdict.lost} lost while it was dumped`, verdict.lost === 0))
    for (const machine of machines) wrong.push(...(await stopped(machine)))

    const restore = told("createdb")
    const name = restore.split(" ")[1]!
    await shell(restore)
    const dumped = await shell("pg_restore --file=- fleet.dump")
    const kept = await postgres.query("SELECT profile, sealed FROM fleet_accounts ORDER BY profile", name)
    // Each has a session of its own: that of this round, or of the one before.
    const opened = kept.filter(([profile = "", sealed = ""], index) => {
      const { uin } = JSON.parse(database.open(profile, sealed)) as { readonly uin: number }
      return profile === profileOf(index) && uin === uinOf(index)
    })
    const stranger = await Effect.runPromise(Keyring.make(Redacted.make(readFileSync(keys.others, "utf8"))))
    const byOthers = kept.filter(([profile = "", sealed = ""]) =>
      Effect.runSync(Effect.isSuccess(stranger.open(profile, sealed)))
    )
    wrong.push(
      ...problemOf(`${opened.length} of ${accounts} are in it`, opened.length === accounts),
      ...problemOf(`${byOthers.length} open with another key`, byOthers.length === 0),
      ...secretsIn(dumped.stdout, readFileSync(keys.own, "utf8").trim())
    )

    const url = postgres.urlOf(name)
    const refused = await other.start({ keyFile: keys.others, database: url })
    wrong.push(...problemOf(`with another key it ended with ${refused?.code}: ${refused?.said}`, refused?.code === 9))

    wrong.push(...(await begun(other, { keyFile: keys.own, database: url })))
    await settled({ machines: [other] })
    const serving = Array.from({ length: accounts }, (_, index) => async () => {
      const path = `/accounts/${profileOf(index)}/cookies?url=https://user.qzone.qq.com/`
      const { status, text } = await other.ask("GET", path)
      return status === 200 && new RegExp(`p_skey=\\d+-\\d+-${uinOf(index)}\\b`).test(text)
    })
    let served = 0
    const worker = async () => {
      for (let next = serving.pop(); next !== undefined; next = serving.pop()) if (await next()) served++
    }
    await Promise.all(Array.from({ length: 24 }, worker))
    const asked = tencent.asked().filter(({ by }) => by === other.out).length
    console.log(
      `        ${kept.length} accounts in a dump of ${dumped.stdout.length} letters; ${served} served from it, for which ${asked} requests were made`
    )
    wrong.push(...problemOf(`${served} of ${accounts} are served`, served === accounts), ...(await stopped(other)))
    await shell(`dropdb ${name}`)
    for (const machine of machines) wrong.push(...(await begun(machine)))
    await settled(fleet)
    return wrong
  }
}

/** Secrets of the sessions, of the tokens and the keys, as they are and in the letters of base64. */
const secretsIn = (dump: string, keys: string): ReadonlyArray<string> => {
  const words = dump.match(/[\w+/=-]{12,}/g) ?? []
  const decoded = words.map((word) => Buffer.from(word, "base64").toString("latin1"))
  const isSecret = (text: string) => /CANARY|p_skey|supertoken/.test(text)
  return [
    ...problemOf("the dump holds the keys", !keys.split("\n").some((key) => dump.includes(key.trim()))),
    ...problemOf("a secret is in the dump", !isSecret(dump)),
    ...problemOf("a secret is in the dump, in base64", !decoded.some(isSecret)),
    ...problemOf("the dump holds no rows", words.length > 1000)
  ]
}
