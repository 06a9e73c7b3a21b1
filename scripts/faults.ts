/**
 * Everything that may go wrong, in every exchange of a login: prints what the client makes of it as a table, how many places were
 * searched for secrets, and how the command ends when it is interrupted. Ends with 1 where anything is not as it should be.
 *
 *     npm run faults
 */
import * as Effect from "effect/Effect"
import { newSearch } from "../test/support/canaries.ts"
import { exchangeNames, faults, table } from "../test/support/faults.ts"
import { livingNames, play } from "../test/support/playFault.ts"
import { bundle } from "../test/support/bundle.ts"
import { interruptAt, mayLeave, moments } from "../test/support/signals.ts"

const begun = performance.now()
const found = newSearch()
const uncaught: Array<unknown> = []
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (fault) => uncaught.push(fault))

const modes = ["once", "for ever"] as const
/** MiB of the whole process, with its servers and all the texts that are searched. A body that never ends would pass it. */
const maxPeak = 1024
const wrong: Array<string> = []
const cells = [
  ...exchangeNames.map((name) => ({ name, lives: false })),
  ...livingNames.map((name) => ({ name, lives: true }))
]
for (const fault of faults) {
  for (const { lives, name } of cells) {
    for (const mode of modes) {
      const problems = await Effect.runPromise(play(fault, name, mode, found, lives))
      wrong.push(
        ...problems.map((problem) => `${fault.name} in ${name}${lives ? " of qzone" : ""}, ${mode}: ${problem}`)
      )
    }
  }
}

const { entry, remove } = await bundle()
const signals = (["SIGINT", "SIGTERM"] as const).flatMap((signal) => moments.map((moment) => ({ moment, signal })))
const interrupted = await Effect.runPromise(
  Effect.forEach(
    signals,
    ({ moment, signal }) =>
      Effect.map(interruptAt(entry, moment, signal), (ended) => ({
        ...ended,
        where: `${signal} at ${JSON.stringify(moment)}`,
        stays: mayLeave(moment)
      })),
    { concurrency: 2 }
  )
)
remove()
for (const { code, lastLine, left, stays, took, where } of interrupted) {
  if (!lastLine.includes(`"_tag":"Interrupted"`)) wrong.push(`${where}: the last line is ${lastLine}`)
  if (code !== 130) wrong.push(`${where}: exit code ${code}`)
  if (took >= 1000) wrong.push(`${where}: took ${Math.round(took)} ms`)
  if (left.join() !== stays.join()) wrong.push(`${where}: left ${left.join()}`)
}

wrong.push(...found.hits, ...uncaught.map((fault) => `uncaught: ${String(fault)}`))

console.log(table())
console.log(`
ok        the login succeeds, and asks no more often than without the fault
an error  it ends with that, at the first time
… ↻       it asks again: a fault that passes does no harm, one that stays ends with that
`)
console.log(
  `${faults.length} faults × ${cells.length} exchanges (${livingNames.length} of them again, at a site that lives) × ` +
    `${modes.length} (once, for ever) = ${faults.length * cells.length * modes.length} cases, ${wrong.length} wrong, ${uncaught.length} uncaught`
)
const slowest = Math.round(Math.max(...interrupted.map(({ took }) => took)))
console.log(`${signals.length} interruptions of the command at every step, the slowest took ${slowest} ms`)
console.log(`${found.checks.toLocaleString("en")} times a secret was looked for, ${found.hits.length} times found`)
const peak = Math.round(process.resourceUsage().maxRSS / 1024)
if (peak > maxPeak) wrong.push(`${peak} MiB of memory`)
console.log(`${peak} MiB of memory at the most`)
console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s`)
for (const line of wrong) console.log(`WRONG  ${line}`)
process.exitCode = wrong.length === 0 ? 0 : 1
