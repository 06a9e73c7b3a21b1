/**
 * Sessions to be kept, shown and carried about, with cookies of every kind.
 */
import * as Effect from "effect/Effect"
import { fromJson, type Session, type SessionJson, toJson } from "../../src/Session.ts"
import type { Answer } from "./answers.ts"

type Cookie = SessionJson["cookies"][number]

/** A cookie for a whole domain, with nothing else special about it. */
export const cookie = (name: string, value: string, domain: string, more: Partial<Cookie> = {}): Cookie => ({
  name,
  value,
  domain,
  path: "/",
  secure: false,
  httpOnly: false,
  hostOnly: false,
  ...more
})

export const sessionOf = (json: SessionJson): Session => Effect.runSync(fromJson(json))

/** Every kind of cookie that decides where it goes: domains, paths, Secure, host-only, expiry, signs that shells act upon. */
export const cookies: ReadonlyArray<Cookie> = [
  cookie("uin", "o0123456789", "qq.com"),
  cookie("skey", "@AbCdEfGhI", "qq.com"),
  cookie("p_skey", "Secret*p-skey_1", "qzone.qq.com", { secure: true }),
  cookie("p_skey", "Secret*p-skey_2", "web2.qq.com"),
  cookie("RK", "a/b+c'd\"e$f", "qq.com", { expires: "2038-01-19T03:14:07.000Z" }),
  cookie("deep", "below", "qzone.qq.com", { path: "/cgi-bin" }),
  cookie("host", "only", "user.qzone.qq.com", { hostOnly: true, httpOnly: true }),
  cookie("empty", "", "qq.com"),
  cookie("superkey", "Secret-superkey", "ptlogin2.qq.com", { secure: true, httpOnly: true }),
  cookie("gone", "Secret-of-yesterday", "qq.com", { expires: "2018-11-20T08:29:59.000Z" })
]

/** A session of Qzone, obtained on 2018-11-20 at 08:30. */
export const qzone = sessionOf({
  site: "qzone",
  uin: 123456789,
  nickname: "椰子",
  gtk: 1881399958,
  bkn: 1358553458,
  obtainedAt: "2018-11-20T08:30:00.000Z",
  cookies
})

/** A session of Web QQ, obtained at the same time by another account. */
export const webqq = sessionOf({
  site: "webqq",
  uin: 4000000000,
  nickname: "Viki ",
  ptwebqq: "Secret-ptwebqq",
  vfwebqq: "Secret-vfwebqq",
  psessionid: "Secret-psessionid",
  clientid: 53999199,
  obtainedAt: "2018-11-20T08:30:00.000Z",
  cookies: [cookie("skey", "@0000000000", "qq.com"), cookie("p_skey", "Secret*p-skey_2", "web2.qq.com")]
})

/** The session of Qzone with what a renewal needs. */
export const renewable = sessionOf({
  ...toJson(qzone),
  cookies: [
    ...cookies,
    cookie("superuin", "o0123456789", "ptlogin2.qq.com"),
    cookie("supertoken", "Secret-supertoken", "ptlogin2.qq.com")
  ]
})

/** What the servers say where they renew it. */
export const accepted: ReadonlyArray<Answer> = [
  { body: "ptui_auth_CB('2','https://ptlogin2.qzone.qq.com/check_sig?uin=123456789&ptsigx=Secret-ptsigx');" },
  {
    status: 302,
    headers: [
      ["location", "https://qzs.qzone.qq.com/"],
      ["set-cookie", "p_skey=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789*-AbCdE_; Path=/; Domain=qzone.qq.com"]
    ]
  }
]
