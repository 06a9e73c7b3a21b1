/**
 * What a command itself fails with: words for a person, and a code for whoever called it.
 */
import * as Data from "effect/Data"
import { ofCommands } from "../../errors/ExitCode.ts"
import { NotPlain } from "../../files/wholeFile.ts"
import type { Bilingual } from "../../Language.ts"
import type { Advice } from "../terminal/advice.ts"

/** A failure of the command itself. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly said: Advice
  readonly exitCode: number
  /** What programs know it by, where that is more than that the command failed. */
  readonly tag?: string
}> {
  override get message(): string {
    return this.said.message.en
  }
}

/** Something on the command line cannot be done: nothing has begun. */
export const usage = (message: Bilingual, cure: Bilingual, details: ReadonlyArray<Bilingual> = []): CommandFailed =>
  new CommandFailed({ said: { message, cure, details }, exitCode: ofCommands.usage })

/** The system's word for why a file could not be used: `ENOENT`. */
export const codeOf = (cause: unknown): string => String((cause as { readonly code?: unknown }).code ?? "unknown")

/** Why a file could not be written: the system's own word, where there is one. */
export const whyUnwritten = (cause: unknown): Bilingual =>
  cause instanceof NotPlain ? { en: "not a plain file", zh: "不是普通文件" } : { en: codeOf(cause), zh: codeOf(cause) }
