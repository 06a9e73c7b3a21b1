/**
 * `webqq-login login start`, `login wait` and `login cancel`, as the line takes them: a login that goes on by itself.
 */
import type { Command, Operand, Program, ValueKind } from "../../line/Command.ts"
import { choice, duration } from "../../line/values.ts"
import { json } from "../sessions/sessionFlags.ts"
import { loginFlags } from "./loginFlags.ts"

export const start = {
  name: "start",
  summary: {
    en: "begin a login that goes on in the background, and return with its code",
    zh: "在后台开始登录，给出二维码后立即返回"
  },
  flags: {
    site: loginFlags.site,
    profile: loginFlags.profile,
    fresh: loginFlags.fresh,
    force: {
      summary: {
        en: "with --profile: take the place of another account's session",
        zh: "与 --profile 同用：允许覆盖另一个账号的会话"
      }
    },
    qr: {
      summary: { en: "page: also on a page of this machine", zh: "page：同时显示在本机页面上" },
      value: choice("page", ["page"])
    },
    "page-listen": loginFlags["page-listen"],
    "on-qr": loginFlags["on-qr"],
    "poll-interval": loginFlags["poll-interval"],
    timeout: loginFlags.timeout,
    "max-refresh": loginFlags["max-refresh"],
    proxy: loginFlags.proxy,
    "user-agent": loginFlags["user-agent"],
    json: {
      summary: {
        en: "one JSON object: id, the code as text, file and URL",
        zh: "输出一个 JSON 对象：id，二维码的文本、文件和 URL"
      }
    },
    replay: loginFlags.replay,
    speed: loginFlags.speed
  },
  exits: [3, 4, 5, 6, 7, 8, 9],
  examples: ["webqq-login login start --site qzone --json"],
  load: (): Promise<Program> => import("./start.run.ts")
} as const satisfies Command

const id = {
  summary: { en: "what login start has printed", zh: "login start 输出的 id" },
  value: {
    metavar: "ID",
    expected: { en: "an id of login start: 12 digits and letters", zh: "login start 给出的 id：12 位数字和字母" },
    read: (text) => (/^[0-9a-f]{12}$/.test(text) ? text : undefined)
  }
} as const satisfies Operand<string>

const patience: ValueKind<number> = {
  ...duration,
  read: (text) => (text === "0" ? 0 : duration.read(text))
}

export const wait = {
  name: "wait",
  summary: { en: "wait for the end of such a login, and tell of it", zh: "等待后台登录结束，并给出结果" },
  operands: { id },
  flags: {
    timeout: {
      summary: {
        en: "how long to wait (as long as it takes); 0 only asks. Not ended by then: exit code 3",
        zh: "等待多久（默认直到结束）；0 表示只询问。届时未结束：退出码 3"
      },
      value: patience
    },
    json: {
      summary: {
        en: "its events, a JSON object a line, secrets in clear",
        zh: "每行一个 JSON 对象的事件，含明文敏感信息"
      }
    },
    "show-secrets": { summary: { en: "do not hide the secrets in the summary", zh: "在摘要中显示敏感信息" } }
  },
  exits: [3, 4, 5, 6, 7, 8, 9],
  examples: ["webqq-login login wait 0123456789ab --json", "webqq-login login wait 0123456789ab --timeout 0"],
  load: (): Promise<Program> => import("./wait.run.ts")
} as const satisfies Command

export const cancel = {
  name: "cancel",
  summary: { en: "end such a login, whoever began it", zh: "取消后台登录" },
  operands: { id },
  flags: { json },
  exits: [9],
  examples: ["webqq-login login cancel 0123456789ab"],
  load: (): Promise<Program> => import("./cancel.run.ts")
} as const satisfies Command
