/**
 * Keeps sessions, so that one scan lasts. A profile is a name for one account at one site; as many as you like stand side by side.
 * All layers keep the same text: JSON with the secrets in clear, since a session is good for nothing else. Whoever can read the place
 * can act as the user, so `layerFile` closes its folder to others and refuses what it cannot close.
 */
import { resolve } from "node:path"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as Redis from "effect/persistence/Redis"
import * as fencedBackend from "./fencedBackend.ts"
import * as folderBackend from "./folderBackend.ts"
import * as keyValueBackend from "./keyValueBackend.ts"
import * as redisBackend from "./redisBackend.ts"
import * as keptText from "./keptText.ts"
import * as newest from "./newest.ts"
import { isProfileName } from "./profileName.ts"
import { type Backend, inMemory } from "./Backend.ts"
import { storeFailed } from "./storeFailed.ts"
import { NoSession, type StoreFailed } from "../errors/LoginError.ts"
import { stateFolder } from "../files/stateFolder.ts"
import type { Session } from "../Session.ts"

/** A session as it was kept. `savedAt` is when it was last written, `session.obtainedAt` when it was obtained. */
export type Saved = keptText.Saved

/** `saved` by profile name; `broken` is what lies there and cannot be read, each with its place, the reason and the cure. */
export interface Listing {
  readonly saved: ReadonlyArray<Saved>
  readonly broken: ReadonlyArray<StoreFailed>
}

/** Which session is wanted: of a profile, of a site, or any. */
export interface Wanted {
  readonly profile?: string | undefined
  readonly site?: string | undefined
}

export class SessionStore extends Context.Service<
  SessionStore,
  {
    /** For messages: the folder, or what stands for it. */
    readonly where: string
    /** Fails where nothing could be kept: to be asked before somebody scans a code for nothing. */
    readonly ready: Effect.Effect<void, StoreFailed>
    /** Keeps a session, in the place of the one that the profile had. What cannot be read is not overwritten. */
    readonly save: (session: Session, profile?: string) => Effect.Effect<Saved, StoreFailed>
    readonly load: (profile: string) => Effect.Effect<Saved, NoSession | StoreFailed>
    readonly list: Effect.Effect<Listing, StoreFailed>
    /**
     * Shows the same in portions, by profile name, and tells at the end what cannot be read: whoever looks at ten thousand sessions one
     * after the other holds a few of them at a time.
     */
    readonly inPortions: <E, R>(
      see: (saved: ReadonlyArray<Saved>) => Effect.Effect<void, E, R>
    ) => Effect.Effect<Listing["broken"], E | StoreFailed, R>
    /**
     * The one to use: of those that fit, the one that was saved last. A profile that is called after another site and an account,
     * `<site>-<number>`, is looked into only where nothing else fits. Fails with `StoreFailed` where none fits and one that might
     * have cannot be read.
     */
    readonly find: (wanted?: Wanted) => Effect.Effect<Saved, NoSession | StoreFailed>
    /**
     * Keeps what `change` makes of what is kept, or leaves that as it is where `change` fails: read and written as one, as with `modify`.
     * What cannot be read is not overwritten.
     */
    readonly update: <E>(
      profile: string,
      change: (kept: Saved | undefined) => Result.Result<Session, E>
    ) => Effect.Effect<Saved, E | StoreFailed>
    /**
     * Reads, changes and writes as one: no change of another fiber or process is lost (`layerKeyValue` says where that ends). `change`
     * must be pure, it may run several times.
     */
    readonly modify: (
      profile: string,
      change: (session: Session) => Session
    ) => Effect.Effect<Saved, NoSession | StoreFailed>
    /** Forgets a session, one that cannot be read too. The server is not told. */
    readonly remove: (profile: string) => Effect.Effect<void, NoSession | StoreFailed>
    /**
     * Remembers that a session has just been found good, for whoever asks a moment later: beside the session, which stays as it is. In a
     * key-value store and in Redis, only this process knows.
     */
    readonly foundGood: (saved: Saved) => Effect.Effect<void>
    /** When that was said of this very session the last time, in milliseconds since 1970. */
    readonly wasGoodAt: (saved: Saved) => Effect.Effect<number | undefined>
  }
>()("webqq-login/SessionStore") {}

export { isProfileName } from "./profileName.ts"

/** The profile of a session that was given none: `<site>-<uin>`. */
export const defaultProfile = (session: Session): string => `${session.site}-${session.uin}`

export interface FileOptions {
  /** Default: `webqq-login/sessions` in the user's state folder (`XDG_STATE_HOME`, or what the system has for it). */
  readonly directory?: string | undefined
}

/**
 * One file a profile, `<profile>.json`: 0600, in a folder with 0700, whatever the umask is. A file is replaced whole or not at
 * all, also when the process is killed; processes take turns by a lock that ends with its holder. Symbolic links and files of another
 * user are refused. Fails to build where the user has no home and no folder is given.
 */
export const layerFile = (options: FileOptions = {}): Layer.Layer<SessionStore, StoreFailed> =>
  Layer.effect(
    SessionStore,
    Effect.flatMap(
      options.directory === undefined ? defaultDirectory : Effect.succeed(resolve(options.directory)),
      (directory) => make(folderBackend.make(directory))
    )
  )

const defaultDirectory = Effect.mapError(stateFolder("sessions"), () =>
  storeFailed("~", "this user has no home folder")
)

/** In this process, and gone with it. */
export const layerMemory: Layer.Layer<SessionStore> = Layer.effect(
  SessionStore,
  Effect.suspend(() => make(inMemory()))
)

export interface KeyOptions {
  /** What the keys begin with, before the profile. Default: `webqq-login:session:`. */
  readonly prefix?: string | undefined
}

const defaultPrefix = "webqq-login:session:"

/**
 * In any `KeyValueStore` of Effect. Fibers of this process take turns; between processes `update` and `modify` are as atomic as the store's
 * own `modify`, and most read and then write: two machines may then lose a change, though never half of one.
 */
export const layerKeyValue = (
  options: KeyOptions = {}
): Layer.Layer<SessionStore, never, KeyValueStore.KeyValueStore> =>
  Layer.effect(
    SessionStore,
    Effect.flatMap(KeyValueStore.KeyValueStore, (store) =>
      make(keyValueBackend.make(store, options.prefix ?? defaultPrefix))
    )
  )

/**
 * In Redis 6 or newer, for services on several machines: no change of any of them is lost. `NodeRedis.layer({ url })` of
 * `@effect/platform-node` provides the connection. Sessions lie there in clear: keep strangers out of that Redis.
 */
export const layerRedis = (options: KeyOptions = {}): Layer.Layer<SessionStore, never, Redis.Redis> =>
  Layer.effect(
    SessionStore,
    Effect.flatMap(Redis.Redis, (redis) => make(redisBackend.make(redis, options.prefix ?? defaultPrefix)))
  )

/** What `layerRows` is made of. */
export type Rows<Version> = fencedBackend.Rows<Version>

/**
 * In rows with versions, of a database of your own: no change is lost, whoever else writes there, and a session that was renewed never takes
 * the place of one that was saved meanwhile. The texts hold secrets in clear: seal them in `write` and open them in `read`, if the database
 * is not to see them.
 */
export const layerRows = <Version>(rows: Rows<Version>): Layer.Layer<SessionStore> =>
  Layer.effect(
    SessionStore,
    Effect.suspend(() => make(fencedBackend.make(rows)))
  )

// By the clock that the layer was made under: the replay of an old recording runs on one of its own, and what it yields is the
// newest all the same.
const make = (backend: Backend) => Effect.map(Clock.Clock, (clock) => serve(backend, clock))

const serve = (backend: Backend, clock: Clock.Clock): SessionStore["Service"] => {
  const decode = (profile: string) => (text: string) => keptText.decode(backend.pathOf(profile), profile, text)
  const named = (profile: string) =>
    isProfileName(profile)
      ? Effect.void
      : Effect.fail(storeFailed(backend.where, { reason: "no name for a profile", profile }))
  const noSession = (profile: string) => new NoSession({ step: "SessionStore", profile })

  const update = Effect.fnUntraced(function* <E>(
    profile: string,
    change: (before: Saved | undefined) => Result.Result<Session, E>
  ) {
    yield* named(profile)
    const savedAt = DateTime.makeUnsafe(clock.currentTimeMillisUnsafe())
    let after: Saved | undefined
    yield* backend.update(profile, (text) =>
      (text === undefined ? Result.succeed(undefined) : decode(profile)(text)).pipe(
        Result.flatMap(change),
        Result.flatMap((session) => {
          after = { profile, savedAt, session }
          return keptText.encode(backend.pathOf(profile), after)
        })
      )
    )
    return after as Saved
  })

  const load = Effect.fn("SessionStore.load")(function* (profile: string) {
    yield* named(profile)
    const text = yield* backend.read(profile)
    return yield* text === undefined ? noSession(profile) : Effect.fromResult(decode(profile)(text))
  })

  const readAll = Effect.fnUntraced(function* (names: ReadonlyArray<string>) {
    const saved: Array<Saved> = []
    const broken: Array<StoreFailed> = []
    yield* backend.scan(names, (name, text) => {
      const result = Result.flatMap(text, decode(name))
      if (Result.isSuccess(result)) saved.push(result.success)
      else broken.push(result.failure)
      return true
    })
    return { saved, broken }
  })
  const byPath = (broken: ReadonlyArray<StoreFailed>) => broken.toSorted((a, b) => compare(a.path, b.path))

  const list = Effect.gen(function* () {
    const { names, stray } = yield* backend.names
    const { broken, saved } = yield* readAll(names.toSorted(compare))
    return { saved, broken: byPath([...stray, ...broken]) }
  })

  const inPortions = Effect.fn("SessionStore.inPortions")(function* <E, R>(
    see: (saved: ReadonlyArray<Saved>) => Effect.Effect<void, E, R>
  ) {
    const { names, stray } = yield* backend.names
    const all = names.toSorted(compare)
    const unread = [...stray]
    for (let at = 0; at < all.length; at += portion) {
      const { broken, saved } = yield* readAll(all.slice(at, at + portion))
      unread.push(...broken)
      yield* see(saved)
    }
    return byPath(unread)
  })

  return SessionStore.of({
    where: backend.where,
    ready: backend.ready,
    load,
    list: Effect.withSpan(list, "SessionStore.list"),
    inPortions,
    save: Effect.fn("SessionStore.save")((session, profile = defaultProfile(session)) =>
      update(profile, () => Result.succeed(session))
    ),
    update: Effect.fn("SessionStore.update")(update),
    modify: Effect.fn("SessionStore.modify")((profile, change) =>
      update(profile, (before) =>
        before === undefined ? Result.fail(noSession(profile)) : Result.succeed(change(before.session))
      )
    ),
    remove: Effect.fn("SessionStore.remove")(function* (profile) {
      yield* named(profile)
      if (!(yield* backend.remove(profile))) return yield* noSession(profile)
    }),
    foundGood: (saved) => backend.notes.write(saved.profile, `${idOf(saved)} ${clock.currentTimeMillisUnsafe()}\n`),
    wasGoodAt: (saved) =>
      Effect.map(backend.notes.read(saved.profile), (note = "") => {
        const [, id, at] = /^(\d+) (\d+)\n$/.exec(note) ?? []
        return id === idOf(saved) ? Number(at) : undefined
      }),
    find: Effect.fn("SessionStore.find")(function* ({ profile, site } = {}) {
      if (profile !== undefined) {
        const saved = yield* load(profile)
        return site === undefined || saved.session.site === site ? saved : yield* noSession(profile)
      }
      const { saved, unreadable } = yield* newest.find(backend, site, clock.currentTimeMillisUnsafe())
      if (saved !== undefined) return saved
      return yield* unreadable[0] ?? noSession("")
    })
  })
}

/** Sessions of one profile are told apart by when they were obtained. */
const idOf = ({ session }: Saved) => String(session.obtainedAt.epochMilliseconds)

/** Few enough that they are young when they are dropped: 64 take an eighth more of a processor (measured). */
const portion = 16

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
