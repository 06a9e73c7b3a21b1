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
import { root } from "../support/documents.ts"
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
        `"schema": 2, "more": 1`
      )
      writeFileSync(join(directory, `${file}.json`), newer)
      const { session } = yield* store.load(`webqq-of-${version}`)
      for (const use of [store.load(file), store.save(session, file), store.find({ profile: file })]) {
        const error = yield* Effect.flip<unknown, LoginError, never>(use)
        assert.match(error.message, /it has format 2, and this version knows format 1/)
      }
      assert.strictEqual(readFileSync(join(directory, `${file}.json`), "utf8"), newer)
      const exported = readFileSync(join(folder, version, "qzone.webqq"), "utf8")
      const later = exported.replace("webqq-session/1", "webqq-session/2")
      assert.strictEqual((yield* Effect.flip(SessionExport.open(later, passphrase))).reason, "newer version")
    })
  )
})
