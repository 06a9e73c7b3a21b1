/**
 * Files that hold secrets: read and replaced only where they are plain files of this user in a folder that nobody else can
 * look into. Reading changes nothing; a replacement is there whole or not at all, whenever the process or the machine dies.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync
} from "node:fs"
import type { Stats } from "node:fs"
import { dirname, join } from "node:path"
import * as WholeFile from "../files/wholeFile.ts"
import { storeFailed } from "./storeFailed.ts"

const windows = process.platform === "win32"
const limitBytes = 4 * 1024 * 1024

// Loaded where there is something to read or write: a login without saved sessions shows its code some milliseconds sooner.
const promises = () => import("node:fs/promises")

const isMissing = (cause: unknown) => (cause as NodeJS.ErrnoException).code === "ENOENT"

const orMissing = async <A>(promise: Promise<A>): Promise<A | undefined> => {
  try {
    return await promise
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw cause
  }
}

const checkOwner = (path: string, stats: Stats) => {
  const user = process.geteuid?.()
  if (user !== undefined && stats.uid !== user) {
    throw storeFailed(path, { reason: "it belongs to another user", owner: stats.uid, user })
  }
}

const lookAtFolder = (folder: string): Stats | undefined => {
  const stats = lstatSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  if (stats.isSymbolicLink()) throw storeFailed(folder, "it is a symbolic link")
  if (!stats.isDirectory()) throw storeFailed(folder, "it is not a folder")
  checkOwner(folder, stats)
  return stats
}

/** Whether the folder is there; a symbolic link, anything but a folder, or a folder of somebody else is refused. */
export const folderExists = async (folder: string): Promise<boolean> => lookAtFolder(folder) !== undefined

/** Makes the folder where it is missing, 0700 whatever the umask is, and closes it to others where it is open to them. */
export const prepareFolder = async (folder: string): Promise<void> => {
  const fs = await promises()
  let stats = lookAtFolder(folder)
  if (stats === undefined) {
    await makeFolder(folder)
    await fs.chmod(folder, 0o700)
    stats = lookAtFolder(folder)
  }
  if (!windows && stats !== undefined && (stats.mode & 0o077) !== 0) {
    await fs.chmod(folder, 0o700)
    // Some mounted file systems take the call and keep the mode.
    if (((await fs.lstat(folder)).mode & 0o077) !== 0) {
      throw storeFailed(folder, "others can look into it, and this file system cannot prevent that")
    }
  }
  await fs.access(folder, constants.W_OK | constants.X_OK)
}

/**
 * Writes as much as a session takes and removes it again: a folder on a full disk takes new names, and no bytes. All of it in one turn: a
 * signal that ended the process in between would leave the file.
 */
export const tryToWrite = (folder: string): void => {
  // What a writer that dies leaves of that name is swept with the drafts.
  const path = join(folder, `.${crypto.randomUUID()}.tmp`)
  try {
    writeFileSync(path, Buffer.alloc(probeBytes), { mode: 0o600, flag: "wx" })
  } finally {
    rmSync(path, { force: true })
  }
}

const probeBytes = 16 * 1024

// Node's own recursive mkdir never returns where a folder exists and takes nothing in with ENOENT, as /proc does (Node 24.21).
const makeFolder = async (folder: string): Promise<void> => {
  const fs = await promises()
  const parent = dirname(folder)
  if ((await orMissing(fs.stat(parent))) === undefined && parent !== folder) await makeFolder(parent)
  try {
    await fs.mkdir(folder, { mode: 0o700 })
    await WholeFile.soon.syncFolder(parent)
  } catch (cause) {
    // Another process was faster.
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause
  }
}

/** Throws unless what lies there is a plain file of this user. */
export const checkFile = (path: string, stats: Stats) => {
  if (stats.isSymbolicLink()) throw storeFailed(path, "it is a symbolic link")
  if (!stats.isFile()) throw storeFailed(path, "it is not a plain file")
  checkOwner(path, stats)
}

const checkSize = (path: string, stats: Stats) => {
  checkFile(path, stats)
  if (stats.size > limitBytes) throw storeFailed(path, "it is far too large for a session")
}

const fileExists = async (path: string): Promise<boolean> => {
  const stats = await orMissing((await promises()).lstat(path))
  if (stats !== undefined) checkFile(path, stats)
  return stats !== undefined
}

// No link is followed and no pipe waited for, even if one took the place of the file just now.
const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

const utf8 = new TextDecoder("utf-8", { fatal: true })

const textOf = (path: string, bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    throw storeFailed(path, "it is not UTF-8 text")
  }
}

/** The text of a plain file of this user, or undefined where there is none. */
export const readFile = async (path: string): Promise<string | undefined> => {
  if (!(await fileExists(path))) return undefined
  const file = await orMissing((await promises()).open(path, readOnly))
  if (file === undefined) return undefined
  try {
    checkSize(path, await file.stat())
    return textOf(path, await file.readFile())
  } finally {
    await file.close()
  }
}

/** The same without a pause, and with as few calls as will do: for whoever reads many, a tenth of the time. */
export const readFileNow = (path: string): string | undefined => {
  const descriptor = openNow(path)
  if (descriptor === undefined) return undefined
  try {
    const stats = fstatSync(descriptor)
    checkSize(path, stats)
    const bytes = Buffer.allocUnsafe(stats.size)
    let length = 0
    for (let more = -1; more !== 0 && length < bytes.length; length += more) {
      more = readSync(descriptor, bytes, length, bytes.length - length, null)
    }
    return textOf(path, bytes.subarray(0, length))
  } finally {
    closeSync(descriptor)
  }
}

const openNow = (path: string): number | undefined => {
  // Without that flag, a link is followed.
  if (constants.O_NOFOLLOW === undefined) {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    checkFile(path, stats)
  }
  try {
    return openSync(path, readOnly)
  } catch (cause) {
    if (isMissing(cause)) return undefined
    // A link, or a socket, has a better name than what the system calls it.
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats !== undefined) checkFile(path, stats)
    throw cause
  }
}

/** When a file was last written, in milliseconds since 1970; undefined where there is none. */
export const modifiedAt = (path: string): number | undefined => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs

/** Names of what is in the folder, in no order; none where the folder is missing. */
export const names = async (folder: string): Promise<ReadonlyArray<string>> =>
  lookAtFolder(folder) === undefined ? [] : ((await orMissing((await promises()).readdir(folder))) ?? [])

// Under the lock there is one writer, so one name will do, and what a dead one left is replaced by the next. Versions up to 0.1.0
// made up a new name each time.
const draft = ".draft.tmp"

/** Whether a file is one that a writer, who may be dead, has not finished. */
export const isDraft = (name: string): boolean =>
  name === draft || (name.startsWith(".") && /^\.[0-9a-f-]+\.tmp$/.test(name.slice(-41)))

/** Removes what writers that died have left. To be called under the lock that all writers hold. */
export const removeDrafts = async (folder: string, names: ReadonlyArray<string>): Promise<void> => {
  const fs = await promises()
  for (const name of [draft, ...names]) await fs.rm(join(folder, name), { force: true })
}

/** Puts `text` into `folder`/`name`, 0600 whatever the umask is and whatever was there before. To be called under the lock. */
export const replaceFile = (folder: string, name: string, text: string): Promise<void> =>
  WholeFile.soon.replace(join(folder, name), text, { draft })

/** Removes a plain file of this user; false where there was none. */
export const removeFile = async (folder: string, name: string): Promise<boolean> => {
  const path = join(folder, name)
  if (!(await fileExists(path))) return false
  await WholeFile.soon.remove(path)
  return true
}

/** A note that is worth little: neither locked nor flushed, and half of one is none to whoever reads it. No link is followed. */
export const writeNote = (path: string, note: string): void =>
  quietly(() => {
    const descriptor = openSync(path, writeOnly, 0o600)
    try {
      writeSync(descriptor, note)
    } finally {
      closeSync(descriptor)
    }
  })

const writeOnly = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0)

/** Undefined where there is none that can be read. */
export const readNote = (path: string): string | undefined => quietly(() => readFileNow(path))

export const removeNote = (path: string): void => quietly(() => rmSync(path, { force: true }))

const quietly = <A>(run: () => A): A | undefined => {
  try {
    return run()
  } catch {
    return undefined
  }
}
