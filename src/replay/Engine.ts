/**
 * Plays a scenario without any transport: a request goes in, the recorded answer or a mismatch comes out. The order of
 * the exchanges is strict. One engine is one login; it remembers everything that went wrong, so that a client that
 * swallows an error still fails its test.
 */
import * as exchangeIndex from "./exchangeIndex.ts"
import type { Difference, ReadRequest, WireRequest } from "./requestDiff.ts"
import { differences, read, strictness } from "./requestDiff.ts"
import type { Exchange, Scenario } from "./Scenario.ts"

export type { Difference, WireRequest } from "./requestDiff.ts"

/** The recorded answer: headers as ordered pairs in their own letter case, and the bytes of the body. */
export interface Answer {
  readonly _tag: "Answer"
  readonly exchange: Exchange
  readonly status: number
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Uint8Array
}

/**
 * A request that the scenario does not provide for now:
 * - `differs`: it is not what is expected next; `differences` says in what;
 * - `out of order`: it matches `exchange`, which comes later;
 * - `already served`: it matches `exchange`, which was served as often as the scenario says.
 */
export interface Mismatch {
  readonly _tag: "Mismatch"
  readonly verdict: "differs" | "out of order" | "already served"
  readonly method: string
  /** Address of the request, without its query. */
  readonly url: string
  /** The exchange that the request was compared with; none where the scenario has nothing like it. */
  readonly exchange: Exchange | undefined
  /** The exchange that should have come; none where all were served. */
  readonly expected: Exchange | undefined
  readonly differences: ReadonlyArray<Difference>
}

/** An exchange that was served less often than the scenario says. */
export interface Unused {
  readonly _tag: "Unused"
  readonly exchange: Exchange
  readonly served: number
}

export type Problem = Mismatch | Unused

export interface Engine {
  readonly scenario: Scenario
  /** Plays one request. A mismatch leaves the scenario where it is. */
  readonly handle: (request: WireRequest) => Answer | Mismatch
  /** Whether this very request is expected next; changes nothing. */
  readonly expects: (request: WireRequest) => boolean
  /** The exchange that is expected next, if any is left. */
  readonly next: () => Exchange | undefined
  /** Ids of the exchanges served so far, in order. */
  readonly served: () => ReadonlyArray<string>
  /** Every mismatch seen, then every exchange not (fully) used. Empty means: played as written, to the end. */
  readonly verify: () => ReadonlyArray<Problem>
}

/** Starts a scenario at its first exchange. */
export const make = (scenario: Scenario): Engine => {
  const { exchanges } = scenario
  const index = exchangeIndex.of(exchanges)
  const counts = exchanges.map(() => 0)
  const served: Array<string> = []
  const mismatches: Array<Mismatch> = []
  let position = 0

  const matches = (index: number, request: ReadRequest) => {
    const exchange = exchanges[index]
    return exchange !== undefined && differences(exchange.request, request).length === 0
  }
  // One that is open ends where the client goes on.
  const placeOf = (request: ReadRequest) =>
    exchanges[position]?.open && (counts[position] ?? 0) > 0 && !matches(position, request) ? position + 1 : position

  const handle = (wire: WireRequest): Answer | Mismatch => {
    const request = read(wire)
    const place = placeOf(request)
    const expected = exchanges[place]
    if (expected !== undefined && matches(place, request)) {
      position = place
      const count = (counts[position] ?? 0) + 1
      counts[position] = count
      if (expected.open === undefined && count >= expected.times) position++
      served.push(expected.id)
      return { _tag: "Answer", exchange: expected, ...expected.response }
    }
    const mismatch = explain(index, exchanges, position, request)
    mismatches.push(mismatch)
    return mismatch
  }

  return {
    scenario,
    handle,
    expects: (wire) => {
      const request = read(wire)
      return matches(placeOf(request), request)
    },
    next: () => exchanges[position],
    served: () => [...served],
    verify: () => [
      ...mismatches,
      ...exchanges.flatMap((exchange, index): ReadonlyArray<Unused> => {
        const count = counts[index] ?? 0
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
  const { before, later } = index.matching(request, position, next === undefined ? 0 : strictness(next.request))
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

const times = (n: number) => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`)

const mustCome = ({ expected }: Mismatch) =>
  expected === undefined ? "the scenario is over: nothing more may come" : `"${expected.id}" must come next`

const headline = (problem: Problem): string => {
  if (problem._tag === "Unused") {
    const { exchange, served } = problem
    const address = `${exchange.request.method} ${exchange.request.url}`
    return served === 0
      ? `"${exchange.id}" was never requested (${address}): the client stopped early, or the scenario holds too much`
      : `"${exchange.id}" was requested ${times(served)}, not ${times(exchange.times)} (${address}): ` +
          `the client stopped early, or "times" is too high`
  }
  const address = `${problem.method} ${problem.url}`
  const id = problem.exchange?.id
  switch (problem.verdict) {
    case "out of order":
      return `${address} is out of order: it matches "${id}", but ${mustCome(problem)}`
    case "already served":
      return (
        `${address} matches "${id}", already served ${times(problem.exchange?.times ?? 1)}; ${mustCome(problem)}` +
        ` (if the client is right to ask again, raise "times" of "${id}")`
      )
    case "differs":
      return id === undefined
        ? `${address} is not in the scenario; ${mustCome(problem)}`
        : id === problem.expected?.id
          ? `${address} differs from "${id}", which must come next`
          : `${address} differs from "${id}", and ${mustCome(problem)}`
  }
}

/** One problem in words, with a line for each field that differs. Fixtures hold stand-ins, so values are printed. */
export const describe = (problem: Problem): string =>
  problem._tag === "Unused" || problem.differences.length === 0
    ? headline(problem)
    : [
        `${headline(problem)}${problem.verdict === "differs" ? ":" : `; compared with "${problem.expected?.id}":`}`,
        ...problem.differences.map(({ field, text }) => `  ${field}: ${text}`)
      ].join("\n")

/** All problems of a scenario in words, for people, equal ones told once; an empty string where there are none. */
export const report = (scenario: Scenario, problems: ReadonlyArray<Problem>): string => {
  if (problems.length === 0) return ""
  const counts = new Map<string, number>()
  for (const problem of problems) {
    const text = describe(problem)
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [
    `scenario "${scenario.name}" was not played as written (${counts.size} problem${counts.size === 1 ? "" : "s"}):`,
    ...Array.from(
      counts,
      ([text, count]) => `- ${count === 1 ? "" : `${times(count)}: `}${text.replaceAll("\n", "\n  ")}`
    )
  ].join("\n")
}
