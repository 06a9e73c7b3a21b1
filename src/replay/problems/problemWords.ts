/**
 * What is said of a login that was not played as its scenario is written, in both languages. Fixtures hold stand-ins, so values are
 * printed.
 */
import type { Bilingual, Language } from "../../Language.ts"
import type { Fault, Mismatch, Misstep, Problem, Unused } from "./Problem.ts"
import { parseJson } from "../data.ts"
import type { Difference } from "../engine/requestDiff.ts"
import type { Scenario } from "../Scenario.ts"

const quote = (value: string) => JSON.stringify(value)

/** What a fixture asks for of a field. */
const wanted = (expected: Difference["expected"]): Bilingual => {
  if (typeof expected === "string") return { en: quote(expected), zh: quote(expected) }
  if ("absent" in expected) return { en: "absent", zh: "没有此项" }
  if ("any" in expected) return { en: "any value", zh: "任意值" }
  if ("re" in expected) return { en: `a match of ${expected.re}`, zh: `与 ${expected.re} 匹配的值` }
  const json = JSON.stringify(expected.json)
  return { en: `the JSON ${json}`, zh: `JSON ${json}` }
}

const overEncoded = (expected: string, got: string): boolean => {
  try {
    return expected !== got && decodeURIComponent(got) === expected
  } catch {
    return false
  }
}

const all = (values: ReadonlyArray<string>): Bilingual => {
  const quoted = values.map(quote)
  return { en: quoted.join(" and "), zh: quoted.join(" 和 ") }
}

/** What a request had in the place of what was wanted. */
const found = ({ expected, got }: Difference): Bilingual => {
  const [value, ...more] = got
  if (value === undefined) return { en: "nothing", zh: "没有" }
  if (more.length > 0) return all(got)
  if (typeof expected === "string" && overEncoded(expected, value)) {
    return { en: `${quote(value)} (percent-encoded once too often)`, zh: `${quote(value)}（多做了一次百分号编码）` }
  }
  if (typeof expected !== "object" || !("json" in expected)) return all(got)
  return parseJson(value) !== undefined
    ? { en: value, zh: value }
    : { en: `${quote(value)}, which is not JSON`, zh: `${quote(value)}，不是 JSON` }
}

/** One field that is not as expected, in a line: `query.t: expected "1", got "2"`. */
export const lineOf = (difference: Difference): Bilingual => {
  const { expected, field, got, listed } = difference
  const [what, had] = [wanted(expected), found(difference)]
  // These are no values but words of HTTP.
  if (field === "method" || field === "url") {
    const [one, other] = [String(expected), String(got[0])]
    return { en: `${field}: expected ${one}, got ${other}`, zh: `${field}：应为 ${one}，实为 ${other}` }
  }
  if (!listed)
    return { en: `${field}: not in the fixture, got ${had.en}`, zh: `${field}：场景中没有此项，实为 ${had.zh}` }
  const several = got.length > 1 && !(typeof expected === "object" && "absent" in expected)
  return {
    en: `${field}: expected ${what.en}${several ? " once" : ""}, got ${had.en}`,
    zh: `${field}：应为${several ? "一次 " : " "}${what.zh}，实为 ${had.zh}`
  }
}

const times = (n: number): Bilingual => ({
  en: n === 1 ? "once" : n === 2 ? "twice" : `${n} times`,
  zh: `${n} 次`
})

/** The scheme of an address, where another one differs from it in nothing else. */
const schemeOf = (address: string, other: string): string | undefined => {
  const [scheme = "", rest] = address.split("://")
  return address !== other && rest === other.split("://")[1] ? scheme : undefined
}

const mustCome = ({ expected }: Mismatch): Bilingual =>
  expected === undefined
    ? { en: "the scenario is over: nothing more may come", zh: "场景已结束，不应再有请求" }
    : { en: `"${expected.id}" must come next`, zh: `接下来应为 "${expected.id}"` }

/** A fault in words: what is wrong, where that is written, and what to do. */
export const faultText = ({ cure, name, says, section }: Fault, at: string): Bilingual => ({
  en: `${name}: ${says.en} (${at}; PROTOCOL.md, "${section}"): ${cure.en}`,
  zh: `${name}：${says.zh}（${at}；见 PROTOCOL.md “${section}”）：${cure.zh}`
})

const headline = (problem: Exclude<Problem, Misstep>): Bilingual => {
  if (problem._tag === "Unused") {
    const { exchange, served } = problem
    const { id, request } = exchange
    const [is, should] = [times(served), times(exchange.times)]
    const address = `${request.method} ${request.url}`
    return served === 0
      ? {
          en: `"${id}" was never requested (${address}): the client stopped early, or the scenario holds too much`,
          zh: `"${id}" 从未被请求（${address}）：客户端过早停止，或场景内容过多`
        }
      : {
          en: `"${id}" was requested ${is.en}, not ${should.en} (${address}): the client stopped early, or "times" is too high`,
          zh: `"${id}" 被请求 ${is.zh}，而不是 ${should.zh}（${address}）：客户端过早停止，或 "times" 过大`
        }
  }
  const address = `${problem.method} ${problem.url}`
  const id = problem.exchange?.id
  const [next, served] = [mustCome(problem), times(problem.exchange?.times ?? 1)]
  switch (problem.verdict) {
    case "out of order":
      return {
        en: `${address} is out of order: it matches "${id}", but ${next.en}`,
        zh: `${address} 的顺序不对：它与 "${id}" 匹配，但${next.zh}`
      }
    case "already served":
      return {
        en: `${address} matches "${id}", already served ${served.en}; ${next.en} (if the client is right to ask again, raise "times" of "${id}")`,
        zh: `${address} 与 "${id}" 匹配，但它已响应 ${served.zh}；${next.zh}（如果客户端可以再次请求，请增大 "${id}" 的 "times"）`
      }
    case "differs":
      if (id === undefined) {
        const other = problem.expected === undefined ? undefined : schemeOf(problem.expected.request.url, problem.url)
        if (other !== undefined) {
          return {
            en: `${address} was asked by another scheme than ${other}, by which ${next.en}: take the address as the server gave it`,
            zh: `${address} 使用的协议不是 ${other}，${next.zh}：请原样使用服务器给出的地址`
          }
        }
        return { en: `${address} is not in the scenario; ${next.en}`, zh: `场景中没有 ${address}；${next.zh}` }
      }
      return id === problem.expected?.id
        ? { en: `${address} differs from "${id}", which must come next`, zh: `${address} 与接下来应有的 "${id}" 不同` }
        : { en: `${address} differs from "${id}", and ${next.en}`, zh: `${address} 与 "${id}" 不同，且${next.zh}` }
  }
}

/** One problem in words, with a line for each field that differs. */
export const saidOf = (problem: Problem): Bilingual => {
  if (problem._tag === "Misstep") return faultText(problem.fault, `${problem.method} ${problem.url}`)
  if (problem._tag === "Unused") return headline(problem)
  const { differences, fault, method, url } = problem
  const head = fault === undefined ? headline(problem) : faultText(fault, `${method} ${url}`)
  if (differences.length === 0) return head
  const id = problem.expected?.id
  const colon =
    fault !== undefined
      ? { en: "", zh: "" }
      : problem.verdict === "differs"
        ? { en: ":", zh: "：" }
        : { en: `; compared with "${id}":`, zh: `；与 "${id}" 相比：` }
  const lines = differences.map(lineOf)
  return {
    en: [`${head.en}${colon.en}`, ...lines.map(({ en }) => `  ${en}`)].join("\n"),
    zh: [`${head.zh}${colon.zh}`, ...lines.map(({ zh }) => `  ${zh}`)].join("\n")
  }
}

/** The same in one language. */
export const describe = (problem: Problem, language: Language = "en"): string => saidOf(problem)[language]

/** What never came, in one line: it has one cause, however much it is. */
const neverCame = (missing: ReadonlyArray<Unused>): Bilingual => {
  const ids = missing.map(({ exchange }) => `"${exchange.id}"`)
  const shown = ids.length > 12 ? [...ids.slice(0, 12), "…"] : ids
  return {
    en: `${ids.length === 1 ? "1 exchange was" : `${ids.length} exchanges were`} never requested (${shown.join(", ")}): the client stopped early, or the scenario holds too much`,
    zh: `有 ${ids.length} 次交互从未请求（${shown.join("、")}）：客户端过早停止，或场景内容过多`
  }
}

const notReached = ({ en, zh }: Bilingual, count: number): Bilingual => ({
  en: `${en}\n  ${count === 1 ? "1 exchange" : `${count} exchanges`} from there on did not come`,
  zh: `${zh}\n  此后的 ${count} 次交互没有进行`
})

/** What never came because a request was refused, and did not come after that: nothing of its own. */
const followingFrom = (refused: Mismatch | undefined, missing: ReadonlyArray<Unused>): ReadonlyArray<Unused> => {
  const at = missing.findIndex(({ exchange }) => exchange.id === refused?.expected?.id)
  return at === -1 ? [] : missing.slice(at)
}

/**
 * All problems of a scenario in words, for people; equal ones are told once, so are a fault and all that never came, and what only follows
 * from a refusal is told with it.
 */
export const said = ({ name }: Pick<Scenario, "name">, problems: ReadonlyArray<Problem>): Bilingual | undefined => {
  if (problems.length === 0) return undefined
  const isNamed = problems.some((problem) => problem._tag !== "Unused" && problem.fault !== undefined)
  const never = problems.filter((problem) => problem._tag === "Unused").filter(({ served }) => served === 0)
  const refused = problems.find((problem) => problem._tag === "Mismatch" && problem.fault !== undefined)
  const following = new Set<Problem>(followingFrom(refused as Mismatch | undefined, never))
  const missing = never.filter((problem) => !following.has(problem))
  const together = missing.length > (isNamed ? 0 : 2) ? neverCame(missing) : undefined
  const counted = new Map<string, { readonly words: Bilingual; count: number }>()
  for (const problem of problems) {
    if (following.has(problem)) continue
    const isMissing = problem._tag === "Unused" && problem.served === 0
    const alone = (isMissing ? together : undefined) ?? saidOf(problem)
    const words = problem === refused && following.size > 0 ? notReached(alone, following.size) : alone
    const key = (problem._tag === "Unused" ? undefined : problem.fault?.name) ?? words.en
    const known = counted.get(key)
    if (known === undefined) counted.set(key, { words, count: 1 })
    else if (alone !== together) known.count++
  }
  const { size } = counted
  const lines = Array.from(counted.values(), ({ count, words }): Bilingual => {
    const again = count === 1 ? { en: "", zh: "" } : { en: `${times(count).en}: `, zh: `${times(count).zh}：` }
    const below = (text: string) => text.replaceAll("\n", "\n  ")
    return { en: `- ${again.en}${below(words.en)}`, zh: `- ${again.zh}${below(words.zh)}` }
  })
  return {
    en: [
      `scenario "${name}" was not played as written (${size} problem${size === 1 ? "" : "s"}):`,
      ...lines.map(({ en }) => en)
    ].join("\n"),
    zh: [`场景 "${name}" 没有按录制重放（${size} 处问题）：`, ...lines.map(({ zh }) => zh)].join("\n")
  }
}

/** The same in one language; an empty string where there are none. */
export const report = (
  scenario: Pick<Scenario, "name">,
  problems: ReadonlyArray<Problem>,
  language: Language = "en"
): string => said(scenario, problems)?.[language] ?? ""
