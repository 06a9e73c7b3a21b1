/**
 * `webqq-login fixtures diff A B`.
 */
import * as Effect from "effect/Effect"
import * as ScenarioDiff from "../replay/ScenarioDiff.ts"
import { CommandFailed, exitCodes } from "./failure.ts"
import type { Flags } from "./fixturesCommand.ts"
import { printable } from "./output.ts"
import type { Surroundings } from "./report.ts"
import * as ScenarioFolder from "./scenarioFolder.ts"

/** Prints what differs, exchange by exchange, and ends with 1 as diff does; prints nothing where the two say the same. */
export const diff = Effect.fnUntraced(function* (
  { rest: [a = "", b = ""] }: Pick<Flags, "rest">,
  around: Surroundings
) {
  const { language, output } = around
  const [left, right] = [yield* ScenarioFolder.load(a, language), yield* ScenarioFolder.load(b, language)]
  const steps = ScenarioDiff.diff(left, right)
  for (const { changes, left: one, right: other } of steps) {
    if (one === undefined) output.stdout(`+ ${other}\n`)
    else if (other === undefined) output.stdout(`- ${one}\n`)
    else if (changes.length > 0) {
      const title = one === other ? one : `${one} → ${other}`
      output.stdout(`${title}\n${changes.map((change) => `  ${printable(change)}\n`).join("")}`)
    }
  }
  if (steps.every((step) => step.changes.length === 0 && step.left !== undefined && step.right !== undefined)) return
  return yield* new CommandFailed({
    message: { en: `${left.name} and ${right.name} differ`, zh: `${left.name} 与 ${right.name} 不同` }[language],
    cure: { en: "each line says in what", zh: "每行给出一处差异" }[language],
    exitCode: exitCodes.unexpected
  })
})
