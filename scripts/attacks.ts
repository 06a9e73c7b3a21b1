/**
 * Attacks from outside: `npm run attacks`. Feeds everything that reads text of others with texts that are made to keep it busy, in five
 * sizes, and compares the CPU time; ends with 1 where it grows faster than the text.
 *
 *     npm run attacks -- --only Cookie      those with this in their name, each with its times
 *     npm run attacks -- --soak 30          logins and kept sessions against a flaky server, for so many minutes
 */
import { parseArgs } from "node:util"
import { lineOf, measure } from "./attacks/measure.ts"
import { subjects } from "./attacks/subjects.ts"

const { values } = parseArgs({
  options: { only: { type: "string" }, soak: { type: "string" }, seed: { type: "string", default: "1" } }
})

if (values.soak !== undefined) {
  const { soak } = await import("./attacks/soak.ts")
  process.exit((await soak(Number(values.soak), Number(values.seed))) ? 0 : 1)
}

const begun = performance.now()
const chosen = subjects.filter(({ name }) => name.includes(values.only ?? ""))
let worst = 0
let failed = 0
for (const subject of chosen) {
  const growth = await measure(subject)
  worst = Math.max(worst, growth.power)
  if (!growth.isLinear) failed++
  if (!growth.isLinear || values.only !== undefined) console.log(lineOf(growth))
}
console.log(
  `${chosen.length} attacks by size, ${failed} of them cost more than their size; the steepest follows its power ${worst.toFixed(2)}; ` +
    `${((performance.now() - begun) / 1000).toFixed(0)} s`
)
process.exitCode = failed === 0 ? 0 : 1
