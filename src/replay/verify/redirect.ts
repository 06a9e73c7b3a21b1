/**
 * That check_sig is asked where the answer before it said.
 */
import * as Result from "effect/Result"
import { isDeepStrictEqual } from "node:util"
import { parseAuth } from "../../protocol/PtuiCallback.ts"
import * as Site from "../../Site.ts"
import { callbacks, isStep, must, type Rule, textOf } from "./rule.ts"

/** check_sig is asked at the very address that the server gave. */
export const redirect: Rule = (file) => {
  const checkSig = file.exchanges.find((exchange) => isStep(exchange, "/check_sig"))
  if (checkSig === undefined) return []
  const last = callbacks(file).at(-1)
  const renewal = file.exchanges.findLast((exchange) => isStep(exchange, "/pt4_auth"))
  const renewed = renewal && Result.getOrElse(parseAuth(textOf(renewal)), () => ({ url: "" })).url
  const site = Site.find(file.site)
  // What the official page appends to the address of a renewal.
  const more = renewed ? { regmaster: "", aid: site?.appid, s_url: site?.u1 } : {}
  const url = URL.parse(renewed || last?.url || last?.message || "")
  const { request } = checkSig
  return must(
    url !== null &&
      request.url === url.origin + url.pathname &&
      isDeepStrictEqual({ ...request.query }, { ...Object.fromEntries(url.searchParams), ...more }),
    `${checkSig.id}.request`,
    {
      en: "its address and query are those of the callback before it",
      zh: "其地址和参数应与之前的回调中的相同"
    }
  )
}
