/**
 * Whose login a request belongs to.
 */
import * as Site from "../Site.ts"

/** Whether an address is one of Tencent's QQ. */
export const isTencents = (url: string): boolean => /(?:^|\.)qq\.com$/.test(URL.parse(url)?.hostname ?? "")

/** The site whose appid requests with these queries name. Web QQ's forms differ in the parameters of their polls. */
export const siteOf = (queries: ReadonlyArray<Readonly<Record<string, unknown>>>): Site.Site | undefined => {
  const asked = new Set(queries.flatMap(({ aid, appid }) => [aid, appid]))
  const polls = queries.filter(({ aid }) => aid !== undefined)
  const token = polls.some(({ ptqrtoken }) => ptqrtoken !== undefined)
  const older = polls.length === 0 || polls.some((query) => query["webqq_type"] !== undefined)
  const dialect = older ? (token || polls.length === 0 ? "mq_comm" : "seed") : "c_login_2"
  const found = Site.all.filter(({ appid }) => asked.has(appid))
  return found.find((site) => site.dialect === dialect) ?? found[0]
}
