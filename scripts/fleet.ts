/**
 * `npm run fleet`: a fleet of three machines and a Postgres of Debian's, with 1,000 accounts at an emulator of Tencent's servers that counts
 * what it is asked for. Each fault strikes in the middle of a round in which all accounts are renewed. From the server's own count and the
 * database: no account is lost, none saved twice, and none asked for twice but those that were in the hands of the machine that the fault
 * struck; where machines end in order, none. Times are printed, and fail nothing. A dump of the database is restored by the guide's commands.
 *
 *     npm run fleet                           all faults
 *     npm run fleet -- --only SIGTERM         those whose name contains this
 *     npm run fleet -- --measure              what 10,000 accounts cost (--accounts for others; --profile FOLDER for profiles of the machines)
 *     npm run fleet -- --simulate             the same accounts on SQLite over 6 virtual hours (--accounts and --hours for others)
 *
 * Needs Linux, root, `unshare`, `ip` and Debian's postgresql.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as Keyring from "../src/fleet/Keyring.ts"
import { backup } from "./fleet/backup.ts"
import { disk } from "./fleet/disk.ts"
import { held } from "./fleet/held.ts"
import { faults } from "./fleet/faults.ts"
import { keys } from "./fleet/keys.ts"
import * as Lab from "./fleet/lab.ts"
import * as Network from "./fleet/network.ts"
import * as Postgres from "./fleet/postgres.ts"
import { measure } from "./fleet/measure.ts"
import { scanning } from "./fleet/scanning.ts"
import { fill, round, settled } from "./fleet/rounds.ts"
import { simulate } from "./fleet/simulation.ts"
import * as Tencent from "./fleet/tencent.ts"
import { buildWhereOlder } from "./freshBuild.ts"

const variable = "WEBQQ_LOGIN_FLEET"
const folder = process.env[variable] ?? ""
const { values } = parseArgs({
  options: {
    accounts: { type: "string" },
    only: { type: "string", default: "" },
    measure: { type: "boolean", default: false },
    profile: { type: "string" },
    simulate: { type: "boolean", default: false },
    hours: { type: "string", default: "6" }
  }
})
const accounts = Number(values.accounts ?? (values.measure ? 10_000 : 1000))

const seconds = (value: number) => `${value.toFixed(1)} s`

const strikeAll = async () => {
  const { alone, end, fleet, keyFile, machines, postgres, stranger, tokens } = await Lab.started(folder, accounts)
  const file = (name: string, text: string) => Lab.secretFile(folder, name, text)
  const otherKeys = file("other.key", Redacted.value(await Effect.runPromise(Keyring.newKey)))
  const all = { faults: 0, lost: 0, savedTwice: 0, askedTwice: 0, failed: 0 }
  try {
    await settled(fleet)
    await fill(fleet, (uin) => Tencent.sessionOf(uin))
    for (const fault of faults(machines, stranger, postgres, otherKeys)) {
      if (!fault.name.includes(values.only)) continue
      const verdict = await round(fleet, fault)
      const { askedTwice, inFlight, lost, savedTwice, servedAgain } = verdict
      const wrong = [...verdict.wrong]
      const failed = lost > 0 || savedTwice > 0 || wrong.length > 0
      const told = [
        `${lost} lost`,
        `${savedTwice} saved twice`,
        `${askedTwice} asked twice${fault.spares === true ? "" : ` of ${inFlight} in flight`}`,
        ...(servedAgain === undefined ? [] : [`served again after ${seconds(servedAgain)}`]),
        `${seconds(verdict.seconds)} in all`
      ]
      console.log(`${failed ? "FAILED" : "ok"}  ${fault.name}: ${told.join(", ")}`)
      if (failed) wrong.push(...machines.map(({ name, said }) => `${name} says: ${said()}`))
      for (const text of wrong) console.log(`        ${text.replaceAll("\n", "\n        ")}`)
      all.faults++
      all.lost += lost
      all.savedTwice += savedTwice
      all.askedTwice += askedTwice
      if (failed) all.failed++
      await settled(fleet)
    }
    const proofs = [
      { name: held.name, prove: () => held.prove(fleet, machines) },
      { name: scanning.name, prove: () => scanning.prove(fleet, machines) },
      {
        name: backup.name,
        prove: () => backup.prove(folder, fleet, machines, stranger, postgres, { own: keyFile, others: otherKeys })
      },
      // The last of the three machines: what follows does not know the new key.
      { name: keys.name, prove: () => keys.prove(fleet, machines, keyFile) },
      { name: disk.name, prove: () => disk.prove(folder, fleet.tencent, tokens, alone) }
    ]
    for (const { name, prove } of proofs) {
      if (!name.includes(values.only)) continue
      const wrong = await prove()
      console.log(`${wrong.length > 0 ? "FAILED" : "ok"}  ${name}`)
      for (const text of wrong) console.log(`        ${text.replaceAll("\n", "\n        ")}`)
      if (wrong.length > 0) all.failed++
    }
  } finally {
    await end()
  }
  console.log(
    `${all.faults} faults, ${all.lost} lost, ${all.savedTwice} saved twice, ${all.askedTwice} asked twice, ${all.failed} failed`
  )
  return all.failed === 0 ? 0 : 1
}

if (values.simulate) {
  process.exitCode = (await simulate({ rows: accounts, hours: Number(values.hours) })) ? 0 : 1
} else if (folder !== "") {
  process.exitCode = values.measure ? await measure(folder, accounts, values.profile) : await strikeAll()
} else if (Postgres.bin === undefined) console.log("skipped: Debian's postgresql is not installed")
else {
  buildWhereOlder()
  process.exitCode = Network.enter(variable, fileURLToPath(import.meta.url), Tencent.hosts)
}
