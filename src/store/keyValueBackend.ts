/**
 * A backend in a key-value store: one key a name, `<prefix><name>`. Updates queue within this process; between processes they are
 * as atomic as the `modify` of the store is.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type * as KeyValueStore from "effect/persistence/KeyValueStore"
import { type Backend, isName, strayAt } from "./Backend.ts"
import { storeFailed } from "./storeFailed.ts"

export const make = (store: KeyValueStore.KeyValueStore, prefix: string): Backend => {
  const pathOf = (name: string) => `${prefix}${name}`
  const queue = Semaphore.makeUnsafe(1)
  const asked = <A>(path: string, effect: Effect.Effect<A, KeyValueStore.KeyValueStoreError>) =>
    effect.pipe(
      Effect.mapError(({ message }) => storeFailed(path, { reason: "the store failed", detail: message })),
      // A client that reconnects by itself may hold a request for ever.
      Effect.timeoutOrElse({
        duration: patienceMillis,
        orElse: () => Effect.fail(storeFailed(path, { reason: "no answer", seconds: patienceMillis / 1000 }))
      })
    )
  const read = (name: string) => asked(pathOf(name), store.get(pathOf(name)))
  return {
    where: `${prefix}*`,
    pathOf,
    ready: Effect.asVoid(asked(pathOf("*"), store.get(pathOf("")))),
    read,
    names: Effect.map(asked(pathOf("*"), store.keys), (keys) => {
      const found = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
      return {
        names: found.filter(isName),
        stray: found
          .filter((name) => !isName(name))
          .map(pathOf)
          .map(strayAt)
      }
    }),
    writtenAt: () => Effect.succeed(new Map()),
    scan: Effect.fnUntraced(function* (names, see) {
      for (let at = 0; at < names.length; at += atOnce) {
        const asked = names.slice(at, at + atOnce)
        const texts = yield* Effect.forEach(asked, (name) => Effect.result(read(name)), { concurrency: "unbounded" })
        for (const [i, text] of texts.entries()) {
          const name = asked[i] ?? ""
          if (Result.isFailure(text) && !see(name, Result.fail(text.failure))) return
          if (Result.isSuccess(text) && text.success !== undefined && !see(name, Result.succeed(text.success))) return
        }
      }
    }),
    update: <E>(name: string, change: (text: string | undefined) => Result.Result<string, E>) =>
      queue.withPermit(
        Effect.gen(function* () {
          const path = pathOf(name)
          let after: Result.Result<string, E> | undefined
          const replace = (text: string) => {
            after = change(text)
            return Result.isSuccess(after) ? after.success : text
          }
          const replaced = yield* asked(path, store.modify(path, replace))
          if (replaced !== undefined && after !== undefined) return yield* Effect.asVoid(Effect.fromResult(after))
          const text = yield* Effect.fromResult(change(undefined))
          yield* asked(path, store.set(path, text))
        })
      ),
    remove: (name) =>
      queue.withPermit(
        Effect.gen(function* () {
          const path = pathOf(name)
          const exists = yield* asked(path, store.has(path))
          if (exists) yield* asked(path, store.remove(path))
          return exists
        })
      )
  }
}

/** Texts that are asked for side by side. */
const atOnce = 32
const patienceMillis = 10_000
