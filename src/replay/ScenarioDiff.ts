/**
 * In what two scenarios differ by meaning, exchange by exchange: 2015 against 2018. Which stand-in a value has is no difference,
 * nor is the order of parameters.
 */
import { setCookieOf } from "../internal/scrub/secrets.ts"
import { isStandIn } from "../internal/scrub/standIns.ts"
import type { Exchange, Scenario } from "./Scenario.ts"

/** One step of both, or of one of them alone; `changes` are empty where they are the same. */
export interface StepDiff {
  readonly left: string | undefined
  readonly right: string | undefined
  readonly changes: ReadonlyArray<string>
}

type Fields = ReadonlyMap<string, string>

const computed = new Set(["ptqrtoken", "auth_token", "g_tk", "bkn"])

const hide = (name: string, text: string) => {
  if (computed.has(name)) return "(computed)"
  return text.replaceAll(/[A-Za-z0-9@*+/_-]{8,}/g, (word) =>
    (isStandIn(word) && !/^[a-z]+$/i.test(word)) || /^[0-9a-f]{32,}$/.test(word) ? "(secret)" : word
  )
}

const show = (name: string, value: unknown): string =>
  typeof value === "string" ? JSON.stringify(hide(name, value)) : hide(name, JSON.stringify(value))

/** Everything that is compared of an exchange, each thing under its name. */
const fieldsOf = ({ request, response, times }: Exchange): Fields => {
  const fields = new Map<string, string>([
    ["times", String(times)],
    ["request", `${request.method} ${request.url}`],
    ["status", String(response.status)]
  ])
  const groups = { query: request.query, header: request.headers, cookie: request.cookies, form: request.form }
  for (const [group, matchers] of Object.entries(groups)) {
    for (const [name, matcher] of Object.entries(matchers ?? {})) fields.set(`${group} ${name}`, show(name, matcher))
  }
  for (const [name, value] of response.headers) {
    if (name.toLowerCase() !== "set-cookie") {
      fields.set(`answer's header ${name.toLowerCase()}`, show(name, value))
      continue
    }
    const [cookie, content] = setCookieOf(value)
    const attributes = value.split(";").slice(1)
    const domain = attributes.find((text) => /^\s*domain=/i.test(text))?.split("=")[1] ?? "its own host"
    const rest = attributes.map((text) =>
      text
        .trim()
        .toLowerCase()
        .replace(/^expires=.*/, "expires")
    )
    fields.set(
      `answer's cookie ${cookie.replace(/\d{5,}/, "UIN")} of ${domain.toLowerCase()}`,
      `${content === "" ? "empty" : "set"}, ${rest
        .filter((text) => text !== "" && !text.startsWith("domain="))
        .sort()
        .join(", ")}`
    )
  }
  const text = Buffer.from(response.body).toString("utf8")
  if (response.body.length > 0) {
    fields.set(
      "answer's body",
      text.includes("\ufffd") ? `${response.body.length} bytes` : show("", text.replaceAll(/\(\d{5,}\)/g, "(N)"))
    )
  }
  return fields
}

const compare = (left: Fields, right: Fields): ReadonlyArray<string> =>
  [...new Set([...left.keys(), ...right.keys()])].flatMap((name) => {
    const [before, after] = [left.get(name), right.get(name)]
    if (before === after) return []
    if (before === undefined) return [`+ ${name}: ${after}`]
    return [after === undefined ? `- ${name}: ${before}` : `~ ${name}: ${before} → ${after}`]
  })

const stepOf = ({ id, request }: Exchange) =>
  `${request.url.split("/").at(-1)} ${/^poll-(?:renewed-)?([a-z]+)/.exec(id)?.[1] ?? ""}`

/** The steps of both in one order: those that both have side by side, what only one of them has in between. */
export const diff = (left: Scenario, right: Scenario): ReadonlyArray<StepDiff> => {
  const [a, b] = [left.exchanges, right.exchanges]
  // Length of the longest common sequence of steps from each pair of places on.
  const common = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0))
  const at = (i: number, j: number) => common[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] = stepOf(a[i]!) === stepOf(b[j]!) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const steps: Array<StepDiff> = []
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const [one, other] = [a[i], b[j]]
    if (one !== undefined && other !== undefined && stepOf(one) === stepOf(other)) {
      steps.push({ left: one.id, right: other.id, changes: compare(fieldsOf(one), fieldsOf(other)) })
      i++
      j++
    } else if (one !== undefined && (other === undefined || at(i + 1, j) >= at(i, j + 1))) {
      steps.push({ left: one.id, right: undefined, changes: [] })
      i++
    } else if (other !== undefined) {
      steps.push({ left: undefined, right: other.id, changes: [] })
      j++
    }
  }
  return steps
}
