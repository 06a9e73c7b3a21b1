/**
 * Whether an exchange may come before others that stand in front of it: what it asks with may come out of their answers.
 */
import type { Exchange } from "../Scenario.ts"
import type { Request } from "../format/ScenarioFile.ts"

// What is shorter may stand anywhere by chance.
const shortest = 8

const literals = ({ cookies, form, json, query }: Request): ReadonlySet<string> =>
  new Set(
    [cookies, form, json, query]
      .flatMap((matchers) => Object.values(matchers ?? {}))
      .filter((matcher) => typeof matcher === "string")
      .filter((text) => text.length >= shortest)
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
  const open = new Set(literals(exchange.request))
  const holders = new Map<string, Exchange>()
  for (const [at, earlier] of exchanges.slice(0, place).entries()) {
    if (open.size === 0) break
    const held = texts(earlier)
    for (const literal of open) {
      if (!held.some((text) => text.includes(literal))) continue
      if (wasServed(at)) open.delete(literal)
      else if (!holders.has(literal)) holders.set(literal, earlier)
    }
  }
  return [...open].flatMap((literal) => holders.get(literal) ?? [])[0]
}
