/**
 * Cookies of a session as other programs read them: a `Cookie` header, a cookies.txt, a line of curl.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as CookieJar from "../http/CookieJar.ts"
import { SessionCookie } from "../Session.ts"

type Cookies = ReadonlyArray<SessionCookie>

/** Those that have not expired, sorted by domain, path and name. */
export const valid = (cookies: Cookies): Effect.Effect<Cookies> => jarOf(cookies).all

const jarOf = (cookies: Cookies) => CookieJar.make({ domains: cookies.map(({ domain }) => domain), cookies })

/** Those that a browser would send to `url` (http or https), longest path first, as RFC 6265 orders them. */
export const sentTo = (cookies: Cookies, url: string): Effect.Effect<Cookies> =>
  Effect.filter(cookies, (cookie) => Effect.map(jarOf([cookie]).header(url), (header) => header !== undefined)).pipe(
    Effect.map((sent) => sent.toSorted((a, b) => b.path.length - a.path.length))
  )

/** The value of a `Cookie` header that carries them: `name=value; …`. Empty where there is none. */
export const header = (cookies: Cookies): string =>
  cookies
    .filter(isPlain)
    .map(({ name, value }) => `${name}=${Redacted.value(value)}`)
    .join("; ")

/**
 * A cookies.txt as Netscape defined it and curl, wget, yt-dlp and Python's `MozillaCookieJar` read it: a cookie a line, its fields
 * separated by tabs. The expiry is in seconds since 1970. `#HttpOnly_` before the domain is curl's mark.
 *
 * **Gotchas**
 *
 * A session cookie has no expiry, and no spelling of that is read by all: Python takes 0 for long ago and drops the cookie without a
 * word, curl does so with an empty field. So it gets one of the last seconds that every reader can hold, in January 2038 (the servers give the very last one to RK).
 */
export const netscape = (cookies: Cookies): string =>
  ["# Netscape HTTP Cookie File", ...cookies.filter(isPlain).map(netscapeLine), ""].join("\n")

const lastSecond = 2 ** 31 - 2

const netscapeLine = ({ domain, expires, hostOnly, httpOnly, name, path, secure, value }: SessionCookie) =>
  [
    `${httpOnly ? "#HttpOnly_" : ""}${hostOnly ? "" : "."}${domain}`,
    hostOnly ? "FALSE" : "TRUE",
    path,
    secure ? "TRUE" : "FALSE",
    expires === undefined ? lastSecond : Math.ceil(expires.epochMilliseconds / 1000),
    name,
    Redacted.value(value)
  ].join("\t")

/** Plain JSON values with all attributes, as in the JSON form of a session. */
export const toJson: (cookies: Cookies) => ReadonlyArray<typeof SessionCookie.Encoded> = Schema.encodeSync(
  Schema.Array(SessionCookie)
)

/** A command line for a POSIX shell that requests `url` with these cookies. */
export const curl = (cookies: Cookies, url: string): string => {
  const value = header(cookies)
  // curl gives a meaning of its own to brackets and braces.
  const globoff = /[[\]{}]/.test(url) ? ["--globoff"] : []
  const cookie = value === "" ? [] : ["-H", quote(`cookie: ${value}`)]
  return ["curl", ...globoff, ...cookie, quote(url)].join(" ")
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

// A line end or a tab inside of a cookie would forge a field, a line or a header.
const isPlain = ({ domain, name, path, value }: SessionCookie) =>
  !/\p{Cc}/u.test(`${domain}${path}${name}${Redacted.value(value)}`)
