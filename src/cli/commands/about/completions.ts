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
      summary: { en: "bash, zsh, fish or powershell", zh: "bash、zsh、fish 或 powershell" },
      value: choice("SHELL", ["bash", "zsh", "fish", "powershell"])
    }
  },
  flags: {},
  examples: [
    "source <(webqq-login completions bash)",
    "source <(webqq-login completions zsh)",
    "webqq-login completions fish | source",
    "webqq-login completions powershell | Out-String | Invoke-Expression"
  ],
  exits: [],
  load: (): Promise<Program> => import("./completions.run.ts")
} as const satisfies Command
