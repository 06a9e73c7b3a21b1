/**
 * Every place where sessions can be kept, each with a way to look at its texts behind the store's back.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Session, type SessionJson } from "../../src/Session.ts"
import * as SessionStore from "../../src/store/SessionStore.ts"

/** A session; its secrets are easy to search for. */
export const aSession = (fields: Partial<SessionJson> = {}): Session =>
  Schema.decodeSync(Session)({
    site: "webqq",
    uin: 10001,
    nickname: '昵称 \u2028 "quoted"',
    ptwebqq: "SECRET-ptwebqq",
    vfwebqq: "SECRET-vfwebqq",
    psessionid: "SECRET-psessionid",
    clientid: 53_999_199,
    obtainedAt: "2018-11-20T08:00:05.000Z",
    cookies: [
      {
        name: "skey",
        value: "SECRET-skey",
        domain: "qq.com",
        path: "/",
        expires: "2018-11-22T08:00:05.000Z",
        secure: false,
        httpOnly: false,
        hostOnly: false
      }
    ],
    ...fields
  })

/** `session` with its counter, the `gtk`, one higher: what the tests of concurrency count. */
export const counted = (session: Session): Session => new Session({ ...session, gtk: (session.gtk ?? 0) + 1 })

export interface Texts {
  readonly put: (profile: string, text: string) => Effect.Effect<unknown, unknown>
  readonly get: (profile: string) => Effect.Effect<string | undefined, unknown>
}

/** A folder of the test's own, gone after it. `/dev/shm`, where there is one, spares the disk the thousand flushes of some tests. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "webqq-login-store-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** Builds a store in a folder, and lays hands on its files. */
export const inFolder = Effect.map(temporaryFolder, (parent) => {
  const directory = join(parent, "state", "sessions")
  const path = (profile: string) => join(directory, `${profile}.json`)
  const texts: Texts = {
    put: (profile, text) => Effect.sync(() => writeFileSync(path(profile), text)),
    get: (profile) => Effect.sync(() => (existsSync(path(profile)) ? readFileSync(path(profile), "utf8") : undefined))
  }
  return { layer: SessionStore.layerFile({ directory }), texts, directory, parent }
})

/** Builds a store on Effect's key-value store in memory. */
export const inKeyValueMemory = Effect.map(Layer.build(Layer.fresh(KeyValueStore.layerMemory)), (context) => {
  const provided = Layer.succeedContext(context)
  const key = (profile: string) => `test:${profile}`
  const ask = <A, E>(f: (store: KeyValueStore.KeyValueStore) => Effect.Effect<A, E>) =>
    KeyValueStore.KeyValueStore.use(f).pipe(Effect.provide(provided))
  const texts: Texts = {
    put: (profile, text) => ask((store) => store.set(key(profile), text)),
    get: (profile) => ask((store) => store.get(key(profile)))
  }
  return { layer: SessionStore.layerKeyValue({ prefix: "test:" }).pipe(Layer.provide(provided)), texts }
})

/** Builds a store on rows with versions, as a database has them, to which others write at the same time. */
export const inRows = Effect.sync(() => {
  const rows = new Map<string, { readonly text: string; readonly version: number }>()
  let versions = 0
  const put = (profile: string, text: string) => void rows.set(profile, { text, version: ++versions })
  // The turn between reading and writing belongs to others.
  const later = <A>(look: () => A) => Effect.andThen(Effect.yieldNow, Effect.sync(look))
  const layer = SessionStore.layerRows({
    where: "rows",
    read: (profile) => later(() => rows.get(profile)),
    write: (profile, text, version) =>
      later(() => {
        if (rows.get(profile)?.version !== version) return false
        put(profile, text)
        return true
      }),
    remove: (profile) => later(() => rows.delete(profile)),
    profiles: later(() => [...rows.keys()])
  })
  const texts: Texts = {
    put: (profile, text) => Effect.sync(() => put(profile, text)),
    get: (profile) => Effect.sync(() => rows.get(profile)?.text)
  }
  return { layer, texts }
})
