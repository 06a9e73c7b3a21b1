/**
 * Signals that end a command, with one exit code for all of them.
 */
import { end } from "./end.ts"

export const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const

/** While there is nothing to leave in order yet. */
export const endAtOnce = (): void => {
  for (const signal of signals) process.on(signal, () => end(130))
}
