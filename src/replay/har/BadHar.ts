/**
 * A HAR file of which no scenario can be made, or the other way round: why as a value, and what is said of it in both languages.
 */
import * as Schema from "effect/Schema"
import type { Bilingual } from "../../Language.ts"

export class BadHar extends Schema.TaggedError<BadHar>()("BadHar", {
  reason: Schema.Literals([
    "no HAR 1.2 file",
    "broken entry",
    "no login",
    "no picture",
    "two logins",
    "too many headers",
    "no cookies",
    "redacted",
    "another qrsig",
    "no bodies",
    "no confirmation",
    "no check_sig",
    "merged redirect",
    "other site",
    "unknown site",
    "too long"
  ]),
  /** Which entry of the file, counted from 1. */
  entry: Schema.optionalKey(Schema.Int),
  /** Of a cookie, a parameter, a request or a site: never a value. */
  name: Schema.optionalKey(Schema.String),
  /** Another such name. */
  other: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const { cure, message } = said(this)
    return `${message.en}: ${cure.en}`
  }
}

const again: Bilingual = {
  en: "record the login again, from before the code appears to its end, with the log preserved across pages",
  zh: "请重新记录登录：从二维码出现之前到登录结束，并勾选保留日志"
}

/** What is wrong, and what to do about it. */
export const said = ({
  entry = 0,
  name = "",
  other = "",
  reason
}: Pick<BadHar, "reason" | "entry" | "name" | "other">): { readonly message: Bilingual; readonly cure: Bilingual } => {
  switch (reason) {
    case "no HAR 1.2 file":
      return {
        message: { en: "this is no HAR 1.2 file", zh: "这不是 HAR 1.2 文件" },
        cure: { en: "save one with the network tools of a browser", zh: "请用浏览器的网络工具保存" }
      }
    case "broken entry":
      return {
        message: {
          en: `entry ${entry} of this file, a request of the login, is not as HAR 1.2 has it`,
          zh: `文件中的第 ${entry} 个条目（登录的请求）不符合 HAR 1.2`
        },
        cure: { en: "export it again, or with another tool", zh: "请重新导出，或换用其他工具" }
      }
    case "no login":
      return {
        message: {
          en: "no request of a login with a QR code is in this file",
          zh: "文件中没有扫码登录的请求"
        },
        cure: { en: "record from before the code appears", zh: "请在二维码出现之前开始记录" }
      }
    case "no picture":
      return {
        message: {
          en: "the request for the code (ptqrshow) is not in this file: the recording began after it",
          zh: "文件中没有获取二维码的请求（ptqrshow）：记录开始得太晚"
        },
        cure: again
      }
    case "two logins":
      return {
        message: {
          en: `there are two logins in this file: another begins at entry ${entry}`,
          zh: `文件中有两次登录：另一次从第 ${entry} 个条目开始`
        },
        cure: {
          en: "record one login, in one tab, or take the entries of the other one out",
          zh: "请在一个标签页中只记录一次登录，或删去另一次的条目"
        }
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
    case "redacted":
      return {
        message: {
          en: `somebody has taken the value of ${name} out of this file (entry ${entry})`,
          zh: `文件中 ${name} 的值已被抹去（第 ${entry} 个条目）`
        },
        cure: {
          en: "give the file as the browser saved it: what is secret is replaced here, and never written",
          zh: "请使用浏览器保存的原始文件：敏感信息会在此替换，绝不会写出"
        }
      }
    case "another qrsig":
      return {
        message: {
          en: `the poll at entry ${entry} belongs to none of the codes in this file: its ptqrtoken is of another qrsig, or somebody has changed the values`,
          zh: `第 ${entry} 个条目的轮询不属于文件中的任何二维码：其 ptqrtoken 来自另一个 qrsig，或有人改动了取值`
        },
        cure: {
          en: "record from before the code appears, in one tab, and give the file as the browser saved it",
          zh: "请在一个标签页中从二维码出现之前开始记录，并使用浏览器保存的原始文件"
        }
      }
    case "no bodies":
      return {
        message: {
          en: `the body of an answer is missing: that of ${name} at entry ${entry}`,
          zh: `缺少响应正文：第 ${entry} 个条目的 ${name}`
        },
        cure: {
          en: 'export it again with its bodies (Playwright: recordHar with content "embed"; a browser drops those of pages that it has left, so export at once)',
          zh: '请重新导出并包含响应正文（Playwright：recordHar 的 content 设为 "embed"；浏览器会丢弃已离开页面的正文，请立即导出）'
        }
      }
    case "no confirmation":
      return {
        message: {
          en: `check_sig is asked at entry ${entry}, and no poll before it says that the owner agreed`,
          zh: `第 ${entry} 个条目请求了 check_sig，但之前没有轮询表明用户已确认`
        },
        cure: again
      }
    case "no check_sig":
      return {
        message: {
          en: `the owner agreed at entry ${entry}, and the request to check_sig that follows is not in this file`,
          zh: `用户在第 ${entry} 个条目确认，但文件中没有随后对 check_sig 的请求`
        },
        cure: again
      }
    case "merged redirect":
      return {
        message: {
          en: `check_sig (entry ${entry}) has no redirect in this file: the tool followed it, and kept the last answer only`,
          zh: `check_sig（第 ${entry} 个条目）在文件中不是重定向：该工具跟随了重定向，只保留了最后的响应`
        },
        cure: {
          en: "export it from a browser, or switch following redirects off in the tool: the cookies are in the answer that is lost",
          zh: "请从浏览器导出，或关闭该工具的自动跟随重定向：cookie 就在丢失的那个响应中"
        }
      }
    case "other site":
      return {
        message: {
          en: `this is a login at ${name}, not at ${other}`,
          zh: `这是 ${name} 的登录，而不是 ${other} 的`
        },
        cure: { en: `leave --site out, or write --site ${name}`, zh: `请省略 --site，或写 --site ${name}` }
      }
    case "unknown site":
      return {
        message: {
          en: `no site that is known has the appid ${name}`,
          zh: `没有已知站点的 appid 为 ${name}`
        },
        cure: {
          en: "name a site of your own with --site ./site.json; GUIDE.md says what is in it",
          zh: "请用 --site ./site.json 指定自己的站点，其内容见 GUIDE.zh-CN.md"
        }
      }
    case "too long":
      return {
        message: { en: "this scenario is too long for a HAR file", zh: "该场景过长，无法写成 HAR 文件" },
        cure: { en: 'lower its "times"', zh: '请减小其中的 "times"' }
      }
  }
}
