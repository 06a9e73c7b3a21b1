/**
 * The command that a line names, in the tree of them.
 */
import type { Command } from "./Command.ts"

/** A command with the names that lead to it: `fixtures`, `serve`. */
export interface Found {
  readonly command: Command
  readonly path: ReadonlyArray<string>
}

/** Goes down as far as words are names of commands; the words behind them are left. */
export const find = (
  commands: ReadonlyArray<Command>,
  words: ReadonlyArray<string>
): { readonly found: Found | undefined; readonly rest: ReadonlyArray<string> } => {
  let found: Found | undefined
  let level: ReadonlyArray<Command> = commands
  for (const [index, word] of words.entries()) {
    const command = level.find(({ name }) => name === word)
    if (command === undefined) return { found, rest: words.slice(index) }
    found = { command, path: words.slice(0, index + 1) }
    level = command.commands ?? []
  }
  return { found, rest: [] }
}

/** All of them, those that lead to others before these. */
export const everyCommand = (
  commands: ReadonlyArray<Command>,
  above: ReadonlyArray<string> = []
): ReadonlyArray<Found> =>
  commands.flatMap((command) => {
    const path = [...above, command.name]
    return [{ command, path }, ...everyCommand(command.commands ?? [], path)]
  })
