/**
 * Step 3, check_sig: exchanges the ticket in the URL for cookies of the site. The URL comes from the server, so it is checked
 * before anything is sent to it; the 302 is read and its Location never followed, since by then the cookies are set.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { CookieJar } from "../http/CookieJar.ts"
import { type Bilingual, Language } from "../Language.ts"
import type { AddressFault } from "../errors/answerFaults.ts"
import { RedirectMissing, RedirectUntrusted, SecondFactorNeeded } from "../errors/LoginError.ts"
import * as Endpoints from "../protocol/Endpoints.ts"
import { QqHttp, retryTransient } from "../http/QqHttp.ts"
import { pageOf } from "../protocol/WebPage.ts"
import type { Site } from "../Site.ts"
import { traced } from "./traced.ts"

/**
 * Follows the URL of a confirmed code and leaves the cookies in the jar. Fails with `RedirectMissing` where there is no URL
 * or the answer is no 302 (a web page, as risk control and captchas are, is named), with `SecondFactorNeeded` where the URL leads to that, and with `RedirectUntrusted` where it is not one
 * of the site's.
 */
export const follow = traced("Redirect.follow")(function* (site: Site, url: Redacted.Redacted) {
  if (Redacted.value(url) === "") return yield* new RedirectMissing({ step: "Redirect" })
  const secondFactor = secondFactorHost(Redacted.value(url))
  if (secondFactor !== undefined) return yield* new SecondFactorNeeded({ step: "Redirect", host: secondFactor })
  const distrust = inspect(site, Redacted.value(url))
  if (distrust !== undefined) return yield* new RedirectUntrusted({ step: "Redirect", ...distrust })
  const http = yield* QqHttp
  const { status, text } = yield* retryTransient(http.send(Endpoints.checkSig(site, url)))
  if (status === 302) return
  const { hostname: host } = new URL(Redacted.value(url))
  return yield* new RedirectMissing({ step: "Redirect", host, status, ...pageOf(text) })
})

/**
 * `ptwebqq`, wherever the server set it: the seed document expects it from check_sig, the servers set it with the successful
 * poll, and from 2017 on they often set none, which the API accepts as an empty value (PROTOCOL.md, step 3).
 */
export const ptwebqq = traced("Redirect.ptwebqq")(function* () {
  const jar = yield* CookieJar
  const cookie = yield* jar.find("ptwebqq", "https://s.web2.qq.com/")
  if (Option.isSome(cookie)) return Redacted.make(Redacted.value(cookie.value), { label: "ptwebqq" })
  yield* Effect.logWarning(absent[yield* Language])
  return Redacted.make("", { label: "ptwebqq" })
})

const absent: Bilingual = {
  en: "the server set no ptwebqq; going on with an empty one",
  zh: "服务器没有设置 ptwebqq，以空值继续"
}

// Both official scripts know the page, and treat it apart (PROTOCOL.md, step 3). Nothing is sent there.
const secondFactorHost = (text: string): string | undefined => {
  const url = URL.parse(text)
  const isPage = url?.pathname === "/cgi-bin/mibao_vry" && url.hostname.endsWith(".qq.com")
  return isPage && url.protocol === "https:" ? url.hostname : undefined
}

/** Why a URL is not trusted, or undefined where it is. Whole hosts are compared: a suffix or a substring can be forged. */
export const inspect = (site: Site, text: string): AddressFault | undefined => {
  const url = URL.parse(text)
  if (url === null) return { host: "", reason: "not a URL" }
  const host = url.hostname
  if (url.protocol !== "https:" && url.protocol !== "http:") return { host, reason: "scheme" }
  if (url.username !== "" || url.password !== "") return { host, reason: "user info" }
  if (url.port !== "") return { host, reason: "port" }
  if (!site.redirectHosts.includes(host)) return { host, reason: "host" }
  if (url.pathname !== "/check_sig") return { host, reason: "path" }
  return undefined
}
