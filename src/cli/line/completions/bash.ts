/**
 * Completions for bash.
 */
import type { Command, Flags, ValueKind } from "../Command.ts"
import { everyCommand, type Found } from "../find.ts"
import { globalFlags } from "../globalFlags.ts"

export const bash = (commands: ReadonlyArray<Command>): string => {
  const all = everyCommand(commands)
  const names = all.map(({ path }) => `"${[path.slice(0, -1).join(" "), path.at(-1)].join(" ")}"`)
  return `# bash completion of webqq-login
_webqq_login() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= word words= files=
  # Bash splits at "=".
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in ${names.join("|")}) command="\${command:+$command }$word";; esac
  done
  case "$command $prev" in
${all.flatMap(flagValues).join("\n")}
    *" --lang") words="en zh";;
    *) case $command in
${all.map(elsewhere).join("\n")}
      *) words="${[...commands.map(({ name }) => name), ...dashed(globalFlags)].join(" ")}";;
    esac;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ -n $files ]]; then compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$cur")); fi
}
complete -F _webqq_login webqq-login`
}

const dashed = (flags: Flags) =>
  Object.entries(flags).flatMap(([name, { short }]) =>
    short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]
  )

/** What follows a flag with a value. */
const flagValues = ({ command, path }: Found) =>
  Object.entries(command.flags).flatMap(([name, { short, value }]) => {
    if (value === undefined) return []
    const names = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]
    return [
      `    ${names.map((name) => `"${path.join(" ")} ${name}"`).join("|")}) ${offer(value.choices ?? [], [value])};;`
    ]
  })

/** What may stand elsewhere behind a command. */
const elsewhere = ({ command, path }: Found) => {
  const operands = Object.values(command.operands ?? {}).map(({ value }) => value)
  const words = [
    ...(command.commands ?? []).map(({ name }) => name),
    ...operands.flatMap(({ choices = [] }) => choices),
    ...dashed({ ...command.flags, ...globalFlags })
  ]
  return `      "${path.join(" ")}") ${offer(words, operands)};;`
}

const offer = (words: ReadonlyArray<string>, kinds: ReadonlyArray<ValueKind<unknown>>) =>
  `words="${words.join(" ")}"${kinds.some(({ file }) => file) ? " files=1" : ""}`
