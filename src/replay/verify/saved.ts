/**
 * That the session which a scenario goes on with fits it.
 */
import { isDeepStrictEqual } from "node:util"
import * as Psessionid from "../Psessionid.ts"
import { account, must, type Rule } from "./rule.ts"

export const saved: Rule = (file) => {
  const { clock, site } = file
  if (file.saved === undefined) return []
  const { cookies, obtainedAt, psessionid = "", uin } = file.saved
  const term = Psessionid.read(psessionid)
  const skey = cookies.find(({ name }) => name === "skey")?.value
  return [
    ...must(file.saved.site === site, "saved.site", `write ${site}, the site of the scenario`),
    ...must(uin === account(file), "saved.uin", "it is the account of the outcome"),
    ...must(Date.parse(obtainedAt) < Date.parse(clock), "saved.obtainedAt", "it lies before the clock"),
    ...must(
      psessionid === "" || isDeepStrictEqual([term?.uin, term?.skey], [uin, skey]),
      "saved.psessionid",
      "it holds the uin and the skey of `saved`"
    )
  ]
}
