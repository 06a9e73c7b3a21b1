/**
 * `webqq-login logout`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { json, which } from "./sessionFlags.ts"

export const logout = {
  name: "logout",
  summary: { en: "forget a saved session on this machine", zh: "从本机删除已保存的会话" },
  flags: {
    profile: { ...which.profile, summary: { en: "forget the session of this name", zh: "删除此名称的会话" } },
    all: { summary: { en: "forget all of them", zh: "删除全部会话" } },
    json
  },
  examples: ["webqq-login logout --profile qzone-123456789", "webqq-login logout --all"],
  exits: [4, 9],
  load: (): Promise<Program> => import("./logout.run.ts")
} as const satisfies Command
