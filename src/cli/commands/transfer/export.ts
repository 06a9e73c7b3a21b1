/**
 * `webqq-login export`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { path } from "../../line/values.ts"
import { networkFlags } from "../../line/networkFlags.ts"
import { json, offline, which } from "../sessions/sessionFlags.ts"
import { passphraseFlag } from "./passphraseFlag.ts"

export const exportSession = {
  name: "export",
  summary: {
    en: "write a saved session into an encrypted file, for another machine",
    zh: "把会话写入加密文件，带到另一台机器"
  },
  operands: {
    file: { summary: { en: "the file to write; - is stdout", zh: "要写入的文件；- 表示标准输出" }, value: path("FILE") }
  },
  flags: {
    ...which,
    offline,
    ...networkFlags,
    ...passphraseFlag,
    force: { summary: { en: "replace the file if it exists", zh: "文件已存在时覆盖" } },
    json
  },
  examples: [
    "webqq-login export session.webqq",
    "webqq-login export me.webqq --profile me --passphrase-file secret.txt"
  ],
  exits: [4, 6, 7, 9],
  load: (): Promise<Program> => import("./export.run.ts")
} as const satisfies Command
