/**
 * Scenarios out of what a browser has saved (HTTP Archive, HAR 1.2), and into it, for a look with a browser's own tools.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parse } from "../protocol/PtuiCallback.ts"
import type { Capture } from "./Recorder.ts"
import type { Scenario } from "./Scenario.ts"
import type { FormMatcher, Outcome } from "./ScenarioFile.ts"

/** A HAR file of which no scenario can be made: why, and what to do about it. */
export class BadHar extends Schema.TaggedError<BadHar>()("BadHar", { reason: Schema.String, cure: Schema.String }) {
  override get message(): string {
    return `${this.reason}: ${this.cure}`
  }
}

const Headers = Schema.Array(Schema.Struct({ name: Schema.String, value: Schema.String }))

const Archive = Schema.Struct({
  log: Schema.Struct({
    entries: Schema.Array(
      Schema.Struct({
        startedDateTime: Schema.optional(Schema.String),
        request: Schema.Struct({
          method: Schema.String,
          url: Schema.String,
          headers: Headers,
          postData: Schema.optional(Schema.Struct({ text: Schema.optional(Schema.String) }))
        }),
        response: Schema.Struct({
          status: Schema.Int,
          headers: Headers,
          content: Schema.Struct({
            text: Schema.optional(Schema.String),
            encoding: Schema.optional(Schema.String)
          })
        })
      })
    )
  })
})

const decode = Schema.decodeUnknownOption(Archive)

/** The requests of a login; what else a browser loads has no place in a scenario (PROTOCOL.md, steps 1 to 5 and renewal). */
const steps = /\/(?:ptqrshow|ptqrlogin|check_sig|getvfwebqq|login2|pt4_auth|get_online_buddies2)$/

export interface Imported {
  readonly captures: ReadonlyArray<Capture>
  /** When the first request was sent: an ISO instant in UTC, where the file tells. */
  readonly startedAt: string | undefined
}

/** The parsed JSON of a HAR file → the exchanges of the login in it, secrets and all: the next stop is `Scrub.scrub`. */
export const fromHar = (json: unknown): Effect.Effect<Imported, BadHar> => {
  const archive = decode(json)
  if (Option.isNone(archive)) return bad("this is no HAR 1.2 file", "save one with the network tools of a browser")
  const { entries } = archive.value.log
  const setsCookies = entries.some(({ response }) => response.headers.some(({ name }) => isSetCookie(name)))
  if (!setsCookies) {
    return bad(
      "no answer in this file sets a cookie: browsers leave them out by default",
      "export it again with sensitive data (in Chrome: settings of the developer tools, network, allow to generate HAR with sensitive data)"
    )
  }
  const login = entries.filter(({ request }) => steps.test(URL.parse(request.url)?.pathname ?? ""))
  const [first] = login
  if (first === undefined)
    return bad("no request of a login with a QR code is in this file", "record from before the code appears")
  const started = Date.parse(first.startedDateTime ?? "")
  return Effect.succeed({
    startedAt: Number.isNaN(started) ? undefined : new Date(started).toISOString(),
    captures: login.map(({ request, response }): Capture => ({
      method: request.method,
      url: request.url,
      requestHeaders: pairs(request.headers),
      requestBody: Buffer.from(request.postData?.text ?? "", "utf8"),
      status: response.status,
      // The text is unzipped already.
      responseHeaders: pairs(response.headers).filter(([name]) => name.toLowerCase() !== "content-encoding"),
      responseBody: Buffer.from(response.content.text ?? "", response.content.encoding === "base64" ? "base64" : "utf8")
    }))
  })
}

const bad = (reason: string, cure: string) => Effect.fail(new BadHar({ reason, cure }))

const isSetCookie = (name: string) => name.toLowerCase() === "set-cookie"

// HTTP/2 has headers of its own; several Set-Cookie may come as one with line ends.
const pairs = (headers: typeof Headers.Type): Capture["requestHeaders"] =>
  headers
    .filter(({ name }) => !name.startsWith(":"))
    .flatMap(({ name, value }) => value.split("\n").map((line) => [name, line] as const))

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
  const uin = cookies.flatMap(([, line]) => /^(?:p_)?uin=o0*(\d+);/.exec(line)?.[1] ?? []).at(-1)
  return {
    session: {
      site,
      ...(uin === undefined ? {} : { uin: Number(uin) }),
      ...(last === undefined ? {} : { nickname: last.nickname })
    }
  }
}

/** What a client might send where the scenario does not ask for one text. */
const sample = (matcher: FormMatcher): string | undefined => {
  if (typeof matcher === "string") return matcher
  if ("json" in matcher) return JSON.stringify(matcher.json)
  if ("absent" in matcher) return undefined
  if ("any" in matcher) return ""
  const samples = ["0.1", "0-0-1", "Mozilla/5.0 (X11; Linux x86_64)", "application/x-www-form-urlencoded", "1", "x"]
  return samples.find((text) => new RegExp(`^(?:${matcher.re})$`, "u").test(text)) ?? matcher.re
}

const sampled = (matchers: Readonly<Record<string, FormMatcher>> = {}) =>
  Object.entries(matchers).flatMap(([name, matcher]) => {
    const value = sample(matcher)
    return value === undefined ? [] : [{ name, value }]
  })

const encoded = (pairs: ReturnType<typeof sampled>) =>
  pairs.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&")

/** A scenario → HAR 1.2, every exchange as often as it comes, one a second from the scenario's clock on. */
export const toHar = ({ clock, exchanges, title }: Scenario): unknown => {
  const all = exchanges.flatMap((exchange) => Array.from({ length: exchange.times }, () => exchange))
  const entries = all.map(({ request, response }, index) => {
    const queryString = sampled(request.query)
    const cookies = sampled(request.cookies)
    const form = sampled(request.form)
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ")
    const headers = [...sampled(request.headers), ...(cookie === "" ? [] : [{ name: "cookie", value: cookie }])]
    const type = response.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? ""
    const bytes = Buffer.from(response.body)
    return {
      startedDateTime: new Date(Date.parse(clock) + index * 1000).toISOString(),
      time: 0,
      request: {
        method: request.method,
        url: queryString.length === 0 ? request.url : `${request.url}?${encoded(queryString)}`,
        httpVersion: "HTTP/1.1",
        cookies,
        headers,
        queryString,
        ...(form.length === 0
          ? {}
          : { postData: { mimeType: "application/x-www-form-urlencoded", params: form, text: encoded(form) } }),
        headersSize: -1,
        bodySize: form.length === 0 ? 0 : encoded(form).length
      },
      response: {
        status: response.status,
        statusText: "",
        httpVersion: "HTTP/1.1",
        cookies: [],
        headers: response.headers.map(([name, value]) => ({ name, value })),
        content: { size: bytes.length, mimeType: type, text: bytes.toString("base64"), encoding: "base64" },
        redirectURL: response.headers.find(([name]) => name.toLowerCase() === "location")?.[1] ?? "",
        headersSize: -1,
        bodySize: bytes.length
      },
      cache: {},
      timings: { send: 0, wait: 0, receive: 0 }
    }
  })
  return { log: { version: "1.2", creator: { name: "webqq-login", version: "1" }, comment: title, entries } }
}
