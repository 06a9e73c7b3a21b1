/**
 * `webqq-login keep`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { loginFlags } from "../login/loginFlags.ts"
import { networkFlags } from "../../line/networkFlags.ts"
import { profileName } from "../../line/profileName.ts"
import { json } from "./sessionFlags.ts"

export const keep = {
  name: "keep",
  summary: {
    en: "keep saved sessions alive until a signal comes, as a service",
    zh: "作为服务运行，使已保存的会话保持有效，直到收到信号"
  },
  operands: {
    profiles: {
      summary: {
        en: "the sessions of these names (default: the one that was saved last)",
        zh: "这些名称的会话（默认：最近保存的）"
      },
      value: profileName,
      optional: true,
      many: true
    }
  },
  flags: {
    ...networkFlags,
    "on-qr": {
      ...loginFlags["on-qr"],
      summary: {
        en: "ask for a scan where nothing else helps: start this, and tell it of each event as JSON on its stdin",
        zh: "别无他法时请求扫码：启动此命令，并把每个事件以 JSON 写入其标准输入"
      }
    },
    json
  },
  examples: ["webqq-login keep", "webqq-login keep qzone-123456789 work --json", "webqq-login keep --on-qr notify"],
  exits: [4, 9],
  load: (): Promise<Program> => import("./keep.run.ts")
} as const satisfies Command
