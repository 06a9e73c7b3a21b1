/**
 * The hosts of a scenario: where its clients go, and where they may be led to.
 */
import { find } from "../Site.ts"
import type { Scenario } from "./Scenario.ts"

// Also as the value of a parameter, encoded once or more often, and as JSON escapes it.
const named = /https?(?::|%(?:25)*3A)(?:\\?\/|%(?:25)*2F){2}([a-z0-9-]+(?:\.[a-z0-9-]+)+)/giu

/** Every host that is named by an address in a request or an answer, those that are asked first. */
export const hostsOf = ({
  equal,
  exchanges,
  optional
}: Pick<Scenario, "equal" | "exchanges" | "optional">): ReadonlyArray<string> => {
  const all = [...exchanges, ...optional]
  const asked = [...all.map(({ request }) => request.url), ...equal.flatMap(({ addresses }) => addresses)].map(
    (url) => new URL(url).hostname
  )
  const told = all.flatMap(({ request, response }) =>
    [JSON.stringify(request), JSON.stringify(response.headers), Buffer.from(response.body).toString("latin1")].flatMap(
      (text) => Array.from(text.matchAll(named), ([, host = ""]) => host.toLowerCase())
    )
  )
  return [...new Set([...asked, ...told])]
}

/** The names under which a server of this scenario is asked. */
class Names extends Set<string> {
  readonly domains: ReadonlyArray<string>

  constructor(scenario: Scenario) {
    super(hostsOf(scenario))
    this.domains = find(scenario.site)?.cookieDomains ?? []
  }

  // What lies below the site's domains is nobody else's: an address that a client brings along, or a host that has gone.
  override has(host: string): boolean {
    return super.has(host) || this.domains.some((domain) => host.endsWith(`.${domain}`))
  }
}

/** Those of `hostsOf`, and whatever lies below the domains of its site. */
export const namesOf = (scenario: Scenario): ReadonlySet<string> => new Names(scenario)
