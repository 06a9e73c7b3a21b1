/**
 * Signals that end a command, with one exit code for all of them.
 */
import { end } from "./end.ts"

const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const

/**
 * Has this done at a signal, and nothing that was to be done before. It is added before that is taken away: where nobody listens for a
 * moment, Node forgets a signal that has come while code was loaded and that nobody was told of yet.
 */
export const atSignal = (run: () => void): void => {
  for (const signal of signals) {
    const before = process.listeners(signal)
    process.on(signal, run)
    for (const listener of before) process.off(signal, listener)
  }
}

/** While there is nothing to leave in order yet. */
export const endAtOnce = (): void => atSignal(() => end(130))
