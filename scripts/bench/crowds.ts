/**
 * Many logins at once in one process: CPU time a request, memory a login that waits, and ten thousand that poll at the default interval.
 * Over plain TCP beneath the https URLs, since TLS would hide the difference.
 */
import { spawn } from "node:child_process"
import { heard, here, ours, type Side, type Stage, usual } from "./stage.ts"
import type { Seen } from "./server.ts"
import { inTurns, type Row } from "./table.ts"

type What = "cpu" | "memory" | "polling"

const start = (stage: Stage, side: Side, what: What, count: number, interval: number) => {
  const args = [what, String(count), String(interval), side.plain ?? side.root ?? ""]
  return spawn(process.execPath, ["--expose-gc", ...(side.flags ?? []), here("./crowd.ts"), ...args], {
    env: stage.environment("plain"),
    stdio: ["ignore", "inherit", "inherit", "ipc"]
  })
}

const measure = async <A>(stage: Stage, side: Side, what: What, count: number, interval: number, polls: number) => {
  const child = start(stage, side, what, count, interval)
  await heard(child)
  await stage.plan({ polls })
  child.send("go")
  if (what === "polling") {
    await heard(child)
    await stage.plan({ polls })
    child.send("go")
  }
  const result = await heard<A>(child)
  const seen: Seen = await stage.plan(usual)
  return { ...result, seen }
}

/** CPU microseconds a request of a thousand logins at once: from the first QR code to the last session. */
export const cpuOfRequests = async (stage: Stage, side: Side) => {
  const { cpu, seen } = await measure<{ cpu: number }>(stage, side, "cpu", 1000, 1000, 10)
  return { request: (cpu / seen.requests) * 1e6 }
}

const memory = async (stage: Stage, side: Side) => ({
  login: (await measure<{ heap: number }>(stage, side, "memory", 1000, 4000, 0)).heap / 1024
})

const polling = async (stage: Stage, side: Side, count: number, interval: number) => {
  const { cpu, lag, seconds, seen } = await measure<{ cpu: number; lag: number; seconds: number }>(
    stage,
    side,
    "polling",
    count,
    interval,
    0
  )
  return { rate: seen.requests / seconds, lag, poll: (cpu / seen.requests) * 1e6, opened: seen.connections }
}

export const rows = async (stage: Stage, sides: ReadonlyArray<Side>, rounds: number): Promise<ReadonlyArray<Row>> => {
  const roomy: Side = { ...ours, name: "64 MiB", flags: ["--max-semi-space-size=64"] }
  const cpu = await inTurns([...sides, roomy], rounds, (side) => cpuOfRequests(stage, side))
  const held = await inTurns(sides, rounds, (side) => memory(stage, side))
  const few = await inTurns(sides, rounds, (side) => polling(stage, side, 1000, 1000))
  const many = await inTurns(sides, rounds, (side) => polling(stage, side, 10_000, 2000))
  return [
    { name: "1,000 logins at once, CPU a request", unit: "µs", sides: cpu["request"], atMost: 1.9 },
    {
      name: "  with --max-semi-space-size=64",
      unit: "µs",
      sides: { ours: cpu["request"]?.["64 MiB"] ?? [], floor: cpu["request"]?.["floor"] ?? [] },
      atMost: 1.7
    },
    { name: "1,000 waiting, memory a login", unit: "KiB", sides: held["login"], as: "difference", atMost: 20 },
    { name: "1,000 polling every 1 s, CPU a poll", unit: "µs", sides: few["poll"] },
    { name: "10,000 polling every 2 s, polls", unit: "1/s", sides: many["rate"], atLeast: 0.95 },
    { name: "  lag of the loop, p99", unit: "ms", sides: many["lag"], atMost: 1.5 },
    { name: "  connections opened in 8 s", unit: "count", sides: many["opened"] },
    { name: "  CPU a poll", unit: "µs", sides: many["poll"] },
    {
      name: "  CPU a poll, ours at 10,000 with ours at 1,000",
      unit: "µs",
      sides: { "at 10,000": many["poll"]?.["ours"] ?? [], "at 1,000": few["poll"]?.["ours"] ?? [] },
      compare: ["at 10,000", "at 1,000"],
      atMost: 1.15
    }
  ]
}
