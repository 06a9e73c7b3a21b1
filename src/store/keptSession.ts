/**
 * A session that comes out of a file, or goes into one: its cookies are those of its site. Each of them is what a jar keeps, by the
 * schema of `Session`; but a jar belongs to a login and knows whose cookies it takes, and a file may hold those of any bank.
 */
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { isBelow } from "../cookieRules.ts"
import { expected } from "../Language.ts"
import { Session } from "../Session.ts"
import * as Site from "../Site.ts"

const notOfTheSite = (site: string, domains: ReadonlyArray<string>) =>
  expected({
    en: `a cookie of ${site}, whose domains are ${domains.join(", ")} and what lies below`,
    zh: `${site} 的 cookie，其域名为 ${domains.join("、")} 及其子域名`
  })

const notItsOwn = (site: string) =>
  expected({
    en: `the name of the session's site, ${site}, which must be none of the library's own`,
    zh: `会话所属站点的名称 ${site}，且不能是程序自带的站点`
  })

/**
 * A site that the library does not know may be described in the session itself. Where it is not, its domains are in a file of the user's:
 * they are compared when it is used.
 */
export const KeptSession = Session.check(
  Schema.makeFilter(({ cookies, ownSite, site }) => {
    const known = Site.find(site)
    if (ownSite !== undefined && (known !== undefined || ownSite.name !== site)) {
      return { path: ["ownSite", "name"], issue: new SchemaIssue.InvalidValue(notItsOwn(site)) }
    }
    const domains = (known ?? ownSite)?.cookieDomains
    if (domains === undefined) return undefined
    const at = cookies.findIndex(({ domain }) => !domains.some((own) => isBelow(domain, own)))
    if (at === -1) return undefined
    return {
      path: ["cookies", at, "domain"],
      issue: new SchemaIssue.InvalidValue(notOfTheSite(site, domains))
    }
  })
)

/** What version 0.1.0 knows of a session. */
const first: ReadonlySet<string> = new Set([
  "site",
  "uin",
  "nickname",
  "ptwebqq",
  "vfwebqq",
  "psessionid",
  "clientid",
  "gtk",
  "bkn",
  "obtainedAt",
  "cookies"
])

/** The number of the format that a session needs: 1 where version 0.1.0 can read it, so that whoever goes back to that loses nothing. */
export const formatOf = (session: Session): 1 | 2 =>
  session.nickname !== undefined && Object.keys(session).every((key) => first.has(key)) ? 1 : 2
