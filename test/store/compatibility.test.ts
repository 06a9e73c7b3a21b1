/**
 * What earlier versions wrote: their own files, kept under `test/support/kept/<version>`. Their values are stand-ins.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { LoginError } from "../../src/errors/LoginError.ts"
import { toJson } from "../../src/Session.ts"
import * as SessionExport from "../../src/store/SessionExport.ts"
import * as SessionStore from "../../src/store/SessionStore.ts"
import * as Site from "../../src/Site.ts"
import { root } from "../support/documents.ts"
import { qzone, sessionOf } from "../support/savedSessions.ts"
import { inFolder } from "../support/sessionStores.ts"

const passphrase = "a stand-in of a passphrase"
const folder = join(root, "test/support/kept")
const versions = readdirSync(folder)
const filesOf = (version: string, end: string) =>
  readdirSync(join(folder, version)).filter((file) => file.endsWith(end))

/** A store that holds copies of what a version saved. */
const storeOf = (version: string) =>
  Effect.gen(function* () {
    const { directory, layer } = yield* inFolder
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (const file of filesOf(version, ".json")) cpSync(join(folder, version, file), join(directory, file))
    return { directory, store: yield* Effect.provide(SessionStore.SessionStore, layer) }
  })

describe.each(versions)("files of %s", (version) => {
  it.effect("are saved sessions, whole", () =>
    Effect.gen(function* () {
      const { store } = yield* storeOf(version)
      const { broken, saved } = yield* store.list
      assert.deepStrictEqual(broken, [])
      assert.deepStrictEqual(
        saved.map(({ profile }) => `${profile}.json`),
        filesOf(version, ".json")
      )
      for (const { profile, session } of saved) {
        const { session: written } = JSON.parse(readFileSync(join(folder, version, `${profile}.json`), "utf8"))
        assert.deepStrictEqual(toJson(session), written)
        assert.isAbove(session.cookies.length, 10)
      }
      assert.strictEqual((yield* store.find({ site: "webqq" })).profile, `webqq-of-${version}`)
    })
  )

  it.effect("stay readable to that version when they are written anew", () =>
    Effect.gen(function* () {
      const { directory, store } = yield* storeOf(version)
      for (const file of readdirSync(directory)) {
        const before = readFileSync(join(directory, file), "utf8")
        yield* store.modify(file.replace(/\.json$/, ""), (session) => session)
        const after = readFileSync(join(directory, file), "utf8")
        const time = /"savedAt": "[^"]+"/
        assert.strictEqual(after.replace(time, ""), before.replace(time, ""))
      }
    })
  )

  it.effect("are exports that open", () =>
    Effect.gen(function* () {
      const { store } = yield* storeOf(version)
      const files = filesOf(version, ".webqq")
      assert.isNotEmpty(files)
      for (const file of files) {
        const text = readFileSync(join(folder, version, file), "utf8")
        const { profile, session } = yield* SessionExport.open(text, passphrase)
        assert.deepStrictEqual(toJson(session), toJson((yield* store.load(profile)).session))
      }
    })
  )

  it.effect("say so where a newer version wrote them, and are left as they are", () =>
    Effect.gen(function* () {
      const { directory, store } = yield* storeOf(version)
      const file = `qzone-of-${version}`
      const newer = readFileSync(join(directory, `${file}.json`), "utf8").replace(
        `"schema": 1`,
        `"schema": 3, "more": 1`
      )
      writeFileSync(join(directory, `${file}.json`), newer)
      const { session } = yield* store.load(`webqq-of-${version}`)
      for (const use of [store.load(file), store.save(session, file), store.find({ profile: file })]) {
        const error = yield* Effect.flip<unknown, LoginError, never>(use)
        assert.match(error.message, /it has format 3, and this version knows formats 1 and 2/)
      }
      assert.strictEqual(readFileSync(join(directory, `${file}.json`), "utf8"), newer)
      const exported = readFileSync(join(folder, version, "qzone.webqq"), "utf8")
      const later = exported.replace("webqq-session/1", "webqq-session/3")
      assert.strictEqual((yield* Effect.flip(SessionExport.open(later, passphrase))).reason, "newer version")
    })
  )
})

describe("what 0.1.0 does not know", () => {
  const json = toJson(qzone)
  const { nickname: _, ...nameless } = json
  const newer: ReadonlyArray<readonly [what: string, session: typeof json]> = [
    ["a site of one's own", { ...json, site: "my-site", ownSite: { ...Site.qzone, name: "my-site" } }],
    ["no nickname", nameless],
    ["what music brings", { ...json, musicid: 1 }]
  ]
  it.effect.each(newer)("has a newer format, so that it says so, and comes back whole: %s", ([, session]) =>
    Effect.gen(function* () {
      const { layer, texts } = yield* inFolder
      const store = yield* Effect.provide(SessionStore.SessionStore, layer)
      yield* store.save(sessionOf(session), "p")
      // 0.1.0 looks at this number first, and leaves alone what has another than 1.
      assert.strictEqual(JSON.parse((yield* texts.get("p")) ?? "").schema, 2)
      assert.deepStrictEqual(toJson((yield* store.find({ site: session.site })).session), session)
      const exported = yield* SessionExport.seal({ profile: "p", session: sessionOf(session) }, passphrase, 1)
      // And here at the beginning of the first line.
      assert.match(exported, /^\{"format":"webqq-session\/2"/)
      assert.deepStrictEqual(toJson((yield* SessionExport.open(exported, passphrase)).session), session)
    })
  )

  const own = { ...Site.qzone, name: "my-site" }
  const unknownKey = "has a key that nobody knows"
  const hostile: ReadonlyArray<readonly [what: string, ownSite: unknown]> = [
    ["is called like one of ours", { ...own, name: "qzone" }],
    ["is another than the session's", { ...own, name: "other" }],
    ["leads elsewhere than a host", { ...own, redirectHosts: ["https://evil.example/x"] }],
    ["trusts no host", { ...own, redirectHosts: [] }],
    ["has a check that is no https address", { ...own, check: { ...own.check, url: "http://evil.example/" } }],
    [unknownKey, { ...own, more: 1 }],
    ["does not own the cookies", { ...own, cookieDomains: ["evil.example"] }]
  ]
  it.effect.each(hostile)("is refused in a file where the description %s", ([what, ownSite]) =>
    Effect.gen(function* () {
      const { directory, layer, texts } = yield* inFolder
      const store = yield* Effect.provide(SessionStore.SessionStore, layer)
      const good = sessionOf({ ...json, site: "my-site", ownSite: own })
      yield* store.save(good, "p")
      const text = JSON.parse((yield* texts.get("p")) ?? "")
      writeFileSync(join(directory, "p.json"), JSON.stringify({ ...text, session: { ...text.session, ownSite } }))
      assert.match((yield* Effect.flip(store.load("p"))).message, /it is not a saved session/)
      // What is sealed is read by the same schema, and cannot even be written.
      const forged = Object.assign(Object.create(Object.getPrototypeOf(good)), good, { ownSite })
      const sealed = yield* Effect.exit(SessionExport.seal({ profile: "p", session: forged }, passphrase, 1))
      // But for a key that nobody knows, which is left out.
      assert.strictEqual(sealed._tag, what === unknownKey ? "Success" : "Failure")
    })
  )
})
