/**
 * `webqq-login renew`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { networkFlags } from "../../line/networkFlags.ts"
import { json, which } from "./sessionFlags.ts"

export const renew = {
  name: "renew",
  summary: { en: "renew a saved session without a scan", zh: "无需扫码，续期已保存的会话" },
  flags: { ...networkFlags, ...which, json },
  examples: ["webqq-login renew", "webqq-login renew --profile qzone-123456789"],
  exits: [4, 6, 7, 9],
  load: (): Promise<Program> => import("./renew.run.ts")
} as const satisfies Command
