/**
 * Files that are there whole or not at all, whenever the process or the machine dies: sessions, exports, recordings, pictures of codes. A new
 * one is written beside the place and renamed, and both it and its name are on the disk before anybody is told; devices, pipes and folders
 * are left alone, and so is what a link points to.
 *
 * `now`: with the process standing still, for a command, which nobody interrupts halfway. `soon`: while others have their turn, for a service.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"

/** A device, a pipe or a folder lies there. */
export class NotPlain extends Error {}

export interface Options {
  /** 0600 unless it is told, whatever the umask is; `"as others"` leaves it to the umask. */
  readonly mode?: "as others"
  /** It need not outlive the power. */
  readonly passing?: boolean
  /** Name of the draft beside it. By default one that nobody else can take before us. */
  readonly draft?: string
}

interface Opened {
  readonly chmod: (mode: number) => unknown
  readonly write: (data: string | Uint8Array) => unknown
  readonly sync: () => unknown
  readonly close: () => unknown
}

/** The calls that are made of the system, in one of two ways: each gives its result, or a promise of it. */
interface Calls {
  readonly open: (path: string, flags: string, mode: number) => Opened | Promise<Opened>
  readonly lookAt: (path: string) => Fs.Stats | undefined | Promise<Fs.Stats | undefined>
  readonly rename: (from: string, to: string) => unknown
  readonly remove: (path: string) => unknown
}

/** What is done, call by call: what a call gave comes back in. */
type Steps<A> = Generator<unknown, A, unknown>

const writeNew = function* (calls: Calls, path: string, data: string | Uint8Array, options: Options): Steps<void> {
  const isPrivate = options.mode === undefined
  const file = (yield calls.open(path, "wx", isPrivate ? 0o600 : 0o666)) as Opened
  try {
    try {
      if (isPrivate) yield file.chmod(0o600)
      yield file.write(data)
      if (options.passing !== true) yield file.sync()
    } finally {
      yield file.close()
    }
  } catch (cause) {
    yield calls.remove(path)
    throw cause
  }
}

/** Makes new names in a folder, and names that are gone, last. Some file systems offer no such call, and Windows does not. */
const syncFolder = function* (calls: Calls, folder: string): Steps<void> {
  if (process.platform === "win32") return
  try {
    const opened = (yield calls.open(folder, "r", 0)) as Opened
    try {
      yield opened.sync()
    } finally {
      yield opened.close()
    }
  } catch (cause) {
    if (!noSuchCall.has(String((cause as NodeJS.ErrnoException).code))) throw cause
  }
}

const noSuchCall: ReadonlySet<string> = new Set(["EACCES", "EINVAL", "EISDIR", "ENOSYS", "ENOTSUP", "EPERM"])

const create = function* (calls: Calls, path: string, data: string | Uint8Array, options: Options): Steps<void> {
  yield* writeNew(calls, path, data, options)
  if (options.passing !== true) yield* syncFolder(calls, Path.dirname(path))
}

const replace = function* (calls: Calls, path: string, data: string | Uint8Array, options: Options): Steps<void> {
  const stats = (yield calls.lookAt(path)) as Fs.Stats | undefined
  // A link is none either, but it is itself what is replaced.
  if (stats !== undefined && !stats.isFile() && !stats.isSymbolicLink()) throw new NotPlain()
  const draft = Path.join(Path.dirname(path), options.draft ?? `.${Path.basename(path)}.${crypto.randomUUID()}.tmp`)
  yield* writeNew(calls, draft, data, options)
  try {
    yield calls.rename(draft, path)
  } catch (cause) {
    yield calls.remove(draft)
    throw cause
  }
  if (options.passing !== true) yield* syncFolder(calls, Path.dirname(path))
}

const remove = function* (calls: Calls, path: string): Steps<void> {
  yield calls.remove(path)
  yield* syncFolder(calls, Path.dirname(path))
}

const atOnce: Calls = {
  open: (path, flags, mode) => {
    const descriptor = Fs.openSync(path, flags, mode)
    return {
      chmod: (mode) => Fs.fchmodSync(descriptor, mode),
      write: (data) => Fs.writeFileSync(descriptor, data),
      sync: () => Fs.fsyncSync(descriptor),
      close: () => Fs.closeSync(descriptor)
    }
  },
  lookAt: (path) => Fs.lstatSync(path, { throwIfNoEntry: false }),
  rename: (from, to) => Fs.renameSync(from, to),
  remove: (path) => Fs.rmSync(path, { force: true })
}

// Loaded where there is something to write: a login without saved sessions shows its code some milliseconds sooner.
const inTurn = async (): Promise<Calls> => {
  const fs = await import("node:fs/promises")
  return {
    open: async (path, flags, mode) => {
      const handle = await fs.open(path, flags, mode)
      return {
        chmod: (mode) => handle.chmod(mode),
        write: (data) => handle.writeFile(data),
        sync: () => handle.sync(),
        close: () => handle.close()
      }
    },
    lookAt: atOnce.lookAt,
    rename: fs.rename,
    remove: (path) => fs.rm(path, { force: true })
  }
}

const runNow = <A>(steps: Steps<A>): A => {
  let step = steps.next()
  while (step.done !== true) step = steps.next(step.value)
  return step.value
}

const runSoon = async <A>(steps: Steps<A>): Promise<A> => {
  let step = steps.next()
  while (step.done !== true) {
    let given: unknown
    try {
      given = await step.value
    } catch (cause) {
      step = steps.throw(cause)
      continue
    }
    step = steps.next(given)
  }
  return step.value
}

/** `create` throws `EEXIST` where anything has that name; `replace` throws `NotPlain`. Nothing half done is left behind. */
export const now = {
  create: (path: string, data: string | Uint8Array, options: Options = {}): void =>
    runNow(create(atOnce, path, data, options)),
  replace: (path: string, data: string | Uint8Array, options: Options = {}): void =>
    runNow(replace(atOnce, path, data, options)),
  syncFolder: (folder: string): void => runNow(syncFolder(atOnce, folder))
}

export const soon = {
  replace: async (path: string, data: string | Uint8Array, options: Options = {}): Promise<void> =>
    runSoon(replace(await inTurn(), path, data, options)),
  remove: async (path: string): Promise<void> => runSoon(remove(await inTurn(), path)),
  syncFolder: async (folder: string): Promise<void> => runSoon(syncFolder(await inTurn(), folder))
}
