/**
 * A picture that is asked for once more: the server makes another code then, with a qrsig of its own. Only so does a client show that it goes
 * on with the token, or the cookie, of a picture that is no longer the one on the screen.
 */
import { setCookieOf } from "../record/secrets.ts"
import type { ReadRequest } from "../engine/wireRequest.ts"
import type { Request } from "../format/ScenarioFile.ts"
import type { Exchange } from "../Scenario.ts"
import { isAt } from "./history.ts"

/** The recorded qrsig behind each one that was made up for a picture asked for again. */
export type SecondCodes = Map<string, string>

const isPicture = ({ request }: Pick<Exchange, "request">) => isAt(request.url, "ptqrshow")

/** Whether a picture is asked for while another one is shown, and polls of that one are still to come. */
export const isEarly = (exchange: Exchange, isPollDue: boolean) => isPollDue && isPicture(exchange)

/** As long as the recorded one, and another than any so far. */
const another = (qrsig: string, codes: SecondCodes): string => {
  for (let count = codes.size + 1; ; count++) {
    const own = `${qrsig.slice(0, -String(count).length)}${count}`
    if (own !== qrsig && !codes.has(own)) return own
  }
}

/** The exchange of a picture that is served again, with another qrsig, which joins the codes; as it is where it is no picture. */
export const renewed = (exchange: Exchange, codes: SecondCodes): Exchange => {
  const { headers } = exchange.response
  const at = headers.findIndex(
    ([name, line]) => name.toLowerCase() === "set-cookie" && setCookieOf(line)[0] === "qrsig"
  )
  const [name, line] = headers[at] ?? []
  if (!isPicture(exchange) || name === undefined || line === undefined) return exchange
  const [, qrsig] = setCookieOf(line)
  const own = another(qrsig, codes)
  codes.set(own, qrsig)
  return {
    ...exchange,
    response: { ...exchange.response, headers: headers.with(at, [name, line.replace(qrsig, () => own)]) }
  }
}

/** What an exchange asks with, for one who holds that qrsig. */
export const underCode = (request: Request, qrsig: string | undefined, codes: SecondCodes): Request => {
  const recorded = codes.get(qrsig ?? "")
  const { cookies } = request
  if (qrsig === undefined || recorded === undefined || cookies?.["qrsig"] !== recorded) return request
  return { ...request, cookies: { ...cookies, qrsig } }
}

/** The other way round: the request of one who holds the recorded qrsig. */
export const asRecorded = (request: ReadRequest, codes: SecondCodes): ReadonlyArray<ReadRequest> => {
  const recorded = codes.get(request.cookies().get("qrsig")?.[0] ?? "")
  if (recorded === undefined) return []
  const cookies = new Map(request.cookies()).set("qrsig", [recorded])
  return [{ ...request, cookies: () => cookies }]
}
