/**
 * The whole login: scan → confirm → redirect → tokens → session. Read it top to bottom and you know the protocol.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type * as HttpClient from "effect/http/HttpClient"
import { Asked, waitingFor } from "./http/Asked.ts"
import * as CookieJar from "./http/CookieJar.ts"
import * as LoginConfig from "./LoginConfig.ts"
import { type LoginError, LoginTimeout, QrExpired } from "./errors/LoginError.ts"
import { eventStream, type LoginEvent } from "./LoginEvent.ts"
import { clientid } from "./protocol/Endpoints.ts"
import * as QqHttp from "./http/QqHttp.ts"
import { isBelow } from "./cookieRules.ts"
import { Session, type SessionCookie } from "./Session.ts"
import { find, hostsOf, type Site } from "./Site.ts"
import { awaitConfirmation } from "./steps/AwaitConfirmation.ts"
import * as Psession from "./steps/Psession.ts"
import * as QrCode from "./steps/QrCode.ts"
import * as Redirect from "./steps/Redirect.ts"
import * as Authorize from "./steps/Authorize.ts"
import * as GtkBkn from "./steps/GtkBkn.ts"
import * as Vfwebqq from "./steps/Vfwebqq.ts"
import { traced } from "./steps/traced.ts"

export interface Options {
  /** Told of everything that happens, in order. The login waits for it: keep it short. */
  readonly onEvent?: (event: LoginEvent) => Effect.Effect<void>
}

/**
 * Logs in to a site. Every call has a jar of its own, so that one process can hold thousands of logins; limits come from
 * `LoginConfig`. Interruption closes the request in flight.
 */
export const login: (site: Site, options?: Options) => Effect.Effect<Session, LoginError, HttpClient.HttpClient> =
  traced("Login.login")(function* (site, options = {}) {
    const onEvent = options.onEvent ?? (() => Effect.void)
    const jar = CookieJar.make({ domains: site.cookieDomains })
    const pipeline = Effect.gen(function* () {
      const confirmed = yield* scan(site, onEvent)
      yield* onEvent({ _tag: "Confirmed", nickname: confirmed.nickname })
      yield* Redirect.follow(site, confirmed.url)
      const session = yield* openSession(site, confirmed.nickname)
      yield* onEvent({ _tag: "LoggedIn", session })
      return session
    })
    return yield* pipeline.pipe(
      Effect.provideServiceEffect(QqHttp.QqHttp, QqHttp.make),
      Effect.provideService(CookieJar.CookieJar, jar),
      withinTimeout
    )
  })

/** Fails with `LoginTimeout` where it takes longer than a whole login may (`LoginConfig.timeout`). */
export const withinTimeout = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | LoginTimeout, R> =>
  Effect.withFiber((fiber) => {
    const { timeout } = fiber.getRef(LoginConfig.LoginConfig)
    // A login within a longer story: both wait for the same.
    const asked: Asked = fiber.getRef(Asked) ?? {}
    return effect.pipe(
      Effect.provideService(Asked, asked),
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () =>
          Effect.fail(new LoginTimeout({ step: "Login", seconds: Duration.toSeconds(timeout), ...waitingFor(asked) }))
      })
    )
  })

/** Steps 1 and 2: shows codes until one is confirmed; an expired one is replaced `LoginConfig.maxRefresh` times. */
const scan = Effect.fnUntraced(function* (site: Site, onEvent: (event: LoginEvent) => Effect.Effect<void>) {
  const { codeLife, maxRefresh } = yield* LoginConfig.LoginConfig
  let stillborn = 0
  for (let attempt = 1; attempt <= maxRefresh + 1; attempt++) {
    const code = yield* QrCode.fetch(site)
    const now = yield* Clock.currentTimeMillis
    const expiresAt = DateTime.makeUnsafe(now + Duration.toMillis(codeLife))
    yield* onEvent({ _tag: "QrShown", attempt, png: code.png, expiresAt })
    const decision = yield* awaitConfirmation(site, code.qrsig, onEvent)
    if (decision._tag === "Confirmed") return decision
    yield* onEvent({ _tag: "Expired", attempt })
    // Another code would end like these, and many codes in a row look like an attack.
    stillborn = decision.atOnce ? stillborn + 1 : 0
    if (stillborn > 1) return yield* new QrExpired({ step: "ScanStatus", codes: attempt, atOnce: true })
  }
  return yield* new QrExpired({ step: "ScanStatus", codes: maxRefresh + 1 })
})

/**
 * What the cookies of step 3 are worth: the tokens of Web QQ, or the numbers that sign the calls of any other site. Cookies that
 * were renewed without a scan are worth the same.
 */
export const openSession = Effect.fnUntraced(function* (site: Site, nickname: string | undefined) {
  const values = yield* site.tokens ? openWebQq(site) : openByCookies(site)
  const obtainedAt = yield* DateTime.now
  const { all: cookies } = yield* CookieJar.CookieJar
  const named = nickname === undefined ? {} : { nickname }
  return new Session({ site: site.name, ...named, ...values, ...describing(site), obtainedAt, cookies: yield* cookies })
})

/**
 * A session out of cookies that somebody else obtained, a browser for one: those of the site, and the numbers that they sign with. Nobody is asked
 * whether it works, and it has no nickname. Fails with `CookieMissing` where one of the site's `needs` is not among them.
 */
export const fromCookies = Effect.fn("Login.fromCookies")(function* (
  site: Site,
  cookies: ReadonlyArray<SessionCookie>
) {
  const hosts = ["ssl.ptlogin2.qq.com", ...hostsOf(site)]
  const isUsed = ({ domain }: SessionCookie) => hosts.some((host) => isBelow(host, domain))
  // A domain of a site file may be one below which everybody has something (`github.io`, `bj.cn`): of that, only what belongs to its hosts.
  const isOurs = (cookie: SessionCookie) =>
    site.cookieDomains.some((own) => isBelow(cookie.domain, own)) &&
    (isBelow(cookie.domain, "qq.com") || isUsed(cookie) || hosts.some((host) => isBelow(cookie.domain, host)))
  const own = cookies.filter(isOurs)
  // A jar takes so many and no more: what a session is made of comes first, then what the site itself is sent.
  const isPart = ({ name }: SessionCookie) => parts.has(name) || site.needs?.includes(name) === true
  const jar = CookieJar.make({
    domains: site.cookieDomains,
    cookies: [
      ...own.filter(isPart),
      ...own.filter((cookie) => !isPart(cookie) && isUsed(cookie)),
      ...own.filter((cookie) => !isPart(cookie) && !isUsed(cookie))
    ]
  })
  const values = yield* Effect.provideService(GtkBkn.read(site), CookieJar.CookieJar, jar)
  return new Session({
    site: site.name,
    ...values,
    ...describing(site),
    obtainedAt: yield* DateTime.now,
    cookies: yield* jar.all
  })
})

/** Cookies that a session's numbers, its check and its renewal are made of (PROTOCOL.md, cookies). */
const parts: ReadonlySet<string> = new Set([
  "uin",
  "p_uin",
  "skey",
  "p_skey",
  "pt4_token",
  "superuin",
  "superkey",
  "supertoken",
  "qm_keyst",
  "qqmusic_key"
])

const describing = (site: Site) => (find(site.name) === undefined ? { ownSite: site } : {})

/** The numbers that sign a site's calls; before them, at the sites behind graph.qq.com, a code and what it is redeemed for. */
const openByCookies = Effect.fnUntraced(function* (site: Site) {
  const earned = site.authorize === undefined ? {} : yield* Authorize.open(site.authorize)
  return { ...(yield* GtkBkn.read(site)), ...earned }
})

/** Steps 4 and 5: the tokens of Web QQ, and with them the five values. */
const openWebQq = Effect.fnUntraced(function* (site: Site) {
  const ptwebqq = yield* Redirect.ptwebqq()
  const vfwebqq = yield* Vfwebqq.fetch(site, ptwebqq)
  const { psessionid, uin } = yield* Psession.open(site, ptwebqq)
  return { uin, ptwebqq, vfwebqq, psessionid, clientid }
})

/** The same as a stream of what happens; the last element is `LoggedIn`. Ending the stream early ends the login. */
export const events = (site: Site): Stream.Stream<LoginEvent, LoginError, HttpClient.HttpClient> =>
  eventStream((onEvent) => login(site, { onEvent }))
