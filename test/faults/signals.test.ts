import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inject } from "vitest"
import { interruptAt, mayLeave, moments, type Signal } from "../support/signals.ts"

// Each exchange at one of its three moments, and each write, with the one signal or the other; `npm run faults` has all with both.
const some = moments.filter((moment, index) => "write" in moment || index % 3 === Math.floor(index / 3) % 3)

describe("a signal", () => {
  it.live(
    "ends the command within a second, wherever it meets it: no file stays, no connection, and the last line says so",
    () =>
      Effect.forEach(
        some,
        (moment, index) =>
          Effect.gen(function* () {
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
