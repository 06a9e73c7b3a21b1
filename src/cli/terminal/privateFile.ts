/**
 * Files that only their owner may read.
 */
import * as Fs from "node:fs"
import { codeOf } from "../process/CommandFailed.ts"

/** Writes a new file; throws `EEXIST` where anything has that name. Half of a file is not left behind. */
export const create = (file: string, data: string | Uint8Array): void => {
  try {
    Fs.writeFileSync(file, data, { mode: 0o600, flag: "wx" })
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") Fs.rmSync(file, { force: true })
    throw cause
  }
}

/**
 * The same in the place of an older file: a new one beside it, then a rename. The mode of the older one does not stay, a link is
 * not followed, and no reader sees half of it.
 */
export const replace = (file: string, data: string | Uint8Array): void => {
  const draft = `${file}.${process.pid}.tmp`
  try {
    create(draft, data)
    Fs.renameSync(draft, file)
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") Fs.rmSync(draft, { force: true })
    throw cause
  }
}
