/**
 * In place of steps 4 and 5 at every site but Web QQ: the numbers with which a browser signs its calls, out of the cookies.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { CookieJar } from "../http/CookieJar.ts"
import { CookieMissing } from "../errors/LoginError.ts"
import { gtk } from "../protocol/Hash.ts"
import * as UinCookie from "../protocol/UinCookie.ts"
import type { Site } from "../Site.ts"
import { traced } from "./traced.ts"

/**
 * `uin` from the cookie `p_uin` or `uin` (`o` and the number, padded with zeroes), `gtk` and `bkn` each from the cookie that the site's
 * `signing` names, and missing where that is not there (PROTOCOL.md, hashes). One cookie never stands in for another: a number made of
 * the wrong one signs nothing. Fails with `CookieMissing` where one of the site's `needs` is not there.
 */
export const read = traced("GtkBkn.read")(function* (site: Site) {
  const jar = yield* CookieJar
  const find = (name: string, host = site.target) =>
    Effect.map(jar.find(name, `https://${host}/`), (cookie) =>
      Option.getOrUndefined(Option.filter(Option.map(cookie, Redacted.value), (value) => value !== ""))
    )
  const forbidden = (yield* find("p_skey_forbid")) !== undefined
  const missing = (name: string) =>
    new CookieMissing({
      step: "Signature",
      name,
      host: site.target,
      ...(forbidden && name === "p_skey" ? { forbidden } : {})
    })
  for (const name of needsOf(site)) if ((yield* find(name)) === undefined) return yield* missing(name)
  // Where the session is opened elsewhere, its owner stands in the cookies of graph.qq.com.
  const graphs = site.authorize === undefined ? undefined : yield* find("p_uin", "graph.qq.com")
  const owner = (yield* find("p_uin")) ?? graphs ?? (yield* find("uin"))
  const uin = UinCookie.read(owner ?? "")
  if (uin === undefined || !Number.isSafeInteger(uin) || uin === 0) return yield* missing("uin")
  // graph.qq.com takes the hash of nothing where it withholds p_skey (PROTOCOL.md, p_skey_forbid).
  const withheld = site.authorize === undefined ? undefined : ""
  const keys = { p_skey: (yield* find("p_skey")) ?? withheld, skey: yield* find("skey") }
  const { signing = { gtk: "p_skey", bkn: "skey" } } = site
  const [forGtk, forBkn] = [keys[signing.gtk], keys[signing.bkn]]
  return {
    uin,
    ...(forGtk === undefined ? {} : { gtk: gtk(forGtk) }),
    ...(forBkn === undefined ? {} : { bkn: gtk(forBkn) })
  }
})

/** Whether `read` looks at a cookie of that name. */
export const isRead = (site: Site, name: string): boolean => always.has(name) || needsOf(site).includes(name)

const always: ReadonlySet<string> = new Set(["p_skey_forbid", "p_uin", "uin", "p_skey", "skey"])

const needsOf = ({ authorize, needs = authorize === undefined ? ["p_skey"] : [] }: Site) => needs
