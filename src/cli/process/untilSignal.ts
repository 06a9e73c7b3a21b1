/**
 * For a command whose usual end is a signal.
 */
import * as Effect from "effect/Effect"

let waiting: (() => void) | undefined

/** Until somebody wants the command to end. */
export const untilSignal: Effect.Effect<void> = Effect.callback<void>((resume) => {
  waiting = () => resume(Effect.void)
  return Effect.sync(() => (waiting = undefined))
})

/** Hands a signal to the command; false where it does not wait for one, and has to be interrupted. */
export const handOver = (): boolean => {
  const wakes = waiting
  waiting = undefined
  wakes?.()
  return wakes !== undefined
}
