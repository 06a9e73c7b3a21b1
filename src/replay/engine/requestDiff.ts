/**
 * Where a request differs from the one that a fixture tells of, field by field.
 */
import { isDeepStrictEqual } from "node:util"
import * as Pattern from "../format/Pattern.ts"
import type { FormMatcher, Request } from "../format/ScenarioFile.ts"
import { leafText, parseJson } from "../data.ts"
import { asText, isObject } from "./fields.ts"
import type { ReadRequest, Values } from "./wireRequest.ts"

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

/** Whether a JSON text has this value; neither spaces nor the order of keys count. */
const isValue = (text: string, value: unknown): boolean => {
  const json = parseJson(text)
  return json !== undefined && isDeepStrictEqual(json.value, value)
}

/** Whether the values of a field are as they have to be. */
export const fits = (matcher: FormMatcher, [value, ...more]: ReadonlyArray<string>): boolean => {
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
export const looksAt = (expected: Request): number =>
  [expected.query, expected.headers, expected.cookies, expected.form, expected.json].reduce(
    (sum, matchers) => sum + (matchers === undefined ? 0 : 1 + Object.keys(matchers).length),
    0
  )

/** What has the recorded text and is of another type: `"24"` for 24. It is told as JSON writes it. */
const ofOtherType = (field: string, expected: unknown, got: unknown): ReadonlyArray<Difference> =>
  typeof got === typeof expected || leafText(got) !== leafText(expected)
    ? []
    : [{ field, expected: { json: expected as never }, listed: true, got: [JSON.stringify(got)] }]

const leafTypes = (expected: Request, { leaves }: ReadRequest): ReadonlyArray<Difference> =>
  Object.entries(expected.json ?? {}).flatMap(([path, matcher]) => {
    const leaf = typeof matcher === "object" && "json" in matcher ? matcher.json : matcher
    const isLiteral = typeof matcher === "string" || leaf !== matcher
    return isLiteral && leaves().has(path) ? ofOtherType(`json.${path}`, leaf, leaves().get(path)) : []
  })

const memberTypes = (expected: Request, got: ReadRequest): ReadonlyArray<Difference> =>
  Object.entries(expected.form ?? {}).flatMap(([name, matcher]) => {
    const recorded = typeof matcher === "object" && "json" in matcher ? matcher.json : undefined
    const sent = got.inForm(name)
    if (!isObject(recorded) || !isObject(sent)) return []
    return Object.entries(recorded).flatMap(([member, value]) =>
      Object.hasOwn(sent, member) ? ofOtherType(`form.${name}.${member}`, value, sent[member]) : []
    )
  })

/** Numbers that came as texts, and texts that came as numbers, in a body or a form field in JSON. */
export const otherTypes = (expected: Request, got: ReadRequest): ReadonlyArray<Difference> => [
  ...leafTypes(expected, got),
  ...memberTypes(expected, got)
]

const whole = (field: "method" | "url", expected: string, got: string): ReadonlyArray<Difference> =>
  expected === got ? [] : [{ field, expected, listed: true, got: [got] }]

/** Every field in which `got` is not what `expected` asks for; none means that the request matches. */
export const differences = (expected: Request, got: ReadRequest): ReadonlyArray<Difference> => [
  ...whole("method", expected.method, got.method),
  ...whole("url", expected.url, got.address),
  ...fields("query.", expected.query, got.query, true),
  ...fields("header ", expected.headers, got.headers, false),
  ...fields("cookie ", expected.cookies, got.cookies, false),
  ...fields("form.", expected.form, got.form, true),
  ...fields("json.", texts(expected.json), got.json, true),
  ...leafTypes(expected, got)
]

const texts = (leaves: Request["json"]) =>
  leaves && Object.fromEntries(Object.entries(leaves).map(([path, leaf]) => [path, asText(leaf) ?? leaf]))
