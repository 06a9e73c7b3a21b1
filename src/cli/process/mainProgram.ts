/**
 * Runs a command as the main program of the process: signals, closed pipes, and the exit code.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import type { Surroundings } from "../inputs/Surroundings.ts"
import { ofCommands } from "../../errors/ExitCode.ts"
import { tellFailure } from "./tellFailure.ts"
import { end } from "./end.ts"
import { atSignal } from "./signals.ts"
import { handOver } from "./untilSignal.ts"

/**
 * Runs the program, whose value is the exit code. With `json`, a fault that it did not see coming is told on stdout too.
 *
 * - A signal interrupts it; a second one, or half a second, ends the process. Both exit with 130. A command that waits for a signal
 *   goes on to its own end instead.
 * - Where stdout cannot be written any more, or nobody reads it, the program is of no use and is interrupted too: exit code 1.
 */
export const runAsMain = (program: Effect.Effect<number>, json: boolean, around: Surroundings): void => {
  const stdoutClosed = Effect.callback<number>((resume) => {
    process.stdout.on("error", () => resume(Effect.succeed(ofCommands.unexpected)))
  })
  // Outside of any fiber; the text of such an error may hold anything, so that Node must not print it.
  process.on("uncaughtException", (defect) => end(tellFailure(Cause.die(defect), json, around)))
  runMain(Effect.raceFirst(program, stdoutClosed), {
    disableErrorReporting: true,
    teardown: (exit, onExit) => {
      if (Exit.isSuccess(exit)) return onExit(Number(exit.value))
      onExit(
        Cause.hasInterruptsOnly(exit.cause)
          ? ofCommands.interrupted
          : tellFailure(Cause.die(Cause.squash(exit.cause)), json, around)
      )
    }
  })
}

const runMain = Runtime.makeRunMain(({ fiber, teardown }) => {
  const onSignal = () => {
    const interrupted = () => end(ofCommands.interrupted)
    atSignal(interrupted)
    if (handOver()) return
    fiber.interruptUnsafe()
    Effect.runFork(Effect.andThen(Effect.sleep("500 millis"), Effect.sync(interrupted)))
  }
  atSignal(onSignal)
  fiber.addObserver((exit) => teardown(exit, finish))
})

// A pipe may still hold what was written last: the process ends when it is through, or when nobody reads it.
const finish = (code: number): void => {
  process.stdout.write("", (error) => {
    const unread = error || process.exitCode === ofCommands.unexpected
    process.stderr.write("", () => end(code === 0 && unread ? ofCommands.unexpected : code))
  })
}
