/**
 * Files that hold secrets: read and replaced only where they are plain files of this user in a folder that nobody else can
 * look into. Reading changes nothing; a replacement is there whole or not at all, whenever the process or the machine dies.
 */
import { constants, lstatSync } from "node:fs"
import type { Stats } from "node:fs"
import { dirname, join } from "node:path"
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

// Node's own recursive mkdir never returns where a folder exists and takes nothing in with ENOENT, as /proc does (Node 24.21).
const makeFolder = async (folder: string): Promise<void> => {
  const fs = await promises()
  const parent = dirname(folder)
  if ((await orMissing(fs.stat(parent))) === undefined && parent !== folder) await makeFolder(parent)
  try {
    await fs.mkdir(folder, { mode: 0o700 })
  } catch (cause) {
    // Another process was faster.
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause
  }
}

/** Fails unless `path` is missing or a plain file of this user. */
const checkFile = async (path: string): Promise<boolean> => {
  const fs = await promises()
  const stats = await orMissing(fs.lstat(path))
  if (stats === undefined) return false
  if (stats.isSymbolicLink()) throw storeFailed(path, "it is a symbolic link")
  if (!stats.isFile()) throw storeFailed(path, "it is not a plain file")
  checkOwner(path, stats)
  return true
}

/** The text of a plain file of this user, or undefined where there is none. */
export const readFile = async (path: string): Promise<string | undefined> => {
  const fs = await promises()
  if (!(await checkFile(path))) return undefined
  // No link is followed and no pipe waited for, even if one took the place of the file just now.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const file = await orMissing(fs.open(path, flags))
  if (file === undefined) return undefined
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw storeFailed(path, "it is not a plain file")
    checkOwner(path, stats)
    if (stats.size > limitBytes) throw storeFailed(path, "it is far too large for a session")
    const bytes = await file.readFile()
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    } catch {
      throw storeFailed(path, "it is not UTF-8 text")
    }
  } finally {
    await file.close()
  }
}

/** Names of what is in the folder, in no order; none where the folder is missing. */
export const names = async (folder: string): Promise<ReadonlyArray<string>> =>
  lookAtFolder(folder) === undefined ? [] : ((await orMissing((await promises()).readdir(folder))) ?? [])

const temporary = /^\..+\.[0-9a-f-]{36}\.tmp$/

/** Removes what writers that died have left. To be called under the lock that all writers hold. */
export const sweep = async (folder: string): Promise<void> => {
  const fs = await promises()
  for (const name of await fs.readdir(folder)) {
    if (temporary.test(name)) await fs.rm(join(folder, name), { force: true })
  }
}

/** Makes a rename or a removal last; Windows has no such call. */
const syncFolder = async (folder: string) => {
  const fs = await promises()
  if (windows) return
  const handle = await fs.open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Puts `text` into `folder`/`name`, 0600 whatever the umask is and whatever was there before. */
export const replaceFile = async (folder: string, name: string, text: string): Promise<void> => {
  const fs = await promises()
  const path = join(folder, `.${name}.${crypto.randomUUID()}.tmp`)
  try {
    const file = await fs.open(path, "wx", 0o600)
    try {
      await file.chmod(0o600)
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await fs.rename(path, join(folder, name))
  } catch (cause) {
    await fs.rm(path, { force: true }).catch(() => undefined)
    throw cause
  }
  await syncFolder(folder)
}

/** Removes a plain file of this user; false where there was none. */
export const removeFile = async (folder: string, name: string): Promise<boolean> => {
  const fs = await promises()
  const path = join(folder, name)
  if (!(await checkFile(path))) return false
  await fs.rm(path, { force: true })
  await syncFolder(folder)
  return true
}
