/**
 * The flags that `login`, `login start` and `record` share.
 */
import type { Flags } from "../../line/Command.ts"
import { networkFlags } from "../../line/networkFlags.ts"
import { profileName } from "../../line/profileName.ts"
import { siteName } from "../../line/siteName.ts"
import { choice, commandLine, duration, hostPort, number, path, scenarioName } from "../../line/values.ts"

const places = ["auto", "terminal", "image", "file", "open", "page", "url", "none"] as const

export const loginFlags = {
  ...networkFlags,
  site: {
    summary: {
      en: "where to log in: a name that the command sites tells, or a FILE.json of your own (as the session saved last)",
      zh: "登录的站点：sites 命令列出的名称，或自己的 FILE.json（默认：与最近保存的会话相同）"
    },
    value: siteName
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
  replay: {
    summary: {
      en: "offline: play a recorded scenario, by name or as ./folder",
      zh: "离线：重放录制的场景，给出名称或 ./文件夹"
    },
    value: scenarioName
  },
  speed: {
    summary: { en: "let time run N times as fast, with --replay only", zh: "时间加快 N 倍，仅与 --replay 同用" },
    value: number("N", 0.1, 100, false)
  },
  qr: {
    summary: {
      en: `where the QR code appears: ${places.slice(1).join(", ")}; several times, too (auto)`,
      zh: `二维码显示在哪里：${places.slice(1).join("、")}；可多次使用（默认 auto）`
    },
    many: true,
    value: choice("PLACE", places)
  },
  "qr-file": {
    summary: {
      en: "write the QR code to this PNG file; it is removed at the end",
      zh: "把二维码写入此 PNG 文件；结束时删除"
    },
    value: path("PATH")
  },
  "page-listen": {
    summary: {
      en: "show the page to others, too: where it listens (--qr page alone is for this machine)",
      zh: "让其他机器也能打开页面：监听的地址（单用 --qr page 只供本机）"
    },
    value: hostPort
  },
  "on-qr": {
    summary: {
      en: "start this once, and tell it of each event as JSON on its stdin",
      zh: "启动此命令一次，并把每个事件以 JSON 写入其标准输入"
    },
    value: commandLine
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
  }
} as const satisfies Flags
