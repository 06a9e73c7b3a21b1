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
      const welcome = { body: `_Callback({"code":0,"data":{"uin":123456789}});` }
      const { asked, code, stderr, stdout } = yield* run("login --site qzone", { answers: [welcome] })
      assert.deepEqual([code, asked.length], [0, 1])
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

  it.effect("asks nobody to scan with --no-scan, and tells what is the matter", () =>
    Effect.gen(function* () {
      yield* atLogin
      const { run } = yield* withSessions({ mine: qzone })
      const dead = { body: `{"code":-3000,"message":"请先登录"}` }
      const { asked, code, lines, stderr } = yield* run("login --site qzone --no-scan --json", { answers: [dead] })
      // The session of this test has nothing to be renewed with.
      assert.deepEqual([code, asked.length], [4, 1])
      assert.include(stderr, "mine neither works nor can be renewed")
      assert.deepEqual(
        lines().map(({ _tag }) => _tag),
        ["SessionFound", "SessionRefused", "RenewalRefused", "Failed"]
      )
      assert.deepInclude(lines().at(-1).error, { _tag: "ScanNeeded" })
      const none = yield* run("login --site qun --no-scan")
      assert.deepEqual([none.code, none.asked.length], [4, 0])
      assert.include(none.stderr, "→ sign in where somebody can scan: webqq-login login --site qun")
      assert.strictEqual((yield* run("login --no-scan --fresh")).code, 2)
    })
  )

  it.effect("asks nobody to scan while the server does not say whether the session works", () =>
    Effect.gen(function* () {
      yield* atLogin
      const { run } = yield* withSessions({ mine: qzone })
      for (const [answer, exit] of [
        [{ body: `{"code":-10000,"message":"使用人数过多，请稍后再试"}` }, 6],
        [{ body: "<html>" }, 6],
        [{ status: 403 }, 8]
      ] as const) {
        const { asked, code, lines } = yield* run("login --site qzone --json", { answers: [answer] })
        assert.deepEqual([code, asked.length], [exit, 1])
        assert.deepEqual(
          lines().map(({ _tag }) => _tag),
          ["SessionFound", "Failed"]
        )
      }
    })
  )

  it.effect("says that Web QQ's hosts are closed, and what lives, before it asks them", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      for (const site of ["webqq", "webqq-2015", "qzone"]) {
        const { code, stderr } = yield* run(`login --site ${site}`, { answers: [{ fails: "CERT_HAS_EXPIRED" }] })
        assert.strictEqual(code, 6)
        const closed = /^note: Web QQ's own hosts closed on 2019-01-03\. These sites live.*: qzone, .*pd\nerror: /
        assert.strictEqual(closed.test(stderr), site !== "qzone", site)
      }
      const { stderr } = yield* run("login --site webqq", { answers: [{ fails: "CERT_HAS_EXPIRED" }], language: "zh" })
      assert.match(stderr, /^提示：Web QQ 自己的服务器已于 2019-01-03 关闭/)
    })
  )
})
