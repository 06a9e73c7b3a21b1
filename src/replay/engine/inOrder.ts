/**
 * Plays a scenario exactly: every field that it names, in strict order.
 */
import type { Exchange, Scenario } from "../Scenario.ts"
import * as exchangeIndex from "./exchangeIndex.ts"
import type { Answer, Engine, Mismatch, Unused } from "./model.ts"
import { differences, looksAt } from "./requestDiff.ts"
import { read, type ReadRequest, type WireRequest } from "./wireRequest.ts"

/** Starts a scenario at its first exchange. */
export const make = (scenario: Scenario): Engine => {
  const { exchanges } = scenario
  const index = exchangeIndex.of(exchanges)
  const counts = exchanges.map(() => 0)
  const served: Array<string> = []
  const mismatches: Array<Mismatch> = []
  let position = 0
  let told = 0

  /** The exchange at this place, if the request matches it. */
  const matched = (place: number, request: ReadRequest): Exchange | undefined => {
    const exchange = exchanges[place]
    return exchange !== undefined && differences(exchange.request, request).length === 0 ? exchange : undefined
  }
  // One that is open ends where the client goes on.
  const placeOf = (request: ReadRequest) =>
    exchanges[position]?.open && counts[position]! > 0 && !matched(position, request) ? position + 1 : position

  const handle = (wire: WireRequest): Answer | Mismatch => {
    const request = read(wire)
    const place = placeOf(request)
    const exchange = matched(place, request)
    if (exchange !== undefined) {
      position = place
      counts[place]!++
      if (exchange.open === undefined && counts[place]! >= exchange.times) position++
      served.push(exchange.id)
      return { _tag: "Answer", exchange, ...exchange.response }
    }
    const mismatch = explain(index, exchanges, position, request)
    mismatches.push(mismatch)
    return mismatch
  }

  return {
    scenario,
    strictness: "exact",
    handle,
    expects: (wire) => {
      const request = read(wire)
      return matched(placeOf(request), request) !== undefined
    },
    next: () => exchanges[position],
    served: () => [...served],
    wrong: () => [...mismatches],
    news: () => {
      const problems = mismatches.slice(told)
      told = mismatches.length
      return { problems, warnings: [] }
    },
    // What is not as written is a problem here.
    warnings: () => [],
    verify: () => [
      ...mismatches,
      ...exchanges.flatMap((exchange, index): ReadonlyArray<Unused> => {
        const count = counts[index]!
        return count < (exchange.open === undefined ? exchange.times : 1)
          ? [{ _tag: "Unused", exchange, served: count }]
          : []
      })
    ]
  }
}

const explain = (
  index: exchangeIndex.ExchangeIndex,
  exchanges: ReadonlyArray<Exchange>,
  position: number,
  request: ReadRequest
): Mismatch => {
  const expected = exchanges[position]
  const base = { _tag: "Mismatch", method: request.method, url: request.address, expected } as const
  const address = expected === undefined ? [] : differences(expected.request, request)
  const isNext = address.every(({ field }) => field !== "method" && field !== "url")
  const next = isNext ? expected : undefined
  const differing = next === undefined ? [] : address
  // An exchange that looks at fewer fields than the next one matches by laxness: that explains nothing.
  const { before, later } = index.matching(request, position, next === undefined ? 0 : looksAt(next.request))
  if (later !== undefined) return { ...base, verdict: "out of order", exchange: later, differences: differing }
  if (before !== undefined) return { ...base, verdict: "already served", exchange: before, differences: differing }
  if (next !== undefined) return { ...base, verdict: "differs", exchange: next, differences: differing }
  // Of equally many differences the first counts, which is the nearest.
  const [closest] = index
    .near(request, position)
    .map((exchange) => ({ exchange, found: differences(exchange.request, request) }))
    .sort((a, b) => a.found.length - b.found.length)
  return {
    ...base,
    verdict: "differs",
    exchange: closest?.exchange,
    differences: closest?.found ?? address.filter(({ field }) => field === "method" || field === "url")
  }
}
