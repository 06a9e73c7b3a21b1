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

/** Of a site that the library does not know, the domains are in a file of the user's: they are compared when it is used. */
export const KeptSession = Session.check(
  Schema.makeFilter(({ cookies, site }) => {
    const domains = Site.find(site)?.cookieDomains
    if (domains === undefined) return undefined
    const at = cookies.findIndex(({ domain }) => !domains.some((own) => isBelow(domain, own)))
    if (at === -1) return undefined
    return {
      path: ["cookies", at, "domain"],
      issue: new SchemaIssue.InvalidValue(notOfTheSite(site, domains))
    }
  })
)
