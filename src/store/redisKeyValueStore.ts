/**
 * Effect's `KeyValueStore` on Effect's `Redis`, which has none of its own. Unlike the default, `modify` is atomic between machines.
 */
import * as Effect from "effect/Effect"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import type * as Redis from "effect/persistence/Redis"

/** A store of the keys that begin with `prefix`; others of the same database are neither listed nor cleared. */
export const make = (redis: Redis.Redis["Service"], prefix: string): KeyValueStore.KeyValueStore => {
  const send = <A>(method: string, command: string, ...args: ReadonlyArray<string>) =>
    Effect.mapError(
      redis.send<A>(command, ...args),
      ({ cause }) =>
        new KeyValueStore.KeyValueStoreError({
          method,
          message: `Redis ${command}: ${cause instanceof Error ? cause.message : String(cause)}`,
          cause
        })
    )
  const get = (key: string) => Effect.map(send<string | null>("get", "GET", key), (text) => text ?? undefined)
  // SCAN and not KEYS, which would stop a busy server; it may name a key twice.
  const keys = Effect.gen(function* () {
    const found = new Set<string>()
    const pattern = `${prefix.replace(/[\\*?[\]]/g, "\\$&")}*`
    let cursor = "0"
    do {
      const [next, page] = yield* send<[string, Array<string>]>(
        "keys",
        "SCAN",
        cursor,
        "MATCH",
        pattern,
        "COUNT",
        "1000"
      )
      for (const key of page) found.add(key)
      cursor = next
    } while (cursor !== "0")
    return [...found]
  })
  return KeyValueStore.makeStringOnly({
    get,
    keys,
    set: (key, value) => send("set", "SET", key, value),
    remove: (key) => send("remove", "DEL", key),
    size: Effect.map(keys, (found) => found.length),
    clear: Effect.flatMap(keys, (found) => (found.length === 0 ? Effect.void : send("clear", "DEL", ...found))),
    modify: Effect.fnUntraced(function* (key, f) {
      for (;;) {
        const before = yield* get(key)
        if (before === undefined) return undefined
        const after = f(before)
        if ((yield* send<number>("modify", "EVAL", replaceIfSame, "1", key, before, after)) === 1) return after
      }
    })
  })
}

const replaceIfSame = `if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[2], "KEEPTTL")
return 1`
