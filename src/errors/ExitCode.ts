/**
 * The exit codes of the command: a contract with whoever calls it from a script.
 */
import type { Bilingual } from "../Language.ts"

/** Of each error of a login, by its `_tag`. */
export const ofErrors = {
  QrExpired: 3,
  LoginTimeout: 3,
  NoSession: 4,
  ScanNeeded: 4,
  SignedOut: 4,
  AccountMismatch: 4,
  QrRefused: 5,
  HttpFailed: 6,
  CheckUnclear: 6,
  RedirectMissing: 7,
  RedirectUntrusted: 7,
  CookieMissing: 7,
  BadQrCode: 7,
  BadCallback: 7,
  BadJson: 7,
  AccessDenied: 8,
  ApiRefused: 8,
  AuthorizeRefused: 8,
  LoginRejected: 8,
  SecondFactorNeeded: 8,
  StoreFailed: 9
} as const

/** Of what is no error of a login. */
export const ofCommands = { unexpected: 1, usage: 2, interrupted: 130 } as const

/** What each says, in the order of the help. */
export const meanings: ReadonlyArray<readonly [code: number, meaning: Bilingual]> = [
  [0, { en: "done", zh: "成功" }],
  [ofCommands.unexpected, { en: "unexpected fault, or nobody reads stdout", zh: "意外故障，或标准输出已关闭" }],
  [ofCommands.usage, { en: "the command line is wrong", zh: "命令行有误" }],
  [3, { en: "no code was confirmed in time", zh: "二维码未及时确认" }],
  [4, { en: "no saved session that works; only a scan can help", zh: "没有可用的已保存会话；需要扫码" }],
  [5, { en: "refused on the phone", zh: "手机上拒绝" }],
  [6, { en: "no usable answer from the network, or none that tells", zh: "网络没有可用的响应，或响应无法判断" }],
  [7, { en: "the server does not speak the protocol", zh: "服务器的响应不符合协议" }],
  [8, { en: "the server refused the login", zh: "服务器拒绝登录" }],
  [9, { en: "a session could not be saved or read", zh: "无法保存或读取会话" }],
  [ofCommands.interrupted, { en: "interrupted", zh: "被中断" }]
]
