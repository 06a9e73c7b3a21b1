/**
 * One jar per login. Web QQ's servers set and delete cookies of the same name for different domains in a single answer, so
 * a jar keyed by name alone loses the session (PROTOCOL.md, cookies): this one keeps domain, path, host-only, Secure and
 * expiry, by the rules of RFC 6265, and looks up by name *and* URL.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Cookies from "effect/http/Cookies"
import { isBelow, isSound, limits } from "../cookieRules.ts"
import type { SessionCookie } from "../Session.ts"

export class CookieJar extends Context.Service<
  CookieJar,
  {
    /** Keeps what an answer from `url` set: raw `Set-Cookie` lines, in their order. What may not be kept is dropped. */
    readonly store: (url: string, setCookieLines: ReadonlyArray<string>) => Effect.Effect<void>
    /** The `Cookie` header for a request to `url`, or undefined where no cookie belongs there. */
    readonly header: (url: string) => Effect.Effect<string | undefined>
    /** The value of the cookie `name` that would be sent to `url`: longest path first, then longest domain. */
    readonly find: (name: string, url: string) => Effect.Effect<Option.Option<Redacted.Redacted>>
    /** Everything still valid, sorted by domain, path and name. */
    readonly all: Effect.Effect<ReadonlyArray<SessionCookie>>
  }
>()("webqq-login/CookieJar") {}

/** Limits against hostile answers; a real login sets about twenty cookies of at most 224 bytes. */
export { limits } from "../cookieRules.ts"

export interface Options {
  /** Cookies for these domains and what is below them are kept, others dropped: in place of a public suffix list. */
  readonly domains: ReadonlyArray<string>
  /** Cookies to start with, from a saved session: those that the jar would have kept. */
  readonly cookies?: ReadonlyArray<SessionCookie>
}

export const make = (options: Options): CookieJar["Service"] => {
  const isOurs = (domain: string) => options.domains.some((allowed) => isBelow(domain, allowed))
  // Of two of one name, domain and path the later one, as if a server had set them in their order.
  const given = new Map(
    (options.cookies ?? [])
      .filter((cookie) => isOurs(cookie.domain) && isSound({ ...cookie, value: Redacted.value(cookie.value) }))
      .map((cookie) => [`${cookie.name};${cookie.domain};${cookie.path}`, cookie])
  )
  let jar: ReadonlyArray<Kept> = [...given.values()].slice(0, limits.cookies).map(fromSessionCookie)
  const shadowsSecure = (name: string, domain: string) =>
    jar.some(
      (kept) =>
        kept.name === name &&
        kept.options.secure === true &&
        (isBelow(domainOf(kept), domain) || isBelow(domain, domainOf(kept)))
    )
  const accepts = (line: string, cookie: Cookies.Cookie, url: URL): boolean => {
    const domain = cookie.options?.domain?.toLowerCase() ?? url.hostname
    return (
      isOurs(domain) &&
      // As RFC 6265bis asks: a plain http answer can neither set nor overwrite what https relies on.
      (url.protocol === "https:" || !(cookie.options?.secure === true || shadowsSecure(cookie.name, domain))) &&
      !hasControl.test(line)
    )
  }
  // A URL is read once for a whole batch, in which every name is there once.
  const keep = (url: string, batch: ReadonlyArray<Cookies.Cookie>, now: number) => {
    const merged = Cookies.mergeIntoArray(jar, url, Cookies.fromIterable(batch), now) as ReadonlyArray<Kept>
    const room = limits.cookies - (batch.length === 1 ? merged.length : jar.length + batch.length)
    if (room >= 0 && merged.every((one) => jar.includes(one) || isSound(plain(one)))) jar = merged
    // What may not be kept takes nothing else with it, and of too many the first are kept.
    else if (batch.length > 1) for (const cookie of batch) keep(url, [cookie], now)
  }
  const matching = (name: string, url: string, now: number) =>
    jar.filter((cookie) => cookie.name === name && Cookies.toRequestCookieHeader([cookie], url, now) !== undefined)
  return CookieJar.of({
    store: (url, lines) =>
      lines.length === 0
        ? Effect.void
        : Effect.map(Clock.currentTimeMillis, (now) => {
            const from = new URL(url)
            let batch: Array<Cookies.Cookie> = []
            for (const line of lines.slice(0, limits.linesPerAnswer)) {
              // One line at a time: a record of several is keyed by name and would keep only the last.
              const [cookie] = Object.values(Cookies.fromSetCookie(line).cookies)
              if (cookie === undefined || !accepts(line, cookie, from)) continue
              if (batch.some(({ name }) => name === cookie.name)) {
                keep(url, batch, now)
                batch = []
              }
              batch.push(cookie)
            }
            keep(url, batch, now)
          }),
    header: (url) => Effect.map(Clock.currentTimeMillis, (now) => Cookies.toRequestCookieHeader(jar, url, now)),
    find: (name, url) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const [best] = matching(name, url, now).sort(
          (a, b) => pathOf(b).length - pathOf(a).length || domainOf(b).length - domainOf(a).length
        )
        return best === undefined ? Option.none() : Option.some(Redacted.make(best.valueEncoded, { label: "cookie" }))
      }),
    all: Effect.map(Clock.currentTimeMillis, (now) =>
      jar
        .filter((cookie) => (cookie.options.expires?.getTime() ?? Infinity) > now)
        .map(toSessionCookie)
        .sort((a, b) => compare(a.domain, b.domain) || compare(a.path, b.path) || compare(a.name, b.name))
    )
  })
}

/** A jar of its own for everything that the layer is provided to. `Login.login` makes one per call by itself. */
export const layer = (options: Options): Layer.Layer<CookieJar> => Layer.sync(CookieJar, () => make(options))

// oxlint-disable-next-line no-control-regex -- refusing control characters is the point
const hasControl = /[\0-\x08\x0a-\x1f\x7f]/

/** A cookie as `Cookies.mergeIntoArray` leaves it, which gives each the domain and the path that it is for. */
type Kept = Cookies.Cookie & {
  readonly options: NonNullable<Cookies.Cookie["options"]> & { readonly domain: string; readonly path: string }
}

const domainOf = (cookie: Kept) => cookie.options.domain
const pathOf = (cookie: Kept) => cookie.options.path
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const plain = (cookie: Kept) => ({
  name: cookie.name,
  value: cookie.valueEncoded,
  domain: domainOf(cookie).toLowerCase(),
  path: pathOf(cookie),
  secure: cookie.options.secure ?? false,
  httpOnly: cookie.options.httpOnly ?? false,
  hostOnly: cookie.options.hostOnly ?? false
})

const toSessionCookie = (cookie: Kept): SessionCookie => ({
  ...plain(cookie),
  value: Redacted.make(cookie.valueEncoded, { label: "cookie" }),
  ...(cookie.options.expires === undefined ? {} : { expires: DateTime.fromDateUnsafe(cookie.options.expires) })
})

const fromSessionCookie = (cookie: SessionCookie): Kept =>
  Object.assign(Cookies.makeCookieUnsafe(cookie.name, ""), {
    valueEncoded: Redacted.value(cookie.value),
    options: {
      domain: cookie.domain,
      path: cookie.path,
      secure: cookie.secure,
      httpOnly: cookie.httpOnly,
      hostOnly: cookie.hostOnly,
      expires: cookie.expires === undefined ? undefined : DateTime.toDateUtc(cookie.expires)
    }
  })
