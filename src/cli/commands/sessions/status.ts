/**
 * `webqq-login status`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { networkFlags } from "../../line/networkFlags.ts"
import { json, which } from "./sessionFlags.ts"

export const status = {
  name: "status",
  summary: { en: "tell which saved sessions work", zh: "查看已保存的会话是否可用" },
  flags: {
    ...networkFlags,
    profile: { ...which.profile, summary: { en: "only the session of this name", zh: "仅此名称的会话" } },
    site: { ...which.site, summary: { en: "only sessions of this site", zh: "仅此站点的会话" } },
    offline: { summary: { en: "ask no server; look at age and cookies", zh: "不联网，仅检查时间和 cookie" } },
    json
  },
  examples: ["webqq-login status", "webqq-login status --offline --json"],
  exits: [4, 6, 8, 9],
  load: (): Promise<Program> => import("./status.run.ts")
} as const satisfies Command
