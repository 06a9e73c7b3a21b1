/**
 * The regular expressions of scenario files. Scenarios come from strangers, so no text may keep a pattern busy: what is read here is
 * the part of the language that a set of states can run, one step for each of them and each character of the text, and nothing else.
 */
import type { Bilingual } from "../../Language.ts"
import { type Node, parse } from "./patternSyntax.ts"

/** A pattern that is ready to be asked. */
export interface Pattern {
  /** Whether the text matches from its first to its last character. */
  readonly test: (text: string) => boolean
}

/** How many states a pattern may have, once its counted repetitions are written out. */
const maxStates = 1000

/** One state: what it reads before it goes on to the next, where it goes without reading, or the end. */
type State =
  | { readonly reads: (char: string) => boolean; next: number }
  | { readonly to: Array<number> }
  | { readonly end: true }

/** The pattern, or what is wrong with it, as the end of the sentence "Expected …". */
export const compile = (source: string): Pattern | { readonly wrong: Bilingual } => {
  const node = parse(source)
  if ("wrong" in node) return node
  const states: Array<State> = [{ end: true }]
  // Built from the end: each part knows where it goes on.
  let built = 0
  const build = (node: Node, next: number): number => {
    // Parts are counted too: of nothing, repeated, there are no states.
    if (states.length > maxStates || ++built > 10 * maxStates) throw new TooLarge()
    const add = (state: State) => states.push(state) - 1
    switch (node._tag) {
      case "Char":
        return add({ reads: node.reads, next })
      case "Sequence":
        return node.parts.reduceRight((next, part) => build(part, next), next)
      case "Either":
        return add({ to: node.parts.map((part) => build(part, next)) })
      case "Repeat": {
        const { least, most, part } = node
        let entry = next
        if (most === Infinity) {
          const loop: State = { to: [next] }
          entry = add(loop)
          loop.to.push(build(part, entry))
        } else for (let more = most - least; more > 0; more--) entry = add({ to: [next, build(part, entry)] })
        for (let n = 0; n < least; n++) entry = build(part, entry)
        return entry
      }
    }
  }
  try {
    const start = build(node, 0)
    return { test: (text) => run(states, start, text) }
  } catch (cause) {
    if (!(cause instanceof TooLarge)) throw cause
    return {
      wrong: {
        en: `a pattern of at most ${maxStates} states: its counted repetitions are too long`,
        zh: `不超过 ${maxStates} 个状态的模式：其重复次数过多`
      }
    }
  }
}

class TooLarge extends Error {}

const run = (states: ReadonlyArray<State>, start: number, text: string): boolean => {
  let current = reachable(states, [start])
  for (const char of text) {
    const next: Array<number> = []
    for (const at of current) {
      const state = states[at]
      if (state !== undefined && "reads" in state && state.reads(char)) next.push(state.next)
    }
    if (next.length === 0) return false
    current = reachable(states, next)
  }
  return current.has(0)
}

/** All states that can be come to from these without reading anything, each once. */
const reachable = (states: ReadonlyArray<State>, from: Array<number>): ReadonlySet<number> => {
  const seen = new Set(from)
  // A set is walked in the order in which it grows.
  for (const at of seen) {
    const state = states[at]
    if (state !== undefined && "to" in state) for (const next of state.to) seen.add(next)
  }
  return seen
}

const kept = new Map<string, Pattern>()
const mostKept = 256

/** The pattern of a source that a scenario's schema has let pass. */
export const of = (source: string): Pattern => {
  const known = kept.get(source)
  if (known !== undefined) return known
  const made = compile(source)
  if ("wrong" in made) throw new Error(`Expected ${made.wrong.en}`)
  if (kept.size >= mostKept) kept.clear()
  kept.set(source, made)
  return made
}
