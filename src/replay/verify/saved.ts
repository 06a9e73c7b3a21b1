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
    ...must(file.saved.site === site, "saved.site", {
      en: `write ${site}, the site of the scenario`,
      zh: `请写 ${site}，即场景的站点`
    }),
    ...must(uin === account(file), "saved.uin", {
      en: "it is the account of the outcome",
      zh: "应为 outcome 中的账号"
    }),
    ...must(Date.parse(obtainedAt) < Date.parse(clock), "saved.obtainedAt", {
      en: "it lies before the clock",
      zh: "应早于 clock"
    }),
    ...must(psessionid === "" || isDeepStrictEqual([term?.uin, term?.skey], [uin, skey]), "saved.psessionid", {
      en: "it holds the uin and the skey of `saved`",
      zh: "它应含 `saved` 的 uin 和 skey"
    })
  ]
}
