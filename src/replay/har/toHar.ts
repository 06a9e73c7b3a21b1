/**
 * A scenario as HTTP Archive, for a look with a browser's own tools.
 */
import * as Effect from "effect/Effect"
import * as Pattern from "../format/Pattern.ts"
import type { FormMatcher } from "../format/ScenarioFile.ts"
import type { Scenario } from "../Scenario.ts"
import { BadHar } from "./BadHar.ts"

/** What a client might send where the scenario does not ask for one text. */
const sample = (matcher: FormMatcher): string | undefined => {
  if (typeof matcher === "string") return matcher
  if ("json" in matcher) return JSON.stringify(matcher.json)
  if ("absent" in matcher) return undefined
  if ("any" in matcher) return ""
  return samples.find(Pattern.of(matcher.re).test) ?? matcher.re
}

const samples = [
  "0.1",
  "0-0-1",
  "Mozilla/5.0 (X11; Linux x86_64)",
  "application/x-www-form-urlencoded",
  "application/json",
  "1500000000000",
  "00000000-0000-4000-8000-000000000000",
  "1",
  "x"
]

const sampled = (matchers: Readonly<Record<string, FormMatcher>> = {}) =>
  Object.entries(matchers).flatMap(([name, matcher]) => {
    const value = sample(matcher)
    return value === undefined ? [] : [{ name, value }]
  })

/** The same of a body in JSON, each value as JSON writes it. */
const leavesIn = (matchers: Readonly<Record<string, FormMatcher>> = {}) =>
  Object.entries(matchers).flatMap(([name, matcher]) => {
    const value = sample(matcher)
    if (value === undefined) return []
    return [{ name, value: typeof matcher === "object" && "json" in matcher ? value : JSON.stringify(value) }]
  })

/** A body of which these are the leaves. */
const unfolded = (leaves: ReturnType<typeof sampled>): string => {
  type Branch = Map<string, Branch | string>
  const root: Branch = new Map()
  for (const { name, value } of leaves) {
    const keys = name.split(".")
    let at = root
    for (const key of keys.slice(0, -1)) {
      const next = at.get(key)
      const branch: Branch = next instanceof Map ? next : new Map()
      at.set(key, branch)
      at = branch
    }
    at.set(keys.at(-1) ?? "", value)
  }
  const written = (branch: Branch): string => {
    const isList = [...branch.keys()].every((key, index) => key === String(index))
    const inner = Array.from(branch, ([key, one]) => {
      const value = one instanceof Map ? written(one) : one
      return isList ? value : `${JSON.stringify(key)}:${value}`
    })
    return isList ? `[${inner.join(",")}]` : `{${inner.join(",")}}`
  }
  return written(root)
}

/** Pairs as a query or a form. */
export const encoded = (pairs: ReturnType<typeof sampled>) =>
  pairs.map(({ name, value }) => `${percent(name)}=${percent(value)}`).join("&")

/** Half a letter, which a scenario may hold, has no encoding of its own. */
const percent = (text: string) => encodeURIComponent(text.toWellFormed())

/** Nobody looks at more, and no tool of a browser opens it. */
const most = { entries: 10_000, bytes: 100_000_000 }

/**
 * A scenario → HAR 1.2, every exchange as often as it comes, one a second from the scenario's clock on. Fails where that would be more than
 * 10,000 entries or 100 MB.
 */
export const toHar = (scenario: Scenario): Effect.Effect<unknown, BadHar> => {
  const sum = (count: (exchange: Scenario["exchanges"][number]) => number) =>
    scenario.exchanges.reduce((total, exchange) => total + exchange.times * count(exchange), 0)
  return sum(() => 1) > most.entries || sum(({ response }) => response.body.length) > most.bytes
    ? Effect.fail(new BadHar({ reason: "too long" }))
    : Effect.sync(() => archive(scenario))
}

const archive = ({ clock, exchanges, title }: Scenario) => {
  const all = exchanges.flatMap((exchange) => Array.from({ length: exchange.times }, () => exchange))
  const entries = all.map(({ request, response }, index) => {
    const queryString = sampled(request.query)
    const cookies = sampled(request.cookies)
    const form = sampled(request.form)
    const text = request.json === undefined ? encoded(form) : unfolded(leavesIn(request.json))
    const mimeType = request.json === undefined ? "application/x-www-form-urlencoded" : "application/json"
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
        ...(text === "" ? {} : { postData: { mimeType, params: form, text } }),
        headersSize: -1,
        bodySize: Buffer.byteLength(text)
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
