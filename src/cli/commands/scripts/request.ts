/**
 * `webqq-login request`, as the line takes it.
 */
import type { Command, Program, ValueKind } from "../../line/Command.ts"
import { networkFlags } from "../../line/networkFlags.ts"
import { address, choice } from "../../line/values.ts"
import { offline, which } from "../sessions/sessionFlags.ts"

const data: ValueKind<string> = {
  metavar: "DATA|@FILE|-",
  expected: { en: "the data, @ and a file, or - for stdin", zh: "数据、@ 加文件名，或表示标准输入的 -" },
  file: true,
  read: (text) => text
}

/** `Name: value`. */
const header: ValueKind<readonly [name: string, value: string]> = {
  metavar: "HEADER",
  expected: { en: `a name, a colon and a value: "Accept: text/html"`, zh: `名称、冒号和值，如 "Accept: text/html"` },
  read: (text) => {
    const [, name, value] = /^([\w!#$%&'*+\-.^`|~]+):([\t\u0020-\u007e\u0080-\u00ff]*)$/u.exec(text) ?? []
    return name === undefined || value === undefined ? undefined : [name.toLowerCase(), value.trim()]
  }
}

export const request = {
  name: "request",
  summary: {
    en: "ask a site with a saved session, as curl would, no cookie on the line",
    zh: "像 curl 一样用已保存的会话请求站点，命令行上没有 cookie"
  },
  operands: {
    url: { summary: { en: "where to: a host of the session's site", zh: "地址：会话所属站点的主机" }, value: address }
  },
  flags: {
    method: {
      summary: { en: "the method (GET; with -d POST)", zh: "请求方法（默认 GET；有 -d 时为 POST）" },
      short: "X",
      value: choice("METHOD", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
    },
    data: {
      summary: { en: "send this; several are joined by &", zh: "发送的数据；多个以 & 相连" },
      short: "d",
      many: true,
      value: data
    },
    header: {
      summary: {
        en: "a header of your own; several times, too",
        zh: "自定义请求头；可多次使用"
      },
      short: "H",
      many: true,
      value: header
    },
    gtk: { summary: { en: "append g_tk=… to the address", zh: "在地址后附加 g_tk=…" } },
    bkn: { summary: { en: "append bkn=… to the address", zh: "在地址后附加 bkn=…" } },
    ...which,
    offline,
    ...networkFlags
  },
  examples: [
    "webqq-login request --gtk https://user.qzone.qq.com/",
    "webqq-login request -d gc=123456789 --bkn --site qun https://qun.qq.com/",
    "webqq-login request -X PUT -d @body.json https://user.qzone.qq.com/"
  ],
  exits: [4, 6, 7, 8, 9],
  load: (): Promise<Program> => import("./request.run.ts")
} as const satisfies Command
