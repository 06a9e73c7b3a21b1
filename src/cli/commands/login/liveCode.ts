/**
 * A code on the screen, and the state below it: it follows the terminal, says how long it lives, and is gone when it is dead.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { QrShown, SignInEvent } from "../../../LoginEvent.ts"
import { onSuspend } from "../../process/suspend.ts"
import { ending, passing, withLeft, wordsOf } from "../../terminal/eventWords.ts"
import type { Options, Shown } from "../../terminal/showCode.ts"

/** What is shown of a code. */
export type Code = Pick<QrShown, "attempt" | "expiresAt" | "png">

interface Living {
  readonly left: () => number
  readonly redraw: () => void
}

/** Shows codes and states until the scope closes, which takes the code off a terminal. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const { streams } = options
  // The first request is under way while this is loaded.
  const showing = import("../../terminal/showCode.ts")
  const scope = yield* Effect.scope
  let code: Living | undefined
  let following = false

  /** Shows a code that can still be scanned, in the place of the last. */
  const show = Effect.fnUntraced(function* ({ attempt, expiresAt, png }: Code) {
    const { redraw, show } = yield* Effect.promise(() => showing)
    const clock = yield* Clock.Clock
    let latest: Shown = {}
    code = {
      left: () => DateTime.toEpochMillis(expiresAt) - clock.currentTimeMillisUnsafe(),
      redraw: () => void (latest = redraw(png, attempt, latest, options))
    }
    // Before anything is to be seen that would have to be drawn anew.
    if (streams.terminal() !== undefined && !following) {
      following = true
      yield* Effect.provideService(followTerminal, Scope.Scope, scope)
      yield* Effect.forkIn(everySecond(streams.refresh), scope)
    }
    latest = yield* show(png, attempt, options)
    return latest
  })

  const followTerminal = Effect.gen(function* () {
    const redraw = () => {
      try {
        code?.redraw()
      } catch {
        // A file that cannot be written now was not asked for: the code comes back with the next size that it fits.
      }
    }
    const leave = () => {
      streams.withdraw()
      streams.clear()
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => streams.onResize(redraw)),
      (stop) => Effect.sync(stop)
    )
    yield* onSuspend(leave, () => {
      redraw()
      streams.refresh()
    })
    yield* Effect.addFinalizer(() => Effect.sync(streams.withdraw))
  })

  /** Tells of what happens to it. */
  const tell = (event: Exclude<SignInEvent, QrShown>): void => {
    const words = wordsOf(event)
    const isPassing = passing.has(event._tag)
    if (ending.has(event._tag)) {
      // Above a new one people would scan the dead one.
      streams.withdraw()
      code = undefined
    }
    const left = isPassing && streams.terminal() !== undefined ? code?.left : undefined
    // A recording's code has the times of the recording, which say nothing to another clock.
    streams.status(left === undefined || left() < 0 ? words : () => withLeft(words, left()))
    if (!isPassing) streams.settle()
  }
  return { show, tell }
})

const everySecond = (act: () => void) => Effect.forever(Effect.andThen(Effect.sleep("1 second"), Effect.sync(act)))
