import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { join } from "node:path"
import { temporaryFolder } from "../support/sessionStores.ts"

/** A copy of the module that has not loaded SQLite yet, with another `getBuiltinModule` under it for the time of the test. */
const freshly = (getBuiltinModule: typeof process.getBuiltinModule) =>
  Effect.gen(function* () {
    const spy = yield* Effect.acquireRelease(
      Effect.sync(() => vi.spyOn(process, "getBuiltinModule").mockImplementation(getBuiltinModule)),
      (spy) => Effect.sync(() => spy.mockRestore())
    )
    assert.isDefined(spy)
    vi.resetModules()
    return yield* Effect.promise(() => import("../../src/store/processLock.ts"))
  })

const original = process.getBuiltinModule

describe("the lock between processes", () => {
  it.effect("keeps the one warning of Node 22 about SQLite from the screen, and no other", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const emit = yield* Effect.acquireRelease(
        Effect.sync(() =>
          vi.spyOn(process, "emitWarning").mockImplementation((warning) => void seen.push(String(warning)))
        ),
        (spy) => Effect.sync(() => spy.mockRestore())
      )
      const { tryLock } = yield* freshly(((id: "node:sqlite") => {
        process.emitWarning("SQLite is an experimental feature and might change at any time", "ExperimentalWarning")
        process.emitWarning("something else")
        return original(id)
      }) as typeof original)
      const emitWarning = process.emitWarning
      const path = join(yield* temporaryFolder, "lock")
      tryLock(path)?.()
      assert.deepStrictEqual(seen, ["something else"])
      assert.strictEqual(process.emitWarning, emitWarning)
      assert.strictEqual(emit.mock.calls.length, 1)
    })
  )

  it.effect("says what to do where Node was built without SQLite", () =>
    Effect.gen(function* () {
      const { tryLock } = yield* freshly(((): undefined => undefined) as typeof original)
      const path = join(yield* temporaryFolder, "lock")
      assert.throws(() => tryLock(path), /this Node was built without node:sqlite/)
    })
  )
})
