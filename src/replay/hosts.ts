/**
 * The hosts of a scenario: where its clients go, and where they may be led to.
 */
import type { Scenario } from "./Scenario.ts"

// Also as the value of a parameter, encoded once or more often, and as JSON escapes it.
const named = /https?(?::|%(?:25)*3A)(?:\\?\/|%(?:25)*2F){2}([a-z0-9-]+(?:\.[a-z0-9-]+)+)/giu

/** Every host that is named by an address in a request or an answer, those that are asked first. */
export const hostsOf = ({ exchanges }: Pick<Scenario, "exchanges">): ReadonlyArray<string> => {
  const asked = exchanges.map(({ request }) => new URL(request.url).hostname)
  const told = exchanges.flatMap(({ request, response }) =>
    [JSON.stringify(request), JSON.stringify(response.headers), Buffer.from(response.body).toString("latin1")].flatMap(
      (text) => Array.from(text.matchAll(named), ([, host = ""]) => host.toLowerCase())
    )
  )
  return [...new Set([...asked, ...told])]
}
