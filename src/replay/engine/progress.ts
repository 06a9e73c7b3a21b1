/**
 * How far a login has come in a scenario whose exchanges need not come in their order.
 */
import type { Exchange } from "../Scenario.ts"
import { few, firstAfter } from "./alike.ts"

type Places = ReadonlyArray<number>

export interface Progress {
  /** How often the exchange at this place was served. */
  readonly count: (place: number) => number
  readonly isMissing: (place: number) => boolean
  /** The first one that is missing, or the place behind the last. */
  readonly firstMissing: () => number
  /** The farthest that was served, or the place before the first. */
  readonly farthest: () => number
  /** Of the ascending places, the first that is not done, and those that are not of the few behind it. */
  readonly due: (places: Places) => Places
  /** Of the ascending places, the last that was served, and those that were of the few before it, the last first. */
  readonly served: (places: Places) => Places
  readonly serve: (place: number) => void
}

export const make = (exchanges: ReadonlyArray<Exchange>): Progress => {
  const counts = exchanges.map(() => 0)
  // What is done stays done: a list is walked once, however often it is asked for.
  const starts = new Map<Places, number>()
  let [missing, last] = [0, -1]

  const isMissing = (place: number) => {
    const { open, times } = exchanges[place]!
    return counts[place]! < (open === undefined ? times : 1)
  }
  // One that is open ends where the client goes on.
  const isDone = (place: number) => !isMissing(place) && (exchanges[place]!.open === undefined || last > place)

  return {
    count: (place) => counts[place]!,
    isMissing,
    firstMissing: () => {
      while (missing < exchanges.length && !isMissing(missing)) missing++
      return missing
    },
    farthest: () => last,
    due: (places) => {
      let start = starts.get(places) ?? 0
      while (start < places.length && isDone(places[start]!)) start++
      starts.set(places, start)
      return places.slice(start, start + few).filter((place) => !isDone(place))
    },
    served: (places) => {
      let end = firstAfter(places, last)
      while (end > 0 && counts[places[end - 1]!] === 0) end--
      return places
        .slice(Math.max(0, end - few), end)
        .filter((place) => counts[place]! > 0)
        .toReversed()
    },
    serve: (place) => {
      counts[place]!++
      last = Math.max(last, place)
    }
  }
}
