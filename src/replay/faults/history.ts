/**
 * What a client has asked so far, what it was given, and what a jar that keeps the rules of RFC 6265 would hold by now.
 */
import * as Result from "effect/Result"
import * as Cookies from "effect/http/Cookies"
import { limits } from "../../cookieRules.ts"
import { hash33 } from "../../protocol/Hash.ts"
import { parse, type PtuiCallback } from "../../protocol/PtuiCallback.ts"
import type { Answer } from "../engine/model.ts"
import type { ReadRequest, WireRequest } from "../engine/wireRequest.ts"
import { toJson } from "../../Session.ts"
import { setCookieOf } from "../record/secrets.ts"
import type { Exchange, Scenario } from "../Scenario.ts"
import { isTencents } from "../siteOf.ts"

/** A request with all that detectors look at. */
export interface Seen {
  readonly wire: WireRequest
  readonly read: ReadRequest
  readonly url: URL
  /** When it came, in milliseconds of any clock, where somebody has looked at one. */
  readonly at: number | undefined
}

/** A request, and the exchange that answered it. */
export interface Answered extends Seen {
  readonly exchange: Exchange
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
  /** Whether it is Tencent's protocol: no other is known here. */
  readonly isKnown: boolean
  /** What was answered last, with the exchange that did. */
  readonly last: () => Answered | undefined
  /** Whether this very address was answered. */
  readonly wasAnswered: (href: string) => boolean
  readonly add: (seen: Seen, answer: Answer) => void
  /** Notes a request that was refused. */
  readonly addRefused: (seen: Seen) => void
  /** Whether a path was asked for in vain. */
  readonly wasRefused: (path: string) => boolean
  /** Every code, in the order in which they were shown. */
  readonly codes: ReadonlyArray<Code>
  /** Where the last code with this qrsig stands among them. */
  readonly codeOf: (qrsig: string) => number | undefined
  /** Where the last code stands whose qrsig has this hash33. */
  readonly codeByToken: (token: string) => number | undefined
  /** The cookies that belong into a request to that address. */
  readonly due: (url: URL) => ReadonlyArray<SetCookie>
  /** Every cookie that was ever set with this name and value, whatever became of it. */
  readonly everSet: (name: string, value: string) => ReadonlyArray<Cookies.Cookie>
  /** When polls came, as far as somebody has looked at a clock. */
  readonly pollTimes: ReadonlyArray<number>
  /** What was answered last at this path. */
  readonly served: (path: string) => Answered | undefined
  /** The address that the last poll gave, if it gave one. */
  readonly given: () => URL | undefined
  /** Where check_sig has sent the client. */
  readonly location: () => URL | undefined
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
  const codes: Array<Code> = []
  const codeOf = new Map<string, number>()
  const codeByToken = new Map<string, number>()
  const pollTimes: Array<number> = []
  const served = new Map<string, Answered>()
  const addresses = new Set<string>()
  const refused = new Set<string>()
  const ever = new Map<string, Map<string, Cookies.Cookie>>()
  const jar = new Map<string, SetCookie>()
  const start = Date.parse(scenario.clock)
  let last: Answered | undefined
  let given: URL | undefined
  let location: URL | undefined

  const keep = (line: string, by: string) => {
    const cookie = parsed(line, by)
    if (cookie === undefined) return
    const { domain = "", path = "/", secure = false } = cookie.options ?? {}
    const place = JSON.stringify([cookie.name, domain, path])
    jar.delete(place)
    if (isDeletion(line)) return
    jar.set(place, { cookie, by })
    const alike = ever.get(pairOf(cookie)) ?? new Map<string, Cookies.Cookie>()
    ever.set(pairOf(cookie), alike.set(JSON.stringify([domain, path, secure]), cookie))
    // As any jar, it has an end: what came first goes.
    for (const full of [jar, alike]) if (full.size > limits.cookies) full.delete(full.keys().next().value!)
  }

  for (const { domain, hostOnly, name, path, secure, value } of scenario.saved === undefined
    ? []
    : toJson(scenario.saved).cookies) {
    const line = `${name}=${value}; Path=${path}${hostOnly ? "" : `; Domain=${domain}`}${secure ? "; Secure" : ""}`
    keep(line, `https://${domain}/`)
  }

  const addCode = (qrsig: string) => {
    codeOf.set(qrsig, codes.length)
    codeByToken.set(String(hash33(qrsig)), codes.length)
    codes.push({ qrsig })
  }
  const addPoll = ({ at, read }: Seen, body: string) => {
    if (at !== undefined) pollTimes.push(at)
    const callback = Result.getOrUndefined(parse(body))
    given = URL.parse(callback?.url === "" ? callback.message : (callback?.url ?? "")) ?? undefined
    const end = callback === undefined ? undefined : endOf(callback)
    const code = codes[codeOf.get(read.cookies().get("qrsig")?.[0] ?? "") ?? codes.length]
    if (end !== undefined && code !== undefined) code.end = end
  }

  return {
    scenario,
    isKnown: scenario.exchanges.some(({ request }) => isTencents(request.url)),
    codes,
    pollTimes,
    add: (seen, { exchange, headers, body }) => {
      const { address } = seen.read
      last = { ...seen, exchange }
      served.set(lastPart(address), last)
      addresses.add(seen.url.href)
      const lines = headers.filter(([name]) => name.toLowerCase() === "set-cookie").map(([, line]) => line)
      for (const line of lines) keep(line, seen.url.href)
      if (isAt(address, "ptqrshow")) {
        const [, qrsig = ""] = lines.map(setCookieOf).findLast(([name]) => name === "qrsig") ?? []
        if (qrsig !== "") addCode(qrsig)
      }
      if (isAt(address, "ptqrlogin")) addPoll(seen, Buffer.from(body).toString("utf8"))
      if (isAt(address, "check_sig")) {
        const to = headers.find(([name]) => name.toLowerCase() === "location")?.[1]
        location = URL.parse(to ?? "", seen.url.href) ?? undefined
      }
    },
    addRefused: ({ read }) => void refused.add(lastPart(read.address)),
    wasRefused: (path) => refused.has(path),
    last: () => last,
    wasAnswered: (href) => addresses.has(href),
    codeOf: (qrsig) => codeOf.get(qrsig),
    codeByToken: (token) => codeByToken.get(token),
    due: (url) =>
      [...jar.values()].filter(({ cookie }) => Cookies.toRequestCookieHeader([cookie], url.href, start) !== undefined),
    everSet: (name, value) => [...(ever.get(`${name}=${value}`)?.values() ?? [])],
    served: (path) => served.get(path),
    given: () => given,
    location: () => location
  }
}

const pairOf = ({ name, valueEncoded }: Cookies.Cookie) => `${name}=${valueEncoded}`

/** The code with which an answer ended a login, or a code's life; nothing where one goes on asking. */
const endOf = ({ code, message, url }: PtuiCallback): string | undefined => {
  const goesOn = (code === "66" || code === "67") && url === "" && !/^https?:/.test(message)
  return goesOn ? undefined : code
}
