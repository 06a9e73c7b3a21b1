/**
 * The exchanges of a scenario by what they ask with: those that a request may be meant for are looked up, and not tried out one by one, so
 * that a request costs the same whether ten exchanges were recorded or ten thousand.
 */
import type { Request } from "../format/ScenarioFile.ts"
import type { Exchange } from "../Scenario.ts"
import { recordedOf, valuesOf } from "./fields.ts"
import type { ReadRequest } from "./wireRequest.ts"

/** What the requests to an address are compared by. */
export interface Compared {
  /** The parts that count, as differences name them: `query.t`, `cookie qrsig`. */
  readonly fields: ReadonlyArray<string>
  /** Those of them that a request may leave out. */
  readonly mayMiss: (field: string) => boolean
}

export interface Index {
  /** Where the exchanges of this method and address stand, ascending. */
  readonly at: (request: Pick<ReadRequest, "method" | "address">) => Places
  /** Where all those stand whose texts the request has, a list for each choice of texts: what else they ask for is still to be compared. */
  readonly among: (request: ReadRequest) => ReadonlyArray<Places>
}

type Places = ReadonlyArray<number>

/** Exchanges that name texts for the same fields; `byTexts` has them by those texts, for each choice of fields that a request had. */
interface Shape {
  readonly fields: ReadonlyArray<string>
  readonly places: Array<number>
  /** Those of each place. */
  readonly texts: Array<ReadonlyArray<string>>
  readonly byTexts: Map<string, ReadonlyMap<string, Places>>
}

interface Address {
  readonly places: Array<number>
  readonly shapes: Map<string, Shape>
  readonly mayMiss: Compared["mayMiss"]
}

/**
 * An address has one or two of them. Those beyond are told apart by comparing them; so are those of a shape for a choice of fields beyond as
 * many, since which fields to leave out is up to whoever asks.
 */
const most = 64

/** So many of those that only a pattern tells apart, or an order, are looked at: more is in no recording. */
export const few = 50

const nowhere: Places = []

export const make = (exchanges: ReadonlyArray<Exchange>, compared: (request: Request) => Compared): Index => {
  const addresses = new Map<string, Address>()
  exchanges.forEach(({ request }, place) => {
    const { fields, mayMiss } = compared(request)
    const key = `${request.method} ${request.url}`
    const address = getOr(addresses, key, () => ({ places: [], shapes: new Map(), mayMiss }))
    address.places.push(place)
    const named = fields.flatMap((field) => {
      const text = recordedOf(request, field)
      return typeof text === "string" ? [[field, text] as const] : []
    })
    const isMore = address.shapes.size >= most && !address.shapes.has(nameOf(named))
    const taken = isMore ? [] : named
    const shape = getOr(address.shapes, nameOf(taken), () => ({
      fields: taken.map(([field]) => field),
      places: [],
      texts: [],
      byTexts: new Map()
    }))
    shape.places.push(place)
    shape.texts.push(taken.map(([, text]) => text))
  })
  const addressOf = ({ address, method }: Pick<ReadRequest, "method" | "address">) =>
    addresses.get(`${method} ${address}`)

  return {
    at: (request) => addressOf(request)?.places ?? nowhere,
    among: (request) => {
      const address = addressOf(request)
      if (address === undefined) return []
      return [...address.shapes.values()].flatMap((shape) => {
        const places = withTexts(shape, request, address.mayMiss)
        return places === undefined ? [] : [places]
      })
    }
  }
}

const nameOf = (named: ReadonlyArray<readonly [field: string, text: string]>) =>
  JSON.stringify(named.map(([field]) => field))

const withTexts = (shape: Shape, request: ReadRequest, mayMiss: Compared["mayMiss"]): Places | undefined => {
  const there: Array<number> = []
  const texts: Array<string> = []
  for (const [at, field] of shape.fields.entries()) {
    const text = valuesOf(request, field)?.[0]
    if (text !== undefined) {
      there.push(at)
      texts.push(text)
    } else if (!mayMiss(field)) return undefined
  }
  const choice = there.join()
  if (shape.byTexts.size >= most && !shape.byTexts.has(choice)) return shape.places
  const byTexts = getOr(shape.byTexts, choice, () => {
    const found = new Map<string, Array<number>>()
    for (const [at, texts] of shape.texts.entries())
      getOr(found, JSON.stringify(there.map((field) => texts[field])), () => []).push(shape.places[at]!)
    return found
  })
  return byTexts.get(JSON.stringify(texts))
}

const parts = { query: "query.", headers: "header ", cookies: "cookie ", form: "form.", json: "json." } as const

/** Every part that a request names. */
export const inFull = (request: Request): Compared => ({
  fields: Object.entries(parts).flatMap(([part, prefix]) =>
    Object.keys(request[part as keyof typeof parts] ?? {}).map((name) => `${prefix}${name}`)
  ),
  mayMiss: () => false
})

/** Where in ascending `places` those behind `position` begin. */
export const firstAfter = (places: ReadonlyArray<number>, position: number): number => {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) > position) high = middle
    else low = middle + 1
  }
  return low
}

const getOr = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
