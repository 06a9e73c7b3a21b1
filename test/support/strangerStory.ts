/**
 * A site behind graph.qq.com that this program does not know, as whoever knows its client id writes it down; and its servers, as one scenario
 * for several calls of the command.
 */
import type { Scenario } from "../../src/replay/Scenario.ts"
import { exchange } from "./siteStory.ts"

export const stranger = {
  name: "weishi",
  title: { en: "Weishi", zh: "微视" },
  appid: "716027609",
  daid: "383",
  pt3rdAid: "1101083114",
  u1: "https://graph.qq.com/oauth2.0/login_jump",
  dialect: "c_login_2",
  tokens: false,
  target: "graph.qq.com",
  opens: "h5.weishi.qq.com",
  redirectHosts: ["ptlogin2.graph.qq.com", "ssl.ptlogin2.graph.qq.com"],
  cookieDomains: ["qq.com"],
  authorize: {
    clientId: "1101083114",
    redirectUri: "https://h5.weishi.qq.com/weishi/account/login",
    redeem: "location",
    redeemHosts: ["h5.weishi.qq.com"]
  },
  check: {
    method: "GET",
    url: "https://h5.weishi.qq.com/check",
    query: { g_tk: "{{g_tk ws_key}}", u: "{{uin}}" },
    good: [{ json: { ret: [0] } }],
    dead: [{ json: { ret: [-1] } }],
    later: [{ json: { ret: [-2] } }]
  },
  evidence: { source: "netcccyun/qqapi", newest: "2025-03" }
}

/** The same site where the code alone is the result. */
export const codeOnly = (({ check: _check, opens: _opens, ...site }) => ({
  ...site,
  name: "weishi-code",
  authorize: { ...site.authorize, redeem: "code", redeemHosts: undefined }
}))(stranger)

const code = "00112233445566778899AABBCCDDEEFF"
const { authorize, check } = stranger
const back = `${authorize.redirectUri}?code=${code}&state=state`

/** `music` is the scenario of a login at QQ Music: until check_sig, and at authorize, all sites behind graph.qq.com are alike. */
export const strangerStory = (music: Scenario): Scenario => {
  // Asked for with other numbers than that scenario's.
  const login = music.exchanges
    .filter(({ request }) => /ptlogin2/.test(request.url))
    .map((one) => ({ ...one, request: { method: one.request.method, url: one.request.url } }) as typeof one)
  const sent = exchange("code", "POST", "https://graph.qq.com/oauth2.0/authorize", {
    status: 302,
    headers: [["Location", back]]
  })
  const checked = (id: string, ret: number) =>
    exchange(id, check.method as "GET", check.url, { body: `{"ret":${ret}}` })
  const again = (exchanges: Scenario["exchanges"]) => exchanges.map((one) => ({ ...one, id: `${one.id}-again` }))
  return {
    ...music,
    name: "a site of one's own",
    exchanges: [
      ...login,
      sent,
      exchange("redeemed", "GET", authorize.redirectUri, {
        headers: [["Set-Cookie", "ws_key=Stand-In-ws-key*0123456789; Path=/; Domain=weishi.qq.com"]]
      }),
      checked("good", 0),
      checked("busy", -2),
      ...again([...login, sent])
    ]
  }
}
