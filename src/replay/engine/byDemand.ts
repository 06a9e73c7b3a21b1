/**
 * Plays a scenario as the server would: what it is known to have refused is refused, in whatever spelling and order it took the rest it is
 * answered, and what clients get wrong is named.
 */
import type { Bilingual } from "../../Language.ts"
import { detect, whyStopped } from "../faults/detect.ts"
import type { Finding } from "../faults/finding.ts"
import * as Histories from "../faults/history.ts"
import { isEarly, renewed, type SecondCodes } from "../faults/secondCode.ts"
import type { Exchange, Scenario } from "../Scenario.ts"
import { faultText, lineOf } from "../problems/problemWords.ts"
import * as Candidates from "./candidates.ts"
import { type Echo, echoed, echoOf, joined } from "./echo.ts"
import { recordedOf, valuesOf } from "./fields.ts"
import { noticed } from "./judge.ts"
import type { Answer, Engine, Fault, Mismatch, Misstep, Problem, Strictness, Unused, Warning } from "./model.ts"
import { neededBefore } from "./possible.ts"
import * as Progresses from "./progress.ts"
import { read, type ReadRequest, type WireRequest } from "./wireRequest.ts"

const kindOf = (address: string) => new URL(address).pathname.split("/").at(-1) || new URL(address).hostname

export const make = (scenario: Scenario, strictness: Exclude<Strictness, "exact">): Engine => {
  const { exchanges } = scenario
  const loose = strictness === "loose"
  const progress = Progresses.make(exchanges)
  const candidatesFor = Candidates.make(scenario, progress)
  const served: Array<string> = []
  const problems: Array<Mismatch | Misstep> = []
  const missteps = new Set<string>()
  const strays: Array<Mismatch> = []
  const warnings: Array<Warning> = []
  const warned = new Set<string>()
  let told = { problems: 0, strays: 0, warnings: 0 }
  const history = Histories.make(scenario)
  const codes: SecondCodes = new Map()
  let echoes: ReadonlyArray<Echo> = []

  const { firstMissing } = progress
  const next = () => exchanges[firstMissing()]
  const neededFor = (place: number) => neededBefore(exchanges, place, (one) => progress.count(one) > 0)
  const mayCome = ({ place }: Candidates.Candidate) => place === undefined || neededFor(place) === undefined
  const isDueBefore = (place: number | undefined): place is number => place !== undefined && firstMissing() < place

  /** Which exchange answers a request: one that is due, one that was served before, or one that may come at any time. */
  const choose = (
    { method }: ReadRequest,
    candidates: Candidates.Candidates
  ): { readonly chosen: Candidates.Candidate | undefined; readonly isAgain: boolean } => {
    const found = candidates.due() ?? (loose ? candidates.dueAnyway(mayCome) : undefined)
    const mayBeEarly = found !== undefined && isEarly(found.recorded, isDueBefore(found.place))
    if (found !== undefined && !mayBeEarly) return { chosen: found, isAgain: false }
    const again = candidates.served(loose)
    if (again === undefined && found !== undefined) return { chosen: found, isAgain: false }
    if (again !== undefined && (isSafe(method) || again.demands !== undefined)) return { chosen: again, isAgain: true }
    const free = candidates.optional(false) ?? (loose ? candidates.optional(true) : undefined)
    return { chosen: free, isAgain: false }
  }

  const warn = (warning: Omit<Warning, "_tag">) => {
    // A fault is the same one wherever it shows.
    const key = warning.fault?.name ?? [warning.kind, warning.about, warning.field].join("\n")
    if (warned.has(key)) return
    warned.add(key)
    warnings.push({ _tag: "Warning", ...warning })
  }
  const warnOf = (kind: Warning["kind"], about: string, text: Bilingual) => warn({ kind, about, text })

  const mismatch = (request: ReadRequest, candidates: Candidates.Candidates, fault: Fault | undefined): Mismatch => {
    const closest = candidates.closest()
    return {
      _tag: "Mismatch",
      verdict: closest?.refused.length === 0 && fault === undefined ? "already served" : "differs",
      method: request.method,
      url: request.address,
      exchange: closest?.exchange,
      expected: next(),
      differences: closest?.refused ?? [],
      ...(fault === undefined ? {} : { fault })
    }
  }

  const note = ({ fault, gravity }: Finding, request: ReadRequest, exchange: Exchange) => {
    const at = `${request.method} ${request.address}`
    if (gravity === "told" || loose) {
      return warn({ kind: "fault", about: kindOf(request.address), fault, text: faultText(fault, at) })
    }
    // A pace is another number each time, and one fault.
    if (missteps.has(fault.name)) return
    missteps.add(fault.name)
    problems.push({ _tag: "Misstep", fault, method: request.method, url: request.address, exchange })
  }

  const handle = (wire: WireRequest, at?: number): Answer | Mismatch => {
    const request = read(wire)
    const seen: Histories.Seen = { wire, read: request, url: new URL(wire.url), at }
    const findings = detect(seen, history)
    const refusal = loose ? undefined : findings.find(({ gravity }) => gravity === "refused")
    const refuse = (made: Mismatch, list: Array<Mismatch | Misstep> = problems) => {
      history.addRefused(seen)
      list.push(made)
      return made
    }
    const candidates = candidatesFor(request, { echoes, codes })
    if (refusal !== undefined) return refuse(mismatch(request, candidates, refusal.fault))
    const { chosen, isAgain } = choose(request, candidates)
    if (chosen === undefined) {
      const worse = loose ? undefined : findings.find(({ gravity }) => gravity === "fails")
      const made = mismatch(request, candidates, worse?.fault)
      return refuse(made, made.exchange === undefined && worse === undefined ? strays : problems)
    }
    const { demands, exchange, got, place, recorded, refused } = chosen
    const about = kindOf(exchange.request.url)
    if (!isAgain && isDueBefore(place)) {
      const needed = neededFor(place)
      if (needed !== undefined) {
        const base = { ...mismatch(request, candidates, undefined), exchange, differences: refused }
        return refuse({ ...base, verdict: "out of order", expected: needed })
      }
      const { id } = next()!
      warnOf("odd order", about, {
        en: `"${exchange.id}" was asked before "${id}": the recorded client did it the other way round`,
        zh: `"${exchange.id}" 在 "${id}" 之前请求：录制的客户端顺序相反`
      })
    }
    if (isAgain) warnOf("asked again", about, askedAgain(exchange))
    for (const finding of findings) note(finding, request, exchange)
    const [expected, method] = [exchange.request.method, request.method]
    const byMethod = expected === method ? [] : [{ field: "method", expected, listed: true, got: [method] }]
    const others = noticed(exchange.request, demands, got)
    for (const difference of [...byMethod, ...(loose ? refused : []), ...others]) {
      const { en, zh } = lineOf(difference)
      const text = { en: `${about} ${en}`, zh: `${about} ${zh}` }
      warn({ kind: "as recorded", about, field: difference.field, text })
    }
    for (const field of demands?.echoed ?? []) {
      const echo = echoOf(recordedOf(recorded.request, field), valuesOf(request, field)?.[0])
      if (echo !== undefined) echoes = joined(echoes, echo)
    }
    if (place !== undefined && !isAgain) progress.serve(place)
    served.push(exchange.id)
    const shown = echoed(isAgain ? renewed(recorded, codes) : recorded, echoes)
    const answer: Answer = { _tag: "Answer", exchange: shown, ...shown.response }
    history.add(seen, answer)
    return answer
  }

  /** The answer at which the client stopped, where the scenario says that one may. */
  const left = (): Exchange | undefined => {
    const last = exchanges[progress.farthest()]
    return last?.mayEnd === true && firstMissing() >= progress.farthest() ? last : undefined
  }

  const verify = (): ReadonlyArray<Problem> => {
    const missing = exchanges.flatMap((exchange, place): ReadonlyArray<Unused> =>
      progress.isMissing(place) ? [{ _tag: "Unused", exchange, served: progress.count(place) }] : []
    )
    if (missing.length === 0 || left() !== undefined) return problems
    const found: Array<Problem> = [...problems, ...strays]
    const next = missing[0]!.exchange.request
    const fault = found.length === 0 ? whyStopped(history, next.url) : undefined
    if (fault !== undefined)
      found.push({ _tag: "Misstep", fault, method: next.method, url: next.url, exchange: undefined })
    return [...found, ...missing]
  }

  return {
    scenario,
    strictness,
    handle,
    expects: (wire) => {
      const request = read(wire)
      const seen: Histories.Seen = { wire, read: request, url: new URL(wire.url), at: undefined }
      const isRefused = !loose && detect(seen, history).some(({ gravity }) => gravity === "refused")
      const { chosen, isAgain } = choose(request, candidatesFor(request, { echoes, codes }))
      return !isRefused && !isAgain && chosen?.place !== undefined && mayCome(chosen)
    },
    next,
    served: () => [...served],
    wrong: () => [...problems, ...strays],
    news: () => {
      const since = {
        problems: [...problems.slice(told.problems), ...strays.slice(told.strays)],
        warnings: warnings.slice(told.warnings)
      }
      told = { problems: problems.length, strays: strays.length, warnings: warnings.length }
      return since
    },
    verify,
    warnings: () => {
      const all = [...warnings]
      const end = next() === undefined ? undefined : left()
      if (end !== undefined) {
        all.push({
          _tag: "Warning",
          kind: "left",
          about: end.id,
          text: {
            en: `the client left it at "${end.id}": others go on from there`,
            zh: `客户端在 "${end.id}" 处停止：其他客户端会继续`
          }
        })
      }
      if (verify().length > 0) return all
      return [
        ...all,
        ...strays.map(({ method, url }): Warning => {
          const text = {
            en: `${method} ${url} is not in the scenario: it was answered with 409`,
            zh: `场景中没有 ${method} ${url}：已返回 409`
          }
          return { _tag: "Warning", kind: "not in the scenario", about: url, text }
        })
      ]
    }
  }
}

const isSafe = (method: string) => method === "GET" || method === "HEAD"

const askedAgain = ({ id, request }: Exchange): Bilingual =>
  request.url.endsWith("/ptqrshow")
    ? {
        en: `"${id}" was asked again: another code was made, with a qrsig of its own`,
        zh: `"${id}" 被再次请求：已生成另一个二维码，其 qrsig 也不同`
      }
    : {
        en: `"${id}" was asked again: the same answer was given once more`,
        zh: `"${id}" 被再次请求：已再次给出相同的响应`
      }
