/**
 * Ctrl-Z, and what follows: the terminal belongs to others until the process goes on.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Calls `leave` before the process stops, and `comeBack` when it goes on, until the scope closes. */
export const onSuspend = (leave: () => void, comeBack: () => void): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => {
        let isBack = false
        const stop = () => {
          leave()
          // Now the signal does what it does to any program. Where nobody could let the process go on, the system drops it, and so
          // does no other one come.
          process.removeListener("SIGTSTP", stop)
          process.kill(process.pid, "SIGTSTP")
          setImmediate(() => {
            process.on("SIGTSTP", stop)
            isBack = true
            comeBack()
          })
        }
        const goOn = () => {
          if (!isBack) comeBack()
          isBack = false
        }
        process.on("SIGTSTP", stop).on("SIGCONT", goOn)
        return { stop, goOn }
      }),
      ({ goOn, stop }) =>
        Effect.sync(() => void process.removeListener("SIGTSTP", stop).removeListener("SIGCONT", goOn))
    )
  )
