/**
 * `npm run kills`: ends the process that carries a login on in the background, without a warning, at 50 moments of its life, and looks
 * whether anything is left that needs a person: whoever began it and whoever waits are told how it ended, the next login begins, and no
 * code, socket or process is left. Needs Linux, where the process is found by its environment.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { bundle } from "../test/support/bundle.ts"
import { cacheOf } from "../test/support/compileCache.ts"

const { values } = parseArgs({ options: { moments: { type: "string", default: "50" } } })
const moments = Number(values.moments)

const { entry, remove } = await bundle()

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const run = (state: string, line: string): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...line.split(" ")], {
      env: { XDG_STATE_HOME: state, XDG_CACHE_HOME: cacheOf(entry) },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 30_000
    })
    const said = { stdout: "", stderr: "" }
    child.stdout.on("data", (data) => (said.stdout += String(data)))
    child.stderr.on("data", (data) => (said.stderr += String(data)))
    child.on("error", reject).on("close", (code) => resolve({ code, ...said }))
  })

/** The processes that carry logins of this state folder. */
const carriers = (state: string): ReadonlyArray<number> =>
  readdirSync("/proc").flatMap((name) => {
    try {
      const variables = /^\d+$/.test(name) ? readFileSync(`/proc/${name}/environ`, "utf8").split("\0") : []
      return variables.includes("WEBQQ_CARRIES=1") && variables.includes(`XDG_STATE_HOME=${state}`)
        ? [Number(name)]
        : []
    } catch {
      return []
    }
  })

const carrier = async (state: string): Promise<number> => {
  for (let waited = 0; waited < 10_000; waited += 2) {
    const [found] = carriers(state)
    if (found !== undefined) return found
    await sleep(2)
  }
  throw new Error("no process carries the login on")
}

const gone = async (state: string) => {
  for (let waited = 0; waited < 5000 && carriers(state).length > 0; waited += 10) await sleep(10)
  return carriers(state).length === 0
}

const line = "login start --json --fresh --replay qzone --profile me --speed 30"
const faults: Array<string> = []
const outcomes = new Map<string, number>()

const folder = mkdtempSync(join(tmpdir(), "webqq-kills-"))
try {
  // How long one lives that nobody ends.
  const quiet = join(folder, "quiet")
  const begun = performance.now()
  const first = await run(quiet, line)
  const { id } = JSON.parse(first.stdout) as { readonly id: string }
  await run(quiet, `login wait ${id}`)
  await gone(quiet)
  const life = performance.now() - begun

  for (let moment = 0; moment < moments; moment++) {
    const state = join(folder, String(moment))
    const at = Math.round((life * moment) / moments)
    const starting = run(state, line)
    const pid = await carrier(state)
    await sleep(at)
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // It was through already.
    }
    const fault = (what: string, { code, stderr, stdout }: Ended) =>
      faults.push(`${at} ms: ${what}: exit code ${code}\n${stdout.slice(0, 200)}${stderr}`)
    const calm = ({ code, stderr, stdout }: Ended, ...codes: ReadonlyArray<number>) =>
      codes.includes(code ?? -1) && !/^\s+at |Unexpected/m.test(stderr + stdout)

    const started = await starting
    if (!calm(started, 0, 1, 130)) fault("login start", started)
    const waits =
      started.code === 0 ? await run(state, `login wait ${JSON.parse(started.stdout).id} --json`) : undefined
    if (waits !== undefined) {
      const last = waits.stdout.trimEnd().split("\n").at(-1) ?? ""
      const tag = (JSON.parse(last) as { readonly _tag: string })._tag
      if (!calm(waits, 0, 130) || (waits.code === 0) !== (tag === "LoggedIn")) fault("login wait", waits)
    }
    const how = `start ${started.code}, wait ${waits?.code ?? "-"}`
    outcomes.set(how, (outcomes.get(how) ?? 0) + 1)

    const next = await run(state, line)
    if (!calm(next, 0) || !next.stdout.includes(`"text"`)) fault("the next login start", next)
    else {
      const cancelled = await run(state, `login cancel ${JSON.parse(next.stdout).id}`)
      if (!calm(cancelled, 0)) fault("login cancel", cancelled)
    }
    if (!(await gone(state))) faults.push(`${at} ms: a process is left`)
    const left = readdirSync(join(state, "webqq-login/logins"), { recursive: true, withFileTypes: true })
      .filter((found) => !found.isDirectory() && found.name !== "login.json" && found.name !== ".lock")
      .map(({ name }) => name)
    if (left.length > 0) faults.push(`${at} ms: left behind: ${left.join(", ")}`)
  }
  console.log(faults.join("\n"))
  console.log(Array.from(outcomes, ([how, count]) => `${count} × ${how}`).join("; "))
  console.log(`${moments} moments in a life of ${Math.round(life)} ms, ${faults.length} with something left or unsaid`)
  if (faults.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
  remove()
}
