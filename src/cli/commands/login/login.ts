/**
 * `webqq-login login`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { loginFlags } from "./loginFlags.ts"
import { cancel, start, wait } from "./start.ts"

export const login = {
  name: "login",
  summary: { en: "log in with a QR code, or with the saved session", zh: "扫描二维码登录，或使用已保存的会话" },
  flags: {
    site: loginFlags.site,
    profile: loginFlags.profile,
    fresh: loginFlags.fresh,
    "no-scan": {
      summary: {
        en: "ask nobody to scan: end with exit code 4 where only a scan can help",
        zh: "不要求扫码：只能扫码时以退出码 4 结束"
      }
    },
    force: {
      summary: {
        en: "let the session replace another account's (--profile), and the code a file (--qr-file)",
        zh: "允许覆盖另一个账号的会话（--profile）和已有的文件（--qr-file）"
      }
    },
    "no-save": { summary: { en: "do not keep the session", zh: "不保存会话" } },
    qr: loginFlags.qr,
    "qr-file": loginFlags["qr-file"],
    "page-listen": loginFlags["page-listen"],
    "on-qr": loginFlags["on-qr"],
    "poll-interval": loginFlags["poll-interval"],
    timeout: loginFlags.timeout,
    "max-refresh": loginFlags["max-refresh"],
    proxy: loginFlags.proxy,
    "user-agent": loginFlags["user-agent"],
    json: {
      summary: {
        en: "one JSON object a line on stdout, secrets in clear",
        zh: "标准输出每行一个 JSON 对象，含明文敏感信息"
      }
    },
    "show-secrets": { summary: { en: "do not hide the secrets in the summary", zh: "在摘要中显示敏感信息" } },
    replay: loginFlags.replay,
    speed: loginFlags.speed
  },
  examples: [
    "webqq-login login --site qzone",
    "webqq-login login --json --qr-file code.png",
    "webqq-login login --replay webqq --show-secrets"
  ],
  asksForCode: ({ fresh, replay, site }) => {
    if (replay !== undefined || site === undefined) return "no"
    return fresh === true ? "yes" : "unless a session is kept"
  },
  load: (): Promise<Program> => import("./login.run.ts"),
  commands: [start, wait, cancel]
} as const satisfies Command
