/**
 * Completions for zsh: a function for each command, which hands on to those below it.
 */
import type { Language } from "../../../Language.ts"
import type { Command, ValueKind } from "../Command.ts"
import { everyCommand, type Found } from "../find.ts"
import { globalFlags } from "../globalFlags.ts"
import { quote } from "./quote.ts"

export const zsh = (commands: ReadonlyArray<Command>, language: Language): string =>
  [
    "#compdef webqq-login",
    completing("_webqq_login", [], commands, language),
    ...everyCommand(commands).map((found) =>
      completing(named(found.path), specs(found, language), found.command.commands ?? [], language)
    ),
    `if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _webqq_login "$@"; else compdef _webqq_login webqq-login; fi`
  ].join("\n")

const named = (path: ReadonlyArray<string>) => ["_webqq_login", ...path].join("_").replaceAll("-", "_")

const completing = (
  name: string,
  specs: ReadonlyArray<string>,
  below: ReadonlyArray<Command>,
  language: Language
): string => {
  if (below.length === 0) return `${name}() { _arguments ${specs.join(" ")} }`
  const rows = below.map((command) => `    ${quote(`${command.name}:${command.summary[language]}`)}`)
  const cases = below.map((command) => `        ${command.name}) ${name}_${command.name.replaceAll("-", "_")};;`)
  return `${name}() {
  local -a commands=(
${rows.join("\n")}
  )
  local curcontext=$curcontext state line
  _arguments -C ${[...specs, "'1:command:->command'", "'*::arguments:->arguments'"].join(" ")}
  case $state in
    command) _describe command commands;;
    arguments)
      case $line[1] in
${cases.join("\n")}
      esac;;
  esac
}`
}

const specs = ({ command }: Found, language: Language): ReadonlyArray<string> => {
  const flags = Object.entries({ ...command.flags, ...globalFlags }).flatMap(
    ([name, { many, short, summary, value }]) => {
      const about = `[${escape(summary[language])}]`
      const again = many === true ? "*" : ""
      const takes = value === undefined ? "" : `:${escape(value.metavar)}:${offer(value)}`
      const long = quote(`${again}--${name}${value === undefined ? "" : "="}${about}${takes}`)
      return short === undefined ? [long] : [long, quote(`${again}-${short}${about}${takes}`)]
    }
  )
  const operands = Object.values(command.operands ?? {}).map(({ many, value }, index) =>
    quote(`${many === true ? "*" : index + 1}:${escape(value.metavar)}:${offer(value)}`)
  )
  return [...flags, ...operands]
}

const escape = (text: string) => text.replace(/[[\]:\\]/g, "\\$&")

const offer = ({ choices = [], file }: ValueKind<unknown>) => {
  const list = choices.join(" ")
  if (file !== true) return list === "" ? " " : `(${list})`
  return list === "" ? "_files" : `{compadd ${list}; _files}`
}
