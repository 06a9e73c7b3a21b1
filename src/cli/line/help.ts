/**
 * The help, rendered from the table of commands.
 */
import { meanings, ofCommands } from "../../errors/ExitCode.ts"
import type { Bilingual, Language } from "../../Language.ts"
import { width } from "../terminal/width.ts"
import type { Command, Flags, Operand } from "./Command.ts"
import type { Found } from "./find.ts"
import { globalFlags } from "./globalFlags.ts"

const words = {
  about: {
    en: [
      "Signs in to sites of Tencent with a QR code, and keeps the session: one scan",
      "lasts. Web QQ itself closed on 2019-01-03: sites tells what lives, and",
      "login --replay webqq shows how it was."
    ].join("\n"),
    zh: [
      "扫描二维码登录腾讯的站点，并保存会话：扫一次即可持续使用。",
      "Web QQ 已于 2019-01-03 关闭；sites 命令列出仍可用的站点，",
      "login --replay webqq 可离线观看当年的过程。"
    ].join("\n")
  },
  usage: { en: "Usage", zh: "用法" },
  command: { en: "<command>", zh: "<命令>" },
  anyFlags: { en: "[flags]", zh: "[选项]" },
  commands: { en: "Commands", zh: "命令" },
  argument: { en: "Argument", zh: "参数" },
  flags: { en: "Flags", zh: "选项" },
  examples: { en: "Examples", zh: "示例" },
  first: { en: "First", zh: "先试试" },
  exitCodes: { en: "Exit codes", zh: "退出码" }
} as const satisfies Record<string, Bilingual>

type Row = readonly [left: string, right: Bilingual]

/** Columns that a terminal has, wherever nobody made it wider. */
const columns = 80

/** What stands on the left and is wider has a line of its own. */
const widest = 24

/** Help of one command, or of all where none is given. */
export const render = (commands: ReadonlyArray<Command>, found: Found | undefined, language: Language): string => {
  const colon = language === "zh" ? "：" : ":"
  const section = (title: Bilingual, rows: ReadonlyArray<Row>) => {
    if (rows.length === 0) return []
    const lefts = rows.map(([left]) => left.length).filter((length) => length <= widest)
    const indent = 4 + Math.max(0, ...lefts)
    const lines = rows.flatMap(([left, right]) => {
      const [first = "", ...others] = folded(right[language], columns - indent)
      const below = others.map((line) => " ".repeat(indent) + line)
      const beside = left.length <= indent - 4 || first === ""
      return beside
        ? [`  ${left.padEnd(indent - 2)}${first}`.trimEnd(), ...below]
        : [`  ${left}`, " ".repeat(indent) + first, ...below]
    })
    return [[`${title[language]}${colon}`, ...lines].join("\n")]
  }
  const usage = (line: ReadonlyArray<string>) =>
    `${words.usage[language]}${language === "zh" ? colon : `${colon} `}${["webqq-login", ...line].join(" ")}`
  const below = (commands: ReadonlyArray<Command>) =>
    section(
      words.commands,
      commands.map(({ name, summary }) => [name, summary])
    )
  const anyFlags = words.anyFlags[language]
  const parts =
    found === undefined
      ? [
          words.about[language],
          usage([words.command[language], anyFlags]),
          ...below(commands),
          ...section(words.flags, flagRows(globalFlags)),
          ...section(words.first, asRows(first))
        ]
      : [
          found.command.summary[language],
          ...usages(found, words.command[language], anyFlags).map(usage),
          ...below(found.command.commands ?? []),
          ...section(words.argument, operandRows(found.command)),
          ...section(words.flags, flagRows({ ...found.command.flags, ...globalFlags })),
          ...section(words.examples, asRows(found.command.examples)),
          ...section(
            words.exitCodes,
            exitsOf(found.command).map(([code, meaning]) => [String(code), meaning])
          )
        ]
  return parts.join("\n\n")
}

/** What a newcomer would type, in this order. */
const first = ["webqq-login login --site qzone", "webqq-login status", "webqq-login token gtk"]

const asRows = (lines: ReadonlyArray<string>): ReadonlyArray<Row> => lines.map((line) => [line, { en: "", zh: "" }])

const ofEvery: ReadonlySet<number> = new Set([0, ...Object.values(ofCommands)])

const exitsOf = ({ exits }: Command) =>
  meanings.filter(([code]) => exits === undefined || ofEvery.has(code) || exits.includes(code))

/** A text in lines of so many columns: broken at blanks, and after any Chinese letter before which a line may begin. */
const folded = (text: string, room: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const [piece] of text.matchAll(
    /[\u2e80-\uffff][、，。；：！？）」]*|[^\s\u2e80-\uffff]+[、，。；：！？）」]*|\s+/gu
  )) {
    if (width(line + piece.trimEnd()) > room) {
      lines.push(line.trimEnd())
      line = piece.trimStart()
    } else line += piece
  }
  return [...lines, line.trimEnd()]
}

/** The command itself, if it does anything, and those below it, if there are any. */
const usages = ({ command, path }: Found, below: string, anyFlags: string): ReadonlyArray<ReadonlyArray<string>> => {
  const { behind, commands = [], load, operands = {} } = command
  const own = [
    ...path,
    ...Object.values(operands).map(operandInUsage),
    anyFlags,
    ...(behind === undefined ? [] : [`-- ${behind.metavar}`])
  ]
  return [...(load === undefined ? [] : [own]), ...(commands.length === 0 ? [] : [[...path, below, anyFlags]])]
}

const operandInUsage = ({ many, optional, value }: Operand) => {
  const text = many === true ? `${value.metavar} …` : value.metavar
  return optional === true ? `[${text}]` : text
}

const operandRows = ({ behind, operands = {} }: Command): ReadonlyArray<Row> => [
  ...Object.values(operands).map(({ summary, value }): Row => [value.metavar, summary]),
  ...(behind === undefined ? [] : [[`-- ${behind.metavar}`, behind.summary] as const])
]

const flagRows = (table: Flags): ReadonlyArray<Row> =>
  Object.entries(table).map(([name, { many, short, summary, value }]) => {
    const names = short === undefined ? `--${name}` : `--${name}, -${short}`
    return [value === undefined ? names : `${names} ${value.metavar}${many === true ? " …" : ""}`, summary] as const
  })
