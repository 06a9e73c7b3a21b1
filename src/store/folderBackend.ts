/**
 * A shelf in a folder: one file a name, `<name>.json`, closed to other users. Several processes may use the folder at once.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type { StoreFailed } from "../errors/LoginError.ts"
import * as ownFiles from "./secretFiles.ts"
import { tryLock } from "./processLock.ts"
import { isName, type Shelf, strayAt } from "./Backend.ts"
import { fromCause, storeFailed } from "./storeFailed.ts"

const attempt = <A>(path: string, run: () => Promise<A>): Effect.Effect<A, StoreFailed> =>
  Effect.tryPromise({ try: run, catch: (cause) => fromCause(path, cause) })

export const make = (folder: string): Shelf => {
  const pathOf = (name: string) => join(folder, `${name}.json`)
  const queue = Semaphore.makeUnsafe(1)
  const locked = <A, E>(use: Effect.Effect<A, E>) => queue.withPermit(withLock(folder, use))
  return {
    where: folder,
    pathOf,
    ready: attempt(folder, () => ownFiles.prepareFolder(folder)),
    read: (name) =>
      attempt(pathOf(name), async () =>
        (await ownFiles.folderExists(folder)) ? ownFiles.readFile(pathOf(name)) : undefined
      ),
    names: Effect.map(
      attempt(folder, () => ownFiles.names(folder)),
      (found) => {
        // Our lock and temporary files begin with a dot, and so does what file managers leave behind.
        const shown = found.filter((file) => !file.startsWith("."))
        const isOurs = (file: string) => file.endsWith(".json") && isName(file.slice(0, -5))
        return {
          names: shown.filter(isOurs).map((file) => file.slice(0, -5)),
          stray: shown.filter((file) => !isOurs(file)).map((file) => strayAt(join(folder, file)))
        }
      }
    ),
    update: <E>(name: string, change: (text: string | undefined) => Result.Result<string, E>) =>
      locked(
        Effect.gen(function* () {
          const before = yield* attempt(pathOf(name), () => ownFiles.readFile(pathOf(name)))
          const after = yield* Effect.fromResult(change(before))
          yield* attempt(pathOf(name), async () => {
            await ownFiles.sweep(folder)
            await ownFiles.replaceFile(folder, `${name}.json`, after)
          })
        })
      ),
    remove: (name) =>
      Effect.flatMap(
        attempt(folder, () => ownFiles.folderExists(folder)),
        (exists) =>
          exists
            ? locked(attempt(pathOf(name), () => ownFiles.removeFile(folder, `${name}.json`)))
            : Effect.succeed(false)
      )
  }
}

const pauseMillis = 3
const patienceMillis = 10_000

/** Runs `use` while no other process is in the folder. Only the waiting can be interrupted: a write that began is finished. */
const withLock = <A, E>(folder: string, use: Effect.Effect<A, E>): Effect.Effect<A, E | StoreFailed> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const path = join(folder, ".lock")
      const enter = Effect.try({ try: () => tryLock(path), catch: (cause) => fromCause(path, cause) })
      yield* restore(attempt(folder, () => ownFiles.prepareFolder(folder)))
      let leave = yield* enter
      for (let waited = 0; leave === undefined; waited += pauseMillis) {
        if (waited >= patienceMillis) return yield* heldTooLong(path)
        yield* restore(Effect.sleep(pauseMillis))
        leave = yield* enter
      }
      return yield* Effect.ensuring(use, Effect.sync(leave))
    })
  )

const heldTooLong = (path: string) =>
  storeFailed(path, { reason: "another process holds it", seconds: patienceMillis / 1000 })
