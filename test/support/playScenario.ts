import { assert } from "@effect/vitest"
import * as OwnLogin from "../../src/replay/OwnLogin.ts"
import type { Scenario } from "../../src/replay/Scenario.ts"

export { play } from "../../src/replay/OwnLogin.ts"

/** Fails unless the login ended as the scenario's `outcome` says: its fields, its cookies, its events. */
export const assertOutcome = ({ outcome }: Scenario, played: OwnLogin.Played) => {
  assert.isDefined(outcome.events)
  assert.deepStrictEqual(OwnLogin.differences(outcome, played), [])
}
