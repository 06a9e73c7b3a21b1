/**
 * Why this machine cannot be one of a fleet, and what to do about it.
 */
import * as Data from "effect/Data"
import type { Bilingual } from "../../Language.ts"

export class CannotServe extends Data.TaggedError("CannotServe")<{
  readonly said: Bilingual
  readonly cure: Bilingual
  /** Of `ExitCode`: 2 where what was asked for makes no sense, 9 where a place cannot be used, 6 where the database does not answer. */
  readonly exitCode: number
}> {}

/** The system's word for why: `EADDRINUSE`. */
export const codeOf = (cause: unknown): string => String((cause as { readonly code?: unknown }).code ?? "unknown")
