/**
 * A new session without a scan, from the cookies that ptlogin2 set at an earlier one: pt4_auth gives a check_sig URL, which is
 * followed as in step 3. PROTOCOL.md, lifetimes and renewal.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { CookieJar } from "../http/CookieJar.ts"
import { BadCallback, CookieMissing, HttpFailed, LoginRejected, RedirectMissing } from "../errors/LoginError.ts"
import * as Endpoints from "../protocol/Endpoints.ts"
import { parseAuth } from "../protocol/PtuiCallback.ts"
import { QqHttp, retryTransient } from "../http/QqHttp.ts"
import type { Site } from "../Site.ts"
import * as Redirect from "./Redirect.ts"
import { traced } from "./traced.ts"

const host = "ssl.ptlogin2.qq.com"

/**
 * Renews the cookies in the jar. Fails with `CookieMissing` where the jar lacks what a renewal needs, and nobody is asked, or (at the step
 * `Signature`) where the server set no new p_skey in place of the old one, `LoginRejected` where the server does not renew (code 1), and otherwise as
 * `Redirect.follow` and the poll do.
 */
export const renew = traced("Renewal.renew")(function* (site: Site) {
  const http = yield* QqHttp
  const jar = yield* CookieJar
  const need = Effect.fnUntraced(function* (name: string, at: string, step: "Renewal" | "Signature" = "Renewal") {
    const cookie = Option.filter(yield* jar.find(name, `https://${at}/`), (value) => Redacted.value(value) !== "")
    return Option.isSome(cookie) ? cookie.value : yield* new CookieMissing({ step, name, host: at })
  })
  yield* need("superuin", host)
  const supertoken = yield* need("supertoken", host)
  const { status, text } = yield* retryTransient(http.send(Endpoints.pt4Auth(site, supertoken)))
  if (status !== 200) return yield* new HttpFailed({ step: "Renewal", host, reason: "status", status })
  const callback = parseAuth(text)
  if (Result.isFailure(callback)) return yield* new BadCallback({ step: "Renewal", ...callback.failure })
  const { code, url } = callback.success
  if (code !== "0" && code !== "2") return yield* new LoginRejected({ step: "Renewal", code, serverMessage: "" })
  if (url === "") return yield* new RedirectMissing({ step: "Renewal" })

  const had = yield* jar.find("p_skey", `https://${site.target}/`)
  // The old one must not pass for new.
  yield* jar.store(`https://${site.target}/`, [`p_skey=; Path=/; Domain=${site.target}; Max-Age=0`])
  yield* Redirect.follow(site, Endpoints.renewedCheckSig(site, url))
  // Behind graph.qq.com it may be withheld, and authorize decides.
  if (Option.isSome(had) && site.authorize === undefined) yield* need("p_skey", site.target, "Signature")
})
