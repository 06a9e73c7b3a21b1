/**
 * `webqq-login cookies`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { address, choice } from "../../line/values.ts"
import { networkFlags } from "../../line/networkFlags.ts"
import { json, offline, which } from "../sessions/sessionFlags.ts"

export const cookies = {
  name: "cookies",
  summary: {
    en: "print the cookies of a saved session, for other programs",
    zh: "输出已保存会话的 cookie，供其他程序使用"
  },
  flags: {
    format: {
      summary: {
        en: "header (default), netscape (a cookies.txt), json, curl (a command line), playwright (its storage state)",
        zh: "header（默认）、netscape（cookies.txt）、json、curl（一行命令）、playwright（其 storage state）"
      },
      value: choice("FORMAT", ["header", "netscape", "json", "curl", "playwright"])
    },
    url: {
      summary: {
        en: "what a browser would send there (default: the site's host; netscape, json, playwright: all)",
        zh: "仅浏览器会发往该地址的 cookie（默认：站点主机；netscape、json、playwright：全部）"
      },
      value: address
    },
    ...which,
    offline,
    ...networkFlags,
    json: { ...json, summary: { en: "the same as --format json", zh: "等同于 --format json" } }
  },
  examples: [
    "webqq-login cookies --url https://user.qzone.qq.com/",
    "curl -b <(webqq-login cookies --format netscape) https://user.qzone.qq.com/",
    "webqq-login cookies --format curl --site qun"
  ],
  exits: [4, 6, 7, 9],
  load: (): Promise<Program> => import("./cookies.run.ts")
} as const satisfies Command
