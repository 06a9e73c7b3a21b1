/**
 * How a command line becomes the values of a command, or a mistake that somebody can correct.
 */
import { parseArgs } from "node:util"
import type { Bilingual, Language } from "../../Language.ts"
import { quote } from "../terminal/printable.ts"
import type { Command, Flags, Program, ValueKind } from "./Command.ts"
import { everyCommand, find, type Found } from "./find.ts"
import { globalFlags } from "./globalFlags.ts"
import { ours } from "./otherNames.ts"
import { didYouMean, suggest } from "./suggest.ts"

/** A line that cannot be understood. */
export interface Mistake {
  readonly message: Bilingual
  readonly cure: Bilingual
}

/** What flags and operands yield, by name. */
type Values = Readonly<Record<string, unknown>>

export type Parsed = { readonly language: Language | undefined } & (
  | ({ readonly _tag: "Run"; readonly values: Values; readonly load: () => Promise<Program> } & Found)
  | { readonly _tag: "Help"; readonly found: Found | undefined }
  | { readonly _tag: "Version" }
  | { readonly _tag: "Mistake"; readonly mistake: Mistake }
)

/** Reads a command line (without `node` and the script). Never throws. */
export const parse = (commands: ReadonlyArray<Command>, argv: ReadonlyArray<string>): Parsed => {
  const { behind, flags, words } = split(commands, argv)
  const lang = flags.findLast(({ name }) => name === "lang")?.value
  const language = lang === "en" || lang === "zh" ? lang : undefined
  const mistaken = (mistake: Mistake): Parsed => ({ _tag: "Mistake", language, mistake })

  const asked = isHelp(commands, words)
  const { found, rest } = find(commands, asked ? words.filter((word) => word !== "help") : words)
  const command = found?.command
  const takesBehind = command?.behind !== undefined
  const operands = takesBehind ? rest : [...rest, ...behind]
  // A word that a command does not know must be one of the commands below it.
  const [stray] = operands
  if (stray !== undefined && command?.load === undefined) {
    return mistaken(unknown(stray, found, command?.commands ?? commands))
  }
  if (asked || flags.some(({ name }) => name === "help")) return { _tag: "Help", language, found }
  if (flags.some(({ name }) => name === "version")) return { _tag: "Version", language }

  const values = readFlags(flags, { ...command?.flags, ...globalFlags }, found)
  if (isMistake(values)) return mistaken(values)
  if (values["verbose"] === true && values["quiet"] === true) return mistaken(contradiction(found))
  if (command === undefined || found === undefined) {
    const alone = Object.keys(values).every((name) => name === "lang")
    return alone ? { _tag: "Help", language, found } : mistaken({ message: noCommand, cure: seeHelp(undefined) })
  }
  const { load } = command
  if (load === undefined) return mistaken(incomplete(found, command.commands ?? []))
  const named = readOperands(operands, found)
  if (isMistake(named)) return mistaken(named)
  return { _tag: "Run", language, ...found, load, values: { ...values, ...named, ...(takesBehind ? { behind } : {}) } }
}

/** `help login`, and `fixtures help conform`: where a command, and nothing else, may stand. */
const isHelp = (commands: ReadonlyArray<Command>, words: ReadonlyArray<string>): boolean => {
  const { found, rest } = find(commands, words)
  return rest[0] === "help" && (found === undefined || found.command.commands !== undefined)
}

/** A flag as it was given. */
interface Given {
  readonly name: string
  /** With its dashes. */
  readonly rawName: string
  readonly value: string | undefined
  /** Whether the value was written into the same word: `--name=value`, `-nvalue`. */
  readonly inlineValue: boolean | undefined
}

/** Flags, words, and the words behind `--`. Which flags take the next word as their value is known from all commands. */
const split = (commands: ReadonlyArray<Command>, argv: ReadonlyArray<string>) => {
  const known: Flags = Object.assign({}, ...everyCommand(commands).map(({ command }) => command.flags), globalFlags)
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
  const end = tokens.find(({ kind }) => kind === "option-terminator")?.index ?? Infinity
  const flags: Array<Given> = []
  const words: Array<string> = []
  const behind: Array<string> = []
  for (const token of tokens) {
    if (token.kind === "option") flags.push(token)
    if (token.kind === "positional") (token.index > end ? behind : words).push(token.value)
  }
  // Where nothing stands before it, `--` has nobody's command behind it but ours.
  return words.length === 0 ? { flags, words: behind, behind: [] } : { flags, words, behind }
}

const readFlags = (given: ReadonlyArray<Given>, flags: Flags, found: Found | undefined): Values | Mistake => {
  const values: Record<string, unknown> = {}
  for (const { inlineValue, name, rawName, value } of given) {
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
    if (flag === undefined) {
      return {
        message: { en: `unknown flag ${quote(rawName)}`, zh: `未知选项 ${quote(rawName)}` },
        cure: hint(rawName) ?? suggest(name, Object.keys(flags), "--") ?? seeHelp(found)
      }
    }
    if (flag.value === undefined) {
      if (value !== undefined) {
        return { message: { en: `${rawName} takes no value`, zh: `${rawName} 不带值` }, cure: seeHelp(found) }
      }
      values[name] = true
      continue
    }
    // Without "=", what looks like the next flag is the next flag; "-" alone is a file.
    const next = value !== undefined && (inlineValue || !/^-(?!\d|$)/.test(value)) ? value : undefined
    const read = readValue(flag.value, rawName, next)
    if (isMistake(read)) return read
    const before = (values[name] ?? []) as ReadonlyArray<unknown>
    values[name] = flag.many === true ? [...before, read.value] : read.value
  }
  return values
}

const readOperands = (words: ReadonlyArray<string>, found: Found): Values | Mistake => {
  const left = [...words]
  const values: Record<string, unknown> = {}
  for (const [name, { many, optional, value }] of Object.entries(found.command.operands ?? {})) {
    if (optional === true && left.length === 0) continue
    const taken = many === true ? left.splice(0, Math.max(1, left.length)) : left.splice(0, 1)
    const all: Array<unknown> = []
    for (const word of taken.length === 0 ? [undefined] : taken) {
      const read = readValue(value, value.metavar, word)
      if (isMistake(read)) return read
      all.push(read.value)
    }
    values[name] = many === true ? all : all[0]
  }
  const [extra] = left
  if (extra === undefined) return values
  const names = (found.command.commands ?? []).map(({ name }) => name)
  return {
    message: { en: `unexpected argument ${quote(extra)}`, zh: `多余的参数 ${quote(extra)}` },
    cure: valueOfFlag(extra, found.command) ?? suggest(extra, names, "") ?? seeHelp(found)
  }
}

/** `name` is what the line calls it. */
const readValue = (kind: ValueKind<unknown>, name: string, text: string | undefined): { value: unknown } | Mistake => {
  const { choices = [], expected, read, secret } = kind
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
    message:
      secret === true
        ? { en: `${name}: bad value`, zh: `${name}：值无效` }
        : { en: `${name}: bad value ${quote(text)}`, zh: `${name}：值 ${quote(text)} 无效` },
    cure: suggest(text, choices, "") ?? cure
  }
}

const isMistake = (read: object): read is Mistake => "message" in read && "cure" in read

const unknown = (word: string, found: Found | undefined, commands: ReadonlyArray<Command>): Mistake => {
  const said = quote([...(found?.path ?? []), word].join(" "))
  return {
    message: { en: `unknown command ${said}`, zh: `未知命令 ${said}` },
    cure:
      (found === undefined ? (hint(word) ?? deeper(word, commands)) : undefined) ??
      suggest(word, namesOf(commands), "") ??
      (found === undefined ? ofFlag(word, commands) : undefined) ??
      listed(commands)
  }
}

/** Where a command of that name is another one's: `conform`. */
const deeper = (word: string, commands: ReadonlyArray<Command>): Bilingual | undefined => {
  const paths = everyCommand(commands).flatMap(({ path }) => (path.at(-1) === word ? [path.join(" ")] : []))
  return paths.length === 0 ? undefined : didYouMean(...paths)
}

const hint = (word: string): Bilingual | undefined => {
  const name = ours(word)
  return name === undefined ? undefined : didYouMean(name)
}

/** The value of a flag where a command should stand: `qzone login`. */
const ofFlag = (word: string, commands: ReadonlyArray<Command>): Bilingual | undefined => {
  const command = commands.find((one) => flagTaking(word, one) !== undefined)
  return command === undefined ? undefined : didYouMean(`${command.name} ${flagTaking(word, command)}`)
}

/** Whoever leaves out the flag means its value: `login qzone`. */
const valueOfFlag = (word: string, command: Command): Bilingual | undefined => {
  const flag = flagTaking(word, command)
  return flag === undefined ? undefined : didYouMean(flag)
}

const flagTaking = (word: string, { flags }: Command): string | undefined => {
  const flag = Object.entries(flags).find(([, { value }]) => value?.choices?.includes(word) === true)
  return flag === undefined ? undefined : `--${flag[0]} ${word}`
}

const incomplete = ({ path }: Found, commands: ReadonlyArray<Command>): Mistake => {
  const said = path.join(" ")
  return {
    message: { en: `${said} is only half of a command`, zh: `${said} 只是命令的一半` },
    cure: listed(commands)
  }
}

const namesOf = (commands: ReadonlyArray<Command>) => commands.map(({ name }) => name)

const listed = (commands: ReadonlyArray<Command>): Bilingual => ({
  en: `the commands are: ${namesOf(commands).join(", ")}`,
  zh: `可用的命令：${namesOf(commands).join("、")}`
})

const contradiction = (found: Found | undefined): Mistake => ({
  message: { en: "--verbose and --quiet contradict each other", zh: "--verbose 与 --quiet 相互矛盾" },
  cure: seeHelp(found)
})

const noCommand = { en: "no command given", zh: "没有指定命令" }

const seeHelp = (found: Found | undefined): Bilingual => {
  const line = ["webqq-login", ...(found?.path ?? []), "--help"].join(" ")
  return { en: `see ${line}`, zh: `请看 ${line}` }
}
