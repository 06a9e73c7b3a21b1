/**
 * Where a `SessionStore` puts its texts: a folder, memory, or a key-value store. A shelf knows names and texts, and nothing of
 * sessions.
 */
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type { StoreFailed } from "../errors/LoginError.ts"
import { storeFailed } from "./storeFailed.ts"

export interface Shelf {
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
  /** Replaces a text by what `change` makes of it, or leaves it as it is where `change` fails. `change` may run several times. */
  readonly update: <E>(
    name: string,
    change: (text: string | undefined) => Result.Result<string, E>
  ) => Effect.Effect<void, E | StoreFailed>
  /** False where there was nothing. What is removed need not be readable. */
  readonly remove: (name: string) => Effect.Effect<boolean, StoreFailed>
}

/** What a name may be: it is safe as a file name everywhere, as a key, and in a shell. */
export const isName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)

/** Something that lies among the sessions and is none of them. */
export const strayAt = (path: string): StoreFailed => storeFailed(path, "it is not one of the saved sessions")

/** In this process, for as long as the shelf is held. */
export const inMemory = (): Shelf => {
  const texts = new Map<string, string>()
  return {
    where: "memory",
    pathOf: (name) => name,
    ready: Effect.void,
    read: (name) => Effect.sync(() => texts.get(name)),
    names: Effect.sync(() => ({ names: [...texts.keys()], stray: [] })),
    update: (name, change) =>
      Effect.suspend(() =>
        Effect.map(Effect.fromResult(change(texts.get(name))), (after) => void texts.set(name, after))
      ),
    remove: (name) => Effect.sync(() => texts.delete(name))
  }
}
