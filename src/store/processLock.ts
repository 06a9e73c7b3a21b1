/**
 * A lock between processes that dies with the process that holds it: the operating system's own file lock, which Node offers
 * through SQLite only. The database stays empty; nothing is ever written to it. A lock file with a process number in it would need
 * guesses about dead holders, reused numbers and containers.
 */
import { closeSync, constants, fchmodSync, lstatSync, openSync } from "node:fs"
import type * as Sqlite from "node:sqlite"
import { checkFile } from "./secretFiles.ts"
import { storeFailed } from "./storeFailed.ts"

/** Takes the lock and returns what gives it back, or returns undefined at once where somebody else holds it. */
export const tryLock = (path: string): (() => void) | undefined => {
  create(path)
  const database = new (sqlite(path).DatabaseSync)(path)
  try {
    // Without a journal in memory, SQLite would create one beside the file.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
    return () => database.close()
  } catch (cause) {
    database.close()
    const { errcode = 0, errstr } = cause as { readonly errcode?: number; readonly errstr?: string }
    if ((errcode & 0xff) === busy) return undefined
    throw storeFailed(path, { reason: "it cannot be locked", detail: errstr ?? String(cause) })
  }
}

const busy = 5

// The file must not be opened here once it is there: closing any descriptor of a file gives back all locks that this
// process holds on it (POSIX).
const create = (path: string) => {
  try {
    const descriptor = openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o600)
    fchmodSync(descriptor, 0o600)
    closeSync(descriptor)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause
    checkFile(path, lstatSync(path))
  }
}

let loaded: typeof Sqlite | undefined

const sqlite = (path: string): typeof Sqlite => {
  loaded ??= withoutWarning(() => process.getBuiltinModule("node:sqlite") as typeof Sqlite | undefined)
  if (loaded !== undefined) return loaded
  throw storeFailed(path, "this Node has no lock")
}

/** Node 22 warns at the first use that SQLite is experimental. Of what we use of it, a file lock, nothing is. */
const withoutWarning = <A>(load: () => A): A => {
  const { emitWarning } = process
  process.emitWarning = ((...args: Parameters<typeof emitWarning>) => {
    if (!String(args[0]).startsWith("SQLite is an experimental feature")) emitWarning.apply(process, args)
  }) as typeof emitWarning
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}
