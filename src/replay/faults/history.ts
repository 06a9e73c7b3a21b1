/**
 * What a client has asked so far, what it was given, and what a jar that keeps the rules of RFC 6265 would hold by now.
 */
import { isDeepStrictEqual } from "node:util"
import * as Result from "effect/Result"
import * as Cookies from "effect/http/Cookies"
import { parse } from "../../protocol/PtuiCallback.ts"
import type { Answer } from "../engine/model.ts"
import type { ReadRequest, WireRequest } from "../engine/wireRequest.ts"
import { toJson } from "../../Session.ts"
import { setCookieOf } from "../record/secrets.ts"
import type { Exchange, Scenario } from "../Scenario.ts"

/** A request with all that detectors look at. */
export interface Seen {
  readonly wire: WireRequest
  readonly read: ReadRequest
  readonly url: URL
  /** When it came, in milliseconds of any clock, where somebody has looked at one. */
  readonly at: number | undefined
}

/** A cookie as an answer set it, and which answer that was. */
interface SetCookie {
  readonly cookie: Cookies.Cookie
  readonly by: string
}

/** A code that was shown: its qrsig, and how it ended, where it has. */
export interface Code {
  readonly qrsig: string
  end?: string
}

export interface History {
  readonly scenario: Scenario
  /** Everything that was answered, with the exchange that did. */
  readonly answered: ReadonlyArray<Seen & { readonly exchange: Exchange }>
  readonly add: (seen: Seen, answer: Answer) => void
  /** Notes a request that was refused. */
  readonly addRefused: (seen: Seen) => void
  /** Whether a path was asked for in vain. */
  readonly wasRefused: (path: string) => boolean
  /** Every code, in the order in which they were shown. */
  readonly codes: ReadonlyArray<Code>
  /** The cookies that belong into a request to that address. */
  readonly due: (url: URL) => ReadonlyArray<SetCookie>
  /** Every cookie that was ever set with this name and value, whatever became of it. */
  readonly everSet: (name: string, value: string) => ReadonlyArray<Cookies.Cookie>
  /** When polls came, as far as somebody has looked at a clock. */
  readonly pollTimes: ReadonlyArray<number>
  /** What was answered last at this path. */
  readonly served: (path: string) => (Seen & { readonly exchange: Exchange }) | undefined
}

/** Whether an exchange is at this last part of a path. */
export const isAt = (address: string, path: string) => address.endsWith(`/${path}`)

const lastPart = (address: string) => address.slice(address.lastIndexOf("/") + 1)

/** The same address over a safe connection. */
export const overTls = (url: URL): URL => {
  const safe = new URL(url)
  safe.protocol = "https:"
  return safe
}

/** Whether a cookie belongs to that address; over a safe connection, and as long as it lives. */
export const belongsTo = (cookie: Cookies.Cookie, url: URL): boolean =>
  Cookies.toRequestCookieHeader([cookie], overTls(url).href, 0) !== undefined

const parsed = (line: string, url: string): Cookies.Cookie | undefined => {
  // Without its dates: clients play recordings years later.
  const bare = line.replaceAll(/;\s*(?:expires|max-age)=[^;]*/gi, "")
  const record = Cookies.fromSetCookie(bare)
  return Cookies.mergeIntoArray([], url, record, 0)[0]
}

export const isDeletion = (line: string) => setCookieOf(line)[1] === "" || /;\s*expires=[^;]*\b1970\b/i.test(line)

export const make = (scenario: Scenario): History => {
  const answered: Array<Seen & { readonly exchange: Exchange }> = []
  const codes: Array<Code> = []
  const pollTimes: Array<number> = []
  const served = new Map<string, Seen & { readonly exchange: Exchange }>()
  const refused = new Set<string>()
  const ever = new Map<string, ReadonlyArray<Cookies.Cookie>>()
  let jar: ReadonlyArray<SetCookie> = []
  const start = Date.parse(scenario.clock)

  const keep = (line: string, by: string) => {
    const cookie = parsed(line, by)
    if (cookie === undefined) return
    const { domain = "", path = "/" } = cookie.options ?? {}
    jar = jar.filter(
      ({ cookie: other }) =>
        other.name !== cookie.name || other.options?.domain !== domain || (other.options?.path ?? "/") !== path
    )
    if (isDeletion(line)) return
    const pair = `${cookie.name}=${cookie.valueEncoded}`
    const alike = ever.get(pair) ?? []
    if (!alike.some((one) => isDeepStrictEqual(one, cookie))) ever.set(pair, [...alike, cookie])
    jar = [...jar, { cookie, by }]
  }

  for (const { domain, hostOnly, name, path, secure, value } of scenario.saved === undefined
    ? []
    : toJson(scenario.saved).cookies) {
    const line = `${name}=${value}; Path=${path}${hostOnly ? "" : `; Domain=${domain}`}${secure ? "; Secure" : ""}`
    keep(line, `https://${domain}/`)
  }

  return {
    scenario,
    answered,
    codes,
    pollTimes,
    add: (seen, { exchange, headers, body }) => {
      const one = { ...seen, exchange }
      answered.push(one)
      served.set(lastPart(seen.read.address), one)
      const { address } = seen.read
      const lines = headers.filter(([name]) => name.toLowerCase() === "set-cookie").map(([, line]) => line)
      for (const line of lines) keep(line, seen.url.href)
      if (isAt(address, "ptqrshow")) {
        const [, qrsig = ""] = lines.map(setCookieOf).findLast(([name]) => name === "qrsig") ?? []
        if (qrsig !== "") codes.push({ qrsig })
      }
      if (isAt(address, "ptqrlogin")) {
        if (seen.at !== undefined) pollTimes.push(seen.at)
        const end = endOf(Buffer.from(body).toString("utf8"))
        const polled = seen.read.cookies().get("qrsig")?.[0]
        const code = end === undefined ? undefined : codes.findLast(({ qrsig }) => qrsig === polled)
        if (end !== undefined && code !== undefined) code.end = end
      }
    },
    addRefused: ({ read }) => void refused.add(lastPart(read.address)),
    wasRefused: (path) => refused.has(path),
    due: (url) => jar.filter(({ cookie }) => Cookies.toRequestCookieHeader([cookie], url.href, start) !== undefined),
    everSet: (name, value) => ever.get(`${name}=${value}`) ?? [],
    served: (path) => served.get(path)
  }
}

/** The code with which an answer ended a login, or a code's life; nothing where one goes on asking. */
const endOf = (body: string): string | undefined => {
  const callback = Result.getOrUndefined(parse(body))
  if (callback === undefined) return undefined
  const { code, message, url } = callback
  const goesOn = (code === "66" || code === "67") && url === "" && !/^https?:/.test(message)
  return goesOn ? undefined : code
}
