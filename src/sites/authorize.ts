/**
 * What follows check_sig at the sites behind graph.qq.com (QQ Connect), as data: for whom a code is asked, and what becomes of it.
 */
import * as Schema from "effect/Schema"
import { Digits, Host, Registered, Text, wrongAt } from "./words.ts"

/**
 * - `code`: the code itself is the result (`token code`), for whoever knows how to redeem it
 * - `location`: the address that the code came with is fetched, if its host is one of `redeemHosts`, and the cookies that it sets are kept
 * - `music`: QQ Music's QQLogin turns it into `musicid` and `musickey`
 */
const Redeem = Schema.Literals(["code", "location", "music"])

export const Authorize = Schema.Struct({
  /** The application's number at QQ Connect; the site's `pt3rdAid` is the same. */
  clientId: Digits,
  /** The address that was registered for the application. */
  redirectUri: Registered,
  /** What the application asks leave for. Default: `get_user_info`. */
  scope: Schema.optionalKey(Text),
  /** Default: `1010`. */
  openapi: Schema.optionalKey(Text),
  redeem: Redeem,
  /** The only hosts where a code may be redeemed with `location`. */
  redeemHosts: Schema.optionalKey(Schema.NonEmptyArray(Host))
}).check(
  Schema.makeFilter(({ redeem, redeemHosts, redirectUri }) => {
    const host = URL.parse(redirectUri)?.hostname ?? ""
    if (redeem !== "location" || redeemHosts?.includes(host) === true) return undefined
    return wrongAt("redeemHosts", {
      en: `["${host}"], the host of redirectUri, where redeem is "location"`,
      zh: `["${host}"]，即 redirectUri 的主机，因为 redeem 是 "location"`
    })
  })
)
export type Authorize = typeof Authorize.Type
