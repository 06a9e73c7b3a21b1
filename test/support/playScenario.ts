import { assert } from "@effect/vitest"
import * as Conformance from "../../src/replay/Conformance.ts"
import type { Scenario } from "../../src/replay/Scenario.ts"

export { play } from "../../src/replay/Conformance.ts"

/** Fails unless the login ended as the scenario's `outcome` says: its fields, its cookies, its events. */
export const assertOutcome = ({ outcome }: Scenario, played: Conformance.Played) => {
  assert.isDefined(outcome.events)
  assert.deepStrictEqual(Conformance.differences(outcome, played), [])
}
