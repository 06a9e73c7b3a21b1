/**
 * Plays a scenario as the server would: what it is known to have refused is refused, in whatever spelling and order it took the rest it is
 * answered, and what clients get wrong is named.
 */
import type { Bilingual } from "../../Language.ts"
import { detect, whyStopped } from "../faults/detect.ts"
import type { Finding } from "../faults/finding.ts"
import * as Histories from "../faults/history.ts"
import { isEarly, renewed, type SecondCodes, underCode } from "../faults/secondCode.ts"
import type { Demands } from "../format/ScenarioFile.ts"
import type { Exchange, Scenario } from "../Scenario.ts"
import { type Echo, echoed, echoOf } from "./echo.ts"
import { underEqual } from "./equalAddresses.ts"
import { recordedOf, valuesOf } from "./fields.ts"
import { judge, type Judgement } from "./judge.ts"
import type { Answer, Engine, Fault, Mismatch, Misstep, Problem, Strictness, Unused, Warning } from "./model.ts"
import { neededBefore } from "./possible.ts"
import { faultText, lineOf } from "../problems/problemWords.ts"
import { read, type ReadRequest, type WireRequest } from "./wireRequest.ts"

/** An exchange that a request may be meant for; `place` is where it stands in the scenario, none where it is optional. */
interface Candidate {
  readonly place: number | undefined
  readonly exchange: Exchange
  readonly judgement: Judgement
}

const kindOf = (address: string) => new URL(address).pathname.split("/").at(-1) || new URL(address).hostname

export const make = (scenario: Scenario, strictness: Exclude<Strictness, "exact">): Engine => {
  const { demands, equal, exchanges, optional } = scenario
  const loose = strictness === "loose"
  const counts = exchanges.map(() => 0)
  const served: Array<string> = []
  const problems: Array<Mismatch | Misstep> = []
  const strays: Array<Mismatch> = []
  const warnings = new Map<string, Warning>()
  const history = Histories.make(scenario)
  let echoes: ReadonlyArray<Echo> = []
  const codes: SecondCodes = new Map()
  let places = placesOf(exchanges)
  let last = -1

  const demandsOf = ({ request }: Exchange): Demands | undefined => demands.find(({ url }) => url === request.url)
  const isDone = (place: number) => {
    const { open, times } = exchanges[place]!
    return open === undefined ? counts[place]! >= times : counts[place]! > 0 && last > place
  }
  const isMissing = (place: number) =>
    counts[place]! < (exchanges[place]!.open === undefined ? exchanges[place]!.times : 1)
  const firstMissing = () => exchanges.findIndex((_, place) => isMissing(place))

  const candidate = (original: Exchange, place: number | undefined, request: ReadRequest): Candidate => {
    const exchange = underCode(echoed(original, echoes), request.cookies().get("qrsig")?.[0], codes)
    return { place, exchange, judgement: judge(exchange.request, demandsOf(original), request) }
  }
  /** Those at the request's address, or one that is equal to it. */
  const candidates = (request: ReadRequest): ReadonlyArray<Candidate> =>
    underEqual(equal, request).flatMap((spelled) =>
      methodsFor(spelled.method).flatMap((method) =>
        (places.get(`${method} ${spelled.address}`) ?? []).map((place) => candidate(exchanges[place]!, place, spelled))
      )
    )
  const optionalOnes = (request: ReadRequest): ReadonlyArray<Candidate> =>
    underEqual(equal, request).flatMap((spelled) =>
      optional
        .map((exchange) => candidate(exchange, undefined, spelled))
        .filter(
          ({ exchange: { request } }) =>
            methodsFor(spelled.method).includes(request.method) && request.url === spelled.address
        )
    )

  const neededFor = (place: number) => neededBefore(exchanges, place, (one) => counts[one]! > 0)
  const isPossible = ({ place }: Candidate) => place === undefined || neededFor(place) === undefined

  const isDueBefore = ({ place = 0 }: Candidate) => firstMissing() < place

  /** Which exchange answers a request: one that is due, one that was served before, or one that may come at any time. */
  const choose = (request: ReadRequest) => {
    const all = candidates(request)
    const fits = ({ judgement }: Candidate) => judgement.refused.length === 0
    const due = all.filter(({ place = 0 }) => !isDone(place))
    const again = all.findLast((one) => counts[one.place ?? 0]! > 0 && (loose || fits(one)))
    const found = due.find(fits) ?? (loose ? due.find(isPossible) : undefined)
    const isTooEarly = again !== undefined && found !== undefined && isEarly(found.exchange, isDueBefore(found))
    const next = isTooEarly ? undefined : found
    const repeats = isSafe(request.method) || again === undefined || demandsOf(again.exchange) !== undefined
    const free = optionalOnes(request)
    return {
      all,
      chosen: next ?? (repeats ? again : undefined) ?? free.find(fits) ?? (loose ? free[0] : undefined),
      isAgain: next === undefined && again !== undefined && repeats
    }
  }

  const warn = (warning: Omit<Warning, "_tag">) => {
    // A fault is the same one wherever it shows.
    const key = warning.fault?.name ?? [warning.kind, warning.about, warning.field].join("\n")
    if (!warnings.has(key)) warnings.set(key, { _tag: "Warning", ...warning })
  }
  const warnOf = (kind: Warning["kind"], about: string, text: Bilingual) => warn({ kind, about, text })

  const mismatch = (request: ReadRequest, all: ReadonlyArray<Candidate>, fault: Fault | undefined): Mismatch => {
    const expected = exchanges[firstMissing()]
    const [closest] = all.toSorted((a, b) => a.judgement.refused.length - b.judgement.refused.length)
    return {
      _tag: "Mismatch",
      verdict:
        closest !== undefined && closest.judgement.refused.length === 0 && fault === undefined
          ? "already served"
          : "differs",
      method: request.method,
      url: request.address,
      exchange: closest?.exchange,
      expected,
      differences: closest?.judgement.refused ?? [],
      ...(fault === undefined ? {} : { fault })
    }
  }

  const note = ({ fault, gravity }: Finding, request: ReadRequest, exchange: Exchange) => {
    const at = `${request.method} ${request.address}`
    if (gravity === "told" || loose) {
      return warn({ kind: "fault", about: kindOf(request.address), fault, text: faultText(fault, at) })
    }
    // A pace is another number each time, and one fault.
    if (problems.some((problem) => problem._tag === "Misstep" && problem.fault.name === fault.name)) return
    problems.push({ _tag: "Misstep", fault, method: request.method, url: request.address, exchange })
  }

  const handle = (wire: WireRequest, at?: number): Answer | Mismatch => {
    const request = read(wire)
    const seen: Histories.Seen = { wire, read: request, url: new URL(wire.url), at }
    const findings = detect(seen, history)
    const refusal = loose ? undefined : findings.find(({ gravity }) => gravity === "refused")
    const { all, chosen, isAgain } = choose(request)
    const refuse = (made: Mismatch, list: Array<Mismatch | Misstep> = problems) => {
      history.addRefused(seen)
      list.push(made)
      return made
    }
    if (refusal !== undefined) return refuse(mismatch(request, all, refusal.fault))
    if (chosen === undefined) {
      const worse = loose ? undefined : findings.find(({ gravity }) => gravity === "fails")
      const made = mismatch(request, all, worse?.fault)
      return refuse(made, made.exchange === undefined && worse === undefined ? strays : problems)
    }
    const { exchange, judgement, place } = chosen
    const about = kindOf(exchange.request.url)
    const due = firstMissing()
    if (place !== undefined && !isAgain && due >= 0 && due < place) {
      const needed = neededFor(place)
      if (needed !== undefined) {
        const base = { ...mismatch(request, all, undefined), exchange, differences: judgement.refused }
        return refuse({ ...base, verdict: "out of order", expected: needed })
      }
      const { id } = exchanges[due]!
      warnOf("odd order", about, {
        en: `"${exchange.id}" was asked before "${id}": the recorded client did it the other way round`,
        zh: `"${exchange.id}" 在 "${id}" 之前请求：录制的客户端顺序相反`
      })
    }
    if (isAgain) warnOf("asked again", about, askedAgain(exchange))
    for (const finding of findings) note(finding, request, exchange)
    const [recorded, method] = [exchange.request.method, request.method]
    const byMethod = recorded === method ? [] : [{ field: "method", expected: recorded, listed: true, got: [method] }]
    for (const difference of [...byMethod, ...(loose ? judgement.refused : []), ...judgement.noticed]) {
      const { en, zh } = lineOf(difference)
      const text = { en: `${about} ${en}`, zh: `${about} ${zh}` }
      warn({ kind: "as recorded", about, field: difference.field, text })
    }
    const original =
      place === undefined ? (optional.find(({ id }) => id === exchange.id) ?? exchange) : exchanges[place]!
    for (const field of demandsOf(original)?.echoed ?? []) {
      const echo = echoOf(recordedOf(original.request, field), valuesOf(request, field)?.[0])
      if (echo === undefined || echoes.some(({ own, recorded }) => own === echo.own && recorded === echo.recorded))
        continue
      echoes = [...echoes.filter(({ recorded }) => recorded !== echo.recorded), echo]
      places = placesOf(exchanges.map((one) => echoed(one, echoes)))
    }
    if (place !== undefined && !isAgain) {
      counts[place]!++
      last = Math.max(last, place)
    }
    served.push(exchange.id)
    const shown = echoed(isAgain ? renewed(original, codes) : original, echoes)
    const answer: Answer = { _tag: "Answer", exchange: shown, ...shown.response }
    history.add(seen, answer)
    return answer
  }

  /** Whether the client stopped where the scenario says that one may. */
  const hasLeft = () =>
    last >= 0 && exchanges[last]!.mayEnd === true && exchanges.every((_, place) => place >= last || !isMissing(place))

  const verify = (): ReadonlyArray<Problem> => {
    const missing = exchanges.flatMap((exchange, place): ReadonlyArray<Unused> =>
      isMissing(place) ? [{ _tag: "Unused", exchange, served: counts[place]! }] : []
    )
    if (missing.length === 0 || hasLeft()) return problems
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
      const { chosen, isAgain } = choose(request)
      return !isRefused && !isAgain && chosen?.place !== undefined && isPossible(chosen)
    },
    next: () => exchanges[firstMissing()],
    served: () => [...served],
    wrong: () => [...problems, ...strays],
    verify,
    warnings: () => {
      const all = [...warnings.values()]
      const left = exchanges[last]
      if (left !== undefined && firstMissing() >= 0 && hasLeft()) {
        all.push({
          _tag: "Warning",
          kind: "left",
          about: left.id,
          text: {
            en: `the client left it at "${left.id}": others go on from there`,
            zh: `客户端在 "${left.id}" 处停止：其他客户端会继续`
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

/** HEAD is answered as GET is, without the body (RFC 9110): a server that does otherwise is not known. */
const methodsFor = (method: string): ReadonlyArray<string> => (method === "HEAD" ? ["HEAD", "GET"] : [method])

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

const placesOf = (exchanges: ReadonlyArray<Exchange>): ReadonlyMap<string, ReadonlyArray<number>> =>
  Map.groupBy(exchanges.keys(), (place) => {
    const { method, url } = exchanges[place]!.request
    return `${method} ${url}`
  })
