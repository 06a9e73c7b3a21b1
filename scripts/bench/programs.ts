/**
 * Whole programs, each in a process of its own: from the start to the QR code, from the confirmation to the session, and their CPU time.
 * `near` is a server next door, `far` one that is 30 ms away.
 */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { rolldown } from "rolldown"
import { commandOf } from "../freshBuild.ts"
import { here, now, type Side, type Stage, usual, type Where } from "./stage.ts"
import { inTurns, type Row } from "./table.ts"

type Ran = Readonly<Record<"toQr" | "cpu" | "afterConfirm" | "requests", number>>

const interval = 100

/** Makes one JavaScript file of a program in plain/, as one would hand it out: what it depends on is loaded from where it is installed. */
const handOut = async (plain: string): Promise<string> => {
  const file = here(`../../.tmp/bench/${plain}.mjs`)
  const build = await rolldown({ input: here(`./plain/${plain}.ts`), platform: "node", external: /^[^./\0]/ })
  await build.write({ file, format: "esm" })
  await build.close()
  return file
}

const argsOf = (side: Side, folder: string) =>
  side.plain === undefined
    ? [
        commandOf(side.root),
        "login",
        "--site",
        "webqq",
        "--json",
        "--no-save",
        "--fresh",
        "--poll-interval",
        `${interval}ms`,
        "--qr-file",
        join(folder, `${side.name}.png`)
      ]
    : [here(`../../.tmp/bench/${side.plain}.mjs`), "login", String(interval), join(folder, `${side.plain}.png`)]

/** One login. */
const run = async (stage: Stage, side: Side, where: Where): Promise<Ran> => {
  await stage.plan(usual)
  return new Promise((resolve, reject) => {
    const start = now()
    let toQr = 0
    let loggedIn = 0
    let cpu = ""
    const child = spawn(process.execPath, argsOf(side, stage.folder), {
      env: { ...stage.environment(where), BENCH_CPU: "1" },
      stdio: ["ignore", "pipe", "ignore", "pipe"]
    })
    child.stdout?.on("data", (chunk: Buffer) => {
      const text = String(chunk)
      if (toQr === 0 && text.includes(`"QrShown"`)) toQr = now() - start
      if (text.includes(`"LoggedIn"`)) loggedIn = now()
    })
    child.stdio[3]?.on("data", (chunk: Buffer) => (cpu += String(chunk)))
    child.once("close", async (code) => {
      const seen = await stage.plan(usual)
      if (code !== 0 || toQr === 0 || loggedIn === 0) return reject(new Error(`${side.name} ended with ${code}`))
      const { system, user } = JSON.parse(cpu) as NodeJS.CpuUsage
      resolve({
        toQr,
        cpu: (user + system) / 1e6,
        afterConfirm: loggedIn - seen.confirmedAt,
        requests: seen.afterConfirm
      })
    })
  })
}

/** So many logins of every side, in turns. The first two fill caches and do not count. */
export const measure = async (stage: Stage, sides: ReadonlyArray<Side>, where: Where, rounds: number) => {
  for (const { plain } of sides) if (plain !== undefined) await handOut(plain)
  const once = (side: Side) => run(stage, side, where)
  await inTurns(sides, 2, once)
  return inTurns(sides, rounds, once)
}

export const rows = async (stage: Stage, sides: ReadonlyArray<Side>, rounds: number): Promise<ReadonlyArray<Row>> => {
  const near = await measure(stage, sides, "tls", rounds)
  const far = await measure(stage, sides, "far", rounds)
  return [
    { name: "start to QR shown", unit: "ms", sides: near.toQr, atMost: 1.4 },
    { name: "  with a server 30 ms away", unit: "ms", sides: far.toQr, atMost: 1.2 },
    { name: "whole login, CPU", unit: "s", sides: near.cpu, atMost: 1.6 },
    { name: "requests after confirm", unit: "count", sides: near.requests, atMost: 1 },
    { name: "confirm to session, server 30 ms away", unit: "ms", sides: far.afterConfirm, atMost: 1.2 },
    { name: "  with a server next door", unit: "ms", sides: near.afterConfirm }
  ]
}
