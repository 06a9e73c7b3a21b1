/**
 * How many accounts there are in which state, as metrics: counted when somebody wants them.
 */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { State } from "../Status.ts"
import { Vault } from "../Vault.ts"

const gauge = (state: State) =>
  Metric.gauge("webqq_fleet_accounts", { description: "accounts by their state", attributes: { state } })
const gauges = { good: gauge("good"), failing: gauge("failing"), scan: gauge("scan"), paused: gauge("paused") }
const due = Metric.gauge("webqq_fleet_due", { description: "accounts that are due" })

/** Where the database does not answer, they stay as they were. */
export const count: Effect.Effect<void, never, Vault> = Effect.gen(function* () {
  const counts = yield* Effect.flatMap(Vault, (vault) => vault.counts)
  for (const state of State.literals) yield* Metric.update(gauges[state], counts[state])
  yield* Metric.update(due, counts.due)
}).pipe(Effect.ignore)
