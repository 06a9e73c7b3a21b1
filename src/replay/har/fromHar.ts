/**
 * What a browser has saved (HTTP Archive, HAR 1.2) as captures of a login.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { parse } from "../../protocol/PtuiCallback.ts"
import * as UinCookie from "../../protocol/UinCookie.ts"
import type { Site } from "../../Site.ts"
import type { Config, Outcome } from "../format/ScenarioFile.ts"
import type { Capture } from "../record/Recorder.ts"
import { pairOf, setCookieOf } from "../record/secrets.ts"
import { formPairs } from "../data.ts"
import { siteOf } from "../siteOf.ts"
import { BadHar } from "./BadHar.ts"
import { find } from "./entries.ts"
import { type Mended, stepOf } from "./mend.ts"
import { isConfirmed, sound } from "./sound.ts"

export interface Imported {
  readonly captures: ReadonlyArray<Capture>
  /** When the first request was sent: an ISO instant in UTC, where the file tells. */
  readonly startedAt: string | undefined
  /** The site that was named, or the one of the library whose number the requests name. */
  readonly site: Site
  /** Values of cookies that the browser had from elsewhere, and that were left out. */
  readonly foreign: ReadonlyArray<string>
  /** What was not where it belongs, and was put there. */
  readonly mended: ReadonlySet<Mended>
  /** How long it went on without an end, if it did: the limits that were in force, in milliseconds. */
  readonly config: Config | undefined
}

/**
 * The parsed JSON of a HAR file → the exchanges of the login in it, secrets and all: the next stop is `Scrub.scrub`. Of other hosts than
 * Tencent's and those of the `site` nothing is taken, nor are cookies that no answer in it has set. What cannot be a login is a `BadHar`.
 */
export const fromHar = (json: unknown, named?: Site): Effect.Effect<Imported, BadHar> =>
  Effect.gen(function* () {
    const { entries, sorted } = yield* Effect.fromResult(find(json, named))
    const mended = new Set<Mended>(sorted ? ["sorted"] : [])
    const steps = entries.map((entry) => stepOf(entry, mended))
    const login = yield* Effect.fromResult(sound(steps, mended))
    const site = yield* Effect.fromResult(siteIn(login, named))
    const { captures, foreign } = own(login)
    const [started, last] = [entries[0]?.startedAt ?? Number.NaN, entries.at(-1)?.startedAt ?? Number.NaN]
    return {
      startedAt: Number.isNaN(started) ? undefined : new Date(started).toISOString(),
      captures,
      site,
      foreign,
      mended,
      config: limitsOf(captures, last - started)
    }
  })

const queriesOf = (captures: ReadonlyArray<Capture>) =>
  captures.map(({ url }) => Object.fromEntries(formPairs(new URL(url).search.slice(1))))

const siteIn = (captures: ReadonlyArray<Capture>, named: Site | undefined): Result.Result<Site, BadHar> => {
  const queries = queriesOf(captures)
  const seen = siteOf(queries)
  const asked = queries.flatMap(({ aid, appid }) => appid ?? aid ?? [])
  if (named === undefined) {
    return seen === undefined
      ? Result.fail(new BadHar({ reason: "unknown site", name: printable(asked[0]) }))
      : Result.succeed(seen)
  }
  if (asked.includes(named.appid)) return Result.succeed(named)
  return Result.fail(new BadHar({ reason: "other site", name: seen?.name ?? printable(asked[0]), other: named.name }))
}

const printable = (appid = "") => appid.replaceAll(/\D/g, "").slice(0, 20)

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

const isSetCookie = (name: string) => name.toLowerCase() === "set-cookie"

const lastCallback = (captures: ReadonlyArray<Capture>) =>
  captures
    .map(({ responseBody }) => Buffer.from(responseBody).toString("utf8"))
    .flatMap((text) => Result.match(parse(text), { onSuccess: (call) => [call], onFailure: () => [] }))
    .at(-1)

const second = 1000

/** Of a login that was left before its end: then it was the one who looked at it who had enough. */
const limitsOf = (captures: ReadonlyArray<Capture>, length: number): Config | undefined => {
  const last = lastCallback(captures)
  if (last === undefined || isConfirmed(last)) return undefined
  const { code } = last
  const codes = captures.filter(({ url }) => new URL(url).pathname.endsWith("/ptqrshow")).length
  if (code === "65") return { maxRefresh: codes - 1 }
  if (code !== "66" && code !== "67") return undefined
  const whole = Math.ceil(Math.max(Number.isNaN(length) ? 0 : length, 10 * second) / second) * second
  return { codeLife: whole, timeout: whole }
}

/** How such a login ended, as far as its answers tell: a browser says nothing of tokens that no answer holds. */
export const outcomeOf = (captures: ReadonlyArray<Capture>, site: string): Outcome => {
  const last = lastCallback(captures)
  if (last !== undefined && last.code !== "0" && !isConfirmed(last)) {
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
