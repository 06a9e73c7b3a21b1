/**
 * Scenarios as folders, read and written.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { Bilingual, Language } from "../Language.ts"
import * as LoginError from "../LoginError.ts"
import type { BadScenario } from "../replay/Scenario.ts"
import * as Scenario from "../replay/Scenario.ts"
import type { Scrubbed, ScrubFailed } from "../replay/Scrub.ts"
import * as Verify from "../replay/Verify.ts"
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

/**
 * The folder to write to, as a whole path. It is made at once, so that no scan is lost on a folder that cannot be made; where nothing is
 * written until the scope ends, it is taken away again. Wrong usage where none is named or it exists.
 */
export const free = (
  folder: string | undefined,
  language: Language
): Effect.Effect<string, CommandFailed, Scope.Scope> => {
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
  const made = Effect.try({
    try: () => makeFolders(path),
    catch: (cause) =>
      codeOf(cause) === "EEXIST"
        ? usage({ en: `${path} exists already`, zh: `${path} 已存在` }, cure, language)
        : unwritable(path, cause, language)
  })
  return Effect.as(
    Effect.acquireRelease(made, (folders) => Effect.sync(() => removeEmpty(folders))),
    path
  )
}

// Node's own recursive mkdir never returns where a folder exists and takes nothing in with ENOENT, as /proc does (Node 24.21).
const makeFolders = (folder: string): ReadonlyArray<string> => {
  const parent = Path.dirname(folder)
  const made = Fs.existsSync(parent) ? [] : makeFolders(parent)
  try {
    Fs.mkdirSync(folder)
  } catch (cause) {
    removeEmpty(made)
    throw cause
  }
  return [...made, folder]
}

// Whatever holds anything stays: what was written, and what others have put there.
const removeEmpty = (folders: ReadonlyArray<string>): void => {
  try {
    for (const folder of folders.toReversed()) Fs.rmdirSync(folder)
  } catch {}
}

const unwritable = (folder: string, cause: unknown, language: Language) =>
  new CommandFailed({
    message: { en: `cannot write ${folder} (${codeOf(cause)})`, zh: `无法写入 ${folder}（${codeOf(cause)}）` }[
      language
    ],
    cure: { en: "name a folder where you may write", zh: "请指定可写的文件夹" }[language],
    exitCode: LoginError.exitCodes.StoreFailed
  })

/** Writes a new scenario into the folder that `free` has made, whole or not at all; nothing where a value in it looks like a secret. */
export const write = Effect.fnUntraced(function* (folder: string, { files, text }: Scrubbed, language: Language) {
  const [found] = Verify.secrets(JSON.parse(text))
  if (found !== undefined) {
    const [place = ""] = found.split(": ", 1)
    const message = {
      en: `${place} looks like a secret: nothing was written. Report the name of that field, not its value`,
      zh: `${place} 看起来是敏感信息：没有写出任何内容。请报告该字段的名称，不要给出其值`
    }
    return yield* unclean(message, language)
  }
  // A folder is a scenario once it holds this file, so it comes last and in one piece.
  const scenario = Path.join(folder, "scenario.json")
  const draft = `${scenario}.draft`
  const all = [...files.map(({ bytes, name }) => [Path.join(folder, name), bytes] as const), [draft, text] as const]
  const begun: Array<string> = []
  yield* Effect.try({
    try: () => {
      for (const [path, content] of all) {
        const file = Fs.openSync(path, "wx")
        begun.push(path)
        Fs.writeFileSync(file, content)
        Fs.closeSync(file)
      }
      Fs.renameSync(draft, scenario)
    },
    catch: (cause) => {
      for (const path of begun) Fs.rmSync(path, { force: true })
      return unwritable(folder, cause, language)
    }
  })
})

/** Nothing is kept of a recording that is no good. */
export const unclean = (message: Bilingual, language: Language): CommandFailed =>
  new CommandFailed({
    message: message[language],
    cure: {
      en: "nothing left this program; a recording that cannot be cleaned is no recording",
      zh: "没有写出任何内容；无法清除敏感信息的录制不会保存"
    }[language],
    exitCode: LoginError.exitCodes.StoreFailed
  })

/** A recording that may hold a secret yet is not written. */
export const refused = (error: ScrubFailed, language: Language): CommandFailed =>
  unclean({ en: error.message, zh: inChinese(error) }, language)

const inChinese = ({ place, reason, secret }: ScrubFailed): string => {
  switch (reason) {
    case "leak":
      return `${place} 仍含 ${secret}：没有写出任何内容。请报告该字段的名称，不要给出其值`
    case "encoding":
      return `${place} 的编码为 ${secret}，无法检查其内容：没有写出任何内容`
    case "binary":
      return `${place} 既不是文本也不是图片，无法检查其内容：没有写出任何内容`
    case "too many secrets":
      return "同一类敏感信息多于可用的替代值：没有写出任何内容。请只录制一次登录"
    case "no exchanges":
      return "没有可写的内容：没有任何请求得到响应"
  }
}
