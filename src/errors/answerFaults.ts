/**
 * What is wrong with an answer of the servers: a reason and its data, and the words for it. None of it quotes the answer,
 * which may hold secrets.
 */
import * as Schema from "effect/Schema"
import type { Bilingual } from "../Language.ts"
import { Complaint, wrongAt } from "./Complaint.ts"
import { plainText } from "./plainText.ts"

const at = Schema.optionalKey(Schema.Int)

/** Of a web page in the place of an answer. */
export const pageFault = {
  /** What it is, by the words in it. */
  page: Schema.optionalKey(Schema.Literals(["captcha", "risk control", "captive portal", "web page"]))
} as const
export type PageFault = Schema.Struct.Type<typeof pageFault>

export const ofPage = (page: NonNullable<PageFault["page"]>): Bilingual => pages[page]

const pages = {
  captcha: { en: "it is a web page with a captcha", zh: "返回的是验证码页面" },
  "risk control": { en: "it is a web page of the risk control", zh: "返回的是风控页面" },
  "captive portal": { en: "it is the login page of a network", zh: "返回的是网络的认证页面" },
  "web page": { en: "it is a web page", zh: "返回的是网页" }
} as const satisfies Record<NonNullable<PageFault["page"]>, Bilingual>

/** Of a text that should be one call of a function. */
export const callbackFault = {
  reason: Schema.Literals([
    "empty",
    "cut off",
    "a page",
    "longer than allowed",
    "another start",
    "no opening bracket",
    "no quoted string",
    "line break in a string",
    "bad escape",
    "unterminated string",
    "no comma or closing bracket",
    "text after the call",
    "wrong number of arguments",
    "code is not a number"
  ]),
  /** Where, in UTF-16 units from 0. */
  at,
  /** How many units, or arguments, there may be at most. */
  limit: Schema.optionalKey(Schema.Int),
  /** How many arguments there must be at least, and how many there are. */
  least: Schema.optionalKey(Schema.Int),
  count: Schema.optionalKey(Schema.Int),
  ...pageFault,
  /** The function that should be called. */
  expected: Schema.optionalKey(Schema.String)
} as const
export type CallbackFault = Schema.Struct.Type<typeof callbackFault>

export const ofCallback = ({
  at,
  count,
  expected,
  least,
  limit,
  page = "web page",
  reason
}: CallbackFault): Bilingual => {
  switch (reason) {
    case "empty":
      return { en: "it is empty", zh: "内容为空" }
    case "cut off":
      return { en: `it was cut off at ${at}`, zh: `在第 ${at} 个字符处中断` }
    case "a page":
      return pages[page]
    case "longer than allowed":
      return { en: `longer than ${limit} characters`, zh: `超过 ${limit} 个字符` }
    case "another start":
      return { en: `does not start with ${expected}`, zh: `不以 ${expected} 开头` }
    case "no opening bracket":
      return { en: `no opening bracket at ${at}`, zh: `第 ${at} 个字符处缺少左括号` }
    case "no quoted string":
      return { en: `no quoted string at ${at}`, zh: `第 ${at} 个字符处应为引号括起的字符串` }
    case "line break in a string":
      return { en: `line break in a string at ${at}`, zh: `第 ${at} 个字符处的字符串中有换行` }
    case "bad escape":
      return { en: `bad escape at ${at}`, zh: `第 ${at} 个字符处的转义有误` }
    case "unterminated string":
      return { en: `unterminated string at ${at}`, zh: `第 ${at} 个字符处的字符串没有结束` }
    case "no comma or closing bracket":
      return { en: `no comma or closing bracket at ${at}`, zh: `第 ${at} 个字符处缺少逗号或右括号` }
    case "text after the call":
      return { en: `text after the call at ${at}`, zh: `第 ${at} 个字符起，调用之后还有内容` }
    case "wrong number of arguments":
      return least === limit
        ? { en: `${count} arguments, not ${limit}`, zh: `有 ${count} 个参数，应为 ${limit} 个` }
        : { en: `${count} arguments, not ${least} to ${limit}`, zh: `有 ${count} 个参数，应为 ${least} 至 ${limit} 个` }
    case "code is not a number":
      return { en: "code is not a number", zh: "代码不是数字" }
  }
}

/** Of a text that should be JSON of a certain shape. */
export const jsonFault = {
  reason: Schema.Literals(["not JSON", "not a JSON object", "no integer retcode", "no result", "another result"]),
  /** What the schema of the result does not take. */
  complaints: Schema.optionalKey(Schema.Array(Complaint)),
  /** Who answered. */
  host: Schema.optionalKey(Schema.String),
  ...pageFault
} as const
export type JsonFault = Schema.Struct.Type<typeof jsonFault>

export const ofJson = ({ complaints = [], page, reason }: JsonFault): Bilingual => {
  switch (reason) {
    case "not JSON":
      return page === undefined ? { en: "not JSON", zh: "不是 JSON" } : pages[page]
    case "not a JSON object":
      return { en: "not a JSON object", zh: "不是 JSON 对象" }
    case "no integer retcode":
      return { en: "no integer retcode", zh: "没有整数 retcode" }
    case "no result":
      return { en: "no result", zh: "没有 result" }
    case "another result": {
      const words = complaints.map(wrongAt)
      return {
        en: `result: ${words.map(({ en }) => en).join("; ")}`,
        zh: `result：${words.map(({ zh }) => zh).join("；")}`
      }
    }
  }
}

/** Of what should be a picture of a code, with its cookie. */
export const qrCodeFault = {
  reason: Schema.Literals([
    "the body is not a PNG picture",
    "the body is empty",
    "the cookie qrsig is missing",
    "refused"
  ]),
  /** What the server says in place of a picture: its number, and its text, unchanged. */
  code: Schema.optionalKey(Schema.String),
  serverMessage: Schema.optionalKey(Schema.String),
  ...pageFault
} as const
export type QrCodeFault = Schema.Struct.Type<typeof qrCodeFault>

export const ofQrCode = ({ code, page, reason, serverMessage = "" }: QrCodeFault): Bilingual => {
  switch (reason) {
    case "the body is not a PNG picture":
      return page === undefined ? { en: reason, zh: "内容不是 PNG 图片" } : pages[page]
    case "the body is empty":
      return { en: reason, zh: "没有任何内容" }
    case "the cookie qrsig is missing":
      return { en: reason, zh: "缺少 cookie qrsig" }
    case "refused": {
      const said = plainText(serverMessage)
      return {
        en: `the server refused${code === undefined ? "" : ` with code ${code}`}${said === "" ? "" : `: ${said}`}`,
        zh: `服务器拒绝${code === undefined ? "" : `，代码 ${code}`}${said === "" ? "" : `：${said}`}`
      }
    }
  }
}

/** Of what should be a redirect. */
export const redirectFault = {
  /** Who answered, and with which HTTP status; neither where success came without an address. */
  host: Schema.optionalKey(Schema.String),
  status: Schema.optionalKey(Schema.Int),
  ...pageFault
} as const
export type RedirectFault = Schema.Struct.Type<typeof redirectFault>

/** Of the address to go on to. */
export const addressFault = {
  /** Host of the URL, or an empty string where the URL has none. */
  host: Schema.String,
  reason: Schema.Literals(["not a URL", "scheme", "user info", "port", "host", "path"])
} as const
export type AddressFault = Schema.Struct.Type<typeof addressFault>

export const ofAddress = ({ reason }: AddressFault): Bilingual => {
  switch (reason) {
    case "not a URL":
      return { en: reason, zh: "不是网址" }
    case "scheme":
      return { en: reason, zh: "协议" }
    case "user info":
      return { en: reason, zh: "用户信息" }
    case "port":
      return { en: reason, zh: "端口" }
    case "host":
      return { en: reason, zh: "主机" }
    case "path":
      return { en: reason, zh: "路径" }
  }
}

/** Of a time that is over: who was asked the last, and whether its answer was waited for, or a scan of its code. */
export const lateFault = {
  host: Schema.optionalKey(Schema.String),
  waitingFor: Schema.optionalKey(Schema.Literals(["scan", "answer"]))
} as const
export type LateFault = Schema.Struct.Type<typeof lateFault>

/** Of the network: no answer that can be used. */
export const networkFault = {
  reason: Schema.Literals([
    "dns",
    "connect",
    "tls",
    "reset",
    "timeout",
    "too large",
    "too many open files",
    "proxy",
    "status",
    "transport"
  ]),
  /** The system's own word (`ECONNREFUSED`). */
  code: Schema.optionalKey(Schema.String),
  /** The proxy that failed, without user and password, where whoever goes by it may be told. */
  proxy: Schema.optionalKey(Schema.String),
  /** The HTTP status, where there was one. */
  status: Schema.optionalKey(Schema.Int),
  /** What the server asked for. */
  retryAfterMillis: Schema.optionalKey(Schema.Finite)
} as const
export type NetworkFault = Schema.Struct.Type<typeof networkFault>

export const ofNetwork = ({ reason }: Pick<NetworkFault, "reason">): Bilingual => {
  switch (reason) {
    case "dns":
      return { en: reason, zh: "域名解析" }
    case "connect":
      return { en: reason, zh: "连接" }
    case "tls":
      return { en: reason, zh: "TLS" }
    case "reset":
      return { en: reason, zh: "连接中断" }
    case "timeout":
      return { en: reason, zh: "超时" }
    case "too large":
      return { en: reason, zh: "过大" }
    case "too many open files":
      return { en: reason, zh: "打开的文件过多" }
    case "proxy":
      return { en: reason, zh: "代理" }
    case "status":
      return { en: reason, zh: "状态" }
    case "transport":
      return { en: reason, zh: "传输" }
  }
}
