/**
 * Random structures in the place of everything that comes from outside: `npm run fuzz`. Each batch is a process of its own with little memory.
 * Then a structure of each kind grows, in length, depth and number, and what reads it may not take more than it grows.
 * Ends with 1 where anything throws, dies, gives what steers a terminal, or takes longer than its size says, and tells the seed that shows
 * it again.
 *
 *     npm run fuzz -- --count 200000 --seed 7
 *     npm run fuzz -- --count 0 --kind cookies      how that kind grows, and nothing else
 */
import * as fc from "fast-check"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { lineOf } from "./attacks/measure.ts"
import { growthOf } from "./fuzz/growth.ts"
import { kinds } from "./fuzz/kinds.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    kind: { type: "string" },
    batch: { type: "string" },
    grow: { type: "boolean" }
  }
})
const [count, seed] = [Number(values.count), Number(values.seed)]
/** MiB of the heap of a batch, and of structures that grow to a megabyte. */
const [memory, memoryOfGrowth] = [192, 1024]
const size = 5000
/** Milliseconds after which a process that does not end is a fault as well. */
const patience = 600_000
const chosen = kinds.filter(({ name }) => values.kind === undefined || name === values.kind)

/** This script again, as a process of its own. */
const apart = (heap: number, ...args: ReadonlyArray<string>) => {
  const { signal, status, stderr, stdout } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${heap}`, fileURLToPath(import.meta.url), ...args],
    { encoding: "utf8", maxBuffer: 1 << 26, timeout: patience }
  )
  return { isFine: status === 0, end: signal ?? `exit code ${status}`, stdout, stderr }
}

if (chosen.length === 0) {
  console.error(`no such kind; there are ${kinds.map(({ name }) => name).join(", ")}`)
  process.exitCode = 2
} else if (values.batch !== undefined) {
  const details = await fc.check(chosen[0]!.property, { seed, numRuns: Number(values.batch) })
  if (details.failed) console.log(`${fc.defaultReportMessage(details)}\n${String(details.errorInstance)}`)
  process.exitCode = details.failed ? 1 : 0
} else if (values.grow === true) {
  for (const growth of await growthOf(chosen[0]!.name, seed)) {
    if ("without" in growth) console.log(`none   ${growth.grows.padEnd(7)} ${growth.without}`)
    else {
      console.log(lineOf(growth))
      if (!growth.isLinear) process.exitCode = 1
    }
  }
} else {
  const begun = performance.now()
  const seconds = () => `${((performance.now() - begun) / 1000).toFixed(0)} s`
  let [failed, made] = [0, 0]
  const each = Math.ceil(count / chosen.length)
  for (const { name } of chosen) {
    for (let done = 0, n = 0; done < each; done += size, n++) {
      const batch = Math.min(size, each - done)
      const { end, isFine, stderr, stdout } = apart(
        memory,
        "--kind",
        name,
        "--seed",
        String(seed + n),
        "--batch",
        String(batch)
      )
      made += batch
      if (isFine) continue
      failed++
      console.log(`FAULT in ${name}, seed ${seed + n}, ${end}\n${stdout}${stderr}`.slice(0, 3000))
    }
  }
  console.log(
    `${made.toLocaleString("en")} structures of ${chosen.length} kinds, ${failed} batches with a fault, ${memory} MiB each, ${seconds()}`
  )
  for (const { name } of chosen) {
    const { end, isFine, stderr, stdout } = apart(memoryOfGrowth, "--kind", name, "--seed", String(seed), "--grow")
    console.log(`${name}${isFine ? "" : `: FAULT, seed ${seed}, ${end}`}\n${stdout}${stderr.slice(0, 3000)}`.trimEnd())
    if (!isFine) failed++
  }
  console.log(`${chosen.length} kinds grew, each in length, depth and number, doubled four times; ${seconds()}`)
  process.exitCode = failed === 0 ? 0 : 1
}
