/**
 * What a browser has saved (HTTP Archive, HAR 1.2) as captures of a login.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parse } from "../../protocol/PtuiCallback.ts"
import * as UinCookie from "../../protocol/UinCookie.ts"
import type { Site } from "../../Site.ts"
import type { Outcome } from "../format/ScenarioFile.ts"
import type { Capture } from "../record/Recorder.ts"
import { pairOf, setCookieOf } from "../record/secrets.ts"
import { formPairs } from "../data.ts"
import { isTencents, siteOf } from "../siteOf.ts"
import { Archive, type Entry, type Headers } from "./archive.ts"
import { BadHar } from "./BadHar.ts"
import { encoded } from "./toHar.ts"

const decode = Schema.decodeUnknownOption(Archive)

const steps = /\/(?:ptqrshow|ptqrlogin|check_sig|getvfwebqq|login2|pt4_auth|get_online_buddies2)$/

/** Whether a request belongs to a login; what else a browser loads has no place in a scenario (PROTOCOL.md, steps 1 to 5, renewal, authorize). */
const isStep = ({ method, postData, url }: Entry["request"]): boolean => {
  const { hostname, pathname } = new URL(url)
  if (hostname === "graph.qq.com") return pathname === "/oauth2.0/authorize" && method.toUpperCase() === "POST"
  // QQ Music's page asks for everything at this one address, and says in the body for what.
  if (pathname.endsWith("/musicu.fcg")) return /^$|LoginServer"/.test(postData?.text ?? "")
  return steps.test(pathname)
}

export interface Imported {
  readonly captures: ReadonlyArray<Capture>
  /** When the first request was sent: an ISO instant in UTC, where the file tells. */
  readonly startedAt: string | undefined
  /** The site of the library whose number the requests name. */
  readonly site: Site | undefined
  /** Values of cookies that the browser had from elsewhere, and that were left out. */
  readonly foreign: ReadonlyArray<string>
}

/**
 * The parsed JSON of a HAR file → the exchanges of the login in it, secrets and all: the next stop is `Scrub.scrub`. Of other hosts than
 * Tencent's and those of the `site` nothing is taken, nor are cookies that no answer in it has set.
 */
export const fromHar = (json: unknown, site?: Site): Effect.Effect<Imported, BadHar> => {
  const archive = decode(json)
  if (Option.isNone(archive)) return bad("no HAR 1.2 file")
  const login = archive.value.log.entries.filter(({ request, response }) => {
    const url = URL.parse(request.url)
    if (url === null || !/^https?:$/.test(url.protocol) || !isStep(request)) return false
    // What was given up has no answer.
    const answered = response.status >= 200 && response.status < 600
    return answered && (isTencents(request.url) || site?.redirectHosts.includes(url.hostname) === true)
  })
  const [first] = login
  if (first === undefined) return bad("no login")
  if (login.some(({ request, response }) => isTooMuch(request.headers) || isTooMuch(response.headers))) {
    return bad("too many headers")
  }
  if (!login.some(({ response }) => response.headers.some(({ name }) => isSetCookie(name)))) {
    return bad("no cookies")
  }
  const started = Date.parse(first.startedDateTime ?? "")
  const { captures, foreign } = own(login.map(captureOf))
  return Effect.succeed({
    startedAt: Number.isNaN(started) ? undefined : new Date(started).toISOString(),
    captures,
    site: siteOf(captures.map(({ url }) => Object.fromEntries(formPairs(new URL(url).search.slice(1))))),
    foreign
  })
}

const captureOf = ({ request, response }: Entry): Capture => {
  const { mimeType, params, text } = request.postData ?? {}
  const requestHeaders = pairs(request.headers)
  const typed = requestHeaders.some(([name]) => name.toLowerCase() === "content-type")
  const { content } = response
  // A picture is made anew in any case, of which its first bytes tell.
  const picture = new URL(request.url).pathname.endsWith("/ptqrshow") && response.status === 200
  const body = Buffer.from(content.text ?? "", content.encoding === "base64" ? "base64" : "utf8")
  return {
    method: request.method.toUpperCase(),
    url: request.url,
    requestHeaders: typed || !mimeType ? requestHeaders : [...requestHeaders, ["content-type", mimeType]],
    requestBody: Buffer.from(
      text || encoded((params ?? []).map(({ name, value }) => ({ name, value: value ?? "" }))),
      "utf8"
    ),
    status: response.status,
    // The text is unzipped already.
    responseHeaders: pairs(response.headers).filter(([name]) => name.toLowerCase() !== "content-encoding"),
    responseBody: picture && body.length === 0 ? Buffer.from("\x89PNG", "latin1") : body
  }
}

/** Without the cookies that a browser had before the login: no other client can know them. */
const own = (captures: ReadonlyArray<Capture>): Pick<Imported, "captures" | "foreign"> => {
  const set = new Set<string>()
  const foreign: Array<string> = []
  const kept = captures.map((capture) => {
    const requestHeaders = capture.requestHeaders.flatMap(([name, line]): Array<readonly [string, string]> => {
      if (name.toLowerCase() !== "cookie") return [[name, line]]
      const [mine, others] = [new Array<string>(), new Array<string>()]
      for (const part of line.split(";")) (set.has(pairOf(part).join("=")) ? mine : others).push(part.trim())
      for (const part of others) foreign.push(pairOf(part)[1])
      return mine.length === 0 ? [] : [[name, mine.join("; ")]]
    })
    for (const [name, line] of capture.responseHeaders) if (isSetCookie(name)) set.add(setCookieOf(line).join("="))
    return { ...capture, requestHeaders }
  })
  return { captures: kept, foreign }
}

/** Without "this cookie must not be sent": a file that does not name a cookie does not say so. */
export const withoutAbsentCookies = (text: string): string => {
  const file = JSON.parse(text) as { readonly exchanges: ReadonlyArray<{ request: { cookies?: object } }> }
  for (const { request } of file.exchanges) {
    if (request.cookies === undefined) continue
    request.cookies = Object.fromEntries(
      Object.entries(request.cookies).filter(([, value]) => !("absent" in Object(value)))
    )
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

const bad = (reason: BadHar["reason"]) => Effect.fail(new BadHar({ reason }))

const isSetCookie = (name: string) => name.toLowerCase() === "set-cookie"

/** Browsers take 256 KiB of headers; servers send some thirty. */
const most = { letters: 256 * 1024, lines: 1000 }

const isTooMuch = (headers: typeof Headers.Type): boolean => {
  const letters = headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0)
  return letters > most.letters || headers.reduce((sum, { value }) => sum + value.split("\n").length, 0) > most.lines
}

// HTTP/2 has headers of its own; several Set-Cookie may come as one with line ends; what is not Latin-1 was UTF-8 on the wire.
const pairs = (headers: typeof Headers.Type): Capture["requestHeaders"] =>
  headers
    .filter(({ name }) => /^[\w!#$%&'*+.^`|~-]+$/.test(name))
    .flatMap(({ name, value }) => value.split(/\r?\n/).map((line) => [name, onWire(line)] as const))
    .filter(([, value]) => !/[^\t\x20-\x7e\x80-\xff]/.test(value))

const onWire = (text: string) => (/[^\0-\xff]/.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text)

/** How such a login ended, as far as its answers tell: a browser says nothing of tokens that no answer holds. */
export const outcomeOf = (captures: ReadonlyArray<Capture>, site: string): Outcome => {
  const texts = captures.map(({ responseBody }) => Buffer.from(responseBody).toString("utf8"))
  const last = texts
    .flatMap((text) => Result.match(parse(text), { onSuccess: (call) => [call], onFailure: () => [] }))
    .at(-1)
  if (last !== undefined && last.code !== "0" && last.url === "") {
    if (last.code === "68") return { error: "QrRefused", step: "ScanStatus" }
    if (last.code === "65") return { error: "QrExpired", step: "ScanStatus" }
    if (last.code === "66" || last.code === "67") return { error: "LoginTimeout" }
    return { error: "LoginRejected", step: "ScanStatus", code: last.code, serverMessage: last.message }
  }
  const cookies = captures.flatMap(({ responseHeaders }) => responseHeaders.filter(([name]) => isSetCookie(name)))
  const uin = cookies
    .map(([, line]) => setCookieOf(line))
    .flatMap(([name, value]) => (name === "uin" || name === "p_uin" ? (UinCookie.read(value) ?? []) : []))
    .at(-1)
  return {
    session: {
      site,
      ...(uin === undefined ? {} : { uin }),
      ...(last === undefined ? {} : { nickname: last.nickname })
    }
  }
}
