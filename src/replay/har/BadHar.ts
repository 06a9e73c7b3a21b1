/**
 * A HAR file of which no scenario can be made, or the other way round: why as a value, and what is said of it in both languages.
 */
import * as Schema from "effect/Schema"
import type { Bilingual } from "../../Language.ts"

export class BadHar extends Schema.TaggedError<BadHar>()("BadHar", {
  reason: Schema.Literals(["no HAR 1.2 file", "no login", "too many headers", "no cookies", "too long"])
}) {
  override get message(): string {
    const { cure, message } = said(this)
    return `${message.en}: ${cure.en}`
  }
}

/** What is wrong, and what to do about it. */
export const said = ({ reason }: Pick<BadHar, "reason">): { readonly message: Bilingual; readonly cure: Bilingual } => {
  switch (reason) {
    case "no HAR 1.2 file":
      return {
        message: { en: "this is no HAR 1.2 file", zh: "这不是 HAR 1.2 文件" },
        cure: { en: "save one with the network tools of a browser", zh: "请用浏览器的网络工具保存" }
      }
    case "no login":
      return {
        message: {
          en: "no request of a login with a QR code is in this file",
          zh: "文件中没有扫码登录的请求"
        },
        cure: { en: "record from before the code appears", zh: "请在二维码出现之前开始记录" }
      }
    case "too many headers":
      return {
        message: {
          en: "an entry of this file has more headers than a server sends",
          zh: "文件中有一个条目的标头多于服务器会发送的数量"
        },
        cure: { en: "record the login again, in a new window", zh: "请在新窗口中重新记录登录" }
      }
    case "no cookies":
      return {
        message: {
          en: "no answer of the login in this file sets a cookie: browsers leave them out by default",
          zh: "登录的响应中没有任何 Set-Cookie：浏览器默认不导出它们"
        },
        cure: {
          en: "export it again with sensitive data (in Chrome: settings of the developer tools, network, allow to generate HAR with sensitive data)",
          zh: "请重新导出并包含敏感数据（Chrome：开发者工具设置 → 网络 → 允许生成包含敏感数据的 HAR）"
        }
      }
    case "too long":
      return {
        message: { en: "this scenario is too long for a HAR file", zh: "该场景过长，无法写成 HAR 文件" },
        cure: { en: 'lower its "times"', zh: '请减小其中的 "times"' }
      }
  }
}
