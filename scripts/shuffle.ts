/**
 * The whole suite again and again, its files and tests in another order each time, on a machine without a network where the system
 * lets us have one (a namespace of its own, with nothing but the loopback interface):
 *
 *     npm run shuffle              (ten runs; -- --runs 50 --first 1)
 *
 * Prints each run, and at the end whether all had the same tests with the same outcome, and how long they took. Ends with 1 where
 * one differed or failed; never because of a time.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const root = fileURLToPath(new URL("..", import.meta.url))
const { values } = parseArgs({
  options: { runs: { type: "string", default: "10" }, first: { type: "string", default: "1" } }
})
const folder = mkdtempSync(join(tmpdir(), "webqq-login-shuffle-"))
const report = join(folder, "report.json")

const alone = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"] as const
const canBeAlone = spawnSync(alone[0], [...alone.slice(1), "true"]).status === 0
console.log(canBeAlone ? "without a network: loopback only" : "with this machine's network: no namespaces here")

interface Report {
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly assertionResults: ReadonlyArray<{ readonly fullName: string; readonly status: string }>
  }>
}

const run = (seed: number) => {
  const vitest = [process.execPath, `${root}node_modules/vitest/vitest.mjs`, "run"]
  const flags = ["--sequence.shuffle", `--sequence.seed=${seed}`, "--reporter=json", `--outputFile=${report}`]
  const [command, ...args] = [...(canBeAlone ? alone : []), ...vitest, ...flags]
  const begun = performance.now()
  const { status } = spawnSync(command!, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
  const seconds = (performance.now() - begun) / 1000
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report
  const outcomes = testResults.flatMap(({ assertionResults, name }) =>
    assertionResults.map(({ fullName, status }) => `${status} ${name.slice(root.length)} ${fullName}`)
  )
  const failed = outcomes.filter((line) => line.startsWith("failed"))
  const passed = outcomes.filter((line) => line.startsWith("passed")).length
  const hash = createHash("sha256").update(outcomes.toSorted().join("\n")).digest("hex").slice(0, 12)
  console.log(
    `seed ${String(seed).padStart(3)}  ${passed} passed, ${failed.length} failed  ${hash}  ${seconds.toFixed(1)} s`
  )
  for (const line of failed) console.log(`  ${line}`)
  return { seconds, hash, good: status === 0 && failed.length === 0 }
}

try {
  const first = Number(values.first)
  const runs = Array.from({ length: Number(values.runs) }, (_, index) => run(first + index))
  const times = runs.map(({ seconds }) => seconds).toSorted((a, b) => a - b)
  const kinds = new Set(runs.map(({ hash }) => hash)).size
  const good = runs.every((one) => one.good)
  const at = (share: number) => times[Math.floor((times.length - 1) * share)]?.toFixed(1)
  console.log(
    `${runs.length} shuffled runs, ${kinds === 1 && good ? "identical and green" : `NOT identical and green: ${kinds} outcomes`}; ` +
      `${at(0)} to ${at(1)} s, median ${at(0.5)} s`
  )
  process.exitCode = kinds === 1 && good ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}
