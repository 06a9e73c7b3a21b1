/**
 * Everything that can go wrong in a login. The `_tag` is the contract, in TypeScript, JSON lines and fixtures. No field holds a secret.
 */
import * as Schema from "effect/Schema"
import type { Language } from "../Language.ts"
import * as Said from "./advice.ts"
import * as Faults from "./answerFaults.ts"
import { ofErrors } from "./ExitCode.ts"
import { AccountMismatch, AuthorizeRefused, CheckUnclear, NoSession, ScanNeeded, SignedOut } from "./siteErrors.ts"
import { Step } from "./Step.ts"
import * as SiteSaid from "./siteAdvice.ts"
import { storeFault } from "./storeFaults.ts"

export { AccountMismatch, AuthorizeRefused, CheckUnclear, NoSession, ScanNeeded, SignedOut, Step }

/** What a person is told: what happened, and what to do about it. */
export interface Advice {
  readonly message: string
  readonly cure: string
}

/** No code was confirmed in its life, and the allowed number of new codes is used up. `codes` counts the codes shown. */
export class QrExpired extends Schema.TaggedError<QrExpired>()("QrExpired", {
  step: Step,
  codes: Schema.Int,
  /** Whether the last ones were over at their first poll, so that more of them would be of no use. */
  atOnce: Schema.optionalKey(Schema.Boolean)
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

/**
 * The poll answered with a code that is none of 0, 65, 66, 67, 68. `serverMessage` is what the server said, unchanged; `kind` tells whose
 * turn it is (`steps/Rejection.ts`), `link` where the account is healed.
 */
export class LoginRejected extends Schema.TaggedError<LoginRejected>()("LoginRejected", {
  step: Step,
  code: Schema.String,
  serverMessage: Schema.String,
  kind: Schema.optionalKey(Schema.Literals(["ours", "wait", "network", "heal", "unknown"])),
  link: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** Success without a URL to follow, or a check_sig that answered without its 302: with `status`, and where it is a web page with `page`. */
export class RedirectMissing extends Schema.TaggedError<RedirectMissing>()("RedirectMissing", {
  step: Step,
  ...Faults.redirectFault
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** The URL to follow is not one that this site may send us to; nothing was requested from it. */
export class RedirectUntrusted extends Schema.TaggedError<RedirectUntrusted>()("RedirectUntrusted", {
  step: Step,
  ...Faults.addressFault
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** The account has a second factor: the server sends its owner to a page that asks for it (`mibao_vry`) in place of check_sig. */
export class SecondFactorNeeded extends Schema.TaggedError<SecondFactorNeeded>()("SecondFactorNeeded", {
  step: Step,
  host: Schema.String
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** check_sig answered as it should, but a cookie without which the login is worth nothing never came. */
export class CookieMissing extends Schema.TaggedError<CookieMissing>()("CookieMissing", {
  step: Step,
  /** Empty where any would have done: the address at which a code was redeemed set none that the site keeps. */
  name: Schema.String,
  /** Where the cookie would have been sent. */
  host: Schema.String,
  /** Whether the server said, by the cookie p_skey_forbid, that it withholds it. */
  forbidden: Schema.optionalKey(Schema.Boolean)
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** The answer to ptqrshow is not a picture, or came without its qrsig cookie. */
export class BadQrCode extends Schema.TaggedError<BadQrCode>()("BadQrCode", {
  step: Step,
  ...Faults.qrCodeFault
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** The answer to ptqrlogin is not a `ptuiCB(…)` call, or that to pt4_auth no `ptui_auth_CB(…)`. `at` is the place. */
export class BadCallback extends Schema.TaggedError<BadCallback>()("BadCallback", {
  step: Step,
  ...Faults.callbackFault
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** An answer that should be JSON is not, or has another shape. `complaints` name the places, never the values. */
export class BadJson extends Schema.TaggedError<BadJson>()("BadJson", {
  step: Step,
  ...Faults.jsonFault
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** The API answered with a retcode other than 0, or with 0 and an error beside it. */
export class ApiRefused extends Schema.TaggedError<ApiRefused>()("ApiRefused", {
  step: Step,
  retcode: Schema.Int,
  errmsg: Schema.String,
  /** Who answered. */
  host: Schema.optionalKey(Schema.String)
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
  ...Faults.networkFault
}) {
  override get message(): string {
    return describe(this).message
  }
}

/** The caller's own time limit passed, while an answer of `host` was waited for, or somebody who scans its code. */
export class LoginTimeout extends Schema.TaggedError<LoginTimeout>()("LoginTimeout", {
  step: Step,
  seconds: Schema.Finite,
  ...Faults.lateFault
}) {
  override get message(): string {
    return describe(this).message
  }
}

/**
 * Sessions could not be read or kept; or, where the step is `Login`, what logins in the background leave. `path` is the file or folder,
 * `reason` what is wrong with it, or with the folder `above` it. A store of one's own says `"the store failed"`, and why in `detail`.
 */
export class StoreFailed extends Schema.TaggedError<StoreFailed>()("StoreFailed", {
  step: Step,
  path: Schema.String,
  ...storeFault
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
  SecondFactorNeeded,
  CookieMissing,
  BadQrCode,
  BadCallback,
  BadJson,
  ApiRefused,
  SignedOut,
  AccountMismatch,
  CheckUnclear,
  AuthorizeRefused,
  AccessDenied,
  HttpFailed,
  LoginTimeout,
  NoSession,
  ScanNeeded,
  StoreFailed
])
export type LoginError = typeof LoginError.Type

/** Whether a value is one of the errors above. */
export const isLoginError = Schema.is(LoginError)

/** Exit code of the command for each error; `ExitCode.meanings` says what each means. */
export const exitCodes: Readonly<Record<LoginError["_tag"], number>> = ofErrors

/** The exit code of this very error: a rejection that is ours to mend is one of the protocol. */
export const exitCodeOf = (error: LoginError): number =>
  error._tag === "LoginRejected" && error.kind === "ours" ? exitCodes.BadCallback : exitCodes[error._tag]

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
  const { cure, message } = said(error)
  return { message: message[language], cure: cure[language] }
}

/** What happened and what to do about it, in both languages. */
export const said = (error: LoginError): Said.Said => {
  switch (error._tag) {
    case "QrExpired":
      return Said.qrExpired(error)
    case "QrRefused":
      return Said.qrRefused()
    case "LoginRejected":
      return Said.loginRejected(error)
    case "RedirectMissing":
      return Said.redirectMissing(error)
    case "RedirectUntrusted":
      return Said.redirectUntrusted(error)
    case "SecondFactorNeeded":
      return Said.secondFactorNeeded(error)
    case "CookieMissing":
      return Said.cookieMissing(error)
    case "BadQrCode":
      return Said.badQrCode(error)
    case "BadCallback":
      return Said.badCallback(error)
    case "BadJson":
      return Said.badJson(error)
    case "ApiRefused":
      return Said.apiRefused(error)
    case "SignedOut":
      return SiteSaid.signedOut(error)
    case "AccountMismatch":
      return SiteSaid.accountMismatch(error)
    case "CheckUnclear":
      return SiteSaid.checkUnclear(error)
    case "AuthorizeRefused":
      return SiteSaid.authorizeRefused(error)
    case "ScanNeeded":
      return SiteSaid.scanNeeded(error)
    case "AccessDenied":
      return Said.accessDenied(error)
    case "HttpFailed":
      return Said.httpFailed(error)
    case "LoginTimeout":
      return Said.loginTimeout(error)
    case "NoSession":
      return SiteSaid.noSession(error)
    case "StoreFailed":
      return Said.storeFailed(error)
  }
}
