/**
 * The call that tells whether a session is alive: from a site's data to a request, and from its answer to what that means. Nothing is
 * sent here. The calls of each site, and where they come from, stand in PROTOCOL.md, session checks.
 */
import * as Redacted from "effect/Redacted"
import type { Check, Sign } from "../sites/check.ts"
import { fill, signedBy } from "../sites/words.ts"
import { address, encode, type QqRequest } from "./Request.ts"

/**
 * What an answer says of the session. `code` is its own, where it has one that the site's data look at; `message` what the server said.
 * `Unknown` is everything on none of the site's lists: another code, another status, a web page.
 */
export interface Verdict {
  readonly _tag: "Good" | "Dead" | "Later" | "Unknown"
  readonly code: string | undefined
  readonly message: string
}

export interface CheckAnswer {
  readonly status: number
  readonly location?: string | undefined
  readonly text: string
}

/** Cookies of which a call sends the hash. */
export const keysOf = ({ form = {}, headers = {}, query = {} }: Check): ReadonlyArray<string> =>
  [form, headers, query].flatMap((values) => Object.values(values).flatMap(signedBy))

/** The request of a site's check; `value` gives what stands in the place of `{{name}}`. */
export const request = (check: Check, value: (name: string) => string): QqRequest => {
  const { form, headers = {}, json, method, query = {}, url } = check
  const filled = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([name, text]) => [name.toLowerCase(), name, fill(text, value)] as const)
  const pairs = (values: Readonly<Record<string, string>>) =>
    filled(values).map(([, name, text]) => [name, text] as const)
  const body = form !== undefined ? encode(pairs(form)) : json === undefined ? undefined : JSON.stringify(json)
  const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded"
  return {
    step: "Check",
    method,
    url: address(url, pairs(query)),
    headers: {
      ...Object.fromEntries(filled(headers).map(([name, , text]) => [name, text])),
      ...(body === undefined ? {} : { "content-type": type })
    },
    ...(body === undefined ? {} : { form: Redacted.make(body, { label: "form" }) }),
    // A list of groups or friends: some sixty bytes for each of at most a few thousand.
    maxBytes: 1024 * 1024
  }
}

/** What an answer means. A sign of `later` goes before one of `good`, and that before one of `dead`. */
export const judge = (check: Check, answer: CheckAnswer): Verdict => {
  const { dead, good, later = [] } = check
  const json = readJson(answer.text)
  const found = (signs: ReadonlyArray<Sign>) => signs.find((sign) => matches(sign, answer, json))
  const verdict = (_tag: Verdict["_tag"], sign: Sign | undefined): Verdict => ({
    _tag,
    code: codeAt(json, sign === undefined ? [...good, ...dead] : [sign]),
    message: messageOf(json)
  })
  for (const [tag, signs] of [
    ["Later", later],
    ["Good", good],
    ["Dead", dead]
  ] as const) {
    const sign = found(signs)
    if (sign !== undefined) return verdict(tag, sign)
  }
  return verdict("Unknown", undefined)
}

const matches = (sign: Sign, { location = "", status, text }: CheckAnswer, json: Json | undefined): boolean => {
  if (status !== (sign.status ?? 200)) return false
  if (sign.location !== undefined && !location.startsWith(sign.location)) return false
  if (sign.text !== undefined && !text.includes(sign.text)) return false
  if (sign.json === undefined) return true
  return (
    json !== undefined &&
    Object.entries(sign.json).every(([path, wanted]) => {
      const is = (one: unknown) => same(one, at(json, path))
      return "not" in wanted ? !wanted.not.some(is) : wanted.some(is)
    })
  )
}

type Json = Readonly<Record<string, unknown>>

// Numbers come as digits, too, and what is null is as good as not there.
const same = (wanted: unknown, got: unknown): boolean => {
  if (typeof got === "object" && got !== null) return false
  return wanted === null || got === null || got === undefined
    ? wanted === (got ?? null)
    : String(wanted) === String(got)
}

const at = (json: Json, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Json)[key] : undefined,
      json
    )

/** The first number, or digits, at one of the places that the signs look at. */
const codeAt = (json: Json | undefined, signs: ReadonlyArray<Sign>): string | undefined => {
  if (json === undefined) return undefined
  const values = signs.flatMap((sign) => Object.keys(sign.json ?? {}).map((path) => at(json, path)))
  const code = values.find((value) => /^-?\d{1,15}$/.test(String(value)))
  return code === undefined ? undefined : String(code)
}

const messageKeys = ["message", "msg", "em", "errmsg", "retmsg"]

const messageOf = (json: Json | undefined): string => {
  const said = messageKeys.map((key) => json?.[key]).find((value) => typeof value === "string" && value !== "")
  return typeof said === "string" ? said.slice(0, 1000) : ""
}

/**
 * The one argument of a JavaScript call, which may stand in a `try` (AMS answers so), and the text itself where it is none. It is read,
 * never run.
 */
const argumentOf = (text: string): string => {
  const open = text.indexOf("(")
  const before = text.slice(0, Math.min(open, 80))
  if (open === -1 || open > 80 || !/^(?:try\s*\{\s*)?[\w$.]+\s*$/.test(before)) return text
  return text.slice(open + 1, text.lastIndexOf(")", before.startsWith("try") ? text.lastIndexOf("catch") : text.length))
}

const readJson = (text: string): Json | undefined => {
  try {
    const json: unknown = JSON.parse(argumentOf(text.trim()))
    return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as Json) : undefined
  } catch {
    // The parser's own message quotes the text.
    return undefined
  }
}
