/**
 * A short list on a terminal, from which somebody chooses with the arrow keys or a number.
 */
import * as Effect from "effect/Effect"
import type { Bilingual } from "../../Language.ts"
import type { Surroundings } from "../inputs/Surroundings.ts"
import { controlKey, typing } from "../inputs/typing.ts"
import { printable } from "./printable.ts"
import type { Input } from "./streams.ts"
import { cut, width } from "./width.ts"

/** Whether somebody can be asked: keys come from a terminal, and the list can be drawn on one. */
export const canAsk = ({ input = process.stdin, streams }: Pick<Surroundings, "input" | "streams">): boolean =>
  input.isTTY === true && streams.terminal() !== undefined

/** Asks, and yields the place in the list. Ctrl-C and Ctrl-D interrupt. There are nine rows at most. */
export const choose = (
  question: Bilingual,
  rows: ReadonlyArray<Bilingual>,
  { input = process.stdin, language, streams }: Surroundings
): Effect.Effect<number> =>
  Effect.suspend(() => {
    const source: Input = input
    const columns = streams.terminal()?.columns ?? 80
    let at = 0
    const lines = () => [
      question[language],
      ...rows.map((row, index) => `${index === at ? "›" : " "} ${index + 1}  ${row[language]}`)
    ]
    const draw = () => {
      streams.withdraw()
      const text = lines().map((line) => cut(printable(line), columns - 1))
      streams.draw({ text: text.join("\n"), columns: Math.max(...text.map(width)), rows: text.length })
    }
    const onKey = (key: string, end: (answer: Effect.Effect<number>) => void) => {
      if (key === controlKey("C") || key === controlKey("D")) return end(Effect.interrupt)
      if (key === "\r" || key === "\n") return end(Effect.succeed(at))
      const number = Number(key)
      if (number >= 1 && number <= rows.length) return end(Effect.succeed(number - 1))
      if (key === "k" || key === "j") move(key === "k" ? -1 : 1)
    }
    const move = (step: number) => {
      at = (at + step + rows.length) % rows.length
      draw()
    }
    const choosing = typing<number>(source, (end) => (text) => {
      const [typed = "", ...sequences] = text.split("\u001b")
      for (const key of typed) onKey(key, end)
      for (const sequence of sequences) {
        // Of an arrow, the letter says where it points; numbers in front of it are other keys that are held.
        const [, letter = "", more = ""] = /^[[O][\d;]*(.)(.*)$/s.exec(sequence) ?? []
        if (letter === "A" || letter === "B") move(letter === "A" ? -1 : 1)
        for (const key of more) onKey(key, end)
      }
    })
    draw()
    // What was chosen is said in the place of the list.
    const chosen = (index: number) =>
      Effect.sync(() => {
        streams.withdraw()
        streams.insist(rows[index] ?? "")
      })
    return Effect.tap(choosing, chosen)
  })
