/**
 * A login as the API tells of it: while nothing happens, how far it is is said again, so that whoever listens, and what stands between,
 * knows that it goes on. A code lives for minutes, and all that while there may be nothing new.
 */
import * as Stream from "effect/Stream"
import type { LoginStep } from "../Account.ts"

export const repeated = <E, R>(steps: Stream.Stream<LoginStep, E, R>): Stream.Stream<LoginStep, E, R> =>
  Stream.suspend(() => {
    // Before there is a code, too: its server may ask us to come back in some minutes.
    let last: LoginStep = { _tag: "Waiting" }
    const heard = Stream.map(steps, (step) => {
      // A picture is sent once.
      last = step._tag === "QrShown" ? { _tag: "Waiting" } : step
      return step
    })
    const again = Stream.map(Stream.drop(Stream.tick("15 seconds"), 1), () => last)
    return Stream.merge(heard, again, { haltStrategy: "left" })
  })
