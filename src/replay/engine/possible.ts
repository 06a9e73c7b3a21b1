/**
 * Whether an exchange may come before others that stand in front of it: what it asks with may come out of their answers.
 */
import type { Exchange } from "../Scenario.ts"
import type { Request } from "../format/ScenarioFile.ts"

// What is shorter may stand anywhere by chance, and what is longer is told by its beginning.
const [shortest, longest] = [8, 256]

const literals = ({ cookies, form, json, query }: Request): ReadonlySet<string> =>
  new Set(
    [cookies, form, json, query]
      .flatMap((matchers) => Object.values(matchers ?? {}))
      .filter((matcher) => typeof matcher === "string")
      .filter((text) => text.length >= shortest)
      .map((text) => text.slice(0, longest))
  )

const texts = ({ response }: Exchange): ReadonlyArray<string> => [
  ...response.headers.map(([, value]) => value),
  Buffer.from(response.body).toString("latin1")
]

/**
 * The first exchange, not served so far, whose answer alone holds something that the one at `place` is asked with; nothing where the client
 * has all that it needs.
 */
export const neededBefore = (
  exchanges: ReadonlyArray<Exchange>,
  place: number,
  wasServed: (place: number) => boolean
): Exchange | undefined => {
  const exchange = exchanges[place]
  if (exchange === undefined) return undefined
  for (const literal of literals(exchange.request)) {
    const holders = holdersOf(exchanges).get(literal) ?? []
    const [first] = holders
    if (first === undefined || first >= place) continue
    if (!holders.some(wasServed)) return exchanges[first]
  }
  return undefined
}

type Holders = ReadonlyMap<string, ReadonlyArray<number>>

const known = new WeakMap<ReadonlyArray<Exchange>, Holders>()

/** By what is asked with anywhere: in which answers it stands, ascending. For one array it is looked for once. */
const holdersOf = (exchanges: ReadonlyArray<Exchange>): Holders => {
  const made = known.get(exchanges) ?? inOneWalk(exchanges)
  known.set(exchanges, made)
  return made
}

/** Each answer is walked through once, whatever number of texts is looked for. */
const inOneWalk = (exchanges: ReadonlyArray<Exchange>): Holders => {
  const sought = [...new Set(exchanges.flatMap(({ request }) => [...literals(request)]))].toSorted()
  const within = beginnings(sought)
  const starts = new Set(sought.map((text) => text.slice(0, shortest)))
  const holders = new Map<string, Set<number>>()
  for (const [place, exchange] of exchanges.entries()) {
    for (const text of texts(exchange)) {
      for (let at = 0; at + shortest <= text.length; at++) {
        if (!starts.has(text.slice(at, at + shortest))) continue
        const here = text.slice(at, at + longest)
        // What begins here begins the last of them that comes before it in order, or is that one.
        for (let one: number | undefined = lastUpTo(sought, here); one !== undefined; one = within[one]) {
          const literal = sought[one]!
          if (!here.startsWith(literal)) continue
          const places = holders.get(literal) ?? new Set()
          // What it begins with was found then, too.
          if (places.has(place)) break
          holders.set(literal, places.add(place))
        }
      }
    }
  }
  return new Map(Array.from(holders, ([literal, places]) => [literal, [...places]]))
}

/** For each of these in their order, where the longest other one stands that it begins with. */
const beginnings = (sorted: ReadonlyArray<string>): ReadonlyArray<number | undefined> => {
  const found: Array<number | undefined> = []
  for (const [at, text] of sorted.entries()) {
    let one: number | undefined = at === 0 ? undefined : at - 1
    while (one !== undefined && !text.startsWith(sorted[one]!)) one = found[one]
    found.push(one)
  }
  return found
}

/** Where the last one stands that is not behind `text`. */
const lastUpTo = (sorted: ReadonlyArray<string>, text: string): number | undefined => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= text) low = middle + 1
    else high = middle
  }
  return low === 0 ? undefined : low - 1
}
