import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { type Backend, inMemory } from "../../src/store/Backend.ts"
import * as keptText from "../../src/store/keptText.ts"
import * as newest from "../../src/store/newest.ts"
import * as SessionStore from "../../src/store/SessionStore.ts"
import { chance } from "../support/resecret.ts"
import { aSession, inFolder } from "../support/sessionStores.ts"

interface Kept {
  readonly name: string
  readonly site: string
  readonly savedAt: number
  /** When the place says that it was written; undefined where it does not say. */
  readonly writtenAt: number | undefined
  readonly text: string
}

const kept = (name: string, site: string, savedAt: number, writtenAt: number | undefined = savedAt): Kept => {
  const saved = { profile: name, savedAt: DateTime.makeUnsafe(savedAt), session: aSession({ site }) }
  return { name, site, savedAt, writtenAt, text: Result.getOrThrow(keptText.encode(name, saved)) }
}

/** A place that counts how many of its texts are opened. */
const placeOf = (all: ReadonlyArray<Kept>) => {
  const byName = new Map(all.map((one) => [one.name, one]))
  const opened: Array<string> = []
  const backend: Backend = {
    ...inMemory(),
    names: Effect.succeed({ names: [...byName.keys()], stray: [] }),
    writtenAt: (names) =>
      Effect.succeed(
        new Map(
          names.flatMap((name) => {
            const time = byName.get(name)?.writtenAt
            return time === undefined ? [] : [[name, time] as const]
          })
        )
      ),
    scan: (names, see) =>
      Effect.sync(() => {
        for (const name of names) {
          opened.push(name)
          if (!see(name, Result.succeed(byName.get(name)?.text ?? ""))) return
        }
      })
  }
  return { backend, opened }
}

const minute = 60_000
const later = 10_000 * minute
const sites = ["qzone", "qun", "vip"]

describe("the session that was saved last", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => {
    const site = sites[i % sites.length] ?? ""
    return kept(`${site}-${10_000 + i}`, site, i * minute)
  })
  const old = kept("music-10001", "music", 1)

  it.effect.each([
    ["any site", undefined, "qzone-19999", 2],
    ["a site that has many", "vip", "vip-19998", 2],
    ["a site that has one, older than all others", "music", "music-10001", 1]
  ] as const)("of %s is found among 10,000 by opening few", ([, site, name, most]) =>
    Effect.gen(function* () {
      const { backend, opened } = placeOf([...many, old])
      const { saved } = yield* newest.find(backend, site, later)
      assert.strictEqual(saved?.profile, name)
      assert.isAtMost(opened.length, most)
    })
  )

  it.effect("of a site that has none is looked for in the first lines of each", () =>
    Effect.gen(function* () {
      // What is decoded would be broken.
      const cut = many.map((one) => ({ ...one, text: one.text.slice(0, 250) }))
      const { backend, opened } = placeOf(cut)
      assert.deepStrictEqual(yield* newest.find(backend, "music", later), { saved: undefined, unreadable: [] })
      assert.strictEqual(opened.length, cut.length)
    })
  )

  it.effect("is not the one that was saved while a clock was ahead, unless there is no other", () =>
    Effect.gen(function* () {
      const ahead = kept("qzone-99999", "qzone", later + 365 * 24 * 60 * minute)
      const { backend } = placeOf([ahead, kept("qzone-10001", "qzone", 5), kept("qzone-10002", "qzone", 6)])
      assert.strictEqual((yield* newest.find(backend, "qzone", later)).saved?.profile, "qzone-10002")
      assert.strictEqual((yield* newest.find(placeOf([ahead]).backend, "qzone", later)).saved?.profile, "qzone-99999")
    })
  )

  it.effect("is found under any name", () =>
    Effect.gen(function* () {
      const { backend } = placeOf([...many, kept("qun-99999", "music", 5), kept("mine", "game", 7)])
      assert.strictEqual((yield* newest.find(backend, "music", later)).saved?.profile, "qun-99999")
      assert.strictEqual((yield* newest.find(backend, "game", later)).saved?.profile, "mine")
    })
  )

  it.effect("is the same as where all are decoded, whatever was copied, broken or written by hand", () =>
    Effect.gen(function* () {
      for (let seed = 1; seed <= 500; seed++) {
        const random = chance(seed)
        const below = (limit: number) => Math.floor(random() * limit)
        const all = Array.from({ length: 1 + below(12) }, (_, i) => {
          const site = sites[below(3)] ?? ""
          const savedAt = below(20) * 1000
          const name = [`${site}-${i}`, `p${i}`, `work-${i}`][below(3)] ?? ""
          const one = kept(name, site, savedAt, random() < 0.2 ? undefined : savedAt + below(3) * below(9000))
          if (random() < 0.1) return { ...one, text: one.text.replace("savedAt", "saved") }
          // Another order of the keys, as a tool may write them.
          return random() < 0.1 ? { ...one, text: JSON.stringify(flipped(JSON.parse(one.text))) } : one
        })
        const { backend } = placeOf(all)
        // What says that it was saved more than an hour after that comes last.
        const now = random() < 0.5 ? later : below(20) * 1000 - 60 * minute
        const isFuture = (saved: keptText.Saved) => Number(saved.savedAt.epochMilliseconds > now + 60 * minute)
        for (const site of [undefined, ...sites, "music"]) {
          const [best] = all
            .map(({ name, text }) => keptText.decode(name, name, text))
            .flatMap((decoded) => (Result.isSuccess(decoded) ? [decoded.success] : []))
            .filter(({ session }) => site === undefined || session.site === site)
            .toSorted(
              (a, b) =>
                isFuture(a) - isFuture(b) ||
                b.savedAt.epochMilliseconds - a.savedAt.epochMilliseconds ||
                (a.profile < b.profile ? -1 : 1)
            )
          const { saved } = yield* newest.find(backend, site, now)
          assert.strictEqual(saved?.profile, best?.profile, `seed ${seed}, ${site}`)
        }
      }
    })
  )
})

const flipped = (json: object) => Object.fromEntries(Object.entries(json).toReversed())

describe("a save", () => {
  it.effect("does not look at what else lies in the folder", () =>
    Effect.gen(function* () {
      const { directory, layer } = yield* inFolder
      const store = yield* Effect.provide(SessionStore.SessionStore, layer)
      yield* store.save(aSession(), "p")
      const looked: Array<unknown> = []
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          const before = { ...fs.promises }
          for (const name of ["readdir", "opendir"] as const) {
            fs.promises[name] = ((...args: ReadonlyArray<unknown>) => {
              looked.push(args)
              return Promise.reject(new Error("not to be called"))
            }) as never
          }
          syncBuiltinESMExports()
          return before
        }),
        (before) =>
          Effect.sync(() => {
            Object.assign(fs.promises, before)
            syncBuiltinESMExports()
          })
      )
      yield* store.save(aSession({ uin: 2 }), "p")
      assert.deepStrictEqual(looked, [])
      assert.match((yield* Effect.flip(store.list)).message, /not to be called/)
      assert.deepStrictEqual(fs.readdirSync(directory), [".lock", "p.json"])
    })
  )
})
