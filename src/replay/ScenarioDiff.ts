/**
 * In what two scenarios differ by meaning, exchange by exchange: 2015 against 2018. Which stand-in a value has is no difference,
 * nor is the order of parameters.
 */
import { readCall } from "./record/calls.ts"
import { setCookieOf } from "./record/secrets.ts"
import { isStandIn } from "./record/standIns.ts"
import type { Bilingual, Language } from "../Language.ts"
import { toJson } from "../Session.ts"
import { leavesOf, parseJson } from "./data.ts"
import type { Demands } from "./format/ScenarioFile.ts"
import type { Exchange, Scenario } from "./Scenario.ts"

/** The scenario as a whole, one step of both, or of one of them alone; `changes` are empty where they are the same. */
export interface StepDiff {
  readonly left: string | undefined
  readonly right: string | undefined
  readonly changes: ReadonlyArray<Bilingual>
}

/** What stands in the place of a text that is nobody's business, or that is no text. Marked, until it is said. */
const words = {
  computed: { en: "(computed)", zh: "（计算值）" },
  secret: { en: "(secret)", zh: "（敏感信息）" },
  host: { en: "its own host", zh: "本主机" },
  empty: { en: "empty", zh: "空" },
  set: { en: "set", zh: "已设置" },
  bytes: { en: "bytes", zh: "字节" },
  recorded: { en: "as recorded", zh: "与录制相同" },
  yes: { en: "yes", zh: "是" }
} as const satisfies Record<string, Bilingual>

// A letter for private use: neither servers nor people write it.
const mark = (word: keyof typeof words) => `\ue000${word}\ue000`

const inWords = (text: string): Bilingual => {
  const read = (language: Language) =>
    text.replaceAll(/\ue000([a-z]+)\ue000/g, (_, word: keyof typeof words) => words[word]?.[language] ?? "")
  return { en: read("en"), zh: read("zh") }
}

type Fields = ReadonlyMap<string, string>

const computed = new Set(["ptqrtoken", "auth_token", "g_tk", "bkn", "gtk"])
const personal = /^(?:(?:p_|super)?uin|ptuin|nick(?:name)?|value)$/

const hide = (name: string, text: string) => {
  if (computed.has(name)) return mark("computed")
  if (personal.test(name) && text !== "") return mark("secret")
  return text.replaceAll(/[A-Za-z0-9@*+/_-]{8,}/g, (word) =>
    (isStandIn(word) && !/^[a-z]+$/i.test(word)) || /^[0-9a-f]{32,}$/.test(word) ? mark("secret") : word
  )
}

const show = (name: string, value: unknown): string =>
  typeof value === "string" ? JSON.stringify(hide(name, value)) : hide(name, JSON.stringify(value))

/** Things under their names; one that comes again under the same name is `#2`. */
const collector = () => {
  const fields = new Map<string, string>()
  const counts = new Map<string, number>()
  const add = (name: string, text: string) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    fields.set(count === 1 ? name : `${name} #${count}`, text)
  }
  /** A JSON value leaf by leaf, so that neither the order of keys counts nor does one difference show all the rest. */
  const walk = (name: string, value: unknown, last: string) => {
    const inner = typeof value === "object" && value !== null ? Object.entries(value) : []
    if (inner.length === 0) return add(name, show(last, value))
    for (const [key, one] of inner)
      walk(`${name}${name === "" ? "" : name.endsWith("body") ? " " : "."}${key}`, one, key)
  }
  // What has too many leaves, or too long paths to them, is compared as a whole.
  const addAll = (name: string, value: unknown) =>
    leavesOf(value).length > 0 ? walk(name, value, name) : add(name, show(name, value))
  return { fields, add, addAll }
}

const matchers = ["query", "headers", "cookies", "form", "json"] as const
const singular = { query: "query", headers: "header", cookies: "cookie", form: "form", json: "json" } as const
/** Of the same lines in another order, the last of a name wins: this is a difference of its own, where there is no other. */
const order = "response.cookies"

/** Everything that is compared of an exchange. */
const fieldsOf = ({ mayEnd, open, request, response, times }: Exchange): Fields => {
  const collected = collector()
  const { add, addAll, fields } = collected
  add("times", String(times))
  if (open) add("open", mark("yes"))
  if (mayEnd) add("mayEnd", mark("yes"))
  add("request", `${request.method} ${request.url}`)
  add("status", String(response.status))
  for (const group of matchers) {
    for (const [name, matcher] of Object.entries(request[group] ?? {})) {
      if (typeof matcher === "object" && "json" in matcher) addAll(`${singular[group]} ${name}`, matcher.json)
      else add(`${singular[group]} ${name}`, show(name, matcher))
    }
  }
  const cookies: Array<string> = []
  for (const [name, value] of response.headers) {
    if (name.toLowerCase() !== "set-cookie") {
      add(`response.header ${name.toLowerCase()}`, show(name, value))
      continue
    }
    const [cookie, content] = setCookieOf(value)
    const attributes = value.split(";").slice(1)
    const domain = attributes.find((text) => /^\s*domain=/i.test(text))?.split("=")[1] ?? mark("host")
    const rest = attributes.map((text) =>
      text
        .trim()
        .toLowerCase()
        .replace(/^expires=.*/, "expires")
    )
    const title = `${cookie.replace(/\d{5,}/, "UIN")}@${domain.toLowerCase()}`
    const kind = mark(content === "" ? "empty" : "set")
    cookies.push(`${title} ${kind}`)
    add(
      `response.cookie ${title}`,
      `${kind}, ${rest
        .filter((text) => text !== "" && !text.startsWith("domain="))
        .sort()
        .join(", ")}`
    )
  }
  if (cookies.length > 0) add(order, cookies.join(", "))
  if (response.body.length > 0) addBody(Buffer.from(response.body).toString("utf8"), response.body.length, collected)
  return fields
}

const addBody = (text: string, length: number, { add, addAll }: ReturnType<typeof collector>): void => {
  if (text.includes("\ufffd")) return add("response.body", `${length} ${mark("bytes")}`)
  const json = parseJson(text)?.value
  if (typeof json === "object" && json !== null) return addAll("response.body", json)
  const call = readCall(text)
  if (call?.isWhole !== true) return add("response.body", show("", text))
  add("response.body", `${call.name}(…)`)
  for (const [index, { end, start }] of call.literals.entries()) {
    // The numbers that a server gives its requests differ each time.
    const told = index === 5 ? "nickname" : ""
    add(`response.body argument ${index + 1}`, show(told, text.slice(start, end).replaceAll(/\(\d{5,}\)/g, "(N)")))
  }
}

/** What is said of the scenario as a whole. */
const wholeOf = ({ clock, demands, equal, optional, outcome, saved, site }: Scenario): Fields => {
  const { add, addAll, fields } = collector()
  add("site", site)
  add("clock", clock)
  if (saved !== undefined) addAll("saved", toJson(saved))
  for (const { addresses } of equal) add("equal", addresses.join(" = "))
  for (const { checked = {}, echoed = [], required = {}, url } of demands) {
    const path = url.slice(url.lastIndexOf("/") + 1)
    const say = (kind: string, list: Demands["required"]) => {
      for (const [field, { is }] of Object.entries(list ?? {}))
        add(`${path} ${kind} ${field}`, is === undefined ? mark("recorded") : show(field, is))
    }
    say("required", required)
    say("checked", checked)
    for (const field of echoed) add(`${path} echoed ${field}`, mark("yes"))
  }
  for (const { id, request } of optional) add(`optional ${id}`, `${request.method} ${request.url}`)
  addAll("outcome", { ...outcome, ...(outcome.events === undefined ? {} : { events: outcome.events.join(" ") }) })
  return fields
}

const sorted = (list = "") => list.split(", ").sort().join(", ")

const compare = (left: Fields, right: Fields): ReadonlyArray<Bilingual> =>
  [...new Set([...left.keys(), ...right.keys()])].flatMap((name) => {
    const [before, after] = [left.get(name), right.get(name)]
    if (before === after || (name === order && sorted(before) !== sorted(after))) return []
    if (before === undefined) return [inWords(`+ ${name}: ${after}`)]
    return [inWords(after === undefined ? `- ${name}: ${before}` : `~ ${name}: ${before} → ${after}`)]
  })

const stepOf = ({ id, request }: Exchange) =>
  `${request.url.split("/").at(-1)} ${/^poll-(?:renewed-)?([a-z]+)/.exec(id)?.[1] ?? ""}`

/** What is longer is not searched for what both have in common, but gone through side by side. */
const mostPairs = 4_000_000

/** Of two rows of steps, the length of the longest common sequence from each pair of places on. */
const commonFrom = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): ((i: number, j: number) => number) => {
  let [from, endOfA, endOfB] = [0, a.length, b.length]
  while (from < endOfA && from < endOfB && a[from] === b[from]) from++
  while (from < endOfA && from < endOfB && a[endOfA - 1] === b[endOfB - 1]) [endOfA, endOfB] = [endOfA - 1, endOfB - 1]
  const [height, width, after] = [endOfA - from + 1, endOfB - from + 1, a.length - endOfA]
  // What begins or ends both is common in any case; only what lies between is looked at pair by pair.
  const lengths = new Uint32Array(height * width > mostPairs ? 0 : height * width)
  const at = (i: number, j: number) =>
    i > endOfA || j > endOfB
      ? Math.min(a.length - i, b.length - j)
      : (lengths[(i - from) * width + j - from] ?? 0) + after
  for (let i = endOfA - 1; i >= from && lengths.length > 0; i--) {
    for (let j = endOfB - 1; j >= from; j--) {
      const length = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
      lengths[(i - from) * width + j - from] = length - after
    }
  }
  return at
}

/** What is said of the whole of both, then the steps in one order: those that both have side by side, what only one of them has in between. */
export const diff = (left: Scenario, right: Scenario): ReadonlyArray<StepDiff> => {
  const [a, b] = [left.exchanges, right.exchanges]
  const [namesOfA, namesOfB] = [a.map(stepOf), b.map(stepOf)]
  const common = commonFrom(namesOfA, namesOfB)
  const whole = compare(wholeOf(left), wholeOf(right))
  const steps: Array<StepDiff> = [{ left: "scenario", right: "scenario", changes: whole }]
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const [one, other] = [a[i], b[j]]
    if (one !== undefined && other !== undefined && namesOfA[i] === namesOfB[j]) {
      steps.push({ left: one.id, right: other.id, changes: compare(fieldsOf(one), fieldsOf(other)) })
      i++
      j++
    } else if (one !== undefined && (other === undefined || common(i + 1, j) >= common(i, j + 1))) {
      steps.push({ left: one.id, right: undefined, changes: [] })
      i++
    } else if (other !== undefined) {
      steps.push({ left: undefined, right: other.id, changes: [] })
      j++
    }
  }
  return steps
}
