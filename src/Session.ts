/**
 * What a login yields. Secrets are `Redacted` in memory: they print as `<redacted>` until they are asked for.
 */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as rules from "./cookieRules.ts"
import { type Bilingual, expected } from "./Language.ts"
import { Site } from "./sites/schema.ts"

/**
 * A text that prints as `<redacted>`. `Schema.RedactedFromValue` takes the same, and makes each secret twice: a tenth of what it costs to look
 * at thousands of sessions (measured).
 */
const Secret = (label: string, text: Schema.Codec<string> = Schema.String) => {
  const isText = Schema.is(text)
  const wrapping = {
    decode: SchemaGetter.transform((value: string) => Redacted.make(value, { label })),
    encode: SchemaGetter.transform((secret: Redacted.Redacted) => Redacted.value(secret))
  }
  const wrapped = Schema.declare(
    (value): value is Redacted.Redacted => Redacted.isRedacted(value) && isText(Redacted.value(value)),
    { expected: "Redacted", toCodecJson: () => Schema.link<Redacted.Redacted>()(text, wrapping) }
  )
  return text.pipe(Schema.decodeTo(wrapped, wrapping))
}

const formed = (pattern: RegExp, words: Bilingual) => Schema.String.check(Schema.isPattern(pattern, expected(words)))

const CookieValue = formed(rules.value, {
  en: "a value that a Cookie header can carry",
  zh: "Cookie 头能够携带的值"
})

/**
 * One cookie with everything that decides where it may be sent, as the jar would keep it. `expires` is absent for a session cookie.
 */
export const SessionCookie = Schema.Struct({
  name: formed(rules.name, { en: "a cookie's name", zh: "cookie 名称" }),
  value: Secret("cookie", CookieValue),
  domain: formed(rules.domain, {
    en: "a domain in lower case, qq.com for one",
    zh: "小写域名，如 qq.com"
  }),
  path: formed(rules.path, { en: "a path that begins with /", zh: "以 / 开头的路径" }),
  expires: Schema.optionalKey(Schema.DateTimeUtcFromString),
  secure: Schema.Boolean,
  httpOnly: Schema.Boolean,
  hostOnly: Schema.Boolean
}).check(
  Schema.makeFilter(
    (cookie) => rules.conflict({ ...cookie, value: Redacted.value(cookie.value) }) === undefined,
    expected({
      en: "a cookie of at most 4096 bytes, as its prefix and its domain ask for",
      zh: "不超过 4096 字节、符合其前缀和域名要求的 cookie"
    })
  )
)
export type SessionCookie = typeof SessionCookie.Type

/**
 * A finished login. For Web QQ the five values of the protocol are `ptwebqq` (empty where the server set none),
 * `vfwebqq`, `psessionid`, `clientid` (always 53999199) and `uin`; a site without Web QQ's tokens has `gtk` and `bkn` in their place, and
 * QQ Music `musicid`, `musickey` and what renews them.
 */
export class Session extends Schema.Class<Session>("webqq-login/Session")({
  site: formed(/^[a-z0-9][a-z0-9-]*$/u, {
    en: "the short name of a site: lower-case letters, digits and -",
    zh: "站点短名称：小写字母、数字和 -"
  }),
  uin: Schema.Int,
  /** As the server told it at the scan; missing where the cookies came out of a browser. */
  nickname: Schema.optionalKey(Schema.String),
  ptwebqq: Schema.optionalKey(Secret("ptwebqq")),
  vfwebqq: Schema.optionalKey(Secret("vfwebqq")),
  psessionid: Schema.optionalKey(Secret("psessionid")),
  clientid: Schema.optionalKey(Schema.Int),
  /** `g_tk` of the site's calls: the hash of the cookie that the site's data name, p_skey for most; missing where that never came. */
  gtk: Schema.optionalKey(Schema.Int),
  /** `bkn`, the same hash, of skey for most. */
  bkn: Schema.optionalKey(Schema.Int),
  /** QQ Music's number of the account, the key that opens it, and when that ends. */
  musicid: Schema.optionalKey(Schema.Int),
  musickey: Schema.optionalKey(Secret("musickey")),
  expiresAt: Schema.optionalKey(Schema.DateTimeUtcFromString),
  /** What QQ Music renews the key with; empty where it gave none. */
  refreshKey: Schema.optionalKey(Secret("refresh_key")),
  openid: Schema.optionalKey(Secret("openid")),
  unionid: Schema.optionalKey(Secret("unionid")),
  accessToken: Schema.optionalKey(Secret("access_token")),
  refreshToken: Schema.optionalKey(Secret("refresh_token")),
  /** The code of a site whose `authorize` redeems it nowhere: good once, and for minutes. */
  code: Schema.optionalKey(Secret("code")),
  /** The description of `site`, where that is none of those that come with the library: what the session is good for travels with it. */
  ownSite: Schema.optionalKey(Site),
  /** When step 5 answered. */
  obtainedAt: Schema.DateTimeUtcFromString,
  cookies: Schema.Array(SessionCookie).check(
    Schema.isMaxLength(
      rules.limits.cookies,
      expected({ en: `at most ${rules.limits.cookies} cookies`, zh: `最多 ${rules.limits.cookies} 个 cookie` })
    )
  )
}) {}

/** The plain form of a session, secrets in clear: for a file, for another process, for the JSON lines of the command. */
export type SessionJson = typeof Session.Encoded

/** Session → plain JSON value with the secrets in clear. */
export const toJson: (session: Session) => SessionJson = Schema.encodeSync(Session)

/** Plain JSON value → session; fails with a SchemaError that names the place and not the value. */
export const fromJson = Schema.decodeUnknownEffect(Session)
