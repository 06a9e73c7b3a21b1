/**
 * Flags that every command has, and that stand before or after its name.
 */
import type { Flags } from "./Command.ts"
import { choice } from "./values.ts"

export const globalFlags: Flags = {
  lang: {
    summary: {
      en: "language of messages (from LC_ALL, LC_MESSAGES or LANG)",
      zh: "消息语言（默认取自 LC_ALL、LC_MESSAGES 或 LANG）"
    },
    value: choice("en|zh", ["en", "zh"])
  },
  verbose: {
    summary: {
      en: "a line for each request: step, host, what came, milliseconds",
      zh: "每个请求输出一行：步骤、主机、结果、毫秒"
    }
  },
  quiet: { summary: { en: "only errors, and what was asked for", zh: "只输出错误和所要的结果" } },
  help: { summary: { en: "print this help", zh: "显示本帮助" }, short: "h" },
  version: { summary: { en: "print the version", zh: "显示版本号" }, short: "V" }
}
