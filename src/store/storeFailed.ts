/**
 * What the operating system, or the library of a store, says in the words of `StoreFailed`.
 */
import * as Effect from "effect/Effect"
import { StoreFailed } from "../errors/LoginError.ts"
import type { StoreFault } from "../errors/storeFaults.ts"
import { nearest } from "../files/nearest.ts"

/** A place that is not used, and why. */
export const storeFailed = (path: string, fault: StoreFault | StoreFault["reason"]): StoreFailed =>
  new StoreFailed({ step: "SessionStore", path, ...(typeof fault === "string" ? { reason: fault } : fault) })

const known: Readonly<Record<string, StoreFault["reason"]>> = {
  EACCES: "permission denied",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is not a folder",
  ENAMETOOLONG: "the path is too long",
  ENOENT: "the place cannot be made",
  EIO: "the device reported a fault",
  EMFILE: "too many files are open in this process"
}

/** What is wrong with the nearest that is there, wherever below it something was to be written or read. */
const ofPlaces: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR", "ENOENT"])

/** Any failure at `path`. A `StoreFailed` stays what it is; a system error becomes one, with its code for those who search. */
export const fromCause = (path: string, cause: unknown): StoreFailed => {
  if (cause instanceof StoreFailed) return cause
  const { code = "", message, path: tried = path } = cause as NodeJS.ErrnoException
  const reason = known[code]
  if (reason !== undefined) {
    const above = ofPlaces.has(code) ? nearest(tried) : path
    return storeFailed(path, { reason, code, ...(above === path ? {} : { above }) })
  }
  return storeFailed(path, { reason: "system error", detail: message, ...(code === "" ? {} : { code }) })
}

/** What is done at `path`, with any failure of it in these words. */
export const attempt = <A>(path: string, run: () => Promise<A>): Effect.Effect<A, StoreFailed> =>
  Effect.tryPromise({ try: run, catch: (cause) => fromCause(path, cause) })

/** Waits for a store to answer, and tells in its own `words` what it says when it fails. */
export const answering = <A, E>(
  path: string,
  asked: Effect.Effect<A, E>,
  words: (error: E) => string
): Effect.Effect<A, StoreFailed> =>
  asked.pipe(
    Effect.mapError((error) => storeFailed(path, { reason: "the store failed", detail: words(error) })),
    // A client that reconnects by itself may hold a request for ever.
    Effect.timeoutOrElse({
      duration: patienceMillis,
      orElse: () => Effect.fail(storeFailed(path, { reason: "no answer", seconds: patienceMillis / 1000 }))
    })
  )

const patienceMillis = 10_000
