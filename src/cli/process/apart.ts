/**
 * Work that may take long, on what others gave: in a thread of its own, so that this one hears every signal meanwhile and can end
 * the process at once. The thread runs the command's own file again, which sees where it runs.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import type { Surroundings } from "../inputs/Surroundings.ts"
import type { Advice } from "../terminal/advice.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { tellFailure } from "./tellFailure.ts"

/** What the thread is asked for: the whole command of this line, or a part of it. */
interface Order {
  readonly part?: { readonly input: unknown }
}

type Answer = { readonly output: unknown } | { readonly failed: { readonly said: Advice; readonly exitCode: number } }

/** Whether this is no such thread. */
export { isMainThread as isMain } from "node:worker_threads"

/** The part that this thread is asked for. */
export const part = isMainThread ? undefined : (workerData as Order | null)?.part

const start = (entry: string, order: Order) =>
  new Worker(new URL(entry), { argv: process.argv.slice(2), workerData: order, name: "webqq-login" })

/**
 * Runs the whole command there; yields its exit code. Interruption interrupts it there, too; where it does not hear that, it is said
 * here, and the process need not wait for it.
 */
export const runCommand = (json: boolean, around: Surroundings): Effect.Effect<number> =>
  Effect.suspend(() => {
    const thread = start(around.entry!, {})
    const ended = Effect.callback<number>((resume) => {
      thread.on("exit", (code) => resume(Effect.succeed(code)))
      thread.on("error", (fault) => resume(Effect.die(fault)))
    })
    const deaf = Effect.sleep("400 millis").pipe(
      Effect.map(() => tellFailure(Cause.interrupt(), json, around)),
      Effect.andThen(Effect.promise(() => thread.terminate()))
    )
    return Effect.onInterrupt(ended, () =>
      Effect.suspend(() => {
        thread.postMessage("interrupt")
        return Effect.raceFirst(ended, deaf)
      })
    )
  })

/** In the thread: a message says what a signal says to the process. */
export const onInterrupt = (): void => {
  parentPort?.on("message", () => process.emit("SIGINT")).unref()
}

/**
 * Has a part of the command done there, where there is a file to run: its input and output are copied. `part` is the same as the
 * thread will find by way of the command's code.
 */
export const runPart = <I, O>(
  { entry }: Surroundings,
  part: (input: I) => Effect.Effect<O, CommandFailed>,
  input: I
): Effect.Effect<O, CommandFailed> =>
  entry === undefined
    ? part(input)
    : Effect.callback<O, CommandFailed>((resume) => {
        const thread = start(entry, { part: { input } })
        thread.on("message", (answer: Answer) =>
          resume(
            "output" in answer ? Effect.succeed(answer.output as O) : Effect.fail(new CommandFailed(answer.failed))
          )
        )
        thread.on("error", (fault) => resume(Effect.die(fault)))
        thread.on("exit", () => resume(Effect.die(new Error("the thread ended without an answer"))))
        // Not waited for: it may be deaf for longer than an interrupted process lasts, and what is to be left in order is left so first.
        return Effect.sync(() => void thread.terminate())
      })

/** In the thread: answers with what comes of a part. */
export const answer = (part: Effect.Effect<unknown, CommandFailed>): Promise<void> =>
  Effect.runPromise(
    Effect.match(part, {
      onSuccess: (output): Answer => ({ output }),
      onFailure: ({ exitCode, said }): Answer => ({ failed: { said, exitCode } })
    })
  ).then((answer) => parentPort?.postMessage(answer))
