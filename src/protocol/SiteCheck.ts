/**
 * The call that tells whether a session is alive: from a site's data to a request, and from its answer to what that means. Nothing is
 * sent here. The calls of each site, and where they come from, stand in PROTOCOL.md, session checks.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
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
  /** The number of the account that the answer is about, where the site's data know its place and one stands there. */
  readonly account?: number
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
  // Of what is not there JSON.stringify makes nothing, whatever its type says.
  const body: string | undefined = form === undefined ? JSON.stringify(json) : encode(pairs(form))
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
    message: messageOf(json),
    ...(check.account === undefined ? {} : numbered(at(json, check.account)))
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

const matches = (sign: Sign, { location, status, text }: CheckAnswer, json: Json | undefined): boolean => {
  if (status !== (sign.status ?? 200)) return false
  if (sign.location !== undefined && location?.startsWith(sign.location) !== true) return false
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
  const value = got ?? null
  return wanted === null || typeof value === "object" ? wanted === value : String(wanted) === String(value)
}

const at = (json: Json | undefined, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Json)[key] : undefined,
      json
    )

/** The first number, or digits, at one of the places that the signs look at. */
const codeAt = (json: Json | undefined, signs: ReadonlyArray<Sign>): string | undefined => {
  const values = signs.flatMap((sign) => Object.keys(sign.json ?? {}).map((path) => String(at(json, path))))
  return values.find((value) => /^-?\d{1,15}$/.test(value))
}

/** An account's number, which may come as digits, or as a cookie has it; nothing else is one. */
const numbered = (value: unknown): Pick<Verdict, "account"> => {
  const [, digits = "0"] = (typeof value === "object" ? null : /^o?(\d{1,15})$/.exec(String(value))) ?? []
  const account = Number(digits)
  return account === 0 ? {} : { account }
}

const messageKeys = ["message", "msg", "em", "errmsg", "retmsg"]

const messageOf = (json: Json | undefined): string => {
  const said = messageKeys.map((key) => json?.[key])
  return said.find((value): value is string => typeof value === "string" && value !== "")?.slice(0, 1000) ?? ""
}

/**
 * The one argument of a JavaScript call, which may stand in a `try` (AMS answers so), and the text itself where it is none. It is read,
 * never run.
 */
const argumentOf = (text: string): string => {
  const call = /^(try\s*\{\s*)?[\w$.]+\s*\(/.exec(text.slice(0, 81))
  if (call === null) return text
  const [before, attempt] = call
  return text.slice(
    before.length,
    text.lastIndexOf(")", attempt === undefined ? text.length : text.lastIndexOf("catch"))
  )
}

const readJson = (text: string): Json | undefined => {
  // The parser's own message quotes the text, so it is dropped.
  const json = Result.getOrUndefined(Result.try((): unknown => JSON.parse(argumentOf(text.trim()))))
  return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as Json) : undefined
}
