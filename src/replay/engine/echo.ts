/**
 * What a client sent comes back to it: where a later answer, or a later request, holds the value that was recorded, the client's own
 * stands in its place.
 */
import type { FormMatcher, Matcher, Request } from "../format/ScenarioFile.ts"
import type { Exchange } from "../Scenario.ts"
import type { ReadRequest } from "./wireRequest.ts"

/** A recorded address, and the one that this client has in its place. */
export interface Echo {
  readonly recorded: string
  readonly own: string
}

/** A client has one or two addresses of its own: those that it named last count. */
const most = 16
const longest = 2000

/** Nothing where the client's value is the recorded one, or no address that could stand in an answer. */
export const echoOf = (recorded: FormMatcher | undefined, own: string | undefined): Echo | undefined => {
  if (typeof recorded !== "string" || own === undefined || recorded === own || own.length > longest) return undefined
  const url = URL.parse(own)
  return url !== null && /^https?:$/.test(url.protocol) && URL.canParse(recorded) ? { recorded, own } : undefined
}

/** The echoes of a client that has named one more; the same list where it is known. */
export const joined = (echoes: ReadonlyArray<Echo>, echo: Echo): ReadonlyArray<Echo> =>
  echoes.some(({ own, recorded }) => own === echo.own && recorded === echo.recorded)
    ? echoes
    : [...echoes.filter(({ recorded }) => recorded !== echo.recorded), echo].slice(-most)

// Inside of a JavaScript string, an apostrophe would end it.
const percent = (text: string) =>
  encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
  )

const withoutQuery = (address: string) => {
  const url = new URL(address)
  url.search = ""
  url.hash = ""
  return url.href
}

/** An exchange as it is for a client with these values of its own. */
export const echoed = (exchange: Exchange, echoes: ReadonlyArray<Echo>): Exchange => {
  if (echoes.length === 0) return exchange
  const { body, headers, status } = exchange.response
  return {
    ...exchange,
    request: echoedRequest(exchange.request, echoes),
    response: {
      status,
      headers: headers.map(([name, value]) => [name, echoes.reduce(inText, value)] as const),
      body: echoes.reduce(inBody, body)
    }
  }
}

/** What an exchange asks with, for a client with these values of its own. */
export const echoedRequest = (request: Request, echoes: ReadonlyArray<Echo>): Request =>
  echoes.reduce(inRequest, request)

/** The other way round: what a client with these values of its own may have been recorded as, where they stand in the query. */
export const asRecorded = (request: ReadRequest, echoes: ReadonlyArray<Echo>): ReadonlyArray<ReadRequest> => {
  // One value of its own may stand for two that were recorded.
  const byOwn = Map.groupBy(echoes, ({ own }) => own)
  const most = Math.max(0, ...Array.from(byOwn.values(), ({ length }) => length))
  return Array.from({ length: most }, (_, at) => {
    const recorded = (text: string) => {
      const known = byOwn.get(text)
      return known === undefined ? text : known[Math.min(at, known.length - 1)]!.recorded
    }
    const query = () => new Map(Array.from(request.query(), ([name, values]) => [name, values.map(recorded)]))
    return { ...request, query }
  })
}

/** The same where it asks at an address of its own: whatever the query was there, it is the client's own. */
export const atRecorded = (request: ReadRequest, echoes: ReadonlyArray<Echo>): ReadonlyArray<ReadRequest> =>
  echoes
    .filter(({ own }) => request.address === withoutQuery(own))
    .map(({ recorded }) => ({ ...request, address: withoutQuery(recorded) }))

const inRequest = (request: Request, echo: Echo): Request => {
  // Behind the redirect lies the very address.
  if (request.url === withoutQuery(echo.recorded)) {
    const query = Object.fromEntries(new URL(echo.own).searchParams)
    return { ...request, url: withoutQuery(echo.own), ...(request.query === undefined ? {} : { query }) }
  }
  if (request.query === undefined) return request
  const query = Object.entries(request.query).map(([name, value]): readonly [string, Matcher] => [
    name,
    value === echo.recorded ? echo.own : value
  ])
  return { ...request, query: Object.fromEntries(query) }
}

const inText = (text: string, { own, recorded }: Echo): string =>
  text === recorded ? new URL(own).href : text.replaceAll(percent(recorded), percent(own))

const inBody = (body: Uint8Array, echo: Echo): Uint8Array => {
  const needle = percent(echo.recorded)
  const bytes = Buffer.from(body)
  // Both are ASCII, and what stands around them may be in any encoding.
  return bytes.includes(needle)
    ? Buffer.from(bytes.toString("latin1").replaceAll(needle, percent(echo.own)), "latin1")
    : body
}
