/**
 * QQ Music's own login server, as data: a code becomes a key, and a key becomes another for three more days. PROTOCOL.md, QQ Music.
 *
 * Sources: L-1124/QQMusicApi (2026-07), forkseek/music-universe (2026-10, real scans), netcccyun/qqapi.
 */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { decode, type Envelope } from "./Envelope.ts"
import { address, kibibyte, type QqRequest } from "./Request.ts"

/** Who answers; szu.y.qq.com and shu.y.qq.com are known to stand in for it. */
export const host = "u.y.qq.com"

const call = (
  step: QqRequest["step"],
  body: { readonly comm: Schema.JsonObject; readonly req: Schema.JsonObject }
): QqRequest => ({
  step,
  method: "POST",
  url: address(`https://${host}/cgi-bin/musicu.fcg`, []),
  headers: { referer: "https://y.qq.com/", "content-type": "application/json" },
  form: Redacted.make(JSON.stringify(body), { label: "form" }),
  maxBytes: 64 * kibibyte
})

/** QQLogin: the code of authorize for a key. `gtk` is that of graph.qq.com's p_skey, or 5381 where there is none. */
export const qqLogin = (code: Redacted.Redacted, gtk: number): QqRequest =>
  call("MusicKey", {
    comm: { g_tk: gtk, platform: "yqq", ct: 24, cv: 0, tmeLoginType: 2 },
    req: { module: "QQConnectLogin.LoginServer", method: "QQLogin", param: { code: Redacted.value(code) } }
  })

/** What a refresh begins with. */
export interface Held {
  readonly musicid: number
  readonly musickey: Redacted.Redacted
  readonly refreshKey: Redacted.Redacted
}

/** Login with a key that was obtained before: another for three days, without a scan (measured by others on 2026-06-15, S). */
export const refresh = ({ musicid, musickey, refreshKey }: Held): QqRequest =>
  call("Renewal", {
    comm: {
      ct: 24,
      cv: 0,
      format: "json",
      tmeAppID: "qqmusic",
      tmeLoginType: 2,
      uin: musicid,
      authst: Redacted.value(musickey)
    },
    req: {
      module: "music.login.LoginServer",
      method: "Login",
      param: {
        str_musicid: String(musicid),
        // A number: as a text it is answered with 10006.
        musicid,
        musickey: Redacted.value(musickey),
        refresh_key: Redacted.value(refreshKey),
        loginMode: 2
      }
    }
  })

const text = Schema.optionalKey(Schema.String)

/** What either answers with. `keyExpiresIn` is in seconds: 259200, three days. */
const Credential = Schema.Struct({
  musicid: Schema.Int.check(Schema.isGreaterThan(0)),
  musickey: Schema.NonEmptyString,
  keyExpiresIn: Schema.optionalKey(Schema.Int),
  musickeyCreateTime: Schema.optionalKey(Schema.Int),
  expired_at: Schema.optionalKey(Schema.Int),
  openid: text,
  unionid: text,
  access_token: text,
  refresh_token: text,
  refresh_key: text
})
export type Credential = typeof Credential.Type

const decodeCredential = decode(Credential)

/** `{"code":0,"req":{"code":0,"data":{…}}}`, or another code at either place, which is a refusal. */
export const read = (body: string): Envelope<Credential> => {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return { _tag: "Bad", fault: { reason: "not JSON" } }
  }
  const { code, req } = Object(json) as { readonly code?: unknown; readonly req?: unknown }
  const inner = Object(req) as { readonly code?: unknown; readonly data?: unknown }
  // In the form of the other answers, of which the reader knows what may be wrong.
  return decodeCredential(JSON.stringify({ retcode: code === 0 ? (inner.code ?? null) : code, result: inner.data }))
}
