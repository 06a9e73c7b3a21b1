/**
 * What a request that is not the next one is like, in a scenario that is played exactly.
 */
import type { Exchange } from "../Scenario.ts"
import { few, firstAfter, inFull, make as makeAlike } from "./alike.ts"
import { differences, looksAt } from "./requestDiff.ts"
import type { ReadRequest } from "./wireRequest.ts"

export interface ExchangeIndex {
  /** Of those that match and look at `least` fields at least: the first after `position`, which does not match, and the last before it. */
  readonly matching: (
    request: ReadRequest,
    position: number,
    least: number
  ) => { readonly later: Exchange | undefined; readonly before: Exchange | undefined }
  /** Those of the same method and address, the nearest first: what comes later, then what was before. Fifty at most. */
  readonly near: (request: ReadRequest, position: number) => ReadonlyArray<Exchange>
}

/** The index of these exchanges; for one array it is made once, however many logins play it. */
export const of = (exchanges: ReadonlyArray<Exchange>): ExchangeIndex => {
  const known = indexes.get(exchanges)
  if (known !== undefined) return known
  const made = make(exchanges)
  indexes.set(exchanges, made)
  return made
}

const indexes = new WeakMap<ReadonlyArray<Exchange>, ExchangeIndex>()

const make = (exchanges: ReadonlyArray<Exchange>): ExchangeIndex => {
  const index = makeAlike(exchanges, inFull)
  // Polls are often recorded by hundreds, and compared once.
  const firsts = new Map<string, number>()
  const kindOf = exchanges.map(({ request }, place) => {
    const key = JSON.stringify(request)
    if (!firsts.has(key)) firsts.set(key, place)
    return firsts.get(key)!
  })
  return {
    matching: (request, position, least) => {
      const compared = new Map<number, boolean>()
      const isMatch = (place: number): boolean => {
        const [kind, recorded] = [kindOf[place]!, exchanges[place]!.request]
        const known = compared.get(kind)
        if (known !== undefined) return known
        const matches = looksAt(recorded) >= least && differences(recorded, request).length === 0
        compared.set(kind, matches)
        return matches
      }
      let [before, later] = [-1, exchanges.length]
      for (const places of index.among(request)) {
        const [earlier, further] = around(places, position)
        before = Math.max(before, earlier.find(isMatch) ?? -1)
        later = Math.min(later, further.find(isMatch) ?? exchanges.length)
      }
      return { before: exchanges[before], later: exchanges[later] }
    },
    near: (request, position) => {
      const [earlier, further] = around(index.at(request), position)
      return [...further, ...earlier].slice(0, few).map((place) => exchanges[place]!)
    }
  }
}

/** Of ascending places, the few up to `position` and the few behind it, the nearest first. */
const around = (places: ReadonlyArray<number>, position: number) => {
  const after = firstAfter(places, position)
  return [places.slice(Math.max(0, after - few), after).toReversed(), places.slice(after, after + few)] as const
}
