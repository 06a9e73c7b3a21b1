/**
 * What a command fails with: words for a person, and a code for whoever called it.
 */
import * as Data from "effect/Data"
import { ofCommands } from "../../errors/ExitCode.ts"
import type { Bilingual, Language } from "../../Language.ts"

/** Exit codes that belong to no `LoginError`. */
export { ofCommands as exitCodes } from "../../errors/ExitCode.ts"

/** A failure of the command itself, in the language of the person who reads it. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly message: string
  readonly cure: string
  readonly exitCode: number
}> {}

/** Something on the command line cannot be done: nothing has begun. */
export const usage = (message: Bilingual, cure: Bilingual, language: Language): CommandFailed =>
  new CommandFailed({ message: message[language], cure: cure[language], exitCode: ofCommands.usage })

/** The system's word for why a file could not be used: `ENOENT`. */
export const codeOf = (cause: unknown): string => String((cause as { readonly code?: unknown }).code ?? "unknown")
