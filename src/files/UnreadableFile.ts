/**
 * Why a file that somebody named was not read.
 */
import * as Data from "effect/Data"
import * as Schema from "effect/Schema"
import type { Bilingual } from "../Language.ts"

/** `system`: the system's own word is `code`. `special`: a device or a socket, which may never end or do something when it is read. */
export const FileFault = Schema.Struct({
  reason: Schema.Literals(["system", "folder", "special", "pipe", "too large", "no text"]),
  code: Schema.optionalKey(Schema.String),
  /** In bytes. */
  limit: Schema.optionalKey(Schema.Int)
})
export type FileFault = typeof FileFault.Type

export class UnreadableFile extends Data.TaggedError("UnreadableFile")<{
  readonly path: string
  readonly fault: FileFault
}> {
  override get message(): string {
    return `${this.path}: ${why(this.fault).en}`
  }
}

/** In the middle of a sentence: `cannot read FILE (it is a folder)`. */
export const why = ({ code, limit = 0, reason }: FileFault): Bilingual => {
  switch (reason) {
    case "system":
      return { en: code ?? "unknown", zh: code ?? "unknown" }
    case "folder":
      return { en: "it is a folder", zh: "这是文件夹" }
    case "special":
      return { en: "it is a device or a socket", zh: "这是设备或套接字" }
    case "pipe":
      return { en: "it is a pipe", zh: "这是管道" }
    case "too large":
      return { en: `it has more than ${sizeOf(limit)}`, zh: `超过 ${sizeOf(limit)}` }
    case "no text":
      return { en: "it is no text in UTF-8", zh: "不是 UTF-8 文本" }
  }
}

const sizeOf = (bytes: number) =>
  bytes >= 2 ** 20 ? `${Math.floor(bytes / 2 ** 20)} MiB` : `${Math.floor(bytes / 1024)} KiB`

/** What the system says of a file that cannot be used. */
export const faultOf = (cause: unknown): FileFault => {
  if (cause instanceof UnreadableFile) return cause.fault
  const { code } = cause as NodeJS.ErrnoException
  return code === "EISDIR" ? { reason: "folder" } : { reason: "system", ...(code === undefined ? {} : { code }) }
}
