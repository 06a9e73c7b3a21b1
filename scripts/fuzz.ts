/**
 * Random structures in the place of everything that comes from outside: `npm run fuzz`. Each batch is a process of its own with little memory.
 * Ends with 1 where anything throws, dies, or gives what steers a terminal, and says the seed that shows it again.
 *
 *     npm run fuzz -- --count 200000 --seed 7
 */
import * as fc from "fast-check"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { kinds } from "./fuzz/kinds.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    kind: { type: "string" },
    batch: { type: "string" }
  }
})
const [count, seed] = [Number(values.count), Number(values.seed)]
/** MiB of a batch's heap. */
const memory = 192
const size = 5000

if (values.batch !== undefined) {
  const { property } = kinds.find(({ name }) => name === values.kind)!
  const details = await fc.check(property, { seed, numRuns: Number(values.batch) })
  if (details.failed) console.log(`${fc.defaultReportMessage(details)}\n${String(details.errorInstance)}`)
  process.exitCode = details.failed ? 1 : 0
} else {
  const begun = performance.now()
  const script = fileURLToPath(import.meta.url)
  let [failed, made] = [0, 0]
  const each = Math.ceil(count / kinds.length)
  for (const { name } of kinds) {
    for (let done = 0, n = 0; done < each; done += size, n++) {
      const batch = Math.min(size, each - done)
      const { signal, status, stderr, stdout } = spawnSync(
        process.execPath,
        [
          `--max-old-space-size=${memory}`,
          script,
          "--kind",
          name,
          "--seed",
          String(seed + n),
          "--batch",
          String(batch)
        ],
        { encoding: "utf8", maxBuffer: 1 << 26 }
      )
      made += batch
      if (status === 0) continue
      failed++
      console.log(
        `FAULT in ${name}, seed ${seed + n}, ${signal ?? `exit code ${status}`}\n${stdout}${stderr}`.slice(0, 3000)
      )
    }
  }
  console.log(
    `${made.toLocaleString("en")} structures of ${kinds.length} kinds, ${failed} batches with a fault, ${memory} MiB each, ` +
      `${((performance.now() - begun) / 1000).toFixed(0)} s`
  )
  process.exitCode = failed === 0 ? 0 : 1
}
