/**
 * Where a `SessionStore` puts its texts: a folder, memory, or a key-value store. A backend knows names and texts, and nothing of
 * sessions.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { StoreFailed } from "../errors/LoginError.ts"
import { isProfileName } from "./profileName.ts"
import { storeFailed } from "./storeFailed.ts"

export interface Backend {
  /** What people are told: "kept in …". */
  readonly where: string
  /** The file or key of a name, for messages. */
  readonly pathOf: (name: string) => string
  /** Fails where no text could be put. */
  readonly ready: Effect.Effect<void, StoreFailed>
  readonly read: (name: string) => Effect.Effect<string | undefined, StoreFailed>
  /** Names in no order; some may be gone by now. `stray` is what lies there and is not ours. */
  readonly names: Effect.Effect<
    { readonly names: ReadonlyArray<string>; readonly stray: ReadonlyArray<StoreFailed> },
    StoreFailed
  >
  /** When texts were written, in milliseconds since 1970: of those of which the place tells it without opening them. */
  readonly writtenAt: (names: ReadonlyArray<string>) => Effect.Effect<ReadonlyMap<string, number>, StoreFailed>
  /** Shows one text after the other, or why it cannot be read, until `see` has seen enough: it returns false. */
  readonly scan: (
    names: ReadonlyArray<string>,
    see: (name: string, text: Result.Result<string, StoreFailed>) => boolean
  ) => Effect.Effect<void, StoreFailed>
  /** Replaces a text by what `change` makes of it, or leaves it as it is where `change` fails. `change` may run several times. */
  readonly update: <E>(
    name: string,
    change: (text: string | undefined) => Result.Result<string, E>
  ) => Effect.Effect<void, E | StoreFailed>
  /** False where there was nothing. What is removed need not be readable. */
  readonly remove: (name: string) => Effect.Effect<boolean, StoreFailed>
  readonly notes: Notes
}

/**
 * A word beside a text, which is worth little: to write one takes no lock and waits for no disk, and one that cannot be written or read is
 * not there.
 */
export interface Notes {
  readonly read: (name: string) => Effect.Effect<string | undefined>
  readonly write: (name: string, note: string) => Effect.Effect<void>
}

/** Notes of this process. */
export const notesInMemory = (): Notes => {
  const notes = new Map<string, string>()
  return {
    read: (name) => Effect.sync(() => notes.get(name)),
    write: (name, note) => Effect.sync(() => void notes.set(name, note))
  }
}

/** The names among the keys that begin with `prefix`, and what is none. */
export const namesOf = (keys: ReadonlyArray<string>, prefix: string) => {
  const found = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
  const stray = found.filter((name) => !isProfileName(name)).map((name) => strayAt(`${prefix}${name}`))
  return { names: found.filter(isProfileName), stray }
}

/** Something that lies among the sessions and is none of them. */
export const strayAt = (path: string): StoreFailed => storeFailed(path, "it is not one of the saved sessions")

/** In this process, for as long as the backend is held. */
export const inMemory = (): Backend => {
  const texts = new Map<string, string>()
  return {
    where: "memory",
    pathOf: (name) => name,
    ready: Effect.void,
    read: (name) => Effect.sync(() => texts.get(name)),
    names: Effect.sync(() => ({ names: [...texts.keys()], stray: [] })),
    writtenAt: () => Effect.succeed(new Map()),
    scan: (names, see) =>
      Effect.sync(() => {
        for (const name of names) {
          const text = texts.get(name)
          if (text !== undefined && !see(name, Result.succeed(text))) return
        }
      }),
    update: (name, change) =>
      Effect.suspend(() =>
        Effect.map(Effect.fromResult(change(texts.get(name))), (after) => void texts.set(name, after))
      ),
    remove: (name) => Effect.sync(() => texts.delete(name)),
    notes: notesInMemory()
  }
}
