/**
 * What a command fails with: words for a person, and a code for whoever called it.
 */
import * as Data from "effect/Data"

/** Exit codes that belong to no `LoginError` (those are in `LoginError.exitCodes`). */
export const exitCodes = { unexpected: 1, usage: 2, interrupted: 130 } as const

/** A failure of the command itself, in the language of the person who reads it. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly message: string
  readonly cure: string
  readonly exitCode: number
}> {}
