/**
 * Ours against the same login on bare node:http (scripts/bench/floor.ts), in one run and on one server, as ratios of medians:
 *
 *     npm run bench            (about four minutes; --quick for one)
 *
 * The server is a process of its own with prepared answers, so that its work counts for neither side. Both programs ask for
 * the real https URLs; a hook leads their connections to the server, over TLS where whole programs are timed, and over plain
 * TCP where the cost of a request is counted, since TLS would hide the difference. The runs of the two take turns. The floor
 * loads node:http by `import`, as anybody would write it.
 */
import { type ChildProcess, fork, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildWhereOlder } from "./freshBuild.ts"
import type { Plan, Ready, Seen } from "./bench/server.ts"

buildWhereOlder()

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const quick = process.argv.includes("--quick")
const folder = mkdtempSync(join(tmpdir(), "webqq-login-bench-"))
const server = fork(here("./bench/server.ts"), { stdio: "inherit" })
const heard = <A>(child: ChildProcess) =>
  new Promise<A>((resolve) => child.once("message", (said) => resolve(said as A)))

/** Sets what the server does from now on, and returns what it saw until now. */
const plan = (next: Plan) => {
  const seen = heard<Seen>(server)
  server.send(next)
  return seen
}

const { authority, ports } = await heard<Ready>(server)
writeFileSync(join(folder, "ca.pem"), authority)

const environment = (tls: boolean) => ({
  ...process.env,
  NODE_OPTIONS: `--require ${here("./bench/redirect.cjs")}`,
  NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
  XDG_STATE_HOME: join(folder, "state"),
  BENCH_CPU: "1",
  BENCH_PORT: String(tls ? ports.tls : ports.plain),
  BENCH_TLS: tls ? "1" : "0"
})

type Who = "ours" | "floor"
const interval = 100
const program: Record<Who, ReadonlyArray<string>> = {
  ours: [
    here("../dist/cli.js"),
    "login",
    "--json",
    "--no-save",
    "--fresh",
    "--poll-interval",
    `${interval}ms`,
    "--qr-file",
    join(folder, "qr.png")
  ],
  floor: [here("./bench/floor.ts"), "login", String(interval), join(folder, "floor.png")]
}
// Node strips types when it loads the floor; a program that is handed out would be JavaScript.
const stripped = join(folder, "floor.mjs")

/** Milliseconds on the clock that all processes of the machine share. */
const now = () => Number(process.hrtime.bigint()) / 1e6

/** One whole login in a process of its own, with a server that takes `delay` milliseconds for each answer. */
const whole = async (who: Who, delay: number) => {
  await plan({ polls: 4, delay })
  return run(who)
}

const run = (who: Who) =>
  new Promise<{ toQr: number; cpu: number; afterConfirm: number; requests: number }>((resolve, reject) => {
    const start = now()
    let toQr = 0
    let loggedIn = 0
    let cpu = ""
    const args = who === "ours" ? program.ours : [stripped, ...program.floor.slice(1)]
    const child = spawn(process.execPath, args, { env: environment(true), stdio: ["ignore", "pipe", "ignore", "pipe"] })
    child.stdout?.on("data", (chunk: Buffer) => {
      const text = String(chunk)
      if (toQr === 0 && text.includes(`"QrShown"`)) toQr = now() - start
      if (text.includes(`"LoggedIn"`)) loggedIn = now()
    })
    child.stdio[3]?.on("data", (chunk: Buffer) => (cpu += String(chunk)))
    child.once("close", async (code) => {
      const seen = await plan(polling)
      if (code !== 0 || toQr === 0 || loggedIn === 0) return reject(new Error(`${who} ended with exit code ${code}`))
      const { system, user } = JSON.parse(cpu) as NodeJS.CpuUsage
      resolve({
        toQr,
        cpu: (user + system) / 1e6,
        afterConfirm: loggedIn - seen.confirmedAt,
        requests: seen.afterConfirm
      })
    })
  })

/** Many logins in one process: what they cost in all, or what they hold while they wait. */
const load = async <A>(who: Who, what: "cpu" | "memory", count: number, every: number, polls: number) => {
  const child = spawn(
    process.execPath,
    ["--expose-gc", here("./bench/load.ts"), who, what, String(count), String(every)],
    {
      env: { ...environment(false), BENCH_CPU: "0" },
      stdio: ["ignore", "inherit", "inherit", "ipc"]
    }
  )
  await heard(child)
  await plan({ polls, delay: 0 })
  child.send("go")
  const result = await heard<A>(child)
  const seen = await plan(polling)
  return { ...result, requests: seen.requests }
}

const polling: Plan = { polls: 4, delay: 0 }
const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

interface Row {
  readonly name: string
  readonly unit: string
  readonly ours: ReadonlyArray<number>
  readonly floor: ReadonlyArray<number>
  /** What is compared with the target: the ratio of the medians, or their difference. */
  readonly compare: "ratio" | "difference"
  readonly target: number
}

const print = ({ compare, floor, name, ours, target, unit }: Row) => {
  const [a, b] = [median(ours), median(floor)]
  const value = compare === "ratio" ? a / b : a - b
  const sign = compare === "ratio" ? "×" : "+"
  const range = (values: ReadonlyArray<number>) => {
    const show = (x: number) => (x >= 100 ? x.toFixed(0) : x.toPrecision(3))
    return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`
  }
  const verdict =
    target === Infinity
      ? ""
      : `≤ ${sign}${target}  ${value <= target ? "met" : `missed by ${(value - target).toFixed(2)}`}`
  console.log(
    `${`${name}, ${unit}`.padEnd(44)} ${range(ours).padEnd(24)} ${range(floor).padEnd(24)} ${`${sign}${value.toFixed(2)}`.padEnd(9)} ${verdict}`
  )
}

try {
  const { stripTypeScriptTypes } = process.getBuiltinModule("node:module")
  writeFileSync(
    stripped,
    stripTypeScriptTypes(process.getBuiltinModule("node:fs").readFileSync(here("./bench/floor.ts"), "utf8"))
  )
  await plan(polling)
  console.log(
    `${"median (min–max)".padEnd(44)} ${"ours".padEnd(24)} ${"floor".padEnd(24)} ${"ours/floor".padEnd(9)}  target`
  )

  type Runs = Record<Who, Array<Awaited<ReturnType<typeof whole>>>>
  const near: Runs = { ours: [], floor: [] }
  const far: Runs = { ours: [], floor: [] }
  for (let round = 0; round < (quick ? 7 : 21) + 2; round++) {
    for (const who of ["floor", "ours"] as const) {
      const [atHome, away] = [await whole(who, 0), await whole(who, 30)]
      // The first two fill caches.
      if (round >= 2) near[who].push(atHome)
      if (round >= 2) far[who].push(away)
    }
  }
  type Key = "toQr" | "cpu" | "afterConfirm" | "requests"
  const row = (name: string, unit: string, runs: Runs, key: Key, target: number) => {
    const of = (who: Who) => runs[who].map((measured) => measured[key])
    print({ name, unit, ours: of("ours"), floor: of("floor"), compare: "ratio", target })
  }
  row("start to QR shown", "ms", near, "toQr", 1.5)
  row("whole login, CPU", "s", near, "cpu", 2)
  row("requests after confirm", "count", near, "requests", 1)
  row("confirm to session, server 30 ms away", "ms", far, "afterConfirm", 1.2)
  row("confirm to session, server next door", "ms", near, "afterConfirm", Infinity)

  const cpu: Record<Who, Array<number>> = { ours: [], floor: [] }
  const held: Record<Who, Array<number>> = { ours: [], floor: [] }
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    for (const who of ["floor", "ours"] as const) {
      const { cpu: seconds, requests } = await load<{ cpu: number }>(who, "cpu", 1000, 1000, 10)
      cpu[who].push((seconds / requests) * 1e6)
      held[who].push((await load<{ heap: number }>(who, "memory", 1000, 4000, 0)).heap / 1024)
    }
  }
  print({ name: "1,000 logins at once, CPU a request", unit: "µs", ...cpu, compare: "ratio", target: 1.5 })
  print({ name: "1,000 logins waiting, memory a login", unit: "KiB", ...held, compare: "difference", target: 40 })
} finally {
  server.disconnect()
  rmSync(folder, { recursive: true })
}
