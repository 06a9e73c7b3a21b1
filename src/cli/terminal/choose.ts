/**
 * A short list on a terminal, from which somebody chooses with the arrow keys or a number.
 */
import * as Effect from "effect/Effect"
import type { Bilingual } from "../../Language.ts"
import type { Surroundings } from "../inputs/Surroundings.ts"
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
    let end: (effect: Effect.Effect<number>) => void = () => {}
    const onKey = (key: string) => {
      if (key === "\u0003" || key === "\u0004") return end(Effect.interrupt)
      if (key === "\r" || key === "\n") return end(Effect.succeed(at))
      const number = Number(key)
      if (number >= 1 && number <= rows.length) return end(Effect.succeed(number - 1))
      if (key === "k" || key === "j") move(key === "k" ? -1 : 1)
    }
    const move = (step: number) => {
      at = (at + step + rows.length) % rows.length
      draw()
    }
    const onData = (text: string) => {
      const [typed = "", ...sequences] = text.split("\u001b")
      for (const key of typed) onKey(key)
      for (const sequence of sequences) {
        // Of an arrow, the letter says where it points; numbers in front of it are other keys that are held.
        const [, letter = "", more = ""] = /^[[O][\d;]*(.)(.*)$/s.exec(sequence) ?? []
        if (letter === "A" || letter === "B") move(letter === "A" ? -1 : 1)
        for (const key of more) onKey(key)
      }
    }
    const choosing = Effect.callback<number>((resume) => {
      end = resume
      draw()
      source.setRawMode(true)
      source.setEncoding("utf8")
      source.on("data", onData)
      source.resume()
    })
    const leave = Effect.sync(() => {
      source.off("data", onData)
      source.setRawMode(false)
      source.pause()
    })
    // What was chosen is said in the place of the list.
    const chosen = (index: number) =>
      Effect.sync(() => {
        streams.withdraw()
        streams.insist(rows[index] ?? "")
      })
    return Effect.tap(Effect.ensuring(choosing, leave), chosen)
  })
