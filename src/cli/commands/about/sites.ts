/**
 * `webqq-login sites`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { json } from "../sessions/sessionFlags.ts"

export const sites = {
  name: "sites",
  summary: { en: "list the sites that one can log in to", zh: "列出可以登录的站点" },
  flags: { json },
  examples: ["webqq-login sites"],
  exits: [],
  load: (): Promise<Program> => import("./sites.run.ts")
} as const satisfies Command
