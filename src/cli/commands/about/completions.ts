/**
 * `webqq-login completions`, as the line takes it.
 */
import type { Command, Program } from "../../line/Command.ts"
import { choice } from "../../line/values.ts"

export const completions = {
  name: "completions",
  summary: { en: "print the completions for a shell", zh: "输出命令补全脚本" },
  operands: {
    shell: {
      summary: { en: "bash, zsh or fish", zh: "bash、zsh 或 fish" },
      value: choice("SHELL", ["bash", "zsh", "fish"])
    }
  },
  flags: {},
  examples: [
    "source <(webqq-login completions bash)",
    "source <(webqq-login completions zsh)",
    "webqq-login completions fish | source"
  ],
  load: (): Promise<Program> => import("./completions.run.ts")
} as const satisfies Command
