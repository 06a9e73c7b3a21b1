/**
 * After check_sig at the sites behind graph.qq.com: a code, and what becomes of it. The redirect that carries the code is read, and
 * followed only where the site's data say so, to a host that they name, once.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import { AuthorizeRefused, CookieMissing, HttpFailed, RedirectUntrusted } from "../errors/LoginError.ts"
import { withoutQueries } from "../errors/plainText.ts"
import { CookieJar } from "../http/CookieJar.ts"
import { QqHttp, retryTransient } from "../http/QqHttp.ts"
import { host, read, redemption, request } from "../protocol/Authorize.ts"
import { gtk } from "../protocol/Hash.ts"
import type { SessionCookie } from "../Session.ts"
import type { Authorize } from "../Site.ts"
import * as MusicKey from "./MusicKey.ts"
import { traced } from "./traced.ts"

/**
 * Asks for a code with the cookies of graph.qq.com in the jar, and redeems it as the site's data say: yields the code itself, QQ Music's
 * key, or nothing but cookies. Fails with `CookieMissing` where neither p_skey nor pt_oauth_token came, or no cookie from where a code was
 * redeemed, `AuthorizeRefused` (its bad ends),
 * `RedirectUntrusted` (the redirect leads elsewhere), and as `MusicKey.exchange`.
 */
export const open = traced("Authorize.open")(function* (authorize: Authorize) {
  const pSkey = yield* key
  const { code, location } = yield* ask(authorize, pSkey)
  switch (authorize.redeem) {
    case "code":
      return { code }
    case "location":
      yield* redeem(authorize, location)
      return {}
    case "music":
      return yield* MusicKey.exchange(code, gtk(Redacted.value(pSkey)))
  }
})

/** `p_skey` of graph.qq.com; empty where the server withholds it and gives pt_oauth_token in its place. */
const key = Effect.gen(function* () {
  const jar = yield* CookieJar
  const find = (name: string) =>
    Effect.map(jar.find(name, `https://${host}/`), (cookie) =>
      Option.getOrUndefined(Option.filter(cookie, (value) => Redacted.value(value) !== ""))
    )
  const pSkey = yield* find("p_skey")
  if (pSkey !== undefined) return pSkey
  if ((yield* find("pt_oauth_token")) !== undefined) return Redacted.make("", { label: "p_skey" })
  const forbidden = (yield* find("p_skey_forbid")) !== undefined
  return yield* new CookieMissing({ step: "Authorize", name: "p_skey", host, ...(forbidden ? { forbidden } : {}) })
})

const ask = Effect.fnUntraced(function* (authorize: Authorize, pSkey: Redacted.Redacted) {
  const http = yield* QqHttp
  const variation = { now: yield* Clock.currentTimeMillis, ui: yield* uuid }
  const { location, status, text } = yield* retryTransient(http.send(request(authorize, pSkey, variation)))
  const answer = read(authorize, { location, status, text })
  switch (answer._tag) {
    case "Code":
      return answer
    case "Refused": {
      const { _tag, message, ...told } = answer
      return yield* new AuthorizeRefused({ step: "Authorize", host, serverMessage: withoutQueries(message), ...told })
    }
    case "Untrusted":
      return yield* new RedirectUntrusted({ step: "Authorize", host: answer.host, reason: answer.reason })
    case "Other":
      return yield* new HttpFailed({ step: "Authorize", host, reason: "status", status })
  }
})

const redeem = Effect.fnUntraced(function* ({ redeemHosts }: Authorize, location: Redacted.Redacted) {
  const { hostname } = new URL(Redacted.value(location))
  if (redeemHosts?.includes(hostname) !== true) {
    return yield* new RedirectUntrusted({ step: "Authorize", host: hostname, reason: "host" })
  }
  const http = yield* QqHttp
  const jar = yield* CookieJar
  const before = new Set(Array.from(yield* jar.all, spelled))
  const { status } = yield* retryTransient(http.send(redemption(location)))
  if (status >= 400) return yield* new HttpFailed({ step: "Authorize", host: hostname, reason: "status", status })
  // What it is all for: a page in its place, or cookies for other domains, open nothing.
  if (Array.from(yield* jar.all, spelled).every((cookie) => before.has(cookie))) {
    return yield* new CookieMissing({ step: "Authorize", name: "", host: hostname })
  }
})

const spelled = ({ domain, name, path, value }: SessionCookie) => [domain, path, name, Redacted.value(value)].join(" ")

/** A random UUID, version 4. */
const uuid = Effect.map(Effect.replicateEffect(Random.nextIntBetween(0, 15), 32), (digits) =>
  digits
    .map((digit, at) => (at === 12 ? "4" : (at === 16 ? 8 + (digit % 4) : digit).toString(16)))
    .join("")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
    .toUpperCase()
)
