/**
 * What a client sent comes back to it: where a later answer, or a later request, holds the value that was recorded, the client's own
 * stands in its place.
 */
import type { FormMatcher, Matcher, Request } from "../format/ScenarioFile.ts"
import type { Exchange } from "../Scenario.ts"
import type { ReadRequest, Values } from "./wireRequest.ts"

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

/** The other way round: what a client with these values of its own may have been recorded as. */
export const asRecorded = (request: ReadRequest, echoes: ReadonlyArray<Echo>): ReadonlyArray<ReadRequest> => {
  if (echoes.length === 0) return []
  const recorded = new Map(echoes.map((echo) => [echo.own, echo.recorded]))
  const query = () =>
    new Map(Array.from(request.query(), ([name, values]) => [name, values.map((text) => recorded.get(text) ?? text)]))
  return [
    { ...request, query },
    ...echoes
      .filter(({ own }) => request.address === withoutQuery(own))
      .map((echo) => ({ ...request, address: withoutQuery(echo.recorded), query: () => queryOf(echo.recorded) }))
  ]
}

const queryOf = (address: string): Values =>
  new Map(Array.from(new URL(address).searchParams, ([name, value]) => [name, [value]]))

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
