/**
 * A backend in Redis: one key a name, `<prefix><name>`. A text is replaced only where it is still the one that was read, whoever else
 * writes there.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type * as Redis from "effect/persistence/Redis"
import type { StoreFailed } from "../errors/LoginError.ts"
import { type Backend, namesOf, notesInMemory } from "./Backend.ts"
import { answering } from "./storeFailed.ts"

/** The keys that begin with `prefix`; others of the same database are neither listed nor touched. */
export const make = (redis: Redis.Redis["Service"], prefix: string): Backend => {
  const pathOf = (name: string) => `${prefix}${name}`
  const queue = Semaphore.makeUnsafe(1)
  const send = <A>(path: string, command: string, ...args: ReadonlyArray<string>): Effect.Effect<A, StoreFailed> =>
    answering(path, redis.send<A>(command, ...args), ({ cause }) => `Redis ${command}: ${wordsOf(cause)}`)
  const read = (name: string) =>
    Effect.map(send<string | null>(pathOf(name), "GET", pathOf(name)), (text) => text ?? undefined)

  // SCAN and not KEYS, which would stop a busy server; it may name a key twice.
  const keys = Effect.gen(function* () {
    const found = new Set<string>()
    const pattern = `${prefix.replace(/[\\*?[\]]/g, "\\$&")}*`
    let cursor = "0"
    do {
      const [next, page] = yield* send<[string, Array<string>]>(
        pathOf("*"),
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

  return {
    where: `${prefix}*`,
    pathOf,
    ready: Effect.asVoid(read("")),
    read,
    names: Effect.map(keys, (keys) => namesOf(keys, prefix)),
    writtenAt: () => Effect.succeed(new Map()),
    scan: Effect.fnUntraced(function* (names, see) {
      for (let at = 0; at < names.length; at += atOnce) {
        const some = names.slice(at, at + atOnce)
        // What is no text, such as a list that somebody put there, has none here either.
        const texts = yield* send<Array<string | null>>(pathOf("*"), "MGET", ...some.map(pathOf))
        for (const [i, name] of some.entries()) {
          const text = texts[i] ?? undefined
          const shown = text === undefined ? yield* Effect.result(read(name)) : Result.succeed(text)
          if (Result.isFailure(shown) && !see(name, Result.fail(shown.failure))) return
          if (Result.isSuccess(shown) && shown.success !== undefined && !see(name, Result.succeed(shown.success)))
            return
        }
      }
    }),
    // One after the other in this process: those who lose a race would only ask again.
    update: <E>(name: string, change: (text: string | undefined) => Result.Result<string, E>) =>
      queue.withPermit(
        Effect.gen(function* () {
          const key = pathOf(name)
          for (;;) {
            const before = yield* read(name)
            const after = yield* Effect.fromResult(change(before))
            const known = before === undefined ? ["0", ""] : ["1", before]
            if ((yield* send<number>(key, "EVAL", replaceIfSame, "1", key, after, ...known)) === 1) return
          }
        })
      ),
    remove: (name) => Effect.map(send<number>(pathOf(name), "DEL", pathOf(name)), (count) => count > 0),
    notes: notesInMemory()
  }
}

/** Texts that are asked for in one go. */
const atOnce = 256

/** A connection that was cut may say nothing but its code, and a client that gave up nothing but what kind of error it is. */
const wordsOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  const { code } = cause as NodeJS.ErrnoException
  return cause.message || code || cause.constructor.name
}

const replaceIfSame = `local now = redis.call("GET", KEYS[1])
if ARGV[2] == "1" then
  if now ~= ARGV[3] then return 0 end
elseif now then return 0 end
redis.call("SET", KEYS[1], ARGV[1], "KEEPTTL")
return 1`
