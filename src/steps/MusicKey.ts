/**
 * QQ Music's own key, which opens what the cookies of graph.qq.com do not: in exchange for a code, and later for the key before it.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { callApi } from "./callApi.ts"
import { AccountMismatch, CookieMissing } from "../errors/LoginError.ts"
import { CookieJar } from "../http/CookieJar.ts"
import { type Credential, qqLogin, read, refresh as refreshRequest } from "../protocol/QqMusic.ts"
import { Session } from "../Session.ts"
import { traced } from "./traced.ts"

const secret = (label: string, value = "") => Redacted.make(value, { label })

/**
 * QQLogin: a code for `musicid`, `musickey` and what renews them. The cookies that y.qq.com wants are in the jar afterwards. Fails with
 * `ApiRefused` (the code is used or too old, a captcha, a restricted account), `BadJson`, `AccessDenied`, `HttpFailed`.
 */
export const exchange = traced("MusicKey.exchange")(function* (code: Redacted.Redacted, gtk: number) {
  const credential = yield* callApi(qqLogin(code, gtk), read)
  yield* keepCookies(credential)
  return {
    ...(yield* keyOf(credential)),
    openid: secret("openid", credential.openid),
    unionid: secret("unionid", credential.unionid),
    accessToken: secret("access_token", credential.access_token),
    refreshToken: secret("refresh_token", credential.refresh_token),
    refreshKey: secret("refresh_key", credential.refresh_key)
  }
})

/**
 * A session with another key in the place of the old one, for three more days and without a scan. Its cookies are in the jar. Fails with
 * `CookieMissing` where the session holds no key, with `AccountMismatch` where the new one is another account's, and as `exchange` does.
 */
export const refresh = traced("MusicKey.refresh")(function* (session: Session) {
  const { musicid, musickey, refreshKey = secret("refresh_key") } = session
  if (musicid === undefined || musickey === undefined) {
    return yield* new CookieMissing({ step: "Renewal", name: "qm_keyst", host: "y.qq.com" })
  }
  const credential = yield* callApi(refreshRequest({ musicid, musickey, refreshKey }), read)
  if (credential.musicid !== musicid) {
    return yield* new AccountMismatch({ step: "Renewal", host: "y.qq.com", uin: credential.musicid })
  }
  yield* keepCookies(credential)
  const obtainedAt = yield* DateTime.now
  const { all: cookies } = yield* CookieJar
  // What the answer does not name stays as it was; refresh_key does (measured by others, S).
  const named = {
    ...(credential.access_token ? { accessToken: secret("access_token", credential.access_token) } : {}),
    ...(credential.refresh_token ? { refreshToken: secret("refresh_token", credential.refresh_token) } : {}),
    ...(credential.refresh_key ? { refreshKey: secret("refresh_key", credential.refresh_key) } : {})
  }
  return new Session({ ...session, ...(yield* keyOf(credential)), ...named, obtainedAt, cookies: yield* cookies })
})

/** Three days, where the server does not say (PROTOCOL.md, QQ Music). */
const usualLife = 259_200

const keyOf = Effect.fnUntraced(function* ({ keyExpiresIn = usualLife, musicid, musickey }: Credential) {
  // By our own clock, since it is compared with that.
  const now = yield* DateTime.now
  return {
    musicid,
    musickey: secret("musickey", musickey),
    expiresAt: DateTime.addDuration(now, `${Math.max(0, keyExpiresIn)} seconds`)
  }
})

/** What a browser holds at y.qq.com after a login. The server sets some of them itself. */
const keepCookies = Effect.fnUntraced(function* (credential: Credential) {
  const jar = yield* CookieJar
  const { expired_at, keyExpiresIn = usualLife, musicid, musickey, musickeyCreateTime } = credential
  const values: Readonly<Record<string, string | number | undefined>> = {
    uin: musicid,
    qqmusic_uin: musicid,
    qm_keyst: musickey,
    qqmusic_key: musickey,
    login_type: 1,
    psrf_qqopenid: credential.openid,
    psrf_qqunionid: credential.unionid,
    psrf_qqaccess_token: credential.access_token,
    psrf_qqrefresh_token: credential.refresh_token,
    psrf_access_token_expiresAt: expired_at,
    psrf_musickey_createtime: musickeyCreateTime
  }
  const lines = Object.entries(values).flatMap(([name, value]) =>
    // A value that cannot stand in a cookie would end it early.
    value === undefined || value === "" || /[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/.test(String(value))
      ? []
      : [`${name}=${value}; Path=/; Domain=y.qq.com; Secure; Max-Age=${Math.max(0, keyExpiresIn)}`]
  )
  yield* jar.store("https://y.qq.com/", lines)
})
