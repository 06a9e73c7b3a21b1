/**
 * The two requests that only Web QQ had, as data: PROTOCOL.md, steps 4 and 5.
 */
import * as Redacted from "effect/Redacted"
import type { Site } from "../Site.ts"
import { address, encode, kibibyte, type QqRequest, type Variation } from "./Request.ts"

/** Device id of Web QQ: the same for everybody. */
export const clientid = 53999199

/** Step 4, getvfwebqq. `ptwebqq` is empty where the server never set that cookie. */
export const getvfwebqq = (site: Site, ptwebqq: Redacted.Redacted, { random }: Variation): QqRequest => ({
  step: "Vfwebqq",
  method: "GET",
  url: address(`${scheme(site)}://s.web2.qq.com/api/getvfwebqq`, [
    ["ptwebqq", Redacted.value(ptwebqq)],
    ["clientid", String(clientid)],
    ["psessionid", ""],
    ["t", site.dialect === "seed" ? "0.1" : String(random)]
  ]),
  // Without a Referer of the same scheme the answer is retcode 100000.
  headers: { referer: proxyPage(site, "s") },
  maxBytes: 64 * kibibyte
})

/** Step 5, login2: one form field `r` that holds JSON. */
export const login2 = (site: Site, ptwebqq: Redacted.Redacted): QqRequest => ({
  step: "Psession",
  method: "POST",
  url: address(`${scheme(site)}://d1.web2.qq.com/channel/login2`, []),
  headers: {
    referer: proxyPage(site, "d1"),
    origin: `${scheme(site)}://d1.web2.qq.com`,
    "content-type": "application/x-www-form-urlencoded"
  },
  form: Redacted.make(
    encode([["r", JSON.stringify({ ptwebqq: Redacted.value(ptwebqq), clientid, psessionid: "", status: "online" })]]),
    { label: "form" }
  ),
  maxBytes: 64 * kibibyte
})

const scheme = (site: Site) => (site.dialect === "seed" ? "http" : "https")

/** The page from which a browser would ask. */
export const proxyPage = (site: Site, host: "s" | "d1") =>
  `${scheme(site)}://${host}.web2.qq.com/proxy.html?v=${host === "s" ? "20130916001" : "20151105001"}&callback=1&id=${host === "s" ? 1 : 2}`
