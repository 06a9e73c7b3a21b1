/**
 * Attacks from outside: `npm run attacks`. Feeds everything that reads text of others with texts that are made to keep it busy, in five
 * sizes, and compares the CPU time; then lays hands on the machine that the command runs on. Ends with 1 where anything grows faster than
 * the text, or does not hold.
 *
 *     npm run attacks -- --only Cookie      those with this in their name, each with its times
 *     npm run attacks -- --places           those on the machine alone; --sizes: those by size alone
 *     npm run attacks -- --soak 30          logins and kept sessions against a flaky server, for so many minutes
 */
import { parseArgs } from "node:util"
import { lineOf, measure } from "./attacks/measure.ts"
import { parts } from "./attacks/parts.ts"
import { scenarios } from "./attacks/scenarios.ts"
import { subjects } from "./attacks/subjects.ts"
import { bundle } from "../test/support/bundle.ts"

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    places: { type: "boolean" },
    sizes: { type: "boolean" },
    soak: { type: "string" },
    seed: { type: "string", default: "1" }
  }
})

if (values.soak !== undefined) {
  const { soak } = await import("./attacks/soak.ts")
  process.exit((await soak(Number(values.soak), Number(values.seed))) ? 0 : 1)
}

const begun = performance.now()
const isWanted = ({ name }: { readonly name: string }) => name.includes(values.only ?? "")
const chosen = values.places === true ? [] : [...subjects, ...scenarios].filter(isWanted)
let worst = 0
let failed = 0
for (const subject of chosen) {
  const growth = await measure(subject)
  worst = Math.max(worst, growth.power)
  if (!growth.isLinear) failed++
  if (!growth.isLinear || values.only !== undefined) console.log(lineOf(growth))
}
const seconds = () => ((performance.now() - begun) / 1000).toFixed(0)
if (chosen.length > 0)
  console.log(
    `${chosen.length} attacks by size, ${failed} of them cost more than their size; the steepest follows its power ${worst.toFixed(2)}; ` +
      `${seconds()} s`
  )

const others = values.sizes === true ? [] : parts.filter(isWanted)
if (others.length > 0) {
  const { entry, remove } = await bundle()
  let [broken, skipped] = [0, 0]
  for (const { lacks, name, run } of others) {
    const reason = lacks?.()
    const wrong = reason === undefined ? await run(entry) : []
    if (reason !== undefined) skipped++
    if (wrong.length > 0) broken++
    console.log(
      `${reason !== undefined ? "skipped" : wrong.length > 0 ? "BROKEN " : "held   "} ${name}${reason === undefined ? "" : `: ${reason}`}`
    )
    for (const line of wrong) console.log(`        ${line}`)
  }
  remove()
  console.log(`${others.length} attacks on the machine, ${broken} did not hold, ${skipped} skipped; ${seconds()} s`)
  failed += broken
}
process.exitCode = failed === 0 ? 0 : 1
