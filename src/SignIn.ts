/**
 * One scan instead of ten: the way to a session that costs least. A kept session is checked; where the server does not take
 * it, it is renewed; and only where that fails too, somebody has to scan a code.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type * as HttpClient from "effect/http/HttpClient"
import * as CookieJar from "./http/CookieJar.ts"
import * as Login from "./Login.ts"
import { AccountMismatch, type LoginError, ScanNeeded, StoreFailed } from "./errors/LoginError.ts"
import { eventStream, type SignInEvent } from "./LoginEvent.ts"
import * as QqHttp from "./http/QqHttp.ts"
import type { Session } from "./Session.ts"
import * as Keeping from "./store/keeping.ts"
import { defaultProfile, type Saved, SessionStore } from "./store/SessionStore.ts"
import { storeFailed } from "./store/storeFailed.ts"
import type { Site } from "./Site.ts"
import * as GtkBkn from "./steps/GtkBkn.ts"
import * as SessionCheck from "./steps/SessionCheck.ts"
import * as MusicKey from "./steps/MusicKey.ts"
import * as Renewal from "./steps/Renewal.ts"
import { traced } from "./steps/traced.ts"

export interface Options {
  /** Where the session is looked for and kept. Default: the newest of the site; a new one is kept by site and uin. */
  readonly profile?: string | undefined
  /** Whether a new session is kept. Default: true. */
  readonly save?: boolean | undefined
  /** Whether to scan a code whatever is kept. Default: false. */
  readonly fresh?: boolean | undefined
  /** Whether somebody may be asked to scan. Default: true; without it, `ScanNeeded` stands in the place of the code. */
  readonly scan?: boolean | undefined
  /**
   * A session of this age or older is renewed first, and checked only where that is refused. Default: none is for its age, but one that
   * says when it ends (QQ Music's) is once two thirds of its life are over. `Duration.infinity`: none is at all.
   */
  readonly renewAfter?: Duration.Duration | undefined
  /** A session in hand, used where the store holds no newer one. */
  readonly known?: Session | undefined
  /** Whether `known` was kept under `profile`. Where it has been forgotten there, it stays forgotten. Default: false. */
  readonly knownWasKept?: boolean | undefined
  /** Whether a session that is scanned may take the place of another account's at `profile`. Default: it gets a place of its own. */
  readonly force?: boolean | undefined
  /** Told of everything that happens, in order. The sign-in waits for it: keep it short. */
  readonly onEvent?: ((event: SignInEvent) => Effect.Effect<void>) | undefined
}

/**
 * Signs in to a site with as little as will do. Where nobody can tell whether the kept session is good (`HttpFailed`, `CheckUnclear`,
 * `AccessDenied`), it fails with that: nobody is asked to scan because of a network, a rate limit or an answer that nobody knows. Where only
 * a scan can help and `scan` is false, it fails with `ScanNeeded`. A session that cannot be kept is returned all the same, after a
 * `NotSaved`.
 */
export const signIn: (
  site: Site,
  options?: Options
) => Effect.Effect<Session, LoginError, HttpClient.HttpClient | SessionStore> = Effect.fn("SignIn.signIn")(function* (
  site,
  options = {}
) {
  const { onEvent = () => Effect.void, save = true } = options
  const { kept, scanned, session } = yield* Login.withinTimeout(obtain(site, options))
  if (save && session !== kept?.before?.session) {
    const store = yield* SessionStore
    // A profile keeps its name when its owner had to scan again.
    const profile = options.profile ?? (kept?.session.uin === session.uin ? kept.profile : undefined)
    const keeping = scanned
      ? Keeping.put(store, session, { profile, force: options.force === true })
      : keepOld(store, kept, session)
    if (keeping !== undefined) yield* tellOf(store, keeping, profile, onEvent)
  }
  yield* onEvent({ _tag: "LoggedIn", session })
  return session
})

/** A session that works, whether somebody scanned for it, and the kept one that was there before. */
const obtain = Effect.fnUntraced(function* (site: Site, options: Options) {
  const { fresh = false, onEvent = () => Effect.void, scan = true } = options
  const kept = fresh ? undefined : yield* find(site, options)
  if (kept !== undefined) {
    yield* onEvent({ _tag: "SessionFound", profile: kept.profile, obtainedAt: kept.session.obtainedAt })
    const session = yield* revive(site, kept, options)
    if (session !== undefined) return { kept, scanned: false, session }
  }
  if (!scan) return yield* new ScanNeeded({ step: "Login", site: site.name, profile: kept?.profile ?? "" })
  // `LoggedIn` is the last that is told, so it waits until the session is kept.
  const session = yield* Login.login(site, {
    onEvent: (event) => (event._tag === "LoggedIn" ? Effect.void : onEvent(event))
  })
  return { kept, scanned: true, session }
})

/** The same as a stream of what happens; the last element is `LoggedIn`. */
export const events = (
  site: Site,
  options: Omit<Options, "onEvent"> = {}
): Stream.Stream<SignInEvent, LoginError, HttpClient.HttpClient | SessionStore> =>
  eventStream((onEvent) => signIn(site, { ...options, onEvent }))

/** The first rung: the same session, where it is still good. Fails as `SessionCheck.check`; `isDead` tells a no from not knowing. */
export const check = traced("SignIn.check")(function* (site: Site, session: Session) {
  yield* withCookies(site, session, SessionCheck.check(site, session))
  return session
})

/** Whether an error of `check` says that the session is over; any other says that nobody knows. */
export const isDead: (error: LoginError) => boolean = SessionCheck.isDead

/** Remembers what `check` has just found, where a server was asked: for `wasGood`. */
export const foundGood = (site: Site, saved: Saved): Effect.Effect<void, never, SessionStore> =>
  site.check === undefined ? Effect.void : SessionStore.use((store) => store.foundGood(saved))

/** Whether a kept session was obtained, or found good by its server, in the last `within`: for whoever needs not ask again so soon. */
export const wasGood = Effect.fnUntraced(function* (saved: Saved, within: Duration.Duration) {
  const store = yield* SessionStore
  const now = yield* Clock.currentTimeMillis
  const times = [since(saved.session), yield* store.wasGoodAt(saved)]
  return times.some((at) => at !== undefined && at <= now && now - at < Duration.toMillis(within))
})

/** The first rung without a server: by age and cookies alone. Fails with `CookieMissing`. */
export const checkByAge = traced("SignIn.checkByAge")(function* (site: Site, session: Session) {
  // No others: to fill a jar with them takes as long as all else that is looked at.
  const cookies = session.cookies.filter(({ name }) => GtkBkn.isRead(site, name))
  yield* Effect.provideService(SessionCheck.byAge(site, session), CookieJar.CookieJar, jarOf(site, { cookies }))
  return session
})

/**
 * Keeps a renewed session in the place of the saved one that it came of, where that still lies there. Fails with `StoreFailed` where it was
 * forgotten or replaced meanwhile (`whyNot` tells), or the place cannot be used.
 */
export const keepRenewed = (before: Saved, session: Session): Effect.Effect<Saved, StoreFailed, SessionStore> =>
  SessionStore.use((store) => Keeping.replace(store, before, session))

/**
 * Keeps a session that somebody has in hand, as one that was scanned for: for another try after a `NotSaved`. It takes the place that its own account
 * had, or one of its own where another's is there, unless `force` is given.
 */
export const keep = (
  session: Session,
  { force = false, profile }: Pick<Options, "force" | "profile"> = {}
): Effect.Effect<Saved, StoreFailed, SessionStore> =>
  SessionStore.use((store) => Keeping.put(store, session, { profile, force }))

/**
 * The second rung: a new session from an old one. QQ Music has a refresh of its own; elsewhere the cookies are offered to pt4_auth, of which
 * nobody has published an answer since 2021: it is tried, and may be refused. Fails as `Renewal.renew` or `MusicKey.refresh`, as what
 * follows check_sig does, and with `AccountMismatch` where what came is another account's.
 */
export const renew = Effect.fn("SignIn.renew")(function* (site: Site, session: Session) {
  const rung: Effect.Effect<Session, LoginError, CookieJar.CookieJar | QqHttp.QqHttp> = hasOwnRefresh(site, session)
    ? MusicKey.refresh(session)
    : Effect.andThen(Renewal.renew(site), Login.openSession(site, session.nickname))
  const renewed = yield* withCookies(site, session, rung)
  if (renewed.uin === session.uin) return renewed
  return yield* new AccountMismatch({ step: "Renewal", host: site.target, uin: renewed.uin })
})

const hasOwnRefresh = ({ authorize }: Site, { musickey }: Session) =>
  authorize?.redeem === "music" && musickey !== undefined

/** A session to begin with; `before` is what the store holds in its place, and `forgotten` that it does so no more. */
interface Kept {
  readonly profile: string
  readonly session: Session
  readonly before: Saved | undefined
  readonly forgotten: boolean
}

const find = Effect.fnUntraced(function* (site: Site, { known, knownWasKept = false, profile }: Options) {
  const store = yield* SessionStore
  let unreadable = false
  const stored = yield* (profile === undefined ? store.find({ site: site.name }) : store.load(profile)).pipe(
    Effect.catchTag("NoSession", () => Effect.undefined),
    // A store in trouble is no reason to drop a session in hand.
    Effect.catchTag("StoreFailed", (error) => {
      unreadable = true
      return known === undefined ? Effect.fail(error) : Effect.undefined
    })
  )
  if (stored !== undefined && stored.session.site !== site.name) {
    return yield* taken(stored.profile, stored.session.site)
  }
  const isNewer = known !== undefined && !(stored && since(stored.session) >= since(known))
  if (isNewer) {
    const place = profile ?? defaultProfile(known)
    const before = stored?.profile === place ? stored : undefined
    // Whoever put another account there meant it.
    if (before === undefined || Keeping.isSameAccount(before.session, known)) {
      const forgotten = knownWasKept && before === undefined && !unreadable
      return { profile: place, session: known, before, forgotten } satisfies Kept
    }
  }
  if (stored === undefined) return undefined
  return { profile: stored.profile, session: stored.session, before: stored, forgotten: false } satisfies Kept
})

const since = (session: Session) => session.obtainedAt.epochMilliseconds

const taken = (profile: string, site: string) =>
  new StoreFailed({
    step: "SessionStore",
    path: profile,
    reason: "this profile holds a session of another site",
    site
  })

/** Both rungs above the scan, in the order that the session's age asks for; nothing where the server takes neither. */
const revive = Effect.fnUntraced(function* (site: Site, { before, profile, session }: Kept, options: Options) {
  const { onEvent = () => Effect.void, renewAfter } = options
  const still = check(site, session).pipe(
    Effect.tap(() => (before === undefined ? Effect.void : foundGood(site, before))),
    Effect.tap(() => onEvent({ _tag: "SessionStillGood", profile, asked: site.check !== undefined })),
    orElseTell(SessionCheck.isDead, (reason) => onEvent({ _tag: "SessionRefused", profile, reason }))
  )
  const renewed = renew(site, session).pipe(
    Effect.tap(() => onEvent({ _tag: "Renewed", profile })),
    orElseTell(isRefusal, (reason) => onEvent({ _tag: "RenewalRefused", profile, reason }))
  )
  const [first, second] = isDue(session, renewAfter, yield* Clock.currentTimeMillis)
    ? [renewed, still]
    : [still, renewed]
  return (yield* first) ?? (yield* second)
})

/**
 * Whether a session is to be renewed before it is checked. One that says when it ends is, once two thirds of its life are over; of any
 * other only the age is known. An age below zero says that a clock was wrong, and nothing of the session.
 */
const isDue = (session: Session, renewAfter: Duration.Duration | undefined, now: number): boolean => {
  const age = now - since(session)
  if (renewAfter !== undefined && !Duration.isFinite(renewAfter)) return false
  if (session.expiresAt === undefined) return renewAfter !== undefined && age >= Duration.toMillis(renewAfter)
  return age >= ((session.expiresAt.epochMilliseconds - since(session)) * 2) / 3
}

/** A network that is down and an answer that may be forged are no "no" to a renewal; all else is, a page or a 403 as well as a code. */
const isRefusal = ({ _tag }: LoginError): boolean =>
  _tag !== "HttpFailed" && _tag !== "LoginTimeout" && _tag !== "RedirectUntrusted"

/** Only a "no" leads on to the next rung; what tells nothing of the session ends the way. */
const orElseTell =
  (isNo: (reason: LoginError) => boolean, tell: (reason: LoginError) => Effect.Effect<void>) =>
  <R>(rung: Effect.Effect<Session, LoginError, R>): Effect.Effect<Session | undefined, LoginError, R> =>
    Effect.catch(rung, (error) => (isNo(error) ? Effect.as(tell(error), undefined) : Effect.fail(error)))

/** Keeps what came of a kept session, or of one in hand; nothing where that was forgotten and is not even new. */
const keepOld = (store: SessionStore["Service"], kept: Kept | undefined, session: Session) => {
  if (kept === undefined) return undefined
  if (kept.forgotten) {
    return session === kept.session ? undefined : Effect.fail(storeFailed(kept.profile, "it was forgotten meanwhile"))
  }
  return kept.before === undefined
    ? Keeping.add(store, kept.profile, session)
    : Keeping.replace(store, kept.before, session)
}

const tellOf = (
  { where }: SessionStore["Service"],
  keeping: Effect.Effect<Saved, StoreFailed>,
  wanted: string | undefined,
  onEvent: (event: SignInEvent) => Effect.Effect<void>
) =>
  Effect.matchEffect(keeping, {
    onSuccess: ({ profile }) =>
      onEvent({
        _tag: "Saved",
        profile,
        where,
        ...(wanted === undefined || wanted === profile ? {} : { instead: wanted })
      }),
    onFailure: (reason) => onEvent({ _tag: "NotSaved", reason, why: whyNot(reason) })
  })

/** Why a session could not be kept, in the word that `NotSaved` has for it. */
export const whyNot = ({ reason }: StoreFailed): "superseded" | "forgotten" | "unreachable" => {
  if (reason === "it was forgotten meanwhile") return "forgotten"
  return reason === "another session was saved there meanwhile" ? "superseded" : "unreachable"
}

/** Each attempt has a jar of its own: what a failed one leaves behind harms nobody. */
const withCookies = <A, E, R>(site: Site, session: Session, rung: Effect.Effect<A, E, R>) =>
  rung.pipe(
    Effect.provideServiceEffect(QqHttp.QqHttp, QqHttp.make),
    Effect.provideService(CookieJar.CookieJar, jarOf(site, session)),
    Login.withinTimeout
  )

const jarOf = (site: Site, { cookies }: Pick<Session, "cookies">) =>
  CookieJar.make({ domains: site.cookieDomains, cookies })
