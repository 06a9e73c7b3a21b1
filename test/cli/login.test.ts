import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { picture, ptuiCB } from "../support/answers.ts"
import { qzone } from "../support/savedSessions.ts"
import { withSessions } from "./inProcess.ts"

const atLogin = TestClock.setTime(qzone.obtainedAt.epochMilliseconds)

describe("login", () => {
  it.effect("uses a saved session that works, and shows no code", () =>
    Effect.gen(function* () {
      yield* atLogin
      const { run } = yield* withSessions({ mine: qzone })
      const { asked, code, stderr, stdout } = yield* run("login --site qzone")
      assert.deepEqual([code, asked.length], [0, 0])
      assert.include(stderr, "no scan needed")
      assert.match(stdout, /^uin +123456789$/m)
      assert.notMatch(stdout + stderr, /Secret/)
    })
  )

  it.effect("shows a code all the same with --fresh, and where the profile is another one", () =>
    Effect.gen(function* () {
      yield* atLogin
      const { run } = yield* withSessions({ mine: qzone })
      const answers = [picture("q".repeat(64)), ptuiCB("68")]
      for (const flags of ["--fresh", "--profile other"]) {
        const fiber = yield* Effect.forkChild(run(`login --site qzone --qr none --json ${flags}`, { answers }))
        // The command loads modules on the way, which takes real time.
        while (fiber.pollUnsafe() === undefined) {
          yield* TestClock.adjust("100 millis")
          yield* Effect.promise(() => new Promise(setImmediate))
        }
        const { code, lines } = yield* Fiber.join(fiber)
        assert.deepEqual([code, lines().map(({ _tag }) => _tag)], [5, ["QrShown", "Failed"]], flags)
      }
    })
  )

  it.effect("says that Web QQ's hosts are closed, and what lives, when it cannot reach them", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      for (const site of ["webqq", "webqq-2015", "qzone"]) {
        const { code, stderr } = yield* run(`login --site ${site}`, { answers: [{ fails: "CERT_HAS_EXPIRED" }] })
        assert.strictEqual(code, 6)
        const closed = /^note: Web QQ's own hosts closed on 2019-01-03\. These sites live.*: qzone, .*game$/m
        assert.strictEqual(closed.test(stderr), site !== "qzone", site)
      }
      const { stderr } = yield* run("login", { answers: [{ fails: "CERT_HAS_EXPIRED" }], language: "zh" })
      assert.include(stderr, "提示：Web QQ 自己的服务器已于 2019-01-03 关闭")
    })
  )
})
