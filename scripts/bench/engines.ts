/**
 * Scenarios of a hundred and of ten thousand exchanges: what a mismatch takes, and the CPU time of `fixtures verify` as a whole command.
 */
import { spawnSync } from "node:child_process"
import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { commandOf } from "../freshBuild.ts"
import { here, type Side, type Stage } from "./stage.ts"
import { cpuOfCommand } from "./stores.ts"
import { inTurns, type Row } from "./table.ts"

const counts = [100, 10_000] as const

/**
 * The login that a build is packaged with, with so many polls more that each have an exchange of their own, and limits under which a code lives
 * long enough. Each build has its own: an older one does not read what newer ones write.
 */
const write = (root: string, folder: string, count: number) => {
  cpSync(join(root, "fixtures/webqq"), folder, { recursive: true })
  cpSync(join(root, "fixtures/qr"), join(folder, "../qr"), { recursive: true })
  const file = join(folder, "scenario.json")
  const { exchanges, outcome, ...head } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly exchanges: Array<Record<string, unknown>>
    readonly outcome: unknown
  }
  const waiting = exchanges.findIndex(({ id }) => id === "poll-waiting")
  const { times: _, ...poll } = exchanges[waiting] ?? {}
  const more = Array.from({ length: count - exchanges.length }, (_each, index) => ({ ...poll, id: `poll-${index}` }))
  exchanges.splice(waiting + 1, 0, ...more)
  const config = { codeLife: 36_000_000, timeout: 39_600_000 }
  writeFileSync(file, `${JSON.stringify({ ...head, config, exchanges, outcome }, null, 2)}\n`)
  // In the order of keys that a scenario has.
  spawnSync(process.execPath, [commandOf(root), "fixtures", "format", folder])
}

export const rows = async (stage: Stage, sides: ReadonlyArray<Side>, rounds: number): Promise<ReadonlyArray<Row>> => {
  const all = sides
    .filter(({ root }) => root !== undefined)
    .flatMap((side) => counts.map((count) => ({ ...side, name: `${side.name}, ${count.toLocaleString("en")}`, count })))
  const folderOf = ({ name }: Side) => join(stage.folder, `scenarios of ${name}`, "long")
  for (const side of all) write(side.root ?? "", folderOf(side), side.count)
  const measured = await inTurns(all, rounds, async (side) => {
    const folder = folderOf(side)
    const { status, stdout } = spawnSync(process.execPath, [here("./player.ts"), side.root ?? "", folder], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"]
    })
    if (status !== 0) throw new Error(`player.ts ended with ${status}`)
    const verify = cpuOfCommand(side, stage.environment("tls"), ["fixtures", "verify", folder])
    return { ...(JSON.parse(stdout) as { mismatch: number }), verify }
  })
  return [
    { name: "a mismatch", unit: "ms", sides: measured.mismatch, compare: ["ours, 10,000", "ours, 100"], atMost: 2 },
    {
      name: "fixtures verify, CPU",
      unit: "ms",
      sides: measured.verify,
      compare: ["ours, 10,000", "before, 10,000"],
      atMost: 0.25
    }
  ]
}
