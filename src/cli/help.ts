/**
 * The help, rendered from the table of commands.
 */
import type { Bilingual, Language } from "../Language.ts"
import type { Command, Flags } from "./command.ts"
import { globalFlags } from "./command.ts"

const words = {
  about: {
    en: "Signs in to Tencent's Web QQ with a QR code. Web QQ closed on 2019-01-03: use --replay to see it work.",
    zh: "扫描二维码登录腾讯 Web QQ。Web QQ 已于 2019-01-03 关闭：可用 --replay 观看完整过程。"
  },
  usage: { en: "Usage", zh: "用法" },
  commands: { en: "Commands", zh: "命令" },
  flags: { en: "Flags", zh: "选项" },
  examples: { en: "Examples", zh: "示例" },
  exitCodes: { en: "Exit codes", zh: "退出码" }
} as const satisfies Record<string, Bilingual>

const exitCodes: ReadonlyArray<readonly [code: number, meaning: Bilingual]> = [
  [0, { en: "logged in", zh: "已登录" }],
  [1, { en: "unexpected fault, or nobody reads stdout", zh: "意外故障，或标准输出已关闭" }],
  [2, { en: "the command line is wrong", zh: "命令行有误" }],
  [3, { en: "no code was confirmed in time", zh: "二维码未及时确认" }],
  [5, { en: "refused on the phone", zh: "手机上拒绝" }],
  [6, { en: "no usable answer from the network", zh: "网络没有可用的回应" }],
  [7, { en: "the server does not speak the protocol", zh: "服务器的回应不符合协议" }],
  [8, { en: "the server refused the login", zh: "服务器拒绝登录" }],
  [130, { en: "interrupted", zh: "被中断" }]
]

/** Help of one command, or of all where none is given; ends with a line end. */
export const render = (commands: ReadonlyArray<Command>, command: Command | undefined, language: Language): string => {
  const section = (title: Bilingual, rows: ReadonlyArray<readonly [left: string, right: string]>) => {
    const width = Math.max(...rows.map(([left]) => left.length))
    return [`${title[language]}:`, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())].join(
      "\n"
    )
  }
  const flags = (table: Flags) =>
    Object.entries(table).map(([name, { short, summary, value }]) => {
      const names = short === undefined ? `--${name}` : `--${name}, -${short}`
      return [value === undefined ? names : `${names} ${value.metavar}`, summary[language]] as const
    })
  const usage = `${words.usage[language]}: webqq-login ${command?.name ?? "<command>"} [flags]`
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
          section(words.flags, flags({ ...command.flags, ...globalFlags })),
          section(
            words.examples,
            command.examples.map((line) => [line, ""])
          ),
          section(
            words.exitCodes,
            exitCodes.map(([code, meaning]) => [String(code), meaning[language]])
          )
        ]
  return `${parts.join("\n\n")}\n`
}
