/**
 * How a command that did not succeed ends: what people and programs are told, and its exit code.
 */
import * as Cause from "effect/Cause"
import type * as Layer from "effect/Layer"
import type { HttpClient } from "effect/http/HttpClient"
import type { Bilingual, Language } from "../../Language.ts"
import * as LoginError from "../../errors/LoginError.ts"
import type { FailedLine } from "../../LoginEvent.ts"
import type { SessionStore } from "../../store/SessionStore.ts"
import { CommandFailed, exitCodes } from "./failure.ts"
import { type Input, jsonLine, type Output } from "./output.ts"
import * as Render from "./render.ts"

/** What a command is given beside its flags. */
export interface Surroundings {
  readonly output: Output
  readonly language: Language
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where sessions are kept, if not in the user's files. */
  readonly store?: Layer.Layer<SessionStore, LoginError.StoreFailed>
  /** Where a passphrase is typed, if not on stdin. */
  readonly input?: Input
  /** Another network. */
  readonly httpClient?: Layer.Layer<HttpClient>
}

/** Tells of a failure, with `json` on stdout too (but for wrong usage: then nothing has begun). Returns the exit code. */
export const failure = (
  cause: Cause.Cause<LoginError.LoginError | CommandFailed>,
  json: boolean,
  { env, language, output }: Surroundings
): number => {
  const { error, exitCode } = explain(cause, language)
  output.line(Render.advice(error, language))
  if (error._tag === "Unexpected" && env["WEBQQ_DEBUG"]) output.line(Render.stack(Cause.squash(cause)))
  if (json && exitCode !== exitCodes.usage) {
    output.stdout(jsonLine({ _tag: "Failed", error, exitCode } satisfies typeof FailedLine.Encoded))
  }
  return exitCode
}

const explain = (
  cause: Cause.Cause<LoginError.LoginError | CommandFailed>,
  language: Language
): Pick<typeof FailedLine.Encoded, "error" | "exitCode"> => {
  const own = (_tag: string, { cure, message }: { readonly message: Bilingual; readonly cure: Bilingual }) => ({
    _tag,
    message: message[language],
    cure: cure[language]
  })
  if (Cause.hasInterruptsOnly(cause)) {
    return { error: own("Interrupted", Render.interrupted), exitCode: exitCodes.interrupted }
  }
  const error = Cause.squash(cause)
  if (LoginError.isLoginError(error)) {
    const { _tag, step } = error
    return { error: { _tag, step, ...LoginError.describe(error, language) }, exitCode: LoginError.exitCodes[_tag] }
  }
  if (error instanceof CommandFailed) {
    const { _tag, cure, exitCode, message } = error
    return { error: { _tag, message, cure }, exitCode }
  }
  return { error: own("Unexpected", Render.unexpected(error)), exitCode: exitCodes.unexpected }
}
