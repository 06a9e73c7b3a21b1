/**
 * That what is derived from a cookie in a scenario is right: ptqrtoken and auth_token.
 */
import { hash33, time33 } from "../../protocol/Hash.ts"
import * as Site from "../../Site.ts"
import { isStep, must, type Rule, setCookies } from "./rule.ts"

/** Polls and renewals carry the cookie that was set, and its hash. */
export const hashes: Rule = (file) => {
  let qrsig: string | undefined
  return file.exchanges.flatMap((exchange) => {
    const { id, request } = exchange
    const { cookies = {}, query = {} } = request
    if (isStep(exchange, "/ptqrshow")) {
      const before = qrsig
      qrsig = setCookies(exchange).find(({ name }) => name === "qrsig")?.value
      return must(qrsig !== undefined && qrsig !== before, `${id}.response`, "set a new qrsig with each picture")
    }
    if (isStep(exchange, "/ptqrlogin")) {
      const dialect = Site.find(file.site)?.dialect
      // The seed document knows no ptqrtoken.
      const token = dialect === "seed" ? undefined : String(hash33(qrsig ?? ""))
      return [
        ...must(cookies["qrsig"] === qrsig, `${id}.request.cookies.qrsig`, "it is the qrsig of the last picture"),
        ...must(
          query["ptqrtoken"] === token,
          `${id}.request.query.ptqrtoken`,
          token === undefined ? "take it out, the seed dialect has none" : `write ${token}, the hash33 of the qrsig`
        )
      ]
    }
    if (isStep(exchange, "/pt4_auth")) {
      const supertoken = file.saved?.cookies.find(({ name }) => name === "supertoken")?.value ?? ""
      const token = String(time33(supertoken))
      return [
        ...must(cookies["supertoken"] === supertoken, `${id}.request.cookies.supertoken`, "it is the one of `saved`"),
        ...must(
          query["auth_token"] === token,
          `${id}.request.query.auth_token`,
          `write ${token}, the time33 of the supertoken`
        )
      ]
    }
    return must(
      typeof cookies["qrsig"] !== "string",
      `${id}.request.cookies.qrsig`,
      'write {"absent": true}: it belongs to ptlogin2'
    )
  })
}
