/**
 * In what a login may differ from its scenario, as values.
 */
import type { Bilingual } from "../../Language.ts"
import type { Difference } from "../engine/requestDiff.ts"
import type { Exchange } from "../Scenario.ts"

/** Something that clients of this protocol get wrong: in a sentence, with the title of its section in PROTOCOL.md, and how to mend it. */
export interface Fault {
  readonly name: string
  readonly section: string
  readonly says: Bilingual
  readonly cure: Bilingual
}

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
  /** What the client did wrong, where that has a name. */
  readonly fault?: Fault
}

/** An exchange that was served less often than the scenario says. */
export interface Unused {
  readonly _tag: "Unused"
  readonly exchange: Exchange
  readonly served: number
}

/** A request that was answered, and should not have been sent, or not so; or one that never came. */
export interface Misstep {
  readonly _tag: "Misstep"
  readonly fault: Fault
  readonly method: string
  /** Address of the request, without its query. */
  readonly url: string
  /** What it was answered with; none where it never came. */
  readonly exchange: Exchange | undefined
}

/** Why a login was not played as written. */
export type Problem = Mismatch | Misstep | Unused
