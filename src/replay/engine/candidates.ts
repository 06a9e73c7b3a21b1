/**
 * Which exchanges a request may be meant for, where a scenario is played as its server took it: under every address that is equal to its own,
 * and with what was recorded in the place of what is this client's own.
 */
import * as SecondCodes from "../faults/secondCode.ts"
import type { Demands, Request } from "../format/ScenarioFile.ts"
import type { Exchange, Scenario } from "../Scenario.ts"
import { type Compared, few, firstAfter, type Index, inFull, make as makeIndex } from "./alike.ts"
import { asRecorded, atRecorded, type Echo, echoedRequest } from "./echo.ts"
import { underEqual } from "./equalAddresses.ts"
import { refusals } from "./judge.ts"
import type { Progress } from "./progress.ts"
import type { Difference } from "./requestDiff.ts"
import type { ReadRequest } from "./wireRequest.ts"

/** What is this client's own. */
export interface Own {
  readonly echoes: ReadonlyArray<Echo>
  readonly codes: SecondCodes.SecondCodes
}

export interface Candidate {
  /** Where it stands in the scenario; none where it is optional. */
  readonly place: number | undefined
  readonly recorded: Exchange
  /** The same, asked with what is this client's own. */
  readonly exchange: Exchange
  readonly demands: Demands | undefined
  /** The client's request, under the address of the exchange. */
  readonly got: ReadRequest
  /** Each of these is a reason to refuse. */
  readonly refused: ReadonlyArray<Difference>
}

/** Those that a request may be meant for. */
export interface Candidates {
  /** The first that is due and fits. */
  readonly due: () => Candidate | undefined
  /** The first that is due and that `mayCome`, fit or not. */
  readonly dueAnyway: (mayCome: (one: Candidate) => boolean) => Candidate | undefined
  /** The last that was served and fits, or, `anyway`, that was served. */
  readonly served: (anyway: boolean) => Candidate | undefined
  /** The first optional one that fits, or, `anyway`, the first. */
  readonly optional: (anyway: boolean) => Candidate | undefined
  /** The one that it differs least from. */
  readonly closest: () => Candidate | undefined
}

/** HEAD is answered as GET is, without the body (RFC 9110): a server that does otherwise is not known. */
const methodsFor = (method: string): ReadonlyArray<string> => (method === "HEAD" ? ["HEAD", "GET"] : [method])

const fits = ({ refused }: Candidate) => refused.length === 0

/** Where nothing is known of an address, all that was recorded counts there; else what its server looked at. */
const comparedBy =
  (demandsAt: ReadonlyMap<string, Demands>) =>
  (request: Request): Compared => {
    const demands = demandsAt.get(request.url)
    if (demands === undefined) return inFull(request)
    const { checked = {}, required = {} } = demands
    // What is the same for all of an address tells none of them apart.
    const named = [...Object.entries(required), ...Object.entries(checked)].filter(([, { is }]) => is === undefined)
    return {
      fields: [...new Set(named.map(([field]) => field))],
      mayMiss: (field) => !Object.hasOwn(required, field)
    }
  }

interface Indexes {
  readonly demandsAt: ReadonlyMap<string, Demands>
  readonly exchanges: Index
  readonly optional: Index
}

const indexes = new WeakMap<ReadonlyArray<Exchange>, WeakMap<ReadonlyArray<Demands>, Indexes>>()

/** Made once, however many logins play the scenario. */
const indexesOf = ({ demands, exchanges, optional }: Scenario): Indexes => {
  const byDemands = indexes.get(exchanges) ?? new WeakMap<ReadonlyArray<Demands>, Indexes>()
  indexes.set(exchanges, byDemands)
  const known = byDemands.get(demands)
  if (known !== undefined) return known
  // Of two that speak of one address, the first counts.
  const demandsAt = new Map(demands.toReversed().map((one) => [one.url, one]))
  const compared = comparedBy(demandsAt)
  const made = { demandsAt, exchanges: makeIndex(exchanges, compared), optional: makeIndex(optional, compared) }
  byDemands.set(demands, made)
  return made
}

export const make = (scenario: Scenario, progress: Progress) => {
  const { equal, exchanges, optional } = scenario
  const index = indexesOf(scenario)

  const candidate = (
    recorded: Exchange,
    place: number | undefined,
    got: ReadRequest,
    own: Own
  ): Candidate | undefined => {
    const echoed = echoedRequest(recorded.request, own.echoes)
    // What is at an address of the client's own is not at the recorded one.
    if (echoed.url !== got.address) return undefined
    const request = SecondCodes.underCode(echoed, got.cookies().get("qrsig")?.[0], own.codes)
    const demands = index.demandsAt.get(recorded.request.url)
    const refused = refusals(request, demands, got)
    return { place, recorded, exchange: { ...recorded, request }, demands, got, refused }
  }

  /** The request under each address and method that serve it, and how it may have been recorded. */
  const spellings = (request: ReadRequest, { codes, echoes }: Own) =>
    underEqual(equal, request).flatMap((spelled) => {
      const echoed = [spelled, ...asRecorded(spelled, echoes)]
      const all = [...echoed, ...echoed.flatMap((one) => SecondCodes.asRecorded(one, codes))]
      return methodsFor(spelled.method).map((method) => ({
        got: spelled,
        recorded: all.map((one) => ({ ...one, method })),
        moved: atRecorded({ ...spelled, method }, echoes)
      }))
    })
  type Spelling = ReturnType<typeof spellings>[number]

  type Places = ReadonlyArray<number>
  const at = ({ moved, recorded }: Spelling, { at } = index.exchanges): ReadonlyArray<Places> => [
    ...new Set([...recorded, ...moved].map(at))
  ]
  const among = ({ moved, recorded }: Spelling, { among, at } = index.exchanges): ReadonlyArray<Places> => [
    ...recorded.flatMap(among),
    ...moved.map(at)
  ]

  const firstOf = <A, B>(all: ReadonlyArray<A>, find: (one: A) => B | undefined): B | undefined => {
    for (const one of all) {
      const found = find(one)
      if (found !== undefined) return found
    }
    return undefined
  }
  /** The first of the candidates at these places that is as it has to be. */
  const first = (
    places: Places,
    { got }: Spelling,
    own: Own,
    isRight: (one: Candidate) => boolean,
    from = exchanges
  ): Candidate | undefined =>
    firstOf(places, (place) => {
      const one = candidate(from[place]!, from === exchanges ? place : undefined, got, own)
      return one !== undefined && isRight(one) ? one : undefined
    })

  const due = (lists: ReadonlyArray<Places>) => lists.flatMap(progress.due).toSorted((a, b) => a - b)
  const served = (lists: ReadonlyArray<Places>) => lists.flatMap(progress.served).toSorted((a, b) => b - a)

  /** All at this address, or, of many, those around the first that is due. */
  const around = (places: Places): Places => {
    const [next = Infinity] = progress.due(places)
    const start = Math.max(0, Math.min(places.length - few, firstAfter(places, next) - few / 2))
    return places.slice(start, start + few)
  }

  return (request: ReadRequest, own: Own): Candidates => {
    const all = spellings(request, own)
    return {
      due: () => firstOf(all, (one) => first(due(among(one)), one, own, fits)),
      dueAnyway: (mayCome) => firstOf(all, (one) => first(due(at(one)), one, own, mayCome)),
      served: (anyway) =>
        firstOf(all.toReversed(), (one) =>
          first(served(anyway ? at(one) : among(one)), one, own, (found) => anyway || fits(found))
        ),
      optional: (anyway) =>
        firstOf(all, (spelling) => {
          const lists = (anyway ? at : among)(spelling, index.optional)
          const places = lists.flatMap((places) => places.slice(0, few)).toSorted((a, b) => a - b)
          return first(places, spelling, own, (found) => anyway || fits(found), optional)
        }),
      closest: () =>
        all
          .flatMap((one) =>
            [...new Set([...among(one), ...at(one)].flatMap(around))]
              .toSorted((a, b) => a - b)
              .map((place) => [place, one.got] as const)
          )
          .slice(0, 2 * few)
          .flatMap(([place, got]) => candidate(exchanges[place]!, place, got, own) ?? [])
          .toSorted((a, b) => a.refused.length - b.refused.length)[0]
    }
  }
}
