import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inject } from "vitest"
import { interruptAt, mayLeave, moments, type Signal } from "../support/signals.ts"

describe("a signal", () => {
  it.live(
    "ends the command within a second, wherever it meets it: no file stays, no connection, and the last line says so",
    () =>
      Effect.forEach(
        moments,
        (moment, index) =>
          Effect.gen(function* () {
            // Each moment with the one or the other; `npm run faults` has them all with both.
            const signal: Signal = index % 2 === 0 ? "SIGINT" : "SIGTERM"
            const { code, lastLine, left, took } = yield* interruptAt(inject("command"), moment, signal)
            const where = `${signal} at ${JSON.stringify(moment)}`
            assert.strictEqual(code, 130, where)
            assert.isBelow(took, 1000, where)
            assert.deepEqual(left, mayLeave(moment), where)
            assert.include(lastLine, `"_tag":"Interrupted"`, where)
          }),
        { concurrency: 2, discard: true }
      )
  )
})
