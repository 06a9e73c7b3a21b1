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
        en: "header (default); netscape is a cookies.txt, curl a command line",
        zh: "默认 header；netscape 即 cookies.txt，curl 为一行命令"
      },
      value: choice("header|netscape|json|curl", ["header", "netscape", "json", "curl"])
    },
    url: {
      summary: {
        en: "what a browser would send there (default: the site's host; netscape, json: all)",
        zh: "仅浏览器会发往该地址的 cookie（默认：站点主机；netscape、json：全部）"
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
