/**
 * Plays a scenario without any transport: a request goes in, the recorded answer or a mismatch comes out. One engine is one login; it
 * remembers everything that went wrong, so that a client that swallows an error still fails its test.
 */
import type { Scenario } from "../Scenario.ts"
import { make as byDemand } from "./byDemand.ts"
import { make as inOrder } from "./inOrder.ts"
import type { Engine, Strictness } from "./model.ts"

export type { Answer, Engine, Fault, Mismatch, Misstep, Problem, Strictness, Unused, Warning } from "./model.ts"
export { describe, report, said, saidOf } from "../problems/problemWords.ts"
export { conclusion, warned } from "./report.ts"
export type { Difference } from "./requestDiff.ts"
export type { WireRequest } from "./wireRequest.ts"

export interface Options {
  /** `exact` where it is left out. */
  readonly strictness?: Strictness
}

/** Starts a scenario at its first exchange. */
export const make = (scenario: Scenario, { strictness = "exact" }: Options = {}): Engine =>
  strictness === "exact" ? inOrder(scenario) : byDemand(scenario, strictness)
