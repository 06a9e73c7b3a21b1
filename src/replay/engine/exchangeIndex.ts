/**
 * The exchanges of a scenario by what they ask for: which of them a request matches is looked up, and not tried out one by one, so
 * that a mismatch costs the same whether ten exchanges were recorded or ten thousand.
 */
import type { ReadRequest, Values } from "./wireRequest.ts"
import { differences, looksAt } from "./requestDiff.ts"
import type { Exchange } from "../Scenario.ts"
import type { Request } from "../format/ScenarioFile.ts"

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

const nearest = 50

/** Requests that are equal to the last field, and where they stand, ascending. */
interface Same {
  readonly request: Request
  readonly fields: number
  readonly places: Array<number>
}

/** Requests that name the same fields literally, by what they say of them. */
interface Shape {
  readonly fields: ReadonlyArray<Field>
  readonly byValues: Map<string, Map<string, Same>>
}

/** Requests to one address. */
interface Address {
  readonly places: Array<number>
  readonly shapes: Map<string, Shape>
}

const parts = ["query", "headers", "cookies", "form", "json"] as const
type Field = readonly [part: (typeof parts)[number], name: string]

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
  const addresses = new Map<string, Address>()
  exchanges.forEach(({ request }, place) => {
    const address = getOr(addresses, `${request.method} ${request.url}`, () => ({ places: [], shapes: new Map() }))
    address.places.push(place)
    const { fields, others, values } = taken(request)
    const shape = getOr(address.shapes, JSON.stringify(fields), () => ({ fields, byValues: new Map() }))
    const alike = getOr(shape.byValues, JSON.stringify(values), () => new Map<string, Same>())
    const same = getOr(alike, JSON.stringify(others), () => ({ request, fields: looksAt(request), places: [] }))
    same.places.push(place)
  })
  const addressOf = (request: ReadRequest) => addresses.get(`${request.method} ${request.address}`)

  return {
    matching: (request, position, least) => {
      let [before, later] = [-1, exchanges.length]
      for (const { byValues, fields } of addressOf(request)?.shapes.values() ?? []) {
        const values = valuesAt(fields, request)
        const alike = values === undefined ? undefined : byValues.get(JSON.stringify(values))
        for (const same of alike?.values() ?? []) {
          const after = firstAfter(same.places, position)
          const [last = -1, first = exchanges.length] = [same.places[after - 1], same.places[after]]
          // What comes no nearer need not be compared.
          if (same.fields < least || (last <= before && first >= later)) continue
          if (differences(same.request, request).length > 0) continue
          before = Math.max(before, last)
          later = Math.min(later, first)
        }
      }
      return { before: exchanges[before], later: exchanges[later] }
    },
    near: (request, position) => {
      const places = addressOf(request)?.places ?? []
      const after = firstAfter(places, position)
      return [
        ...places.slice(after, after + nearest),
        ...places.slice(Math.max(0, after - nearest), after).toReversed()
      ]
        .slice(0, nearest)
        .flatMap((place) => exchanges[place] ?? [])
    }
  }
}

const getOr = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** What a request is compared with: the fields that are literal, their values, and all other matchers. */
const taken = (request: Request) => {
  const fields: Array<Field> = []
  const values: Array<string> = []
  const others: Array<unknown> = []
  for (const part of parts) {
    const matchers = request[part]
    // No matcher at all and an empty list of them are two things: a list is complete.
    others.push(part, matchers === undefined)
    for (const [name, matcher] of Object.entries(matchers ?? {})) {
      if (typeof matcher === "string") {
        fields.push([part, name])
        values.push(matcher)
      } else others.push(name, matcher)
    }
  }
  return { fields, values, others }
}

/** What a request says of these fields, or nothing where it does not say each of them once. */
const valuesAt = (fields: ReadonlyArray<Field>, request: ReadRequest): ReadonlyArray<string> | undefined => {
  const values: Array<string> = []
  for (const [part, name] of fields) {
    const given: Values = request[part]()
    const [value, ...more] = given.get(name) ?? []
    if (value === undefined || more.length > 0) return undefined
    values.push(value)
  }
  return values
}

/** Where in ascending `places` those behind `position` begin. */
const firstAfter = (places: ReadonlyArray<number>, position: number): number => {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) > position) high = middle
    else low = middle + 1
  }
  return low
}
