/**
 * `webqq-login doctor`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { networkFlags } from "../../line/networkFlags.ts"
import { json } from "../sessions/sessionFlags.ts"

export const doctor = {
  name: "doctor",
  summary: {
    en: "look at what a login needs of this machine, and say what to do",
    zh: "检查登录所需的本机环境，并说明如何解决"
  },
  flags: { ...networkFlags, json },
  examples: ["webqq-login doctor", "webqq-login doctor --json"],
  exits: [6, 9],
  load: (): Promise<Program> => import("./doctor.run.ts")
} as const satisfies Command
