/**
 * Before anybody is asked to scan: is a kept session still worth something? Its server is asked, with a call that changes nothing, where
 * the site's data have one (PROTOCOL.md, session checks). Elsewhere only the cookies and their age are looked at; `Renewal` asks the server.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import { CookieJar } from "../http/CookieJar.ts"
import { LoginConfig } from "../LoginConfig.ts"
import {
  AccountMismatch,
  ApiRefused,
  CheckUnclear,
  CookieMissing,
  HttpFailed,
  type LoginError,
  SignedOut
} from "../errors/LoginError.ts"
import { withoutQueries } from "../errors/plainText.ts"
import { gtk } from "../protocol/Hash.ts"
import { judge, keysOf, request as requestOf } from "../protocol/SiteCheck.ts"
import { QqHttp, retryTransient } from "../http/QqHttp.ts"
import { pageOf } from "../protocol/WebPage.ts"
import type { Session } from "../Session.ts"
import type { Check, Site } from "../Site.ts"
import * as GtkBkn from "./GtkBkn.ts"
import { traced } from "./traced.ts"

/**
 * Succeeds where the session, whose cookies are in the jar, is good. It has three ends:
 *
 * - good;
 * - dead, see `isDead`: `ApiRefused` and `SignedOut` (the server says so), `AccountMismatch` (it answers for another account),
 *   `CookieMissing` (it lacks a cookie, or is too old where there is nobody to ask);
 * - not known: `CheckUnclear` (a rate limit, an answer that nobody knows), `AccessDenied` (403), `HttpFailed` (network, 5xx).
 */
export const check = traced("SessionCheck.check")(function* (site: Site, session: Session) {
  yield* site.check === undefined ? byAge(site, session) : ask(site.check, session)
})

/** Whether an error of `check` says that the session is over; any other says that nobody knows. */
export const isDead = ({ _tag }: LoginError): boolean =>
  _tag === "ApiRefused" || _tag === "SignedOut" || _tag === "AccountMismatch" || _tag === "CookieMissing"

/** By age and cookies alone, which asks nobody. An age below zero says that a clock was wrong: it is as good as none. */
export const byAge = traced("SessionCheck.byAge")(function* (site: Site, session: Session) {
  const missing = (name: string) => new CookieMissing({ step: "Check", name, host: site.target })
  yield* Effect.mapError(GtkBkn.read(site), ({ name }) => missing(name))
  // The servers give these cookies no expiry: their age is all that is known of them.
  const { renewAfter } = yield* LoginConfig
  const age = (yield* Clock.currentTimeMillis) - session.obtainedAt.epochMilliseconds
  if (age < 0 || age >= Duration.toMillis(renewAfter)) return yield* missing(site.needs?.[0] ?? "p_skey")
})

const ask = Effect.fnUntraced(function* (check: Check, session: Session) {
  const http = yield* QqHttp
  const jar = yield* CookieJar
  const { hostname: host } = new URL(check.url)
  const values = new Map(ownValues(session)).set("random", String(yield* Random.next))
  for (const name of keysOf(check)) {
    const key = Option.map(yield* jar.find(name, check.url), Redacted.value)
    if (Option.isNone(key) || key.value === "") return yield* new CookieMissing({ step: "Check", name, host })
    values.set(`g_tk ${name}`, String(gtk(key.value)))
  }
  const verdict = yield* http.send(requestOf(check, (name) => values.get(name) ?? "")).pipe(
    Effect.flatMap(({ location, status, text }) => {
      const verdict = judge(check, { status, location, text })
      return verdict._tag === "Unknown" && status >= 400
        ? Effect.fail(new HttpFailed({ step: "Check", host, reason: "status", status }))
        : Effect.succeed({ ...verdict, status, page: pageOf(text) })
    }),
    retryTransient
  )
  const { _tag, account, code, page, status } = verdict
  const serverMessage = withoutQueries(verdict.message)
  switch (_tag) {
    case "Good":
      // QQ Music numbers some accounts anew.
      if (account === undefined || account === session.uin || account === session.musicid) return
      return yield* new AccountMismatch({ step: "Check", host, uin: account })
    case "Dead":
      return yield* code === undefined
        ? new SignedOut({ step: "Check", host, status })
        : new ApiRefused({ step: "Check", retcode: Number(code), errmsg: serverMessage, host })
    default: {
      const told = { step: "Check", host, status, serverMessage, ...(code === undefined ? {} : { code }) } as const
      return yield* new CheckUnclear({ ...told, ...page, kind: _tag === "Later" ? "later" : "unknown" })
    }
  }
})

/** An empty token is refused like one that has expired; one that no header could carry is none. */
const ownValues = ({ musicid, psessionid, uin, vfwebqq }: Session): ReadonlyArray<readonly [string, string]> => [
  ["uin", String(uin)],
  ["musicid", String(musicid ?? uin)],
  ["vfwebqq", token(vfwebqq)],
  ["psessionid", token(psessionid)]
]

const token = (secret: Redacted.Redacted | undefined) => {
  const text = secret === undefined ? "" : Redacted.value(secret)
  return /^[!-~]*$/.test(text) ? text : ""
}
