/**
 * A scenario that cannot be used: what is wrong with it as a value, and what is said of that in both languages.
 */
import * as Schema from "effect/Schema"
import { Complaint, place, wrong } from "../../errors/Complaint.ts"
import { FileFault, why as whyUnread } from "../../files/UnreadableFile.ts"
import type { Bilingual } from "../../Language.ts"

const scenarioFault = {
  reason: Schema.Literals([
    "not a scenario",
    "not JSON",
    "cannot be read",
    "no scenario of this name",
    "no package around",
    "no fixtures here",
    "a file without a folder",
    "a file outside",
    "a link to outside",
    "a missing file",
    "another file",
    "a file that cannot be read",
    "too many bytes"
  ]),
  /** What the schema of a scenario does not take. */
  complaints: Schema.optionalKey(Schema.Array(Complaint)),
  /** What the parser says of a text that is no JSON, or the system of a file. */
  detail: Schema.optionalKey(Schema.String),
  /** Why a file was not read. */
  unread: Schema.optionalKey(FileFault),
  /** How many bytes there may be. */
  limit: Schema.optionalKey(Schema.Int),
  /** Which names there are. */
  names: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Where in the scenario, and which file is named there. */
  at: Schema.optionalKey(Schema.String),
  file: Schema.optionalKey(Schema.String),
  /** Size in bytes and SHA-256 of a file, as they should be and as they are. */
  expected: Schema.optionalKey(Schema.Struct({ bytes: Schema.Int, sha256: Schema.String })),
  found: Schema.optionalKey(Schema.Struct({ bytes: Schema.Int, sha256: Schema.String }))
} as const
export type ScenarioFault = Schema.Struct.Type<typeof scenarioFault>

/** A scenario that cannot be used: `path` is the file or folder, `reason` what is wrong with it. */
export class BadScenario extends Schema.TaggedError<BadScenario>()("BadScenario", {
  path: Schema.String,
  ...scenarioFault
}) {
  override get message(): string {
    return said(this).en
  }
}

/** What is wrong and what to do, behind the path. */
export const said = (error: ScenarioFault & { readonly path: string }): Bilingual => {
  const { en, zh } = reasonOf(error)
  return { en: `${error.path}: ${en}`, zh: `${error.path}：${zh}` }
}

const reasonOf = (error: ScenarioFault & { readonly path: string }): Bilingual => {
  const { at, complaints = [], detail, expected, file, found, names = [], unread } = error
  const why = whyUnread(unread ?? { reason: "system" })
  switch (error.reason) {
    case "not a scenario": {
      const lines = complaints.map(line)
      return {
        en: `not a scenario (the format is described in fixtures/scenario.schema.json)\n${lines.map(({ en }) => en).join("\n")}`,
        zh: `不是场景（格式见 fixtures/scenario.schema.json）\n${lines.map(({ zh }) => zh).join("\n")}`
      }
    }
    case "not JSON":
      return { en: `not JSON: ${detail}`, zh: `不是 JSON：${detail}` }
    case "cannot be read":
      return {
        en: `cannot be read (${why.en}); a scenario is a folder with a scenario.json in it`,
        zh: `无法读取（${why.zh}）；场景是含 scenario.json 的文件夹`
      }
    case "no scenario of this name":
      return {
        en: `no scenario of the ${names.length} has this name; one of your own is named by its folder, ./${error.path}`,
        zh: `${names.length} 个场景中没有此名称；自己的场景请用其文件夹 ./${error.path} 指定`
      }
    case "no package around":
      return {
        en: "the package webqq-login is not around this file; name the scenario by its folder",
        zh: "此文件周围没有 webqq-login 软件包；请用文件夹指定场景"
      }
    case "no fixtures here":
      return {
        en: "there are no fixtures here; reinstall webqq-login, or name the scenario by its folder",
        zh: "此处没有 fixtures；请重新安装 webqq-login，或用文件夹指定场景"
      }
    case "a file without a folder":
      return {
        en: `${at}: a scenario without a folder has no files; use text or base64`,
        zh: `${at}：没有文件夹的场景不能含文件；请用 text 或 base64`
      }
    case "a file outside":
      return {
        en: `${at}: "${file}" is outside of the fixtures folder; copy the file into it`,
        zh: `${at}："${file}" 在 fixtures 文件夹之外；请把文件复制进来`
      }
    case "a link to outside":
      return {
        en: `${at}: "${file}" is a link out of the fixtures folder; put the file itself there`,
        zh: `${at}："${file}" 是指向 fixtures 文件夹之外的链接；请放入文件本身`
      }
    case "a missing file":
      return {
        en: `${at}: "${file}" does not exist; paths start at the scenario's folder`,
        zh: `${at}："${file}" 不存在；路径以场景的文件夹为起点`
      }
    case "another file":
      return {
        en: `${at}: "${file}" is not the file that was described: expected ${expected?.bytes} bytes with sha256 ${expected?.sha256}, found ${found?.bytes} bytes with sha256 ${found?.sha256}; restore the file, or correct both values`,
        zh: `${at}："${file}" 不是所描述的文件：应为 ${expected?.bytes} 字节、sha256 ${expected?.sha256}，实为 ${found?.bytes} 字节、sha256 ${found?.sha256}；请恢复文件，或更正这两个值`
      }
    case "a file that cannot be read":
      return {
        en: `${at}: "${file}" cannot be read (${why.en}); put a plain file there`,
        zh: `${at}："${file}" 无法读取（${why.zh}）；请放入普通文件`
      }
    case "too many bytes":
      return {
        en: `the files of all bodies have more than ${error.limit} bytes; split the scenario`,
        zh: `所有响应体文件合计超过 ${error.limit} 字节；请拆分场景`
      }
  }
}

const line = (complaint: Complaint): Bilingual => {
  const [{ en, zh }, at] = [wrong(complaint), place(complaint)]
  return { en: `  ${at === "" ? "the file" : at}: ${en}`, zh: `  ${at === "" ? "文件" : at}：${zh}` }
}
