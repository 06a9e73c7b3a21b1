/**
 * Cookies of a session as other programs read them: a `Cookie` header, a cookies.txt, a line of curl, a state for Playwright. The cookies are
 * those of a `Session`, or of what `Session.toJson` makes of it.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { isSound, type PlainCookie } from "../cookieRules.ts"
import * as CookieJar from "../http/CookieJar.ts"
import { SessionCookie } from "../Session.ts"

/** The cookies of a session, or of its plain form. */
export type Cookies = ReadonlyArray<SessionCookie | typeof SessionCookie.Encoded>
type Decoded = ReadonlyArray<SessionCookie>

const decode = Schema.decodeSync(SessionCookie)

const decoded = (cookies: Cookies): Decoded => cookies.map((cookie) => (isEncoded(cookie) ? decode(cookie) : cookie))

const isEncoded = (cookie: SessionCookie | typeof SessionCookie.Encoded): cookie is typeof SessionCookie.Encoded =>
  typeof cookie.value === "string"

/** Those that have not expired, sorted by domain, path and name. */
export const valid = (cookies: Cookies): Effect.Effect<Decoded> => jarOf(decoded(cookies)).all

const jarOf = (cookies: Decoded) => CookieJar.make({ domains: cookies.map(({ domain }) => domain), cookies })

/** Those that a browser would send to `url` (http or https), longest path first, as RFC 6265 orders them. */
export const sentTo = (cookies: Cookies, url: string): Effect.Effect<Decoded> =>
  Effect.filter(decoded(cookies), (cookie) =>
    Effect.map(jarOf([cookie]).header(url), (header) => header !== undefined)
  ).pipe(Effect.map((sent) => sent.toSorted((a, b) => b.path.length - a.path.length)))

/** The value of a `Cookie` header that carries them: `name=value; …`. Empty where there is none. */
export const header = (cookies: Cookies): string =>
  decoded(cookies)
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
  ["# Netscape HTTP Cookie File", ...decoded(cookies).filter(isPlain).map(netscapeLine), ""].join("\n")

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
export const toJson = (cookies: Cookies): ReadonlyArray<typeof SessionCookie.Encoded> => encodeAll(decoded(cookies))

const encodeAll = Schema.encodeSync(Schema.Array(SessionCookie))

/** A cookie as Playwright's `storageState` has it: a dot before the domain stands for what is below it, and -1 for no expiry. */
export interface PlaywrightCookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly path: string
  readonly expires: number
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly sameSite: "Strict" | "Lax" | "None"
}

/** What Playwright takes as `storageState`, as a file or as it is. `Lax` is what browsers make of a cookie that says nothing of other sites. */
export const playwright = (
  cookies: Cookies
): { readonly cookies: Array<PlaywrightCookie>; readonly origins: Array<never> } => ({
  cookies: decoded(cookies).map(({ domain, expires, hostOnly, httpOnly, name, path, secure, value }) => ({
    name,
    value: Redacted.value(value),
    domain: hostOnly ? domain : `.${domain}`,
    path,
    expires: expires === undefined ? -1 : expires.epochMilliseconds / 1000,
    httpOnly,
    secure,
    sameSite: "Lax"
  })),
  origins: []
})

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

/**
 * The cookies of a file that a browser's owner has exported, told by what it holds: a cookies.txt, a `storageState` of Playwright, or a JSON array
 * of cookies. Undefined where it is none of them. A cookie that no jar would keep is left out.
 */
export const fromFile = (text: string): Decoded | undefined =>
  /^\s*[[{]/.test(text) ? fromJsonText(text) : fromNetscape(text)

/** As browsers' extensions and Playwright write it. */
const Foreign = Schema.Struct({
  name: Schema.String,
  value: Schema.String,
  domain: Schema.String,
  path: Schema.optionalKey(Schema.String),
  expires: Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.Finite, Schema.String]))),
  expirationDate: Schema.optionalKey(Schema.NullOr(Schema.Finite)),
  httpOnly: Schema.optionalKey(Schema.Boolean),
  secure: Schema.optionalKey(Schema.Boolean),
  hostOnly: Schema.optionalKey(Schema.Boolean)
})

const ForeignFile = Schema.fromJsonString(
  Schema.Union([Schema.Struct({ cookies: Schema.Array(Foreign) }), Schema.Array(Foreign)])
)
const decodeForeign = Schema.decodeUnknownOption(ForeignFile)

const fromJsonText = (text: string): Decoded | undefined => {
  const file = Option.getOrUndefined(decodeForeign(text))
  if (file === undefined) return undefined
  const foreign = "cookies" in file ? file.cookies : file
  return foreign.flatMap(
    ({ domain, expirationDate, expires = expirationDate, hostOnly, httpOnly, name, path, secure, value }) =>
      ours({
        name,
        value,
        domain,
        path: path ?? "/",
        seconds: typeof expires === "string" ? Date.parse(expires) / 1000 : (expires ?? -1),
        httpOnly: httpOnly ?? false,
        secure: secure ?? false,
        hostOnly: hostOnly ?? !domain.startsWith(".")
      })
  )
}

const fromNetscape = (text: string): Decoded | undefined => {
  const rows = text.split("\n").flatMap((line) => {
    const httpOnly = line.startsWith(httpOnlyMark)
    const fields = (httpOnly ? line.slice(httpOnlyMark.length) : line).replace(/\r$/, "").split("\t")
    return fields.length === 7 && (httpOnly || !line.startsWith("#")) ? [{ httpOnly, fields }] : []
  })
  if (rows.length === 0) return undefined
  return rows.flatMap(({ fields, httpOnly }) => {
    const [domain = "", below, path = "", secure, expiry, name = "", value = ""] = fields
    return ours({
      name,
      value,
      domain,
      path,
      httpOnly,
      secure: secure === "TRUE",
      hostOnly: below !== "TRUE",
      seconds: Number(expiry)
    })
  })
}

const httpOnlyMark = "#HttpOnly_"

/** With the expiry in seconds since 1970; 0, less, and what `netscape` writes in their place is none. */
interface Read extends Omit<PlainCookie, "expires"> {
  readonly httpOnly: boolean
  readonly seconds: number
}

const ours = ({ domain, httpOnly, seconds, ...rest }: Read): Decoded => {
  const cookie = { ...rest, domain: domain.replace(/^\./, "").toLowerCase() }
  const millis = seconds * 1000
  const ends = seconds > 0 && seconds !== lastSecond && millis <= 8.64e15
  if (!isSound(cookie)) return []
  return [
    {
      ...cookie,
      value: Redacted.make(cookie.value, { label: "cookie" }),
      httpOnly,
      ...(ends ? { expires: DateTime.makeUnsafe(Math.floor(millis)) } : {})
    }
  ]
}
