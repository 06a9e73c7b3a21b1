/**
 * What a command and a flag are, and how a command line becomes values. One table of commands is the source of parsing,
 * help and suggestions.
 */
import { parseArgs } from "node:util"
import type { Bilingual, Language } from "../../Language.ts"
import { printable } from "../terminal/output.ts"
import { suggest } from "./suggest.ts"

/** How the text behind a flag becomes a value; `undefined` where it does not. */
export interface ValueKind<A> {
  /** The value's name in the help. */
  readonly metavar: string
  /** What would be right, as the end of the sentence "expected …". */
  readonly expected: Bilingual
  /** Words to choose from, or to begin with. */
  readonly choices?: ReadonlyArray<string>
  /** Whether the text may be the path of a file. */
  readonly file?: true
  readonly read: (text: string) => A | undefined
}

/** A flag; one without `value` is true where it is given. */
export interface Flag<A = unknown> {
  readonly summary: Bilingual
  readonly short?: string
  readonly value?: ValueKind<A>
}

export type Flags = Readonly<Record<string, Flag>>

/** The one word that stands behind the name of a command. */
export interface Argument<A = unknown> {
  readonly summary: Bilingual
  readonly value: ValueKind<A>
}

/** A command without its code, which is loaded when the command is run. */
export interface Command<F extends Flags = Flags> {
  readonly name: string
  readonly summary: Bilingual
  /** Has to be given. */
  readonly argument?: Argument
  /** Any number of further words; only behind an argument. */
  readonly rest?: Argument
  readonly flags: F
  readonly examples: ReadonlyArray<string>
}

/** What the line of a command yields: its flags, of which one that was not given is missing, and its argument. */
export type Values<C extends Command> = {
  readonly [K in keyof C["flags"]]?: C["flags"][K] extends Flag<infer A> ? A : never
} & (C extends { readonly argument: Argument<infer A> } ? { readonly argument: A } : unknown) &
  (C extends { readonly rest: Argument<infer A> } ? { readonly rest: ReadonlyArray<A> } : unknown)

/** A line that cannot be understood. */
export interface Mistake {
  readonly message: Bilingual
  readonly cure: Bilingual
}

export type Parsed = { readonly language: Language | undefined } & (
  | { readonly _tag: "Run"; readonly command: Command; readonly values: Readonly<Record<string, unknown>> }
  | { readonly _tag: "Help"; readonly command: Command | undefined }
  | { readonly _tag: "Version" }
  | { readonly _tag: "Mistake"; readonly mistake: Mistake }
)

/** One of several words. */
export const choice = <const A extends string>(metavar: string, choices: ReadonlyArray<A>): ValueKind<A> => ({
  metavar,
  choices,
  expected: { en: `one of ${choices.join(", ")}`, zh: `以下之一：${choices.join("、")}` },
  read: (text) => choices.find((choice) => choice === text)
})

/** Any text but the empty one. */
export const text = (metavar: string): ValueKind<string> => ({
  metavar,
  expected: { en: "a text that is not empty", zh: "非空文本" },
  read: (text) => (text === "" ? undefined : text)
})

/** The path of a file. */
export const path = (metavar: string): ValueKind<string> => ({
  ...text(metavar),
  expected: { en: "the path of a file", zh: "文件路径" },
  file: true
})

/** A number between two limits, both included. */
export const number = (metavar: string, min: number, max: number, whole: boolean): ValueKind<number> => ({
  metavar,
  expected: {
    en: `a ${whole ? "whole number" : "number"} from ${min} to ${max}`,
    zh: `${min} 到 ${max} 之间的${whole ? "整数" : "数"}`
  },
  read: (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max && (!whole || Number.isInteger(value)) ? value : undefined
  }
})

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const units: Readonly<Record<string, number>> = Object.assign(
  { ms: 1, milli: 1, millis: 1 },
  { s: second, second, seconds: second },
  { m: minute, minute, minutes: minute },
  { h: hour, hour, hours: hour }
)

/** A time from 1 ms to 24 h as Effect spells it (`2 seconds`) or short (`50ms`, `2s`, `3m`, `1h`); yields milliseconds. */
export const duration: ValueKind<number> = {
  metavar: "DURATION",
  expected: {
    en: `a duration of up to 24 hours such as 50ms, 2s, 3m, 1h, "50 millis" or "2 seconds"`,
    zh: `不超过 24 小时的时长，如 50ms、2s、3m、1h、"50 millis" 或 "2 seconds"`
  },
  read: (text) => {
    const [, amount, unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(text) ?? []
    const millis = Number(amount) * (units[unit] ?? Number.NaN)
    return millis >= 1 && millis <= 24 * hour ? millis : undefined
  }
}

/** Flags that every command has, and that stand before or after its name. */
export const globalFlags = {
  lang: {
    summary: {
      en: "language of messages (from LC_ALL, LC_MESSAGES or LANG)",
      zh: "消息语言（默认取自 LC_ALL、LC_MESSAGES 或 LANG）"
    },
    value: choice("en|zh", ["en", "zh"])
  },
  help: { summary: { en: "print this help", zh: "显示本帮助" }, short: "h" },
  version: { summary: { en: "print the version", zh: "显示版本号" }, short: "V" }
} as const satisfies Flags

/** Reads a command line (without `node` and the script). Never throws. */
export const parse = (commands: ReadonlyArray<Command>, argv: ReadonlyArray<string>): Parsed => {
  const known: Flags = Object.assign({}, ...commands.map((command) => command.flags), globalFlags)
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(known).map(([name, { short, value }]) => [
        name,
        { type: value === undefined ? "boolean" : "string", ...(short === undefined ? {} : { short }) }
      ])
    ),
    strict: false,
    allowPositionals: true,
    tokens: true
  })
  const given = tokens.filter((token) => token.kind === "option")
  const positionals = tokens.filter((token) => token.kind === "positional").map((token) => token.value)
  const lang = given.findLast((token) => token.name === "lang")?.value
  const language = lang === "en" || lang === "zh" ? lang : undefined
  const wrong = (message: Bilingual, cure: Bilingual): Parsed => ({
    _tag: "Mistake",
    language,
    mistake: { message, cure }
  })

  const asked = positionals[0] === "help"
  const [name, ...words] = asked ? positionals.slice(1) : positionals
  const command = commands.find((command) => command.name === name)
  if (name !== undefined && command === undefined) {
    const names = commands.map((command) => command.name)
    return wrong(
      { en: `unknown command ${quote(name)}`, zh: `未知命令 ${quote(name)}` },
      suggest(name, names, "") ?? {
        en: `the commands are: ${names.join(", ")}`,
        zh: `可用的命令：${names.join("、")}`
      }
    )
  }
  if (asked || given.some((token) => token.name === "help")) return { _tag: "Help", language, command }
  if (given.some((token) => token.name === "version")) return { _tag: "Version", language }

  const flags: Flags = { ...command?.flags, ...globalFlags }
  const values: Record<string, unknown> = {}
  for (const { inlineValue, name, rawName, value } of given) {
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
    if (flag === undefined) {
      return wrong(
        { en: `unknown flag ${quote(rawName)}`, zh: `未知选项 ${quote(rawName)}` },
        suggest(name, Object.keys(flags), "--") ?? seeHelp(command)
      )
    }
    if (flag.value === undefined) {
      if (value !== undefined) {
        return wrong({ en: `${rawName} takes no value`, zh: `${rawName} 不带值` }, seeHelp(command))
      }
      values[name] = true
      continue
    }
    // Without "=", what looks like the next flag is the next flag.
    const next = value !== undefined && (inlineValue || !/^-(?!\d)/.test(value)) ? value : undefined
    const read = readValue(flag.value, rawName, next)
    if ("message" in read) return wrong(read.message, read.cure)
    values[name] = read.value
  }
  const argument = command?.argument
  if (argument !== undefined) {
    const read = readValue(argument.value, argument.value.metavar, words.shift())
    if ("message" in read) return wrong(read.message, read.cure)
    values["argument"] = read.value
  }
  const rest = command?.rest
  if (rest !== undefined) {
    const all = words.splice(0).map((word) => readValue(rest.value, rest.value.metavar, word))
    for (const read of all) if ("message" in read) return wrong(read.message, read.cure)
    values["rest"] = all.flatMap((read) => ("value" in read ? read.value : []))
  }
  const [extra] = words
  if (extra !== undefined) {
    return wrong({ en: `unexpected argument ${quote(extra)}`, zh: `多余的参数 ${quote(extra)}` }, seeHelp(command))
  }
  if (command === undefined) {
    const alone = Object.keys(values).every((name) => name === "lang")
    return alone ? { _tag: "Help", language, command } : wrong(noCommand, seeHelp(undefined))
  }
  return { _tag: "Run", language, command, values }
}

/** `name` is what the line calls it. */
const readValue = (kind: ValueKind<unknown>, name: string, text: string | undefined): { value: unknown } | Mistake => {
  const { choices = [], expected, read } = kind
  const cure = { en: `expected ${expected.en}`, zh: `应为${expected.zh}` }
  if (text === undefined) {
    const message = name.startsWith("-")
      ? { en: `${name} needs a value`, zh: `${name} 需要一个值` }
      : { en: `${name} is missing`, zh: `缺少 ${name}` }
    return { message, cure }
  }
  const value = read(text)
  if (value !== undefined) return { value }
  return {
    message: { en: `${name}: bad value ${quote(text)}`, zh: `${name}：值 ${quote(text)} 无效` },
    cure: suggest(text, choices, "") ?? cure
  }
}

const noCommand = { en: "no command given", zh: "没有指定命令" }

const quote = (text: string) => `"${printable(text.length > 60 ? `${text.slice(0, 60)}…` : text)}"`

const seeHelp = (command: Command | undefined): Bilingual => {
  const line = `webqq-login ${command === undefined ? "" : `${command.name} `}--help`
  return { en: `see ${line}`, zh: `请看 ${line}` }
}
