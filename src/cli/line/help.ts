/**
 * The help, rendered from the table of commands.
 */
import { meanings } from "../../errors/ExitCode.ts"
import type { Bilingual, Language } from "../../Language.ts"
import type { Command, Flags } from "./parse.ts"
import { globalFlags } from "./parse.ts"

const words = {
  about: {
    en: [
      "Signs in to sites of Tencent with a QR code, and keeps the session: one scan lasts.",
      "Web QQ itself closed on 2019-01-03; the command sites tells what lives, login --replay webqq shows how it was."
    ].join("\n"),
    zh: [
      "扫描二维码登录腾讯的站点，并保存会话：扫一次即可持续使用。",
      "Web QQ 已于 2019-01-03 关闭；sites 命令列出仍可用的站点，login --replay webqq 可离线观看当年的过程。"
    ].join("\n")
  },
  usage: { en: "Usage", zh: "用法" },
  command: { en: "<command>", zh: "<命令>" },
  anyFlags: { en: "[flags]", zh: "[选项]" },
  commands: { en: "Commands", zh: "命令" },
  argument: { en: "Argument", zh: "参数" },
  flags: { en: "Flags", zh: "选项" },
  examples: { en: "Examples", zh: "示例" },
  exitCodes: { en: "Exit codes", zh: "退出码" }
} as const satisfies Record<string, Bilingual>

/** Help of one command, or of all where none is given; ends with a line end. */
export const render = (commands: ReadonlyArray<Command>, command: Command | undefined, language: Language): string => {
  const colon = language === "zh" ? "：" : ":"
  const section = (title: Bilingual, rows: ReadonlyArray<readonly [left: string, right: string]>) => {
    const width = Math.max(...rows.map(([left]) => left.length))
    return [
      `${title[language]}${colon}`,
      ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())
    ].join("\n")
  }
  const flags = (table: Flags) =>
    Object.entries(table).map(([name, { short, summary, value }]) => {
      const names = short === undefined ? `--${name}` : `--${name}, -${short}`
      return [value === undefined ? names : `${names} ${value.metavar}`, summary[language]] as const
    })
  const { argument, name = words.command[language], rest } = command ?? {}
  const operands = [
    ...(argument === undefined ? [] : [argument.value.metavar]),
    ...(rest === undefined ? [] : [`[${rest.value.metavar} …]`])
  ]
  const line = ["webqq-login", name, ...operands, words.anyFlags[language]].join(" ")
  const usage = `${words.usage[language]}${language === "zh" ? colon : `${colon} `}${line}`
  const parts =
    command === undefined
      ? [
          words.about[language],
          usage,
          section(
            words.commands,
            commands.map(({ name, summary }) => [name, summary[language]])
          ),
          section(words.flags, flags(globalFlags))
        ]
      : [
          command.summary[language],
          usage,
          ...(argument === undefined
            ? []
            : [
                section(
                  words.argument,
                  [argument, ...(rest === undefined ? [] : [rest])].map(({ summary, value }) => [
                    value.metavar,
                    summary[language]
                  ])
                )
              ]),
          section(words.flags, flags({ ...command.flags, ...globalFlags })),
          section(
            words.examples,
            command.examples.map((line) => [line, ""])
          ),
          section(
            words.exitCodes,
            meanings.map(([code, meaning]) => [String(code), meaning[language]])
          )
        ]
  return `${parts.join("\n\n")}\n`
}
