/**
 * Where a request differs from the one that a fixture tells of, field by field.
 */
import { isDeepStrictEqual } from "node:util"
import * as Pattern from "./format/Pattern.ts"
import type { FormMatcher, Request } from "./format/ScenarioFile.ts"
import { formPairs, parseJson } from "./data.ts"

/** A request as it would go over the wire, under its logical address. */
export interface WireRequest {
  readonly method: string
  /** Absolute, query included: `https://ssl.ptlogin2.qq.com/ptqrlogin?…`. */
  readonly url: string
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Uint8Array
}

/**
 * One field that is not as expected: `field` is its place (`query.t`, `header referer`). `listed` is false where the fixture does not
 * speak of the field, though it lists all that may be there.
 */
export interface Difference {
  readonly field: string
  readonly expected: FormMatcher
  readonly listed: boolean
  readonly got: ReadonlyArray<string>
}

/** Values by name, in their order. */
export type Values = ReadonlyMap<string, ReadonlyArray<string>>

/** A request in the parts that a fixture speaks of; each is taken apart when it is first asked for, and once. */
export interface ReadRequest {
  readonly method: string
  /** The address without its query. */
  readonly address: string
  readonly query: () => Values
  readonly headers: () => Values
  readonly cookies: () => Values
  readonly form: () => Values
}

const collect = (pairs: Iterable<readonly [string, string]>): Values => {
  const values = new Map<string, Array<string>>()
  for (const [name, value] of pairs) {
    const known = values.get(name)
    if (known === undefined) values.set(name, [value])
    else known.push(value)
  }
  return values
}

const once = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => (made ??= { value: make() }).value
}

/** Takes a request apart, for as many comparisons as there may be. */
export const read = (request: WireRequest): ReadRequest => {
  const url = new URL(request.url)
  const { search } = new URL(url)
  url.search = ""
  url.hash = ""
  const headers = once(() => collect(request.headers.map(([name, value]) => [name.toLowerCase(), value] as const)))
  return {
    method: request.method,
    address: url.href,
    query: once(() => collect(formPairs(search.slice(1)))),
    headers,
    cookies: once(() => collect((headers().get("cookie") ?? []).flatMap(cookiePairs))),
    form: once(() => collect(formPairs(new TextDecoder().decode(request.body))))
  }
}

const cookiePairs = (line: string) =>
  line
    .split(";")
    .filter((part) => part.includes("="))
    .map((part) => {
      const at = part.indexOf("=")
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const
    })

/** Whether a JSON text has this value; neither spaces nor the order of keys count. */
const isValue = (text: string, value: unknown): boolean => {
  const json = parseJson(text)
  return json !== undefined && isDeepStrictEqual(json.value, value)
}

const fits = (matcher: FormMatcher, [value, ...more]: ReadonlyArray<string>): boolean => {
  if (typeof matcher === "object" && "absent" in matcher) return value === undefined
  if (value === undefined || more.length > 0) return false
  if (typeof matcher === "string") return value === matcher
  if ("re" in matcher) return Pattern.of(matcher.re).test(value)
  return "json" in matcher ? isValue(value, matcher.json) : true
}

const fields = (
  prefix: string,
  matchers: Readonly<Record<string, FormMatcher>> | undefined,
  values: () => Values,
  complete: boolean
): ReadonlyArray<Difference> => {
  if (matchers === undefined) return []
  const got = values()
  const found: Array<Difference> = []
  for (const [name, expected] of Object.entries(matchers)) {
    const values = got.get(name) ?? []
    if (!fits(expected, values)) found.push({ field: `${prefix}${name}`, expected, listed: true, got: values })
  }
  if (!complete) return found
  for (const [name, given] of got) {
    if (Object.hasOwn(matchers, name)) continue
    found.push({ field: `${prefix}${name}`, expected: { absent: true }, listed: false, got: given })
  }
  return found
}

/** How many fields a fixture looks at. */
export const strictness = (expected: Request): number =>
  [expected.query, expected.headers, expected.cookies, expected.form].reduce(
    (sum, matchers) => sum + (matchers === undefined ? 0 : 1 + Object.keys(matchers).length),
    0
  )

const whole = (field: "method" | "url", expected: string, got: string): ReadonlyArray<Difference> =>
  expected === got ? [] : [{ field, expected, listed: true, got: [got] }]

/** Every field in which `got` is not what `expected` asks for; none means that the request matches. */
export const differences = (expected: Request, got: ReadRequest): ReadonlyArray<Difference> => [
  ...whole("method", expected.method, got.method),
  ...whole("url", expected.url, got.address),
  ...fields("query.", expected.query, got.query, true),
  ...fields("header ", expected.headers, got.headers, false),
  ...fields("cookie ", expected.cookies, got.cookies, false),
  ...fields("form.", expected.form, got.form, true)
]
