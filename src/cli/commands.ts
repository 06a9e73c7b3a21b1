/**
 * The table of the commands and their flags. Parsing, help and suggestions follow from it; the code of a command is
 * loaded by `main.ts` when it is called.
 */
import type { Command, Flags } from "./command.ts"
import { choice, duration, number, text } from "./command.ts"

/** Names of the sites of `Site.all`, written out so that neither help nor a usage error has to load them. */
const sites = ["qzone", "qzone-h5", "qun", "vip", "music", "game", "webqq", "webqq-2015"] as const

const loginFlags = {
  site: {
    summary: {
      en: `where to log in (webqq): ${sites.join(", ")}`,
      zh: `登录的站点（默认 webqq）：${sites.join("、")}`
    },
    value: choice("NAME", sites)
  },
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
    value: text("PATH")
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
    summary: { en: "how many expired codes are replaced (5)", zh: "二维码过期后最多更换几次（默认 5）" },
    value: number("N", 0, 1000, true)
  },
  json: {
    summary: { en: "one JSON object a line on stdout, secrets in clear", zh: "标准输出每行一个 JSON 对象，含明文机密" }
  },
  "show-secrets": { summary: { en: "do not hide the secrets in the summary", zh: "在摘要中显示机密" } },
  replay: {
    summary: {
      en: "offline: play a recorded scenario, by name or as ./folder",
      zh: "离线：重放录制的场景，给出名称或 ./文件夹"
    },
    value: text("SCENARIO")
  },
  speed: {
    summary: { en: "let time run N times as fast, with --replay only", zh: "时间加快 N 倍，仅与 --replay 同用" },
    value: number("N", 0.1, 100, false)
  }
} as const satisfies Flags

export const login: Command<typeof loginFlags> = {
  name: "login",
  summary: { en: "log in with a QR code", zh: "扫描二维码登录" },
  flags: loginFlags,
  examples: [
    "webqq-login login",
    "webqq-login login --json --qr-file code.png",
    "webqq-login login --replay webqq --show-secrets"
  ]
}

/** All of them, in the order of the help. */
export const commands: ReadonlyArray<Command> = [login]
