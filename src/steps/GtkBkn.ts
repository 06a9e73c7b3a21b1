/**
 * In place of steps 4 and 5 at every site but Web QQ: the numbers with which a browser signs its calls, out of the cookies.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { CookieJar } from "../http/CookieJar.ts"
import { CookieMissing } from "../errors/LoginError.ts"
import { gtk } from "../protocol/Hash.ts"
import type { Site } from "../Site.ts"

/**
 * `uin` from the cookie `p_uin` or `uin` (`o` and the number, padded with zeroes), `g_tk` from the site's own `p_skey`, else
 * from `skey`; `bkn` is the same hash of `skey` and missing where there is none (PROTOCOL.md, hashes). Fails with
 * `CookieMissing`.
 */
export const read = Effect.fn("GtkBkn.read")(function* (site: Site) {
  const jar = yield* CookieJar
  const find = (name: string) =>
    Effect.map(jar.find(name, `https://${site.target}/`), (cookie) =>
      Option.filter(Option.map(cookie, Redacted.value), (value) => value !== "")
    )
  const missing = (name: string) => new CookieMissing({ step: "Signature", name, host: site.target })
  const skey = yield* find("skey")
  const uinCookie = yield* find("uin")
  const key = Option.orElse(yield* find("p_skey"), () => skey)
  if (Option.isNone(key)) return yield* missing("p_skey")
  const owner = Option.orElse(yield* find("p_uin"), () => uinCookie)
  const uin = Number(/^o0*(\d+)$/.exec(Option.getOrElse(owner, () => ""))?.[1])
  if (!Number.isSafeInteger(uin) || uin === 0) return yield* missing("uin")
  return { uin, gtk: gtk(key.value), ...(Option.isSome(skey) ? { bkn: gtk(skey.value) } : {}) }
})
