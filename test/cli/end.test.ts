import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { lookup } from "node:dns"
import { end, threads } from "../../src/cli/process/end.ts"
import { inThread } from "../../src/cli/process/inThread.ts"

afterEach(() => vi.restoreAllMocks())

/** How the process would have ended. */
const ended = (code: number) => {
  const ways: Array<string> = []
  const told = (way: string) => {
    ways.push(way)
    throw new Error(way)
  }
  vi.spyOn(process, "exit").mockImplementation(() => told("exit"))
  vi.spyOn(process, "execve").mockImplementation((_, args) => told(args?.at(-1) ?? ""))
  vi.spyOn(process, "emit").mockImplementation(
    ((...event: ReadonlyArray<unknown>) => ways.push(event.join(" ")) > 0) as never
  )
  assert.throws(() => end(code))
  vi.restoreAllMocks()
  return ways
}

describe("the end of the process", () => {
  it("is Node's own where nothing goes on", () => {
    assert.deepEqual(ended(3), ["exit"])
  })

  it.skipIf(process.platform === "win32")(
    "waits for no name that is looked up, after what listens for the end",
    async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      lookup("localhost", () => resolve())
      assert.deepEqual(ended(130), ["exit 130", "exit 130"])
      await promise
      await new Promise(setImmediate)
      assert.deepEqual(ended(130), ["exit"])
    }
  )

  it.effect.skipIf(process.platform === "win32")("waits for no key that nobody wants any more", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* inThread(Effect.succeed(1)), 1)
      assert.strictEqual(yield* Effect.flip(inThread(Effect.fail(2))), 2)
      assert.deepEqual(ended(130), ["exit"])
      const fiber = yield* Effect.forkChild(inThread(Effect.never))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(fiber)
      assert.deepEqual(ended(130), ["exit 130", "exit 130"])
      threads.busy = 0
    })
  )
})
