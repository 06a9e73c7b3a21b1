/**
 * What an engine says of the requests that it was given.
 */
import type { Bilingual } from "../../Language.ts"
import type { Exchange, Scenario } from "../Scenario.ts"
import type { Fault, Mismatch, Problem } from "../problems/Problem.ts"
import type { WireRequest } from "./wireRequest.ts"

/**
 * How much a request has to be like the recorded one:
 * - `exact`: in every field that the scenario names, and in strict order;
 * - `server`: what the real server refused is refused, what a client did wrong is named, the rest is a warning;
 * - `loose`: whatever comes in a possible order is answered.
 */
export type Strictness = "exact" | "server" | "loose"

export type { Fault, Mismatch, Misstep, Problem, Unused } from "../problems/Problem.ts"

/** The recorded answer: headers as ordered pairs in their own letter case, and the bytes of the body. */
export interface Answer {
  readonly _tag: "Answer"
  readonly exchange: Exchange
  readonly status: number
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Uint8Array
}

/**
 * What is worth knowing of a login that was answered all the same:
 * - `as recorded`: a part of a request is not what the source sent (`field`); no server is known to have looked at it;
 * - `odd order`, `asked again`: in another order than recorded, or more often;
 * - `not in the scenario`: an address of which it knows nothing; the answer was 409;
 * - `left`: the client stopped where others go on;
 * - `fault`: what clients get wrong, and servers bore.
 */
export interface Warning {
  readonly _tag: "Warning"
  readonly kind: "as recorded" | "odd order" | "asked again" | "not in the scenario" | "left" | "fault"
  /** Id of the exchange that it is about, or its address. */
  readonly about: string
  /** The part that is not as recorded; there in no other kind. */
  readonly field?: string
  readonly fault?: Fault
  readonly text: Bilingual
}

export interface Engine {
  readonly scenario: Scenario
  readonly strictness: Strictness
  /**
   * Plays one request. A mismatch leaves the scenario where it is. `at` is when it came, in milliseconds of any clock: by it is judged how
   * fast a client polls (`server`); where it is left out, that is not judged.
   */
  readonly handle: (request: WireRequest, at?: number) => Answer | Mismatch
  /** Whether this very request is expected next; changes nothing. */
  readonly expects: (request: WireRequest) => boolean
  /** The exchange that is expected next, if any is left. */
  readonly next: () => Exchange | undefined
  /** Ids of the exchanges served so far, in order. */
  readonly served: () => ReadonlyArray<string>
  /** Everything that was wrong so far, in order; what has not come yet is not among it. */
  readonly wrong: () => ReadonlyArray<Problem>
  /** What was wrong and worth knowing since this was asked for last, in order; where the client stopped is not among it. */
  readonly news: () => { readonly problems: ReadonlyArray<Problem>; readonly warnings: ReadonlyArray<Warning> }
  /** Everything that was wrong, then every exchange not (fully) used. Empty means: played to the end, as written or as the server took it. */
  readonly verify: () => ReadonlyArray<Problem>
  /** What is worth knowing, each once; always nothing where the strictness is `exact`. */
  readonly warnings: () => ReadonlyArray<Warning>
}
