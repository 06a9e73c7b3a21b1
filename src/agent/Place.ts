/**
 * Where logins in the background leave what others have to know of them: a folder each, in one that is closed to other users, with a
 * record, the picture of the code while there is one, and the socket of whoever carries the login on.
 */
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import { closeSync, constants, openSync } from "node:fs"
import { join } from "node:path"
import { StoreFailed } from "../errors/LoginError.ts"
import { stateFolder } from "../files/stateFolder.ts"
import * as secretFiles from "../store/secretFiles.ts"
import { attempt, fromCause, storeFailed } from "../store/storeFailed.ts"

export interface Place {
  readonly id: string
  readonly folder: string
}

/** What fails there is told of as these logins': the files are kept as sessions are, and are none. */
export const ofLogins = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.mapError(effect, (error) =>
    error instanceof StoreFailed ? (new StoreFailed({ ...error, step: "Login" }) as E & StoreFailed) : error
  )

/** The folder of all of them: `webqq-login/logins` in the user's state folder. */
export const home: Effect.Effect<string, StoreFailed> = stateFolder("logins").pipe(
  Effect.mapError(() => storeFailed("~", "this user has no home folder")),
  ofLogins
)

/** What has one of these names is a login's folder. */
export const isId = (text: string): boolean => /^[0-9a-f]{12}$/.test(text)

export const newId = (): string => randomBytes(6).toString("hex")

export const of = (home: string, id: string): Place => ({ id, folder: join(home, id) })

export const recordName = "login.json"
export const qrFile = ({ folder }: Place): string => join(folder, "qr.png")

/** Makes the folder if it is missing, and closes it; fails where it cannot be closed to others. */
export const prepare = (folder: string): Effect.Effect<void, StoreFailed> =>
  attempt(folder, () => secretFiles.prepareFolder(folder))

/** Bytes of the name of a socket: one of them ends it (macOS 104, Linux 108). */
const longest = process.platform === "linux" ? 107 : 103

export interface SocketName {
  /** What the system takes for it, until `close` is called. */
  readonly name: string
  readonly close: () => void
}

/**
 * The name of the socket. One that is longer than a socket's may be is reached by way of its folder, which is opened for that, where the
 * system has a name for what is open; else it fails with `StoreFailed`.
 */
export const socketName = ({ folder }: Place): Effect.Effect<SocketName, StoreFailed> => {
  const name = join(folder, "socket")
  if (Buffer.byteLength(name) <= longest) return Effect.succeed({ name, close: () => {} })
  if (process.platform !== "linux") return Effect.fail(storeFailed(name, "the path is too long"))
  return Effect.try({
    try: () => {
      const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
      return { name: `/proc/self/fd/${descriptor}/socket`, close: () => closeSync(descriptor) }
    },
    catch: (cause) => fromCause(folder, cause)
  })
}
