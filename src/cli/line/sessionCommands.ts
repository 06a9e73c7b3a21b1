/**
 * The part of the table of commands that is about saved sessions, and what helps with them.
 */
import type { Command, Flag, Flags } from "./parse.ts"
import { choice, path, text } from "./parse.ts"
import { profileName } from "./profileFlag.ts"
import { site } from "./siteFlag.ts"

const json: Flag = { summary: { en: "one JSON object a line on stdout", zh: "标准输出每行一个 JSON 对象" } }

const which = {
  profile: {
    summary: {
      en: "the session of this name (default: the one that was saved last)",
      zh: "使用此名称的会话（默认：最近保存的）"
    },
    value: profileName
  },
  site: { summary: { en: "a session of this site", zh: "使用此站点的会话" }, value: site }
} as const satisfies Flags

const passphrase = {
  "passphrase-file": {
    summary: {
      en: "read the passphrase from the first line of this file (else WEBQQ_PASSPHRASE, else a prompt)",
      zh: "从此文件第一行读取口令（否则取 WEBQQ_PASSPHRASE，再否则询问）"
    },
    value: path("PATH")
  }
} as const satisfies Flags

export const status = {
  name: "status",
  summary: { en: "tell which saved sessions work", zh: "查看已保存的会话是否可用" },
  flags: {
    ...which,
    profile: { ...which.profile, summary: { en: "only the session of this name", zh: "仅此名称的会话" } },
    site: { ...which.site, summary: { en: "only sessions of this site", zh: "仅此站点的会话" } },
    offline: { summary: { en: "ask no server; look at age and cookies", zh: "不联网，仅检查时间和 cookie" } },
    json
  },
  examples: ["webqq-login status", "webqq-login status --offline --json"]
} as const satisfies Command

export const renew = {
  name: "renew",
  summary: { en: "renew a saved session without a scan", zh: "无需扫码，续期已保存的会话" },
  flags: { ...which, json },
  examples: ["webqq-login renew", "webqq-login renew --profile qzone-123456789"]
} as const satisfies Command

export const logout = {
  name: "logout",
  summary: { en: "forget a saved session on this machine", zh: "从本机删除已保存的会话" },
  flags: {
    profile: { ...which.profile, summary: { en: "forget the session of this name", zh: "删除此名称的会话" } },
    all: { summary: { en: "forget all of them", zh: "删除全部会话" } },
    json
  },
  examples: ["webqq-login logout --profile qzone-123456789", "webqq-login logout --all"]
} as const satisfies Command

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
      value: {
        metavar: "URL",
        expected: { en: "an address such as https://user.qzone.qq.com/", zh: "如 https://user.qzone.qq.com/ 的地址" },
        read: (text: string): string | undefined =>
          /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text).href : undefined
      }
    },
    ...which,
    json: { ...json, summary: { en: "the same as --format json", zh: "等同于 --format json" } }
  },
  examples: [
    "webqq-login cookies --url https://user.qzone.qq.com/",
    "curl -b <(webqq-login cookies --format netscape) https://user.qzone.qq.com/",
    "webqq-login cookies --format curl --site qun"
  ]
} as const satisfies Command

const tokenNames = ["uin", "gtk", "bkn", "skey", "p_skey", "ptwebqq", "vfwebqq", "psessionid", "clientid", "nickname"]

export const token = {
  name: "token",
  summary: { en: "print one value of a saved session and nothing else", zh: "只输出已保存会话的一个值" },
  argument: {
    summary: {
      en: `${tokenNames.join(", ")}, or the name of a cookie`,
      zh: `${tokenNames.join("、")}，或 cookie 的名称`
    },
    value: {
      ...text("NAME"),
      expected: { en: "the name of a value, such as gtk", zh: "值的名称，如 gtk" },
      choices: tokenNames
    }
  },
  flags: { ...which, json },
  examples: ["webqq-login token gtk --site qzone", "UIN=$(webqq-login token uin)"]
} as const satisfies Command

const force = (en: string, zh: string) => ({ summary: { en, zh } })

export const exportCommand = {
  name: "export",
  summary: {
    en: "write a saved session into an encrypted file, for another machine",
    zh: "把会话写入加密文件，带到另一台机器"
  },
  argument: { summary: { en: "the file to write", zh: "要写入的文件" }, value: path("FILE") },
  flags: { ...which, ...passphrase, force: force("replace the file if it exists", "文件已存在时覆盖"), json },
  examples: [
    "webqq-login export session.webqq",
    "webqq-login export session.webqq --profile qzone-123456789 --passphrase-file secret.txt"
  ]
} as const satisfies Command

export const importCommand = {
  name: "import",
  summary: { en: "save the session of such a file on this machine", zh: "把导出文件中的会话保存到本机" },
  argument: { summary: { en: "a file that export has written", zh: "由 export 写出的文件" }, value: path("FILE") },
  flags: {
    profile: {
      summary: { en: "save it under this name (default: as exported)", zh: "以此名称保存（默认：与导出时相同）" },
      value: profileName
    },
    ...passphrase,
    force: force("replace the session of another account", "覆盖其他账号的会话"),
    json
  },
  examples: ["webqq-login import session.webqq", "WEBQQ_PASSPHRASE=… webqq-login import session.webqq"]
} as const satisfies Command

export const sites = {
  name: "sites",
  summary: { en: "list the sites that one can log in to", zh: "列出可以登录的站点" },
  flags: { json },
  examples: ["webqq-login sites"]
} as const satisfies Command

export const completions = {
  name: "completions",
  summary: { en: "print the completions for a shell", zh: "输出命令补全脚本" },
  argument: {
    summary: { en: "bash, zsh or fish", zh: "bash、zsh 或 fish" },
    value: choice("SHELL", ["bash", "zsh", "fish"])
  },
  flags: {},
  examples: [
    "source <(webqq-login completions bash)",
    "source <(webqq-login completions zsh)",
    "webqq-login completions fish | source"
  ]
} as const satisfies Command

/** In the order of the help. */
export const all: ReadonlyArray<Command> = [
  status,
  renew,
  logout,
  cookies,
  token,
  exportCommand,
  importCommand,
  sites,
  completions
]
