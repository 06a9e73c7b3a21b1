/**
 * A scenario played by a client that asks for what it names: in its order, backwards, and with something wrong.
 */
import type { Bilingual } from "../../src/Language.ts"
import * as Engine from "../../src/replay/engine/Engine.ts"
import type { FormMatcher, Request } from "../../src/replay/format/ScenarioFile.ts"
import type { Scenario } from "../../src/replay/Scenario.ts"

export type Way = "as written" | "backwards" | "with something wrong"

/** What a client sends where this is asked for; a pattern is answered with what most of ours match. */
const sent = (matcher: FormMatcher): string | undefined => {
  if (typeof matcher === "string") return matcher
  if ("absent" in matcher) return undefined
  return "json" in matcher ? JSON.stringify(matcher.json) : "a"
}

const pairs = (
  matchers: Readonly<Record<string, FormMatcher>> = {}
): ReadonlyArray<readonly [name: string, value: string]> =>
  Object.entries(matchers).flatMap(([name, matcher]) => {
    const value = sent(matcher)
    return value === undefined ? [] : [[name, value] as const]
  })

const encoded = (all: ReturnType<typeof pairs>) =>
  new URLSearchParams(all.map(([name, value]): [string, string] => [name, value])).toString()

const asked = ({ cookies, form, headers, method, query, url }: Request, more: string): Engine.WireRequest => ({
  method,
  url: `${url}?${encoded(pairs(query))}${more}`,
  headers: [
    ...pairs(headers),
    ...(cookies === undefined
      ? []
      : [
          [
            "cookie",
            pairs(cookies)
              .map(([name, value]) => `${name}=${value}`)
              .join("; ")
          ] as const
        ])
  ],
  body: Buffer.from(encoded(pairs(form)))
})

/** All that is said of it, at each degree of strictness. */
export const played = (
  scenario: Scenario,
  ways: ReadonlyArray<Way> = ["as written", "backwards", "with something wrong"]
): ReadonlyArray<string> =>
  (["exact", "server", "loose"] as const).flatMap((strictness) =>
    ways.flatMap((way) => {
      const engine = Engine.make(scenario, { strictness })
      const all = scenario.exchanges.map(({ request }) => asked(request, way === "with something wrong" ? "&a=c" : ""))
      for (const wire of way === "backwards" ? all.toReversed() : all) {
        engine.expects(wire)
        engine.handle(wire, 0)
      }
      return Engine.conclusion(engine).flatMap(({ en, zh }: Bilingual) => [en, zh])
    })
  )
