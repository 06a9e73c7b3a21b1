/**
 * The whole life of a session at a site, as one scenario for five calls of the command: a login; a check that says good; one that says
 * neither, being a rate limit; one that says dead, upon which the renewal is refused and somebody scans again; and one that says dead once
 * more, upon which it is renewed without a scan.
 */
import type { Exchange, Scenario } from "../../src/replay/Scenario.ts"
import * as Site from "../../src/Site.ts"
import type { Answer } from "./answers.ts"
import { checkAnswers } from "./checkAnswers.ts"

export const exchange = (
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
    name: `${login.name}, its whole life`,
    exchanges: [
      ...login.exchanges,
      check("check-good", answers.good[0]!),
      check("check-busy", busy),
      check("check-dead", answers.dead[0]![0]),
      refusal,
      ...login.exchanges.map((one) => ({ ...one, id: `${one.id}-again` })),
      check("check-dead-again", answers.dead[0]![0]),
      ...renewal(site)
    ]
  }
}

/** What renews a session: QQ Music's own refresh, and pt4_auth with its check_sig elsewhere. */
const renewal = ({ authorize, target }: Site.Site): ReadonlyArray<Exchange> => {
  if (authorize !== undefined) {
    const data = { musicid: 123456789, musickey: "Stand-In-musickey-2*0123456789", keyExpiresIn: 259_200 }
    const body = JSON.stringify({ code: 0, req: { code: 0, data } })
    return [exchange("refreshed", "POST", "https://u.y.qq.com/cgi-bin/musicu.fcg", { body })]
  }
  const url = `https://ptlogin2.${target}/check_sig`
  const cookies = [
    `p_uin=o0123456789; Domain=${target}`,
    `p_skey=Stand-In-p-skey-2*0123456789; Domain=${target}; Secure`
  ]
  return [
    exchange("renewed", "GET", "https://ssl.ptlogin2.qq.com/pt4_auth", {
      body: `ptui_auth_CB('2','${url}?ptsigx=00112233445566778899aabbccddeeff&pttype=2');`
    }),
    exchange("renewed-check-sig", "GET", url, {
      status: 302,
      headers: cookies.map((line) => ["Set-Cookie", `${line}; Path=/`])
    })
  ]
}

/** How the five calls of `login --json` have to end: exit code and events. */
export const siteEnds: ReadonlyArray<readonly [exitCode: number, tags: RegExp]> = [
  [0, /^QrShown .*Confirmed Saved LoggedIn$/],
  [0, /^SessionFound SessionStillGood LoggedIn$/],
  [6, /^SessionFound Failed$/],
  [0, /^SessionFound SessionRefused RenewalRefused QrShown .*Confirmed Saved LoggedIn$/],
  [0, /^SessionFound SessionRefused Renewed Saved LoggedIn$/]
]
