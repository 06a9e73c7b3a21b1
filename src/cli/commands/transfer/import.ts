/**
 * `webqq-login import`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { profileName } from "../../line/profileName.ts"
import { path } from "../../line/values.ts"
import { json } from "../sessions/sessionFlags.ts"
import { passphraseFlag } from "./passphraseFlag.ts"

export const importSession = {
  name: "import",
  summary: { en: "save the session of such a file on this machine", zh: "把导出文件中的会话保存到本机" },
  operands: {
    file: { summary: { en: "a file that export has written", zh: "由 export 写出的文件" }, value: path("FILE") }
  },
  flags: {
    profile: {
      summary: { en: "save it under this name (default: as exported)", zh: "以此名称保存（默认：与导出时相同）" },
      value: profileName
    },
    ...passphraseFlag,
    force: { summary: { en: "replace the session of another account", zh: "覆盖其他账号的会话" } },
    json
  },
  examples: ["webqq-login import session.webqq", "WEBQQ_PASSPHRASE=… webqq-login import session.webqq"],
  exits: [9],
  load: (): Promise<Program> => import("./import.run.ts")
} as const satisfies Command
