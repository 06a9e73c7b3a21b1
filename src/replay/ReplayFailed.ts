/**
 * A scenario that was not played as written fails the test, whatever the client made of it.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { type Bilingual, Language } from "../Language.ts"
import type { Mismatch, Problem } from "./problems/Problem.ts"
import { describe, report } from "./problems/problemWords.ts"
import type { Scenario } from "./Scenario.ts"

/** `report` names every mismatch with its differing fields, and every exchange that was not used. */
export class ReplayFailed extends Schema.TaggedError<ReplayFailed>()("ReplayFailed", {
  scenario: Schema.String,
  report: Schema.String
}) {
  override get message(): string {
    return this.report
  }
}

/** What a client meets in place of an answer that the scenario does not have. Its code says that to ask again is of no use. */
export class MismatchError extends Error {
  readonly code = "ERR_REPLAY_MISMATCH"
  constructor(mismatch: Mismatch) {
    super(describe(mismatch))
    this.name = "MismatchError"
  }
}

/** Throws a `ReplayFailed` with the report, where there is any problem. */
export const check = (scenario: Scenario, problems: ReadonlyArray<Problem>, language?: Language): void => {
  if (problems.length === 0) return
  throw new ReplayFailed({ scenario: scenario.name, report: report(scenario, problems, language) })
}

/**
 * Runs `effect`, then asks `verify` (of an engine or a server) for problems. Any problem is a `ReplayFailed`, also where the
 * effect succeeded or failed by itself; its own failure is then told at the end of the report, in the `Language` in force.
 * Interruption stays what it is.
 */
export const verified = <A, E, R>(
  scenario: Scenario,
  verify: () => ReadonlyArray<Problem>,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | ReplayFailed, R> =>
  Effect.gen(function* () {
    const language = yield* Language
    const exit = yield* Effect.exit(effect)
    const problems = verify()
    if (problems.length === 0 || (Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))) return yield* exit
    const own = Exit.isFailure(exit) ? `\n${endedWith(exit.cause)[language]}` : ""
    return yield* new ReplayFailed({
      scenario: scenario.name,
      report: `${report(scenario, problems, language)}${own}`
    })
  })

const endedWith = (cause: Cause.Cause<unknown>): Bilingual => {
  const text = withoutStack(Cause.pretty(cause))
  return { en: `the program itself ended with: ${text}`, zh: `程序本身的结果：${text}` }
}

// The difference is what a person acts on: it must not drown in places of our code.
const withoutStack = (text: string) => text.replaceAll(/\n[ \t]+at .*/g, "")
