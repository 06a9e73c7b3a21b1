/**
 * What a site is, as data: its numbers, the hosts to trust, the keys that sign its calls, and the call that tells whether a session
 * is still alive. The sites beside this file are such data, and so is a `--site FILE.json` of one's own.
 */
import * as Schema from "effect/Schema"
import { isBelow, isShared, name as cookieName } from "../cookieRules.ts"
import { expected } from "../Language.ts"
import { Authorize } from "./authorize.ts"
import { Check } from "./check.ts"
import { Digits, formed, Host, Month, Title, wrongAt } from "./words.ts"

/**
 * Which parameter set is sent, named after the official page that sent it (PROTOCOL.md, step 2):
 * - `seed`: `mq_comm.js` as the seed document of 2015 prints it: no ptqrtoken, its constants, http for steps 3 to 5;
 * - `mq_comm`: the same page from 2017-02-09 on: ptqrtoken, https;
 * - `c_login_2`: the newer page, still in use elsewhere.
 */
export const Dialect = Schema.Literals(["seed", "mq_comm", "c_login_2"])
export type Dialect = typeof Dialect.Type

const OwnDomain = Host.check(
  Schema.makeFilter(
    (domain) => !isShared(domain),
    expected({ en: "a domain of one owner, and not one such as com.cn", zh: "归一方所有的域名，而不是 com.cn 之类" })
  )
)

const CookieName = formed(cookieName, { en: "the name of a cookie", zh: "cookie 的名称" })

const Key = Schema.Literals(["p_skey", "skey"])

export const Site = Schema.Struct({
  /** Short name, as `--site` takes it. */
  name: formed(/^[a-z0-9][a-z0-9-]{0,39}$/, {
    en: "a short name: lower-case letters, digits and -, at most 40",
    zh: "短名称：小写字母、数字和 -，最多 40 个字符"
  }),
  title: Title,
  appid: Digits,
  daid: Digits,
  /** The address that a browser would end at; the server echoes it as `s_url`. */
  u1: formed(/^https?:\/\/[!-~]+$/, { en: "an http or https address", zh: "http 或 https 地址" }).check(
    Schema.isMaxLength(2000)
  ),
  pt3rdAid: Schema.optionalKey(Digits),
  dialect: Dialect,
  /** The only hosts to which the check_sig URL may point. */
  redirectHosts: Schema.NonEmptyArray(Host),
  /** The only domains (and what is below them) whose cookies are kept. */
  cookieDomains: Schema.NonEmptyArray(OwnDomain),
  /** The host whose cookies check_sig sets, and with whose `p_skey` the site's calls are signed. */
  target: Host,
  /** The host where a finished session is used. Default: `target`. */
  opens: Schema.optionalKey(Host),
  /** Whether Web QQ's getvfwebqq and login2 follow (steps 4 and 5). */
  tokens: Schema.Boolean,
  /** Of which cookie each number is the hash. Default: `gtk` of `p_skey`, `bkn` of `skey`. */
  signing: Schema.optionalKey(Schema.Struct({ gtk: Key, bkn: Key })),
  /**
   * Cookies for `target` without which a login is worth nothing. Default: `p_skey`, and none for Web QQ, whose server tells, and where
   * `authorize` follows.
   */
  needs: Schema.optionalKey(Schema.Array(CookieName)),
  /** What follows check_sig at the sites behind graph.qq.com. */
  authorize: Schema.optionalKey(Authorize),
  /** The call that tells whether a session is alive. Without one, only its age is known. */
  check: Schema.optionalKey(Check),
  /** Where the numbers come from, and the month of the newest sign that they work (`2026-02`). */
  evidence: Schema.Struct({ source: Schema.String, newest: Month }),
  /** The month since which the site itself is closed. */
  closed: Schema.optionalKey(Month)
}).check(
  // Each right by itself, and together a login of which nothing would be kept.
  Schema.makeFilter(({ authorize, check, cookieDomains, opens, target }) => {
    const isForeign = (host: string) => !cookieDomains.some((domain) => isBelow(host, domain))
    const redeemedAt = authorize?.redeem === "location" ? URL.parse(authorize.redirectUri)?.hostname : undefined
    for (const [host = target, whose] of [
      [target, { en: "target", zh: "target" }],
      [redeemedAt, { en: "the host of authorize.redirectUri", zh: "authorize.redirectUri 的主机" }],
      [check && URL.parse(check.url)?.hostname, { en: "the host of check.url", zh: "check.url 的主机" }],
      // People are told to log in there.
      [opens, { en: "opens", zh: "opens" }]
    ] as const) {
      if (isForeign(host)) {
        return wrongAt("cookieDomains", {
          en: `a domain of ${host}, which is ${whose.en}: else none of its cookies is kept`,
          zh: `包含 ${host}（${whose.zh}）的域名，否则不会保留它的 cookie`
        })
      }
    }
    return undefined
  })
)
export type Site = typeof Site.Type

/** Both forms of the host of check_sig that were ever seen at a living site; both lie below the target (PROTOCOL.md, other sites). */
const checkSigHosts = (target: string): readonly [string, string] => [`ptlogin2.${target}`, `ssl.ptlogin2.${target}`]

/** What the sites that live have in common: the newer page, cookies in place of tokens (PROTOCOL.md, other sites). */
export const living = (target: string) =>
  ({
    dialect: "c_login_2",
    redirectHosts: checkSigHosts(target),
    cookieDomains: ["qq.com"],
    target,
    tokens: false
  }) as const
