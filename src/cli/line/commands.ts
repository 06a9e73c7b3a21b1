/**
 * The table of the commands and their flags. Parsing, help and suggestions follow from it; the code of a command is
 * loaded by `main.ts` when it is called.
 */
import type { Command, Flags } from "./parse.ts"
import { choice, duration, number, path, text } from "./parse.ts"
import { fixtures } from "./fixturesCommand.ts"
import { profileName } from "./profileFlag.ts"
import * as Sessions from "./sessionCommands.ts"
import { site } from "./siteFlag.ts"

const loginFlags = {
  site: {
    summary: {
      en: "where to log in (webqq): a name that the command sites tells, or a FILE.json of your own",
      zh: "登录的站点（默认 webqq）：sites 命令列出的名称，或自己的 FILE.json"
    },
    value: site
  },
  profile: {
    summary: {
      en: "keep the session under this name (default: site and uin), or use the one kept there",
      zh: "以此名称保存或使用会话（默认：站点和 uin）"
    },
    value: profileName
  },
  fresh: {
    summary: { en: "scan a new code even if a saved session works", zh: "即使已保存的会话可用，也重新扫码" }
  },
  "no-save": { summary: { en: "do not keep the session", zh: "不保存会话" } },
  qr: {
    summary: {
      en: "where the QR code appears; auto: in the terminal if there is one, else in a file",
      zh: "二维码显示在哪里；auto：有终端则显示在终端，否则写入文件"
    },
    value: choice("auto|terminal|file|none", ["auto", "terminal", "file", "none"])
  },
  "qr-file": {
    summary: {
      en: "write the QR code to this PNG file; it is removed at the end",
      zh: "把二维码写入此 PNG 文件；结束时删除"
    },
    value: path("PATH")
  },
  "poll-interval": {
    summary: {
      en: `wait between two polls: 50ms, 2s, "2 seconds" (2s)`,
      zh: `轮询间隔：50ms、2s、"2 seconds"（默认 2s）`
    },
    value: duration
  },
  timeout: {
    summary: { en: "limit of the whole login (10m)", zh: "整个登录的时限（默认 10m）" },
    value: duration
  },
  "max-refresh": {
    summary: { en: "how many expired codes are replaced (5)", zh: "二维码失效后最多刷新几次（默认 5）" },
    value: number("N", 0, 1000, true)
  },
  json: {
    summary: {
      en: "one JSON object a line on stdout, secrets in clear",
      zh: "标准输出每行一个 JSON 对象，含明文敏感信息"
    }
  },
  "show-secrets": { summary: { en: "do not hide the secrets in the summary", zh: "在摘要中显示敏感信息" } },
  replay: {
    summary: {
      en: "offline: play a recorded scenario, by name or as ./folder",
      zh: "离线：重放录制的场景，给出名称或 ./文件夹"
    },
    value: { ...text("SCENARIO"), file: true }
  },
  speed: {
    summary: { en: "let time run N times as fast, with --replay only", zh: "时间加快 N 倍，仅与 --replay 同用" },
    value: number("N", 0.1, 100, false)
  }
} as const satisfies Flags

export const login = {
  name: "login",
  summary: { en: "log in with a QR code, or with the saved session", zh: "扫描二维码登录，或使用已保存的会话" },
  flags: loginFlags,
  examples: [
    "webqq-login login --site qzone",
    "webqq-login login --json --qr-file code.png",
    "webqq-login login --replay webqq --show-secrets"
  ]
} as const satisfies Command

export const record = {
  name: "record",
  summary: {
    en: "log in, and write down the conversation without its secrets",
    zh: "登录并录制请求与响应（去除敏感信息）"
  },
  flags: {
    out: {
      summary: { en: "write it to this folder, which must not exist yet", zh: "写入此文件夹（必须尚不存在）" },
      value: path("DIR")
    },
    title: {
      summary: { en: "what the recording shows, in a line", zh: "用一行文字说明录制的内容" },
      value: text("TEXT")
    },
    site: loginFlags.site,
    qr: loginFlags.qr,
    "qr-file": loginFlags["qr-file"],
    "poll-interval": loginFlags["poll-interval"],
    timeout: loginFlags.timeout,
    "max-refresh": loginFlags["max-refresh"]
  },
  examples: ["webqq-login record --out my-login --site qzone"]
} as const satisfies Command

/** All of them, in the order of the help. */
export const commands: ReadonlyArray<Command> = [login, ...Sessions.all, record, fixtures]
