/**
 * Everything that may go wrong, in every exchange of a login: prints what the client makes of it as a table, how many places were
 * searched for secrets, and how the command ends when it is interrupted. Ends with 1 where anything is not as it should be.
 *
 *     npm run faults
 */
import * as Effect from "effect/Effect"
import { newSearch } from "../test/support/canaries.ts"
import { exchangeNames, faults, table } from "../test/support/faults.ts"
import { play } from "../test/support/playFault.ts"
import { bundle } from "../test/support/bundle.ts"
import { interruptAt, kept, moments } from "../test/support/signals.ts"

const begun = performance.now()
const found = newSearch()
const uncaught: Array<unknown> = []
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (fault) => uncaught.push(fault))

const modes = ["once", "for ever"] as const
const wrong: Array<string> = []
for (const fault of faults) {
  for (const name of exchangeNames) {
    for (const mode of modes) {
      const problems = await Effect.runPromise(play(fault, name, mode, found))
      wrong.push(...problems.map((problem) => `${fault.name} in ${name}, ${mode}: ${problem}`))
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
        stays: "write" in moment && moment.write.endsWith(".json") ? kept : []
      })),
    { concurrency: 2 }
  )
)
remove()
for (const { code, left, stays, took, where } of interrupted) {
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
  `${faults.length} faults × ${exchangeNames.length} exchanges × ${modes.length} (once, for ever) = ` +
    `${faults.length * exchangeNames.length * modes.length} cases, ${wrong.length} wrong, ${uncaught.length} uncaught`
)
const slowest = Math.round(Math.max(...interrupted.map(({ took }) => took)))
console.log(`${signals.length} interruptions of the command at every step, the slowest took ${slowest} ms`)
console.log(`${found.checks.toLocaleString("en")} times a secret was looked for, ${found.hits.length} times found`)
console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s`)
for (const line of wrong) console.log(`WRONG  ${line}`)
process.exitCode = wrong.length === 0 ? 0 : 1
