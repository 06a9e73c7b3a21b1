/**
 * Whose login a request belongs to.
 */
import * as Site from "../Site.ts"

/** Whether an address is one of Tencent's QQ. */
export const isTencents = (url: string): boolean => /(?:^|\.)qq\.com$/.test(URL.parse(url)?.hostname ?? "")

/** The site whose appid requests with these queries name. Web QQ's two forms differ in the token of their polls. */
export const siteOf = (queries: ReadonlyArray<Readonly<Record<string, unknown>>>): Site.Site | undefined => {
  const asked = new Set(queries.flatMap(({ aid, appid }) => [aid, appid]))
  const token = queries.some(({ ptqrtoken }) => ptqrtoken !== undefined)
  const found = Site.all.filter(({ appid }) => asked.has(appid))
  return found.find(({ dialect }) => (dialect === "seed") !== token) ?? found[0]
}
