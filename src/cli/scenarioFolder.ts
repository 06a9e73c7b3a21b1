/**
 * Scenarios as folders, read and written.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { Language } from "../Language.ts"
import * as LoginError from "../LoginError.ts"
import type { BadScenario } from "../replay/Scenario.ts"
import * as Scenario from "../replay/Scenario.ts"
import type { Scrubbed, ScrubFailed } from "../replay/Scrub.ts"
import { CommandFailed, codeOf, usage } from "./failure.ts"

/** A scenario by name or as `./folder`. */
export const load = (nameOrFolder: string, language: Language): Effect.Effect<Scenario.Scenario, CommandFailed> =>
  Effect.mapError(Scenario.load(nameOrFolder), (error) => unusable(error, language))

export const unusable = ({ message }: BadScenario, language: Language): CommandFailed =>
  usage(
    { en: message, zh: message },
    { en: "webqq-login fixtures list names them all", zh: "webqq-login fixtures list 列出全部场景" },
    language
  )

/** The folder to be made, as a whole path; wrong usage where none is named or it exists. */
export const free = (folder: string | undefined, language: Language): Effect.Effect<string, CommandFailed> => {
  const cure = { en: "name a folder that does not exist yet with --out", zh: "请用 --out 指定尚不存在的文件夹" }
  if (folder === undefined) return Effect.fail(usage({ en: "--out is missing", zh: "缺少 --out" }, cure, language))
  const path = Path.resolve(folder)
  if (!/^[a-z0-9][a-z0-9-]*$/.test(Path.basename(path))) {
    const message = {
      en: `${path}: a scenario's name has small letters, digits and - only`,
      zh: `${path}：场景名称只能含小写字母、数字和 -`
    }
    return Effect.fail(usage(message, cure, language))
  }
  return Fs.existsSync(path)
    ? Effect.fail(usage({ en: `${path} exists already`, zh: `${path} 已存在` }, cure, language))
    : Effect.succeed(path)
}

/** Writes a new scenario; half of one is not left behind. */
export const write = (
  folder: string,
  { files, text }: Scrubbed,
  language: Language
): Effect.Effect<void, CommandFailed> =>
  Effect.try({
    try: () => {
      makeFolder(folder)
      for (const { bytes, name } of files) Fs.writeFileSync(Path.join(folder, name), bytes)
      Fs.writeFileSync(Path.join(folder, "scenario.json"), text)
    },
    catch: (cause) => {
      Fs.rmSync(folder, { recursive: true, force: true })
      return new CommandFailed({
        message: { en: `cannot write ${folder} (${codeOf(cause)})`, zh: `无法写入 ${folder}（${codeOf(cause)}）` }[
          language
        ],
        cure: { en: "name a folder where you may write", zh: "请指定可写的文件夹" }[language],
        exitCode: LoginError.exitCodes.StoreFailed
      })
    }
  })

// Node's own recursive mkdir never returns where a folder exists and takes nothing in with ENOENT, as /proc does (Node 24.21).
const makeFolder = (folder: string): void => {
  if (!Fs.existsSync(Path.dirname(folder))) makeFolder(Path.dirname(folder))
  Fs.mkdirSync(folder)
}

/** A recording that may hold a secret yet is not written. */
export const refused = ({ message }: ScrubFailed, language: Language): CommandFailed =>
  new CommandFailed({
    message,
    cure: {
      en: "nothing left this program; a recording that cannot be cleaned is no recording",
      zh: "没有写出任何内容；无法清除敏感信息的录制不会保存"
    }[language],
    exitCode: LoginError.exitCodes.StoreFailed
  })
