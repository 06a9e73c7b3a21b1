import * as Effect from "effect/Effect"
import { EventEmitter } from "node:events"

/** A terminal's keyboard on which nobody types until `type` is called. */
export const keyboard = () => {
  const events = new EventEmitter()
  const modes: Array<boolean> = []
  return {
    input: Object.assign(events, {
      isTTY: true,
      setRawMode: (on: boolean) => modes.push(on),
      setEncoding: () => {},
      resume: () => {},
      pause: () => {}
    }),
    /** Types each text when the next question has been asked. */
    type: (...texts: ReadonlyArray<string>) =>
      Effect.forEach(texts, (text) =>
        Effect.promise(async () => {
          while (events.listenerCount("data") === 0) await new Promise(setImmediate)
          events.emit("data", text)
        })
      ),
    modes
  }
}
