/**
 * The key of three machines is replaced in the middle of a round, as the guide tells it: in front of the old one in the file of each, and then
 * asked for. All sessions are sealed with it in the end, and nobody needs the old one any more.
 */
import { readFileSync, writeFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Keyring from "../../src/fleet/Keyring.ts"
import { begun, problemOf, stopped } from "./faults.ts"
import type { Machine } from "./machine.ts"
import { type Fleet, round, settled } from "./rounds.ts"

export const keys = {
  name: "the key of all machines is replaced",
  prove: async (fleet: Fleet, machines: ReadonlyArray<Machine>, file: string): Promise<ReadonlyArray<string>> => {
    const old = readFileSync(file, "utf8").trim()
    const next = Redacted.value(await Effect.runPromise(Keyring.newKey))
    const wrong: Array<string> = []
    const playRound = async (
      when: string,
      lines: ReadonlyArray<string>,
      heal: () => Promise<ReadonlyArray<string>>
    ) => {
      const keyring = await Effect.runPromise(Keyring.make(Redacted.make(lines.join("\n"))))
      const open = (profile: string, sealed: string) => Effect.runSync(keyring.open(profile, sealed))
      const {
        lost,
        savedTwice,
        wrong: problems
      } = await round(
        { ...fleet, database: { ...fleet.database, open } },
        {
          name: when,
          victims: machines,
          spares: true,
          strike: async () => writeFileSync(file, `${lines.join("\n")}\n`),
          heal
        }
      )
      wrong.push(...problems, ...problemOf(`${lost} lost, ${savedTwice} saved twice ${when}`, lost + savedTwice === 0))
      return keyring.current()
    }

    const ask = async () => {
      const { status, text } = await machines[0]!.ask("POST", "/keys/rotate")
      return problemOf(`whoever asks for it hears ${status} ${text}`, status === 200)
    }
    const name = await playRound("while it is replaced", [next, old], ask)
    const left = async () => {
      const [[count] = []] = await fleet.database.query(
        `SELECT count(*) FROM fleet_accounts WHERE sealed NOT LIKE '${name}.%'`
      )
      return count
    }
    // What was in the hands of another machine just then may have been sealed with the old one.
    const before = await left()
    wrong.push(...(await ask()))
    const after = await left()
    console.log(`        sealed with the old key after a round: ${before}, and when it was asked for again: ${after}`)
    wrong.push(...problemOf(`${after} are sealed with the old key`, after === "0"))

    await playRound("without the old one", [next], async () => {
      const told: Array<string> = []
      for (const machine of machines) told.push(...(await stopped(machine)), ...(await begun(machine)))
      return told
    })
    await settled(fleet)
    return wrong
  }
}
