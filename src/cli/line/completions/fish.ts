/**
 * Completions for fish.
 */
import type { Language } from "../../../Language.ts"
import type { Command, ValueKind } from "../Command.ts"
import { everyCommand, type Found } from "../find.ts"
import { globalFlags } from "../globalFlags.ts"
import { quote } from "./quote.ts"

export const fish = (commands: ReadonlyArray<Command>, language: Language): string =>
  [
    "# fish completion of webqq-login",
    complete("-f"),
    ...commands.flatMap((command) => named(command, "__fish_use_subcommand", language)),
    ...everyCommand(commands).flatMap((found) => inside(found, language))
  ].join("\n")

const complete = (...parts: ReadonlyArray<string>) => ["complete -c webqq-login", ...parts].join(" ")

const named = ({ name, summary }: Command, where: string, language: Language) =>
  complete("-n", quote(where), "-a", name, "-d", quote(summary[language]))

const inside = ({ command, path }: Found, language: Language): ReadonlyArray<string> => {
  const below = command.commands ?? []
  const here = path.map((name) => `__fish_seen_subcommand_from ${name}`).join("; and ")
  const names = below.map(({ name }) => name).join(" ")
  const onlyHere = names === "" ? here : `${here}; and not __fish_seen_subcommand_from ${names}`
  const operands = Object.values(command.operands ?? {})
  const flags = command.load === undefined ? [] : Object.entries({ ...command.flags, ...globalFlags })
  return [
    ...below.map((command) => named(command, onlyHere, language)),
    ...operands.map(({ value }) => complete("-n", quote(onlyHere), ...offer(value))),
    ...flags.map(([flag, { short, summary, value }]) =>
      complete(
        "-n",
        quote(onlyHere),
        ...(short === undefined ? [] : ["-s", short]),
        "-l",
        flag,
        ...(value === undefined ? [] : ["-r", ...offer(value)]),
        "-d",
        quote(summary[language])
      )
    )
  ]
}

const offer = ({ choices = [], file }: ValueKind<unknown>) => [
  file === true ? "-F" : "-f",
  ...(choices.length === 0 ? [] : ["-a", quote(choices.join(" "))])
]
