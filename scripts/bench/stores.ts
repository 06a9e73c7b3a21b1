/**
 * Ten and ten thousand saved sessions: what a save takes, what it takes to find one of a site or to see that there is none, and the CPU time of
 * whole commands: `login`, whose server says that the session is good, `token`, and `status --offline`. To find one, the folder is listed.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { commandOf } from "../freshBuild.ts"
import { here, type Side, type Stage } from "./stage.ts"
import { inTurns, type Row, type Sides } from "./table.ts"

const counts = [10, 10_000] as const

const keep = (...args: ReadonlyArray<string>) => {
  const { status, stdout } = spawnSync(process.execPath, [here("./keeper.ts"), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"]
  })
  if (status !== 0) throw new Error(`keeper.ts ended with ${status}`)
  return stdout
}

/** CPU milliseconds of a whole command. */
export const cpuOfCommand = (
  side: Side,
  environment: NodeJS.ProcessEnv,
  args: ReadonlyArray<string>,
  code = 0
): number => {
  const { output, status } = spawnSync(process.execPath, [commandOf(side.root), ...args], {
    encoding: "utf8",
    env: { ...environment, BENCH_CPU: "1" },
    maxBuffer: 1 << 30,
    stdio: ["ignore", "pipe", "pipe", "pipe"]
  })
  if (status !== code) throw new Error(`${args.join(" ")} ended with ${status}: ${output[2]}`)
  const { system, user } = JSON.parse(output[3] ?? "") as NodeJS.CpuUsage
  return (user + system) / 1e3
}

export const rows = async (stage: Stage, sides: ReadonlyArray<Side>, rounds: number): Promise<ReadonlyArray<Row>> => {
  const all = sides
    .filter(({ root }) => root !== undefined)
    .flatMap((side) => counts.map((count) => ({ ...side, name: `${side.name}, ${count.toLocaleString("en")}`, count })))
  const stateOf = ({ name }: Side) => join(stage.folder, `state of ${name}`)
  const folderOf = (side: Side) => join(stateOf(side), "webqq-login/sessions")
  for (const side of all) keep(side.root ?? "", folderOf(side), "seed", String(side.count))
  const measured = await inTurns(all, rounds, async (side) => {
    const environment = { ...stage.environment("tls"), XDG_STATE_HOME: stateOf(side) }
    const inProcess = JSON.parse(keep(side.root ?? "", folderOf(side), "measure")) as Record<
      "save" | "find" | "none",
      number
    >
    return {
      ...inProcess,
      login: cpuOfCommand(side, environment, ["login", "--site", "music", "--json"]),
      token: cpuOfCommand(side, environment, ["token", "gtk", "--site", "music"]),
      noToken: cpuOfCommand(side, environment, ["token", "gtk", "--site", "vip"], 4),
      status: cpuOfCommand(side, environment, ["status", "--offline", "--json"])
    }
  })
  const within = { compare: ["ours, 10,000", "ours, 10"], atMost: 2 } as const
  const row = (name: string, sides_: Sides, more: Partial<Row>): Row => ({ name, unit: "ms", sides: sides_, ...more })
  return [
    row("save", measured.save, within),
    row("find, the site has some", measured.find, { compare: within.compare }),
    row("find, the site has none", measured.none, { compare: within.compare }),
    row("login, the session is good, CPU", measured.login, within),
    row("token, CPU", measured.token, within),
    row("token, the site has none, CPU", measured.noToken, { compare: within.compare }),
    row("status --offline, CPU", measured.status, { compare: ["ours, 10,000", "before, 10,000"], atMost: 0.25 })
  ]
}
