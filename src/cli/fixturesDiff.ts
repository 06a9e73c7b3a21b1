/**
 * `webqq-login fixtures diff A B`.
 */
import * as Effect from "effect/Effect"
import * as ScenarioDiff from "../replay/ScenarioDiff.ts"
import type { Flags } from "./fixturesCommand.ts"
import { printable } from "./output.ts"
import type { Surroundings } from "./report.ts"
import * as ScenarioFolder from "./scenarioFolder.ts"

/** Prints what differs, exchange by exchange; nothing where the two say the same. */
export const diff = Effect.fnUntraced(function* (
  { rest: [a = "", b = ""] }: Pick<Flags, "rest">,
  around: Surroundings
) {
  const { language, output } = around
  const [left, right] = [yield* ScenarioFolder.load(a, language), yield* ScenarioFolder.load(b, language)]
  for (const { changes, left: one, right: other } of ScenarioDiff.diff(left, right)) {
    if (one === undefined) output.stdout(`+ ${other}\n`)
    else if (other === undefined) output.stdout(`- ${one}\n`)
    else if (changes.length > 0) {
      const title = one === other ? one : `${one} → ${other}`
      output.stdout(`${title}\n${changes.map((change) => `  ${printable(change)}\n`).join("")}`)
    }
  }
})
