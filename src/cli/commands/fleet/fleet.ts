/**
 * `webqq-login fleet` and what is below it, as the line takes them. Secrets are named by files or by the environment, never on the line.
 */
import type { Command, Flag, Operand, Program } from "../../line/Command.ts"
import { profileName } from "../../line/profileName.ts"
import { siteName } from "../../line/siteName.ts"
import { address, choice, duration, hostName, hostPort, number, path } from "../../line/values.ts"
import { json } from "../sessions/sessionFlags.ts"

const profile = {
  summary: { en: "the account of this name", zh: "此名称的账号" },
  value: profileName
} as const satisfies Operand

const where = {
  fleet: {
    summary: {
      en: "the fleet at this address (http://127.0.0.1:7070)",
      zh: "服务的地址（默认 http://127.0.0.1:7070）"
    },
    value: { ...address, secret: true }
  },
  "token-file": {
    summary: {
      en: "the token in this file (secrets.token in the state folder)",
      zh: "此文件中的令牌（默认为状态目录中的 secrets.token）"
    },
    value: path("FILE")
  },
  json
} as const satisfies Readonly<Record<string, Flag>>

export const serve = {
  name: "serve",
  summary: { en: "keep many accounts signed in, until a signal ends it", zh: "让多个账号保持登录，直到收到信号" },
  flags: {
    listen: {
      summary: { en: "where the API listens (127.0.0.1:7070)", zh: "API 的监听地址（默认 127.0.0.1:7070）" },
      value: hostPort
    },
    "public-url": {
      summary: { en: "how people reach it: scan links begin with it", zh: "对外的地址，扫码链接以它开头" },
      value: address
    },
    host: {
      summary: {
        en: "another name by which it is asked, such as that of a service; several times, too",
        zh: "访问它时使用的其他主机名，如服务名；可多次使用"
      },
      value: hostName,
      many: true
    },
    folder: {
      summary: { en: "where its database, keys and tokens lie", zh: "数据库、密钥和令牌所在的目录" },
      value: path("FOLDER")
    },
    "key-file": { summary: { en: "keys that seal the sessions", zh: "加密会话的密钥文件" }, value: path("FILE") },
    "token-file": { summary: { en: "a token that may do all", zh: "完整权限令牌文件" }, value: path("FILE") },
    "read-token-file": { summary: { en: "a token that may only read", zh: "只读令牌文件" }, value: path("FILE") },
    egress: {
      summary: {
        en: "accounts of this egress live here, and on machines that say the same; several times, too",
        zh: "此出口的账号只在本机及同样声明的机器上处理；可多次使用"
      },
      value: profile.value,
      many: true
    },
    "egress-file": {
      summary: { en: "proxies by their names, as JSON", zh: "代理名称与地址的 JSON 文件" },
      value: path("FILE")
    },
    database: {
      summary: {
        en: "for several machines: postgres://…, without its password (WEBQQ_FLEET_DATABASE has all of it)",
        zh: "多台机器共用：postgres://…，不含密码（WEBQQ_FLEET_DATABASE 可含密码）"
      },
      value: {
        metavar: "URL",
        expected: {
          en: "an address such as postgres://fleet@db.example/fleet, without a password",
          zh: "如 postgres://fleet@db.example/fleet 的地址，不含密码"
        },
        read: (text: string) =>
          /^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text) && new URL(text).password === "" ? text : undefined
      }
    },
    "cluster-listen": {
      summary: { en: "where this machine listens for the others", zh: "本机接受其他机器连接的监听地址" },
      value: hostPort
    },
    "cluster-address": {
      summary: { en: "how the others reach it (where it listens)", zh: "其他机器访问本机的地址（默认同监听地址）" },
      value: hostPort
    },
    "check-every": {
      summary: { en: "how often a session is checked (6h)", zh: "检查会话的间隔（默认 6h）" },
      value: duration
    },
    concurrency: {
      summary: { en: "accounts at the same time (16)", zh: "同时处理的账号数（默认 16）" },
      value: number("N", 1, 10_000, true)
    },
    rate: {
      summary: { en: "accounts a second (2)", zh: "每秒处理的账号数（默认 2）" },
      value: number("N", 0.01, 10_000, false)
    }
  },
  examples: ["webqq-login fleet serve", "webqq-login fleet serve --cluster-listen 10.0.0.5:7071"],
  exits: [6, 9],
  load: (): Promise<Program> => import("./serve.run.ts")
} as const satisfies Command

export const list = {
  name: "list",
  summary: { en: "list the accounts and how they are", zh: "列出账号及其状态" },
  flags: {
    ...where,
    state: {
      summary: { en: "only those in this state", zh: "仅列出此状态的账号" },
      value: choice("STATE", ["good", "failing", "scan", "paused"])
    },
    site: { summary: { en: "only those of this site", zh: "仅列出此站点的账号" }, value: siteName }
  },
  examples: ["webqq-login fleet list", "webqq-login fleet list --state scan --json"],
  exits: [4, 6, 7],
  load: (): Promise<Program> => import("./ask.run.ts").then(({ list }) => list)
} as const satisfies Command

export const add = {
  name: "add",
  summary: { en: "take in an account, or the saved sessions", zh: "添加账号，或导入已保存的会话" },
  operands: { profile: { ...profile, optional: true } },
  flags: {
    ...where,
    site: { summary: { en: "the site where it signs in", zh: "登录的站点" }, value: siteName },
    egress: {
      summary: {
        en: "the egress that it goes by: a name in --egress-file, or of --egress, of fleet serve",
        zh: "使用的出口：fleet serve 的 --egress-file 中的名称，或其 --egress"
      },
      value: profile.value
    },
    "from-store": {
      summary: {
        en: "with its saved session; all of them where none is named",
        zh: "导入已保存的会话；未指定名称时导入全部"
      }
    }
  },
  examples: ["webqq-login fleet add alice --site qzone", "webqq-login fleet add --from-store"],
  exits: [4, 6, 7, 9],
  load: (): Promise<Program> => import("./add.run.ts")
} as const satisfies Command

const onAccount = (
  name: "status" | "login" | "renew" | "pause" | "resume" | "forget",
  summary: Command["summary"],
  exits: ReadonlyArray<number> = [4, 6, 7]
) =>
  ({
    name,
    summary,
    operands: { profile },
    flags: where,
    examples: [`webqq-login fleet ${name} alice`],
    exits,
    load: (): Promise<Program> => import("./ask.run.ts").then((programs) => programs[name])
  }) as const satisfies Command

export const status = onAccount("status", { en: "tell how an account is", zh: "查看账号的状态" })
const login = onAccount(
  "login",
  { en: "print a link to scan, and wait for it", zh: "打印扫码链接并等待登录" },
  [3, 4, 5, 6, 7, 8, 9]
)
const renew = onAccount("renew", { en: "renew its session now", zh: "立即续期会话" })
const pause = onAccount("pause", { en: "leave it alone until it is resumed", zh: "暂停处理该账号" })
const resume = onAccount("resume", { en: "go on with it", zh: "恢复处理该账号" })
const forget = onAccount("forget", { en: "delete it and its session", zh: "删除账号及其会话" })

export const rotate = {
  name: "rotate",
  summary: { en: "seal all sessions with a new key", zh: "用新密钥重新加密全部会话" },
  flags: where,
  examples: ["webqq-login fleet key rotate"],
  exits: [4, 6, 7, 9],
  load: (): Promise<Program> => import("./ask.run.ts").then(({ rotate }) => rotate)
} as const satisfies Command

const key = {
  name: "key",
  summary: { en: "the keys that seal the sessions", zh: "加密会话的密钥" },
  flags: {},
  examples: ["webqq-login fleet key rotate"],
  commands: [rotate]
} as const satisfies Command

export const fleet = {
  name: "fleet",
  summary: { en: "many accounts, kept signed in by a service", zh: "由服务让多个账号保持登录" },
  flags: {},
  examples: ["webqq-login fleet serve", "webqq-login fleet add alice --site qzone", "webqq-login fleet login alice"],
  commands: [serve, add, list, status, login, renew, pause, resume, forget, key]
} as const satisfies Command
