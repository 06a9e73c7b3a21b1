/**
 * A backend in a folder: one file a name, `<name>.json`, closed to other users. Several processes may use the folder at once.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type { StoreFailed } from "../errors/LoginError.ts"
import * as secretFiles from "./secretFiles.ts"
import { isProfileName } from "./profileName.ts"
import { tryLock } from "./processLock.ts"
import { type Backend, strayAt } from "./Backend.ts"
import { attempt, fromCause, storeFailed } from "./storeFailed.ts"

export const make = (folder: string): Backend => {
  const fileOf = (name: string) => `${name}.json`
  const pathOf = (name: string) => join(folder, fileOf(name))
  const noteOf = (name: string) => join(folder, `.${name}.note`)
  const queue = Semaphore.makeUnsafe(1)
  const locked = <A, E>(use: Effect.Effect<A, E>) => queue.withPermit(withLock(folder, use))
  const exists = attempt(folder, () => secretFiles.folderExists(folder))
  // Drafts of writers that died, as far as somebody has come across them. Under the lock, nobody writes one.
  let drafts: ReadonlyArray<string> = []
  const sweep = async () => {
    await secretFiles.removeDrafts(folder, drafts)
    drafts = []
  }

  /** Looks at one file after the other, and lets others have their turn in between, until `look` returns false. */
  const lookAt = Effect.fnUntraced(function* (names: ReadonlyArray<string>, look: (name: string) => boolean) {
    if (!(yield* exists)) return
    for (const [at, name] of names.entries()) {
      if (at % turn === turn - 1) yield* Effect.yieldNow
      if (!look(name)) return
    }
  })

  return {
    where: folder,
    pathOf,
    ready: attempt(folder, async () => {
      await secretFiles.prepareFolder(folder)
      secretFiles.tryToWrite(folder)
    }),
    read: (name) =>
      Effect.flatMap(exists, (exists) =>
        exists ? attempt(pathOf(name), () => secretFiles.readFile(pathOf(name))) : Effect.undefined
      ),
    names: Effect.map(
      attempt(folder, () => secretFiles.names(folder)),
      (found) => {
        drafts = found.filter(secretFiles.isDraft)
        // Our lock and drafts begin with a dot, and so does what file managers leave behind.
        const shown = found.filter((file) => !file.startsWith("."))
        const isOurs = (file: string) => file.endsWith(".json") && isProfileName(file.slice(0, -5))
        return {
          names: shown.filter(isOurs).map((file) => file.slice(0, -5)),
          stray: shown.filter((file) => !isOurs(file)).map((file) => strayAt(join(folder, file)))
        }
      }
    ),
    writtenAt: (names) =>
      Effect.suspend(() => {
        const times = new Map<string, number>()
        return Effect.as(
          lookAt(names, (name) => {
            const time = secretFiles.modifiedAt(pathOf(name))
            if (time !== undefined) times.set(name, time)
            return true
          }),
          times
        )
      }),
    scan: (names, see) =>
      lookAt(names, (name) => {
        const text = Result.try({
          try: () => secretFiles.readFileNow(pathOf(name)),
          catch: (cause) => fromCause(pathOf(name), cause)
        })
        if (Result.isFailure(text)) return see(name, Result.fail(text.failure))
        return text.success === undefined || see(name, Result.succeed(text.success))
      }),
    update: <E>(name: string, change: (text: string | undefined) => Result.Result<string, E>) =>
      locked(
        Effect.gen(function* () {
          const before = yield* attempt(pathOf(name), () => secretFiles.readFile(pathOf(name)))
          const after = yield* Effect.fromResult(change(before))
          yield* attempt(pathOf(name), async () => {
            await sweep()
            await secretFiles.replaceFile(folder, fileOf(name), after)
          })
        })
      ),
    remove: (name) =>
      Effect.flatMap(exists, (exists) =>
        exists
          ? locked(
              attempt(pathOf(name), async () => {
                await sweep()
                secretFiles.removeNote(noteOf(name))
                return secretFiles.removeFile(folder, fileOf(name))
              })
            )
          : Effect.succeed(false)
      ),
    notes: {
      read: (name) => Effect.sync(() => secretFiles.readNote(noteOf(name))),
      write: (name, note) => Effect.sync(() => secretFiles.writeNote(noteOf(name), note))
    }
  }
}

/** Files that are looked at in one turn of the event loop: a millisecond or two. */
const turn = 64
const pauseMillis = 3
const patienceMillis = 10_000

/** Runs `use` while no other process is in the folder. Only the waiting can be interrupted: a write that began is finished. */
export const withLock = <A, E>(folder: string, use: Effect.Effect<A, E>): Effect.Effect<A, E | StoreFailed> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const path = join(folder, ".lock")
      const enter = Effect.try({ try: () => tryLock(path), catch: (cause) => fromCause(path, cause) })
      yield* restore(attempt(folder, () => secretFiles.prepareFolder(folder)))
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
