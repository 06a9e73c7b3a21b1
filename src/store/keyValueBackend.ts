/**
 * A backend in a key-value store: one key a name, `<prefix><name>`. Updates of one store queue within this process, whoever makes
 * them; between processes they are as atomic as the `modify` of the store is.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type * as KeyValueStore from "effect/persistence/KeyValueStore"
import { type Backend, namesOf, notesInMemory } from "./Backend.ts"
import { answering } from "./storeFailed.ts"

export const make = (store: KeyValueStore.KeyValueStore, prefix: string): Backend => {
  const pathOf = (name: string) => `${prefix}${name}`
  const queue = queueOf(store)
  const asked = <A>(path: string, effect: Effect.Effect<A, KeyValueStore.KeyValueStoreError>) =>
    answering(path, effect, ({ message }) => message)
  const read = (name: string) => asked(pathOf(name), store.get(pathOf(name)))
  return {
    where: `${prefix}*`,
    pathOf,
    ready: Effect.asVoid(asked(pathOf("*"), store.get(pathOf("")))),
    read,
    names: Effect.map(asked(pathOf("*"), store.keys), (keys) => namesOf(keys, prefix)),
    writtenAt: () => Effect.succeed(new Map()),
    scan: Effect.fnUntraced(function* (names, see) {
      for (let at = 0; at < names.length; at += atOnce) {
        const some = names.slice(at, at + atOnce)
        const texts = yield* Effect.forEach(some, (name) => Effect.result(read(name)), { concurrency: "unbounded" })
        for (const [i, text] of texts.entries()) {
          const name = some[i] ?? ""
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
      ),
    notes: notesInMemory()
  }
}

const queues = new WeakMap<KeyValueStore.KeyValueStore, Semaphore.Semaphore>()

/** Two layers on one store share its queue. */
const queueOf = (store: KeyValueStore.KeyValueStore): Semaphore.Semaphore => {
  const queue = queues.get(store) ?? Semaphore.makeUnsafe(1)
  queues.set(store, queue)
  return queue
}

/** Texts that are asked for side by side. */
const atOnce = 32
