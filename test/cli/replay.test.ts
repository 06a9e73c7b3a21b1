import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { clockFrom, start } from "../../src/cli/inputs/replay.ts"
import { get, shopFile } from "../support/scenarios.ts"

describe("--replay", () => {
  it.effect("begins at the time of the recording, and runs as fast as it is told to", () =>
    Effect.gen(function* () {
      const clock = clockFrom(yield* Clock.Clock, Date.parse("2018-11-20T08:30:00Z"), 4)
      const now = Effect.provideService(DateTime.now, Clock.Clock, clock)
      assert.strictEqual(DateTime.formatIso(yield* now), "2018-11-20T08:30:00.000Z")
      const sleeper = yield* Effect.forkChild(Effect.provideService(Effect.sleep("8 seconds"), Clock.Clock, clock))
      yield* TestClock.adjust("1999 millis")
      assert.isUndefined(sleeper.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(sleeper)
      assert.strictEqual(DateTime.formatIso(yield* now), "2018-11-20T08:30:08.000Z")
    })
  )

  it.effect("plays a folder of one's own, and reports what was not played as written", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* Effect.acquireRelease(
          Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
          (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
        )
        const scenario = shopFile([get("first", "https://shop.example/", "hello")])
        Fs.writeFileSync(Path.join(folder, "scenario.json"), JSON.stringify(scenario))
        const replay = yield* start(folder, 1)
        assert.strictEqual(replay.site, "shop")
        assert.match(replay.report(true)?.en ?? "", /"first" was never requested/)
        assert.match(replay.report(true)?.zh ?? "", /"first" 从未被请求/)
      })
    )
  )

  it.effect("says that there is none of this name, as a mistake in the command line", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(start("no-such-scenario", 1)))
      assert.strictEqual(error.exitCode, 2)
      assert.match(error.said.message.zh, /^无法重放：no-such-scenario：\d+ 个场景中没有此名称/)
      assert.strictEqual(error.said.cure.en, "webqq-login fixtures list names them all")
    })
  )
})
