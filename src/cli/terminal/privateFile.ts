/**
 * Files that only their owner may read, written whole or not at all, and still there when the power goes a moment later.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { Bilingual } from "../../Language.ts"
import { codeOf } from "../process/CommandFailed.ts"
import { both } from "./advice.ts"

/** The place holds a device, a pipe or a folder. */
export class NotPlain extends Error {}

/** Why a file could not be written: the system's own word, where there is one. */
export const why = (cause: unknown): Bilingual =>
  cause instanceof NotPlain ? { en: "not a plain file", zh: "不是普通文件" } : both(codeOf(cause))

/** A link is none either, but it would be replaced itself. */
const checkPlain = (file: string): void => {
  const stats = Fs.lstatSync(file, { throwIfNoEntry: false })
  if (stats !== undefined && !stats.isFile() && !stats.isSymbolicLink()) throw new NotPlain()
}

/** Writes a new file; throws `EEXIST` where anything has that name. Half of a file is not left behind. */
export const create = (file: string, data: string | Uint8Array): void => {
  write(file, data, true)
  flushFolder(Path.dirname(file))
}

/**
 * The same in the place of an older file: a new one beside it, then a rename. The mode of the older one does not stay, a link is
 * not followed, no reader sees half of it, and a device or a pipe is refused. What is `passing` need not outlive the power.
 */
export const replace = (file: string, data: string | Uint8Array, passing = false): void => {
  checkPlain(file)
  // A name that nobody else can take before us.
  const draft = Path.join(Path.dirname(file), `.${Path.basename(file)}.${crypto.randomUUID()}.tmp`)
  write(draft, data, !passing)
  try {
    Fs.renameSync(draft, file)
  } catch (cause) {
    Fs.rmSync(draft, { force: true })
    throw cause
  }
  if (!passing) flushFolder(Path.dirname(file))
}

const write = (file: string, data: string | Uint8Array, flush: boolean) => {
  try {
    Fs.writeFileSync(file, data, { mode: 0o600, flag: "wx", flush })
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") Fs.rmSync(file, { force: true })
    throw cause
  }
}

/** Makes new names in a folder last; Windows has no such call, and some file systems do not offer it. */
export const flushFolder = (folder: string): void => {
  if (process.platform === "win32") return
  try {
    const descriptor = Fs.openSync(folder, Fs.constants.O_RDONLY)
    try {
      Fs.fsyncSync(descriptor)
    } finally {
      Fs.closeSync(descriptor)
    }
  } catch {
    // The file itself is on the disk by now.
  }
}
