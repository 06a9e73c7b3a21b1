/**
 * The whole life of a session at a site, as one scenario for four calls of the command: a login; a check that says good; one that says
 * neither, being a rate limit; one that says dead, upon which the renewal is refused and somebody scans again.
 */
import type { Exchange, Scenario } from "../../src/replay/Scenario.ts"
import * as Site from "../../src/Site.ts"
import type { Answer } from "./answers.ts"
import { checkAnswers } from "./checkAnswers.ts"

const exchange = (
  id: string,
  method: "GET" | "POST",
  url: string,
  { body = "", headers = [], status = 200 }: Answer
): Exchange =>
  ({
    id,
    provenance: {
      kind: "synthetic",
      reason: "put together from the answers that PROTOCOL.md has, for this check alone"
    },
    times: 1,
    request: { method, url },
    response: { status, headers: headers.map(([name, value]) => [name, value]), body: Buffer.from(body) }
  }) as unknown as Exchange

const busy: Answer = { body: `{"code":-10000,"subcode":0,"message":"使用人数过多，请稍后再试"}` }

/** `login` is a scenario of the site that goes from a code to a session. */
export const siteStory = (login: Scenario): Scenario => {
  const site = Site.find(login.site)!
  const answers = checkAnswers.find((known) => known.site === site)!
  const check = (id: string, answer: Answer) => exchange(id, site.check!.method, site.check!.url, answer)
  const refusal =
    site.authorize === undefined
      ? exchange("renewal", "GET", "https://ssl.ptlogin2.qq.com/pt4_auth", { body: "ptui_auth_CB('1','');" })
      : exchange("renewal", "POST", "https://u.y.qq.com/cgi-bin/musicu.fcg", { body: `{"code":0,"req":{"code":1000}}` })
  return {
    ...login,
    name: `${login.name}, four times`,
    exchanges: [
      ...login.exchanges,
      check("check-good", answers.good[0]!),
      check("check-busy", busy),
      check("check-dead", answers.dead[0]![0]),
      refusal,
      ...login.exchanges.map((one) => ({ ...one, id: `${one.id}-again` }))
    ]
  }
}

/** How the four calls of `login --json` have to end: exit code and events. */
export const siteEnds: ReadonlyArray<readonly [exitCode: number, tags: RegExp]> = [
  [0, /^QrShown .*Confirmed Saved LoggedIn$/],
  [0, /^SessionFound SessionStillGood LoggedIn$/],
  [6, /^SessionFound Failed$/],
  [0, /^SessionFound SessionRefused RenewalRefused QrShown .*Confirmed Saved LoggedIn$/]
]
