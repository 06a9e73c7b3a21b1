/**
 * What a client sent comes back to it: where a later answer, or a later request, holds the value that was recorded, the client's own
 * stands in its place.
 */
import type { FormMatcher, Matcher, Request } from "../format/ScenarioFile.ts"
import type { Exchange } from "../Scenario.ts"

/** A recorded address, and the one that this client has in its place. */
export interface Echo {
  readonly recorded: string
  readonly own: string
}

const longest = 2000

/** Nothing where the client's value is the recorded one, or no address that could stand in an answer. */
export const echoOf = (recorded: FormMatcher | undefined, own: string | undefined): Echo | undefined => {
  if (typeof recorded !== "string" || own === undefined || recorded === own || own.length > longest) return undefined
  const url = URL.parse(own)
  return url !== null && /^https?:$/.test(url.protocol) && URL.canParse(recorded) ? { recorded, own } : undefined
}

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
    request: echoes.reduce(inRequest, exchange.request),
    response: {
      status,
      headers: headers.map(([name, value]) => [name, echoes.reduce(inText, value)] as const),
      body: echoes.reduce(inBody, body)
    }
  }
}

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
