/**
 * In what a login may differ from its scenario, as values.
 */
import type { Difference } from "../requestDiff.ts"
import type { Exchange } from "../Scenario.ts"

/**
 * A request that the scenario does not provide for now:
 * - `differs`: it is not what is expected next; `differences` says in what;
 * - `out of order`: it matches `exchange`, which comes later;
 * - `already served`: it matches `exchange`, which was served as often as the scenario says.
 */
export interface Mismatch {
  readonly _tag: "Mismatch"
  readonly verdict: "differs" | "out of order" | "already served"
  readonly method: string
  /** Address of the request, without its query. */
  readonly url: string
  /** The exchange that the request was compared with; none where the scenario has nothing like it. */
  readonly exchange: Exchange | undefined
  /** The exchange that should have come; none where all were served. */
  readonly expected: Exchange | undefined
  readonly differences: ReadonlyArray<Difference>
}

/** An exchange that was served less often than the scenario says. */
export interface Unused {
  readonly _tag: "Unused"
  readonly exchange: Exchange
  readonly served: number
}

export type Problem = Mismatch | Unused
