/**
 * The requests of ptlogin2 as data: what is sent where, in the order in which the official pages sent it. Nothing is sent here.
 * Parameter names, values and headers come from PROTOCOL.md, steps 1 to 3 and renewal.
 */
import * as Redacted from "effect/Redacted"
import type { Dialect, Site } from "../Site.ts"
import { hash33, time33 } from "./Hash.ts"
import { address, encode, kibibyte, type Query, type QqRequest, text, type Variation } from "./Request.ts"
import { proxyPage } from "./WebQq.ts"

export type { QqRequest, Variation } from "./Request.ts"
export { clientid, getvfwebqq, login2 } from "./WebQq.ts"

/** Step 1, ptqrshow: asks for a QR picture. It needs no cookie and no Referer; the answer sets the cookie `qrsig`. */
export const ptqrshow = (site: Site, { random }: Variation): QqRequest => ({
  step: "QrCode",
  method: "GET",
  url: address(
    "https://ssl.ptlogin2.qq.com/ptqrshow",
    site.dialect === "seed"
      ? [
          ["appid", site.appid],
          ["e", "0"],
          ["l", "M"],
          ["s", "5"],
          ["d", "72"],
          ["v", "4"],
          ["t", "0.1"]
        ]
      : [
          ["appid", site.appid],
          ["e", "2"],
          ["l", "M"],
          ["s", "3"],
          ["d", "72"],
          ["v", "4"],
          ["t", String(random)],
          ["daid", site.daid],
          ["pt_3rd_aid", site.pt3rdAid ?? "0"],
          // The page sends it since 2025; Web QQ's page never did (PROTOCOL.md, step 1).
          ...(site.tokens ? [] : [["u1", site.u1] as const])
        ]
  ),
  headers: {},
  // A real picture has 430 to 510 bytes.
  maxBytes: 256 * kibibyte
})

/** Step 2, ptqrlogin: asks what became of the code. `qrsig` must be the cookie of the same ptqrshow answer. */
export const ptqrlogin = (site: Site, qrsig: Redacted.Redacted, { now }: Variation): QqRequest => ({
  step: "ScanStatus",
  method: "GET",
  url: address("https://ssl.ptlogin2.qq.com/ptqrlogin", pollQuery[site.dialect](site, qrsig, now)),
  headers: { referer: loginPage(site) },
  // A real answer has less than 1200 bytes; a page in its place is read to tell what it is.
  maxBytes: 64 * kibibyte
})

const pollQuery: Readonly<Record<Dialect, (site: Site, qrsig: Redacted.Redacted, now: number) => Query>> = {
  seed: (site) => mqComm(site, "0-0-157510", "10143"),
  mq_comm: (site, qrsig, now) => [ptqrtoken(qrsig), ...mqComm(site, `0-0-${Math.floor(now) % 1_000_000}`, "10226")],
  c_login_2: (site, qrsig, now) => [
    ["u1", site.u1],
    ptqrtoken(qrsig),
    ["ptredirect", "0"],
    ["h", "1"],
    ["t", "1"],
    ["g", "1"],
    ["from_ui", "1"],
    ["ptlang", "2052"],
    ["action", `0-0-${Math.floor(now)}`],
    // Of the day that the page was last seen: ZhelinCheng/Node-QQBot `src/expired.js` for Web QQ's.
    ["js_ver", site.tokens ? "10284" : "26092315"],
    ["js_type", "1"],
    ["login_sig", ""],
    ["pt_uistyle", "40"],
    ["aid", site.appid],
    ["daid", site.daid],
    ["pt_3rd_aid", site.pt3rdAid ?? "0"]
  ]
}

const ptqrtoken = (qrsig: Redacted.Redacted) => ["ptqrtoken", String(hash33(Redacted.value(qrsig)))] as const

const mqComm = (site: Site, action: string, jsVer: string): Query => [
  ["webqq_type", "10"],
  ["remember_uin", "1"],
  ["login2qq", "1"],
  ["aid", site.appid],
  ["u1", site.u1],
  ["ptredirect", "0"],
  ["ptlang", "2052"],
  ["daid", site.daid],
  ["from_ui", "1"],
  ["pttype", "1"],
  ["dumy", ""],
  ["fp", "loginerroralert"],
  ["action", action],
  ["mibao_css", "m_webqq"],
  ["t", "1"],
  ["g", "1"],
  ["js_type", "0"],
  ["js_ver", jsVer],
  ["login_sig", ""],
  ["pt_randsalt", "0"]
]

/** The page that a browser would poll from. */
const loginPage = (site: Site): string =>
  site.dialect === "c_login_2"
    ? xloginPage(site)
    : text("https://ui.ptlogin2.qq.com/cgi-bin/login", [
        ["daid", site.daid],
        ["target", "self"],
        ["style", "16"],
        ["mibao_css", "m_webqq"],
        ["appid", site.appid],
        ["enable_qlogin", "0"],
        ["no_verifyimg", "1"],
        ["s_url", "http://w.qq.com/proxy.html"],
        ["f_url", "loginerroralert"],
        ["strong_login", "1"],
        ["login_state", "10"],
        ["t", "20131024001"]
      ])

const xloginPage = (site: Site): string =>
  text("https://xui.ptlogin2.qq.com/cgi-bin/xlogin", [
    ["appid", site.appid],
    ["daid", site.daid],
    ["style", "40"],
    ["s_url", site.u1],
    ["pt_3rd_aid", site.pt3rdAid ?? "0"]
  ])

/**
 * Step 3, check_sig: the URL that step 2 returned, byte for byte. The Referer is the one of Web QQ's proxy page; other
 * sites get none, since an empty one was answered with 403 (ScienJus/smartqq#28).
 */
export const checkSig = (site: Site, url: Redacted.Redacted): QqRequest => ({
  step: "Redirect",
  method: "GET",
  url,
  headers: site.tokens ? { referer: proxyPage(site, "s") } : {},
  maxBytes: 16 * kibibyte,
  redirects: true
})

/**
 * pt4_auth: asks for a new check_sig URL in exchange for the cookies of an earlier login, without a scan. `supertoken` is the
 * cookie of that name (hexsum/Mojo-Webqq `lib/Mojo/Webqq/Client/Remote/_check_login.pm`).
 */
export const pt4Auth = (site: Site, supertoken: Redacted.Redacted): QqRequest => ({
  step: "Renewal",
  method: "GET",
  url: address("https://ssl.ptlogin2.qq.com/pt4_auth", [
    ["daid", site.daid],
    ["appid", site.appid],
    ["auth_token", String(time33(Redacted.value(supertoken)))],
    // As the official script has it, where a browser would end at an https address.
    ...(site.u1.startsWith("https:") ? [["pt4_shttps", "1"] as const] : [])
  ]),
  headers: { referer: xloginPage(site) },
  maxBytes: 64 * kibibyte
})

/** The URL that pt4_auth returned, with what the official page appends before it goes there. It is sent as `checkSig`. */
export const renewedCheckSig = (site: Site, url: string): Redacted.Redacted =>
  Redacted.make(
    `${url}&${encode([
      ["regmaster", ""],
      ["aid", site.appid],
      ["s_url", site.u1]
    ])}`,
    { label: "url" }
  )
