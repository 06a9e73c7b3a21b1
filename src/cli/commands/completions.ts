/**
 * `webqq-login completions`: what a shell completes, rendered from the table of commands.
 */
import * as Effect from "effect/Effect"
import type { Language } from "../../Language.ts"
import type { Command, Flags, ValueKind, Values } from "../line/parse.ts"
import { globalFlags } from "../line/parse.ts"
import { commands } from "../line/commands.ts"
import { perform } from "../terminal/perform.ts"
import type { Surroundings } from "../terminal/report.ts"
import type { completions as command } from "../line/sessionCommands.ts"

export const run = ({ argument }: Values<typeof command>, around: Surroundings): Effect.Effect<number> =>
  perform(
    Effect.sync(() => around.output.stdout(script[argument](around.language))),
    false,
    around
  )

const flagsOf = (command: Command): ReadonlyArray<readonly [name: string, flag: Flags[string]]> =>
  Object.entries({ ...command.flags, ...globalFlags })

const words = (value: ValueKind<unknown> | undefined) => value?.choices ?? []

const bash = () => `# bash completion of webqq-login
_webqq_login() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= word words= files=
  # Bash splits at "=".
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${commands.map(({ name }) => name).join("|")}) command=$word; break;; esac
  done
  case "$command $prev" in
${commands.flatMap(bashFlags).join("\n")}
    *" --lang") words="en zh";;
    *) case $command in
${commands.map(bashCommand).join("\n")}
      *) words="${commands.map(({ name }) => name).join(" ")} ${names(globalFlags)}";;
    esac;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ -n $files ]]; then compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$cur")); fi
}
complete -F _webqq_login webqq-login
`

const names = (flags: Flags) =>
  Object.keys(flags)
    .map((name) => `--${name}`)
    .join(" ")

/** What follows a flag with a value. */
const bashFlags = (command: Command) =>
  Object.entries(command.flags).flatMap(([name, { value }]) =>
    value === undefined ? [] : [`    "${command.name} --${name}") ${bashValue(value)};;`]
  )

const bashValue = (value: ValueKind<unknown>) => `words="${words(value).join(" ")}"${value.file ? " files=1" : ""}`

/** What may stand elsewhere behind a command. */
const bashCommand = ({ argument, flags, name }: Command) => {
  const all = [...words(argument?.value), names({ ...flags, ...globalFlags })].join(" ")
  return `      ${name}) words="${all}"${argument?.value.file ? " files=1" : ""};;`
}

const zsh = (language: Language) => `#compdef webqq-login
_webqq_login() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary[language]}`)}`).join("\n")}
  )
  local curcontext=$curcontext state line
  _arguments -C '1:command:->command' '*::arguments:->arguments'
  case $state in
    command) _describe command commands;;
    arguments)
      case $line[1] in
${commands.map((command) => zshCommand(command, language)).join("\n")}
      esac;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _webqq_login "$@"; else compdef _webqq_login webqq-login; fi
`

const zshCommand = (command: Command, language: Language) => {
  const { argument, name } = command
  const flags = flagsOf(command).map(([flag, { summary, value }]) => {
    const about = `[${zshText(summary[language])}]`
    return quote(
      value === undefined ? `--${flag}${about}` : `--${flag}=${about}:${zshText(value.metavar)}:${zshValue(value)}`
    )
  })
  const last = argument === undefined ? [] : [quote(`1:${zshText(argument.value.metavar)}:${zshValue(argument.value)}`)]
  return `        ${name}) _arguments ${[...flags, ...last].join(" ")};;`
}

const zshText = (text: string) => text.replace(/[[\]:\\]/g, "\\$&")
const zshValue = (value: ValueKind<unknown>) => {
  const list = `(${words(value).join(" ")})`
  if (!value.file) return words(value).length === 0 ? " " : list
  return words(value).length === 0 ? "_files" : `{compadd ${words(value).join(" ")}; _files}`
}

const fish = (language: Language) => {
  const complete = (...parts: ReadonlyArray<string>) => ["complete -c webqq-login", ...parts].join(" ")
  const completed = (value: ValueKind<unknown> | undefined) => {
    if (value === undefined) return []
    const list = words(value).length === 0 ? [] : [`-a ${quote(words(value).join(" "))}`]
    return [value.file ? "-F" : "-f", ...list]
  }
  const lines = commands.flatMap((command) => {
    const inside = `-n ${quote(`__fish_seen_subcommand_from ${command.name}`)}`
    const { argument, name, summary } = command
    return [
      complete("-n __fish_use_subcommand", "-a", name, "-d", quote(summary[language])),
      ...(argument === undefined ? [] : [complete(inside, ...completed(argument.value))]),
      ...flagsOf(command).map(([flag, { summary, value }]) =>
        complete(
          inside,
          "-l",
          flag,
          ...(value === undefined ? [] : ["-r"]),
          ...completed(value),
          "-d",
          quote(summary[language])
        )
      )
    ]
  })
  return ["# fish completion of webqq-login", complete("-f"), ...lines, ""].join("\n")
}

// The same in all three shells as far as single quotes go; no text of the table has one.
const quote = (text: string) => `'${text.replaceAll("'", "’")}'`

const script: Readonly<Record<"bash" | "zsh" | "fish", (language: Language) => string>> = { bash, zsh, fish }
