/**
 * How a command that did not succeed ends: what people and programs are told, and its exit code.
 */
import * as Cause from "effect/Cause"
import * as Schema from "effect/Schema"
import * as LoginError from "../../errors/LoginError.ts"
import type { Language } from "../../Language.ts"
import type { FailedLine } from "../../LoginEvent.ts"
import type { Surroundings } from "../inputs/Surroundings.ts"
import { type Advice, advice } from "../terminal/advice.ts"
import { ofCommands } from "../../errors/ExitCode.ts"
import { CommandFailed } from "./CommandFailed.ts"

/** Tells of a failure, with `json` on stdout too (but for wrong usage: then nothing has begun). Returns the exit code. */
export const tellFailure = (
  cause: Cause.Cause<LoginError.LoginError | CommandFailed>,
  json: boolean,
  { env, language, streams }: Surroundings
): number => {
  const explained = explain(cause)
  const { error, exitCode } = explained
  streams.settle()
  streams.insist(...advice(explained))
  if (error._tag === "Unexpected" && env["WEBQQ_DEBUG"]) streams.insist(...stackOf(Cause.squash(cause)))
  if (json && exitCode !== ofCommands.usage) streams.json(toLine(explained, language))
  return exitCode
}

/** The last line of `--json`, for whoever prints it elsewhere. */
export const failedLine = (
  cause: Cause.Cause<LoginError.LoginError | CommandFailed>,
  language: Language
): typeof FailedLine.Encoded => toLine(explain(cause), language)

const toLine = (
  { cure, details = [], error, exitCode, message }: Explained,
  language: Language
): typeof FailedLine.Encoded => {
  const text = [message, ...details].map((line) => line[language]).join("\n  ")
  return { _tag: "Failed", error: { ...error, message: text, cure: cure[language] }, exitCode }
}

interface Explained extends Advice {
  /** What programs are told: every field of an error of a login. */
  readonly error: { readonly _tag: string; readonly step?: LoginError.Step }
  readonly exitCode: number
}

const explain = (cause: Cause.Cause<LoginError.LoginError | CommandFailed>): Explained => {
  if (Cause.hasInterruptsOnly(cause)) {
    return { ...interrupted, error: { _tag: "Interrupted" }, exitCode: ofCommands.interrupted }
  }
  const error = Cause.squash(cause)
  if (LoginError.isLoginError(error)) {
    return { ...LoginError.said(error), error: encode(error), exitCode: LoginError.exitCodeOf(error) }
  }
  if (error instanceof CommandFailed) {
    const { _tag, exitCode, said, tag = _tag } = error
    return { ...said, error: { _tag: tag }, exitCode }
  }
  if (isNowhere(error)) return { ...nowhere, error: { _tag: "CommandFailed" }, exitCode: ofCommands.usage }
  return { ...unexpected(error), error: { _tag: "Unexpected" }, exitCode: ofCommands.unexpected }
}

/** Whatever is named on the line is looked for below the folder that this runs in, which somebody may have removed. */
const isNowhere = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).syscall === "uv_cwd"

const nowhere: Advice = {
  message: { en: "the folder that this was started in is gone", zh: "启动时所在的文件夹已不存在" },
  cure: { en: "change to a folder that is there, and start again", zh: "请切换到存在的文件夹后重新开始" }
}

const encode = Schema.encodeSync(LoginError.LoginError)

const interrupted: Advice = {
  message: { en: "interrupted", zh: "已中断" },
  cure: { en: "start again", zh: "请重新开始" }
}

/** A fault in this program: its kind is told, since its text may hold anything. */
const unexpected = (defect: unknown): Advice => {
  const kind = defect instanceof Error ? defect.name : typeof defect
  return {
    message: { en: `unexpected fault (${kind})`, zh: `意外故障（${kind}）` },
    cure: {
      en: "start again; if it stays so, look for a newer version (with WEBQQ_DEBUG=1 the place in the code is printed)",
      zh: "请重新开始；若仍如此，请查找新版本（设置 WEBQQ_DEBUG=1 会打印代码中的位置）"
    }
  }
}

/** The places in the code, without the text of the error and without queries. */
const stackOf = (defect: unknown): ReadonlyArray<string> =>
  defect instanceof Error
    ? // The text of the error stands in front, and a line of it may look like a place.
      (defect.stack ?? "")
        .replace(defect.message, "")
        .split("\n")
        .filter((line) => /^\s+at /.test(line))
        .map((line) => line.trimEnd().replace(/\?[^\s)]*/g, ""))
    : []
