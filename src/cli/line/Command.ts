/**
 * What a command is: data, from which parsing, help and completions follow. Its code is loaded when it is called.
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { LoginError } from "../../errors/LoginError.ts"
import type { Bilingual } from "../../Language.ts"
import type { Surroundings } from "../inputs/Surroundings.ts"
import type { CommandFailed } from "../process/CommandFailed.ts"

/** How a text of the line becomes a value; `undefined` where it does not. */
export interface ValueKind<A> {
  /** The value's name in the help. */
  readonly metavar: string
  /** What would be right, as the end of the sentence "expected …". */
  readonly expected: Bilingual
  /** Words to choose from, or to begin with. */
  readonly choices?: ReadonlyArray<string>
  /** Whether the text may be the path of a file. */
  readonly file?: true
  /** Whether the text may hold a password: where it is a mistake, it is not said back. */
  readonly secret?: true
  readonly read: (text: string) => A | undefined
}

/** `--name`; one without `value` is true where it is given. */
export interface Flag<A = unknown> {
  readonly summary: Bilingual
  readonly short?: string
  readonly value?: ValueKind<A>
  /** Whether each time that it is given counts. Of others the last one does. */
  readonly many?: true
}

/** A word of the line that is no flag. Only the last of a command may be `optional` or `many`. */
export interface Operand<A = unknown> {
  readonly summary: Bilingual
  readonly value: ValueKind<A>
  /** Whether it may be left out. */
  readonly optional?: true
  /** Whether any number of words may follow it. */
  readonly many?: true
}

export type Flags = Readonly<Record<string, Flag>>
export type Operands = Readonly<Record<string, Operand>>

export interface Command<F extends Flags = Flags, O extends Operands = Operands> {
  readonly name: string
  readonly summary: Bilingual
  readonly flags: F
  /** In their order. None is called as a flag is. */
  readonly operands?: O
  /** Somebody else's command, word by word behind `--`. Where there is none, `--` only ends the flags. */
  readonly behind?: { readonly summary: Bilingual; readonly metavar: string }
  readonly examples: ReadonlyArray<string>
  /** The exit codes that it can end with, beside those of every command (0, 1, 2 and 130). Default: any. */
  readonly exits?: ReadonlyArray<number>
  /** Its code. One without can only be called by way of the commands below it. */
  readonly load?: () => Promise<Program>
  /** Whether all of it, or a part, may take long on what others gave, and is done in a thread of its own (`process/apart.ts`). */
  readonly apart?: "all" | "part"
  /** Whether the first thing that it does is to ask the server for a code; by what is known of its line alone. */
  readonly asksForCode?: (values: Readonly<Record<string, unknown>>) => "yes" | "unless a session is kept" | "no"
  /** Below it: `login start`. */
  readonly commands?: ReadonlyArray<Command>
}

/** What a command does with the values of its line. */
export interface Program {
  readonly run: (values: never, around: Surroundings) => Effect.Effect<void, LoginError | CommandFailed, Scope.Scope>
  /** The part of it that is done in a thread of its own. What goes in and comes out can be copied. */
  readonly part?: (input: never) => Effect.Effect<unknown, CommandFailed>
}

/** What the line of a command yields: flags and operands by name, of which one that was not given is missing. */
export type Values<C extends Command> = {
  readonly [K in keyof C["flags"]]?: Value<C["flags"][K]>
} & (C extends { readonly operands: infer O }
  ? { readonly [K in RequiredOf<O>]: Value<O[K]> } & { readonly [K in Exclude<keyof O, RequiredOf<O>>]?: Value<O[K]> }
  : unknown) &
  (C extends { readonly behind: object } ? { readonly behind: ReadonlyArray<string> } : unknown)

type Value<F> = F extends { readonly value: ValueKind<infer A> }
  ? F extends { readonly many: true }
    ? ReadonlyArray<A>
    : A
  : true

type RequiredOf<O> = { [K in keyof O]: O[K] extends { readonly optional: true } ? never : K }[keyof O]
