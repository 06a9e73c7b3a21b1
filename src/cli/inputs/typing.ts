/**
 * Keys as they are typed, none of which shows: the terminal is in raw mode until an answer is there, and is given back however it ends.
 */
import * as Effect from "effect/Effect"
import type { Input } from "../terminal/streams.ts"

/** `hear` is given what ends it, and returns what is called with each piece of input. */
export const typing = <A>(
  input: Input,
  hear: (end: (answer: Effect.Effect<A>) => void) => (text: string) => void
): Effect.Effect<A> =>
  Effect.suspend(() => {
    let onData: (text: string) => void = () => {}
    const typed = Effect.callback<A>((resume) => {
      onData = hear(resume)
      input.setRawMode(true)
      input.setEncoding("utf8")
      input.on("data", onData)
      input.resume()
    })
    const giveBack = Effect.sync(() => {
      input.off("data", onData)
      input.setRawMode(false)
      input.pause()
    })
    return Effect.ensuring(typed, giveBack)
  })

/** What a terminal in raw mode sends in the place of a signal. */
export const controlKey = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) - 64)
