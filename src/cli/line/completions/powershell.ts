/**
 * Completions for PowerShell, on Windows and elsewhere.
 */
import type { Command, Flags, ValueKind } from "../Command.ts"
import { everyCommand, type Found } from "../find.ts"
import { globalFlags } from "../globalFlags.ts"
import { quote } from "./quote.ts"

export const powershell = (commands: ReadonlyArray<Command>): string => {
  const all = everyCommand(commands)
  const top = [...commands.map(({ name }) => name), ...dashed(globalFlags)]
  return `# PowerShell completion of webqq-login
Register-ArgumentCompleter -Native -CommandName webqq-login -ScriptBlock {
  param($word, $line, $cursor)
  $offers = @{
    '' = ${list(top)}
${all.map(elsewhere).join("\n")}
${all.flatMap(flagValues).join("\n")}
  }
  $command = ''
  $before = ''
  foreach ($element in $line.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $cursor -and "$element" -eq $word) { break }
    $before = "$element"
    if ($offers.ContainsKey("$command $before".Trim()) -and -not $before.StartsWith('-')) {
      $command = "$command $before".Trim()
    }
  }
  $found = $offers["$command $before".Trim()]
  if ($null -eq $found -or -not $before.StartsWith('-')) { $found = $offers[$command] }
  # Where nothing is offered, PowerShell completes names of files.
  $found | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}`
}

const list = (words: ReadonlyArray<string>) => `@(${words.map(quote).join(", ")})`

const dashed = (flags: Flags) =>
  Object.entries(flags).flatMap(([name, { short }]) =>
    short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]
  )

/** What may stand behind a command. */
const elsewhere = ({ command, path }: Found) => {
  const operands = Object.values(command.operands ?? {}).flatMap(({ value }) => value.choices ?? [])
  const words = [
    ...(command.commands ?? []).map(({ name }) => name),
    ...operands,
    ...dashed({ ...command.flags, ...globalFlags })
  ]
  return `    ${quote(path.join(" "))} = ${list(words)}`
}

/** What follows a flag with a value; nothing where only its owner knows. */
const flagValues = ({ command, path }: Found) =>
  Object.entries({ ...command.flags, ...globalFlags }).flatMap(([name, { short, value }]) =>
    value === undefined
      ? []
      : [`--${name}`, ...(short === undefined ? [] : [`-${short}`])].map(
          (flag) => `    ${quote(`${path.join(" ")} ${flag}`)} = ${list(choicesOf(value))}`
        )
  )

const choicesOf = ({ choices = [] }: ValueKind<unknown>) => choices
