/**
 * `webqq-login token`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { text } from "../../line/values.ts"
import { networkFlags } from "../../line/networkFlags.ts"
import { json, offline, which } from "../sessions/sessionFlags.ts"

const names = [
  "uin",
  "gtk",
  "bkn",
  "skey",
  "p_skey",
  "musicid",
  "musickey",
  "code",
  "ptwebqq",
  "vfwebqq",
  "psessionid",
  "clientid",
  "nickname"
]

export const token = {
  name: "token",
  summary: { en: "print one value of a saved session and nothing else", zh: "只输出已保存会话的一个值" },
  operands: {
    name: {
      summary: {
        en: "uin, gtk, bkn, skey, p_skey, musicid, musickey, code …, or the name of a cookie",
        zh: "uin、gtk、bkn、skey、p_skey、musicid、musickey、code 等，或 cookie 的名称"
      },
      value: {
        ...text("NAME"),
        expected: { en: "the name of a value, such as gtk", zh: "值的名称，如 gtk" },
        choices: names
      }
    }
  },
  flags: {
    ...which,
    offline,
    ...networkFlags,
    raw: {
      summary: {
        en: "print it as it is, even if a terminal would act upon it",
        zh: "原样输出，即使其中有会操纵终端的字符"
      }
    },
    json
  },
  examples: [
    "webqq-login token gtk --site qzone",
    "webqq-login token musickey --site music",
    "UIN=$(webqq-login token uin)"
  ],
  exits: [4, 6, 7, 9],
  load: (): Promise<Program> => import("./token.run.ts")
} as const satisfies Command
