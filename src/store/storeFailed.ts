/**
 * What the operating system says about a file, in the words of `StoreFailed`.
 */
import { StoreFailed } from "../errors/LoginError.ts"

export interface Remedy {
  readonly en: string
  readonly zh: string
}

/** A place that is not used, and why; without a remedy the general advice of `StoreFailed` stands. */
export const storeFailed = (path: string, reason: string, remedy?: Remedy): StoreFailed =>
  new StoreFailed({ step: "SessionStore", path, reason, ...(remedy === undefined ? {} : { remedy }) })

const elsewhere: Remedy = {
  en: "set XDG_STATE_HOME to a folder that this user can write to",
  zh: "请将 XDG_STATE_HOME 设为当前用户可写的目录"
}
const moreRoom: Remedy = { en: "free some space there, then try again", zh: "请先释放该处的空间，再重试" }
const realFolder: Remedy = { en: "move away what stands in the way of the folder", zh: "请移走挡住该目录的文件" }

const known: Readonly<Record<string, readonly [reason: string, remedy?: Remedy]>> = {
  EACCES: ["permission denied", elsewhere],
  EPERM: ["the operation is not permitted", elsewhere],
  EROFS: ["the file system is read-only", elsewhere],
  ENOSPC: ["no space is left on the device", moreRoom],
  EDQUOT: ["the disk quota is used up", moreRoom],
  ENOTDIR: ["a part of the path is not a folder", realFolder],
  ENAMETOOLONG: ["the path is too long", elsewhere],
  ENOENT: ["the place cannot be made", elsewhere],
  EIO: ["the device reported a fault"],
  EMFILE: ["too many files are open in this process"]
}

/** Any failure at `path`. A `StoreFailed` stays what it is; a system error becomes one, with its code for those who search. */
export const fromCause = (path: string, cause: unknown): StoreFailed => {
  if (cause instanceof StoreFailed) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  const [reason, remedy] = known[code ?? ""] ?? [message]
  return storeFailed(path, code === undefined || reason === message ? reason : `${reason} (${code})`, remedy)
}
