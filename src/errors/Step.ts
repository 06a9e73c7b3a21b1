/**
 * Where in a login something happened.
 */
import * as Schema from "effect/Schema"
import type { Bilingual } from "../Language.ts"

/** The steps of the protocol, named as the files under `steps/`; `Login` is the whole of them, `SessionStore` what keeps it. */
export const Step = Schema.Literals([
  "QrCode",
  "ScanStatus",
  "Redirect",
  "Vfwebqq",
  "Psession",
  "Signature",
  "Authorize",
  "MusicKey",
  "Check",
  "Renewal",
  "Request",
  "Login",
  "SessionStore"
])
export type Step = typeof Step.Type

const names: Readonly<Record<string, Bilingual>> = {
  QrCode: { en: "QrCode", zh: "获取二维码" },
  ScanStatus: { en: "ScanStatus", zh: "查询扫码状态" },
  Redirect: { en: "Redirect", zh: "跳转" },
  Vfwebqq: { en: "Vfwebqq", zh: "获取 vfwebqq" },
  Psession: { en: "Psession", zh: "获取 psessionid" },
  Signature: { en: "Signature", zh: "签名" },
  Authorize: { en: "Authorize", zh: "授权" },
  MusicKey: { en: "MusicKey", zh: "换取 musickey" },
  Check: { en: "Check", zh: "检查会话" },
  Renewal: { en: "Renewal", zh: "续期" },
  Request: { en: "Request", zh: "请求" },
  Login: { en: "Login", zh: "登录" },
  SessionStore: { en: "SessionStore", zh: "保存的会话" }
} satisfies Record<Step, Bilingual>

/** What a step is called where people read Chinese; in English its name is read. */
export const inChinese = (step: string): string => names[step]?.zh ?? step
