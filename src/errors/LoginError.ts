/**
 * Everything that can go wrong in a login. The `_tag` is the contract: it is the same in TypeScript, in the JSON lines of
 * the command and in the expected outcome of a fixture. No field of an error holds a secret.
 */
import * as Schema from "effect/Schema"
import type { Language } from "../Language.ts"
import { inChinese } from "./inChinese.ts"
import { plainText } from "./plainText.ts"

/** The steps of the protocol, named as the files under `steps/`; `Login` is the whole of them, `SessionStore` what keeps it. */
export const Step = Schema.Literals([
  "QrCode",
  "ScanStatus",
  "Redirect",
  "Vfwebqq",
  "Psession",
  "Signature",
  "Check",
  "Renewal",
  "Login",
  "SessionStore"
])
export type Step = typeof Step.Type

/** What a person is told: what happened, and what to do about it. */
export interface Advice {
  readonly message: string
  readonly cure: string
}

/** No code was confirmed in its life, and the allowed number of new codes is used up. `codes` counts the codes shown. */
export class QrExpired extends Schema.TaggedError<QrExpired>()("QrExpired", {
  step: Step,
  codes: Schema.Int
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** The user pressed "refuse" on the phone (code 68). */
export class QrRefused extends Schema.TaggedError<QrRefused>()("QrRefused", { step: Step }) {
  override get message(): string {
    return describe(this).message
  }
}

/** The poll answered with a code that is none of 0, 65, 66, 67, 68. `serverMessage` is what the server said, unchanged. */
export class LoginRejected extends Schema.TaggedError<LoginRejected>()("LoginRejected", {
  step: Step,
  code: Schema.String,
  serverMessage: Schema.String
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** Success without a URL to follow, or a check_sig that answered without its 302. `status` is check_sig's HTTP status. */
export class RedirectMissing extends Schema.TaggedError<RedirectMissing>()("RedirectMissing", {
  step: Step,
  status: Schema.optionalKey(Schema.Int)
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** The URL to follow is not one that this site may send us to; nothing was requested from it. */
export class RedirectUntrusted extends Schema.TaggedError<RedirectUntrusted>()("RedirectUntrusted", {
  step: Step,
  /** Host of the URL, or an empty string where the URL has none. */
  host: Schema.String,
  reason: Schema.Literals(["not a URL", "scheme", "user info", "port", "host", "path"])
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** check_sig answered as it should, but a cookie without which the login is worth nothing never came. */
export class CookieMissing extends Schema.TaggedError<CookieMissing>()("CookieMissing", {
  step: Step,
  name: Schema.String,
  /** Where the cookie would have been sent. */
  host: Schema.String
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** The answer to ptqrshow is not a picture, or came without its qrsig cookie. */
export class BadQrCode extends Schema.TaggedError<BadQrCode>()("BadQrCode", { step: Step, reason: Schema.String }) {
  override get message(): string {
    return describe(this).message
  }
}

/** The answer to ptqrlogin is not a `ptuiCB(…)` call. */
export class BadCallback extends Schema.TaggedError<BadCallback>()("BadCallback", {
  step: Step,
  reason: Schema.String
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** An answer that should be JSON is not, or has another shape. `reason` names the place, never the value. */
export class BadJson extends Schema.TaggedError<BadJson>()("BadJson", { step: Step, reason: Schema.String }) {
  override get message(): string {
    return describe(this).message
  }
}

/** The API answered with a retcode other than 0, or with 0 and an error beside it. */
export class ApiRefused extends Schema.TaggedError<ApiRefused>()("ApiRefused", {
  step: Step,
  retcode: Schema.Int,
  errmsg: Schema.String
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** HTTP 403: risk control, a missing ptqrtoken, or a Referer that the server does not like. */
export class AccessDenied extends Schema.TaggedError<AccessDenied>()("AccessDenied", {
  step: Step,
  host: Schema.String
}) {
  override get message(): string {
    return describe(this).message
  }
}

/**
 * No usable HTTP answer. `reason` says which kind; `code` is the system's own code (`ECONNREFUSED`), `status` the HTTP
 * status where there was one, `retryAfterMillis` what the server asked for.
 */
export class HttpFailed extends Schema.TaggedError<HttpFailed>()("HttpFailed", {
  step: Step,
  host: Schema.String,
  reason: Schema.Literals(["dns", "connect", "tls", "reset", "timeout", "too large", "status", "transport"]),
  code: Schema.optionalKey(Schema.String),
  status: Schema.optionalKey(Schema.Int),
  retryAfterMillis: Schema.optionalKey(Schema.Finite)
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** The caller's own time limit passed. */
export class LoginTimeout extends Schema.TaggedError<LoginTimeout>()("LoginTimeout", {
  step: Step,
  seconds: Schema.Finite
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** There is no saved session under this profile, or none that still works. `profile` is empty where none was named. */
export class NoSession extends Schema.TaggedError<NoSession>()("NoSession", { step: Step, profile: Schema.String }) {
  override get message(): string {
    return describe(this).message
  }
}

/** Sessions could not be read or kept. `path` is the file or folder, `reason` what is wrong with it. */
export class StoreFailed extends Schema.TaggedError<StoreFailed>()("StoreFailed", {
  step: Step,
  path: Schema.String,
  reason: Schema.String,
  /** What to do about it, where the general advice (check rights and space) would mislead. */
  remedy: Schema.optionalKey(Schema.Struct({ en: Schema.String, zh: Schema.String }))
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** All of them, as a schema: errors cross HTTP, RPC and process boundaries unchanged. */
export const LoginError = Schema.Union([
  QrExpired,
  QrRefused,
  LoginRejected,
  RedirectMissing,
  RedirectUntrusted,
  CookieMissing,
  BadQrCode,
  BadCallback,
  BadJson,
  ApiRefused,
  AccessDenied,
  HttpFailed,
  LoginTimeout,
  NoSession,
  StoreFailed
])
export type LoginError = typeof LoginError.Type

/** Whether a value is one of the errors above. */
export const isLoginError = Schema.is(LoginError)

/**
 * Exit code of the command for each error: 3 expired, 4 no session, 5 refused, 6 network, 7 the protocol is not as we know
 * it, 8 the server does not want us, 9 the session could not be kept.
 */
export const exitCodes: Readonly<Record<LoginError["_tag"], number>> = {
  QrExpired: 3,
  LoginTimeout: 3,
  NoSession: 4,
  QrRefused: 5,
  HttpFailed: 6,
  RedirectMissing: 7,
  RedirectUntrusted: 7,
  CookieMissing: 7,
  BadQrCode: 7,
  BadCallback: 7,
  BadJson: 7,
  AccessDenied: 8,
  ApiRefused: 8,
  LoginRejected: 8,
  StoreFailed: 9
}

/**
 * Whether the same request may succeed a moment later. Faults of the network and of a gateway may; so may a 404 of the
 * two API hosts, where one node of the pool was dead for weeks (ScienJus/smartqq 474566a, zeruniverse/QQRobot#42).
 */
export const isRetryable = (error: LoginError): error is HttpFailed => {
  if (error._tag !== "HttpFailed" || error.reason === "tls" || error.reason === "too large") return false
  // What a recording does not hold it will not hold in a second either.
  if (error.reason !== "status") return error.code !== "ERR_REPLAY_MISMATCH"
  const status = error.status ?? 0
  return status === 408 || status === 429 || status >= 500 || (status === 404 && apiSteps.has(error.step))
}

const apiSteps: ReadonlySet<Step> = new Set(["Vfwebqq", "Psession", "Check"])

/** What happened and what to do about it, in the language asked for. Safe to print: no secret, no control character. */
export const describe = (error: LoginError, language: Language = "en"): Advice => {
  const [en, zh] = advice(error)
  const [message, cure] = language === "zh" ? zh : en
  return { message, cure }
}

type Said = readonly [message: string, cure: string]

const advice = (error: LoginError): readonly [en: Said, zh: Said] => {
  switch (error._tag) {
    case "QrExpired":
      return [
        [`no QR code was confirmed in time (${error.codes} shown)`, "start again and scan the code while it is fresh"],
        [`二维码在有效期内没有得到确认（共显示 ${error.codes} 个）`, "请重新开始，并在二维码有效期内扫描"]
      ]
    case "QrRefused":
      return [
        ["the login was refused on the phone", "start again and confirm on the phone"],
        ["手机上拒绝了本次登录", "请重新开始，并在手机上确认登录"]
      ]
    case "LoginRejected": {
      if (error.step === "Renewal") {
        return [
          [`the server does not renew this session (code ${plainText(error.code)})`, signInAgain.en],
          [`服务器不再为该会话续期（代码 ${plainText(error.code)}）`, signInAgain.zh]
        ]
      }
      const said = plainText(error.serverMessage)
      const [en, zh] = said === "" ? ["", ""] : [`: ${said}`, `：${said}`]
      return [
        [
          `the server rejected the login with code ${plainText(error.code, 20)}${en}`,
          "follow what the message says, on the phone"
        ],
        [`服务器拒绝登录，代码 ${plainText(error.code, 20)}${zh}`, "请按照提示在手机上处理"]
      ]
    }
    case "RedirectMissing":
      return error.status === undefined
        ? [
            ["the server reported success without an address to go on to", protocolCure.en],
            ["服务器报告成功，但没有给出后续地址", protocolCure.zh]
          ]
        : [
            [`check_sig answered with status ${error.status} in place of a redirect`, protocolCure.en],
            [`check_sig 返回状态 ${error.status}，而不是重定向`, protocolCure.zh]
          ]
    case "RedirectUntrusted":
      return [
        [
          `the server sent us to an address that is not trusted (${error.reason}: ${plainText(error.host)}); nothing was sent there`,
          "do not go on from this network: an answer may have been forged"
        ],
        [
          `服务器给出的地址不可信（${inChinese(error.reason)}：${plainText(error.host)}），没有向它发送任何请求`,
          "请勿继续使用当前网络：响应可能被伪造"
        ]
      ]
    case "CookieMissing":
      if (error.step === "Check") {
        return [
          [`the saved cookie ${error.name} for ${error.host} is gone or past its time`, signInAgain.en],
          [`已保存的 ${error.host} 的 ${error.name} 不存在或已过期`, signInAgain.zh]
        ]
      }
      if (error.step === "Renewal") {
        return [
          [
            `the cookie ${error.name} for ${error.host} is missing, so the session cannot be renewed without a scan`,
            signInAgain.en
          ],
          [`缺少 ${error.host} 的 ${error.name}，无法免扫码续期`, signInAgain.zh]
        ]
      }
      return [
        [
          `the login went through, but the cookie ${error.name} for ${error.host} never came`,
          "the account may be protected against logins at new places: look for a notice from QQ on the phone, then try again"
        ],
        [
          `登录已通过，但没有得到 ${error.host} 的 ${error.name}`,
          "账号可能开启了登录保护：请查看手机 QQ 的提示，然后重试"
        ]
      ]
    case "BadQrCode":
      return [
        [`the answer to ptqrshow is not a usable QR code: ${error.reason}`, protocolCure.en],
        [`ptqrshow 的响应不是可用的二维码：${inChinese(error.reason)}`, protocolCure.zh]
      ]
    case "BadCallback": {
      const [asked, expected] = error.step === "Renewal" ? ["pt4_auth", "ptui_auth_CB"] : ["ptqrlogin", "ptuiCB"]
      return [
        [`the answer to ${asked} is not a ${expected} call: ${error.reason}`, protocolCure.en],
        [`${asked} 的响应不是 ${expected} 调用：${inChinese(error.reason)}`, protocolCure.zh]
      ]
    }
    case "BadJson":
      return [
        [`${error.step}: the answer is not the JSON that was expected: ${error.reason}`, protocolCure.en],
        [`${error.step}：响应不是预期的 JSON：${inChinese(error.reason)}`, protocolCure.zh]
      ]
    case "ApiRefused": {
      const said = error.errmsg === "" ? "" : ` (${plainText(error.errmsg)})`
      return [
        [`${error.step}: refused with retcode ${error.retcode}${said}`, retcodeCure(error.retcode).en],
        [`${error.step}：被拒绝，retcode ${error.retcode}${said}`, retcodeCure(error.retcode).zh]
      ]
    }
    case "AccessDenied":
      return [
        [`${error.step}: ${error.host} denied access (403)`, "wait a while, or use the network that the phone uses"],
        [`${error.step}：${error.host} 拒绝访问（403）`, "请稍后再试，或改用与手机相同的网络"]
      ]
    case "HttpFailed": {
      const cause = error.status === undefined ? (error.code ?? "") : `HTTP ${error.status}`
      const [en, zh] = cause === "" ? ["", ""] : [`: ${cause}`, `：${cause}`]
      return [
        [`${error.step}: no usable answer from ${error.host} (${error.reason}${en})`, httpCure(error).en],
        [`${error.step}：${error.host} 没有可用的响应（${inChinese(error.reason)}${zh}）`, httpCure(error).zh]
      ]
    }
    case "NoSession":
      return error.profile === ""
        ? [
            ["there is no saved session that works", noSessionCure.en],
            ["没有可用的已保存会话", noSessionCure.zh]
          ]
        : [
            [`there is no saved session that works under ${plainText(error.profile)}`, noSessionCure.en],
            [`${plainText(error.profile)} 没有可用的已保存会话`, noSessionCure.zh]
          ]
    case "StoreFailed":
      return [
        [
          `the saved sessions at ${plainText(error.path)} could not be used: ${plainText(error.reason)}`,
          error.remedy?.en ?? "check the rights of that place and the space left"
        ],
        [
          `无法使用保存在 ${plainText(error.path)} 的会话：${plainText(inChinese(error.reason))}`,
          error.remedy?.zh ?? "请检查该位置的权限和剩余空间"
        ]
      ]
    case "LoginTimeout":
      return [
        [`the login was not finished within ${error.seconds} s`, "start again, or allow more time with --timeout"],
        [`登录没有在 ${error.seconds} 秒内完成`, "请重新开始，或用 --timeout 放宽时限"]
      ]
  }
}

const noSessionCure = {
  en: "log in first: webqq-login login --site NAME; webqq-login sites lists them",
  zh: "请先登录：webqq-login login --site 站点；webqq-login sites 列出全部站点"
}

const signInAgain = { en: "sign in again with a new code", zh: "请用新的二维码重新登录" }

const protocolCure = {
  en: "the protocol may have changed: look for a newer version, or report it with a recording",
  zh: "协议可能已变化：请查找新版本，或附上录制的响应提交问题"
}

// PROTOCOL.md, retcodes: 103 and 108 are about cookies, 100003 and 112 about load; the rest ask for a new login.
const retcodeCure = (retcode: number) =>
  retcode === 103
    ? {
        en: "log out of Web QQ elsewhere, wait a minute, then log in again",
        zh: "请先在其他地方退出 Web QQ，等待一分钟后重新登录"
      }
    : retcode === 100003 || retcode === 112 || retcode === 113
      ? { en: "too many requests: wait some minutes, then log in again", zh: "请求过多：请等待几分钟后重新登录" }
      : { en: "log in again with a new code", zh: "请用新的二维码重新登录" }

const httpCure = (error: HttpFailed) => {
  switch (error.reason) {
    case "dns":
      return {
        en: `check the network and the name server${/\bweb2\.qq\.com$/.test(error.host) ? "; Web QQ's own hosts closed on 2019-01-03" : ""}`,
        zh: `请检查网络和域名解析${/\bweb2\.qq\.com$/.test(error.host) ? "；Web QQ 自己的服务器已于 2019-01-03 关闭" : ""}`
      }
    case "tls":
      return {
        en: "check the clock and the certificates of this machine; a proxy may be reading along",
        zh: "请检查本机的时间和证书；可能有代理在窃听"
      }
    case "status":
      return { en: "the server is in trouble or busy: try again later", zh: "服务器出错或繁忙：请稍后再试" }
    case "too large":
      return {
        en: "something other than Tencent's server answered: check proxies",
        zh: "响应可能不是来自腾讯服务器：请检查代理"
      }
    default:
      return { en: "check the network, then start again", zh: "请检查网络后重新开始" }
  }
}
