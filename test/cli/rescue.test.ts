import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as CookieFormat from "webqq-login/CookieFormat"
import { StoreFailed } from "webqq-login/LoginError"
import type { SessionStore } from "webqq-login/SessionStore"
import { accepted, qzone, renewable } from "../support/savedSessions.ts"
import "../../src/cli/commands/login/login.run.ts"
import { type Options, withSessions } from "./inProcess.ts"
import { keyboard } from "./keyboard.ts"

const dead = { body: `_Callback({"code":-3000,"message":"请先登录空间"});` }
const full = new StoreFailed({ step: "SessionStore", path: "/full", reason: "no space is left on the device" })
const fresh = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789*-AbCdE_"
const line = "login --site qzone --no-scan"

/** A login whose new session cannot be kept, for so many times. */
const withFullDisk = Effect.fnUntraced(function* (times: number) {
  yield* TestClock.setTime(qzone.obtainedAt.epochMilliseconds + 7_200_000)
  const { run, store } = yield* withSessions({ mine: renewable })
  let left = times
  const failing: Partial<SessionStore["Service"]> = {
    update: (profile, change) => (left-- > 0 ? Effect.fail(full) : store.update(profile, change))
  }
  return {
    store,
    login: (more = "", input?: Options["input"]) =>
      run(`${line}${more}`, {
        answers: [dead, ...accepted],
        store: failing,
        ...(input === undefined ? {} : { input })
      })
  }
})

describe("a session that could not be saved", () => {
  it.effect("is printed whole where stdout is no terminal, as a cookies.txt that import --from takes", () =>
    Effect.gen(function* () {
      const { login } = yield* withFullDisk(Infinity)
      const { code, stderr, stdout } = yield* login()
      assert.strictEqual(code, 9)
      assert.match(stdout, /^# Netscape HTTP Cookie File\n# site +qzone\n# uin +123456789\n# nickname +椰子\n/)
      const cookies = CookieFormat.fromFile(stdout) ?? []
      assert.include(CookieFormat.header(cookies), `p_skey=${fresh}`)
      assert.include(stderr, "error: the saved sessions at /full could not be used: no space is left on the device")
      assert.notInclude(stderr, fresh)
    })
  )

  it.effect("is an event with --json, and nothing else is printed", () =>
    Effect.gen(function* () {
      const { login } = yield* withFullDisk(Infinity)
      const { code, lines } = yield* login(" --json")
      assert.deepEqual(
        [
          code,
          lines()
            .map(({ _tag }) => _tag)
            .slice(-3)
        ],
        [9, ["NotSaved", "LoggedIn", "Failed"]]
      )
    })
  )

  it.effect("is saved again where somebody at the terminal has made room, as often as it takes", () =>
    Effect.gen(function* () {
      // The ladder's own try, and the first of the person's: `put` tries no other name where the disk is full.
      const { login, store } = yield* withFullDisk(2)
      const { input, modes, type } = keyboard()
      const fiber = yield* Effect.forkChild(login("", input))
      yield* type("\r", "1")
      const { code, stderr, stdout } = yield* Fiber.join(fiber)
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(stderr.split("→ free some space there, then try again").length, 3)
      assert.match(stderr, /^saved as mine in memory$/m)
      assert.include(stdout, "nickname    椰子")
      assert.notInclude(stdout + stderr, fresh)
      const { session } = yield* store.load("mine")
      assert.include(CookieFormat.header(session.cookies), fresh)
      assert.deepEqual(modes, [true, false, true, false])
    })
  )

  it.effect("is printed there where somebody wants that", () =>
    Effect.gen(function* () {
      const { login } = yield* withFullDisk(Infinity)
      const { input, type } = keyboard()
      const fiber = yield* Effect.forkChild(login("", input))
      yield* type("2")
      const { code, stdout } = yield* Fiber.join(fiber)
      assert.strictEqual(code, 9)
      assert.include(CookieFormat.header(CookieFormat.fromFile(stdout) ?? []), fresh)
    })
  )

  it.effect("is let go where somebody says so, and no secret is shown", () =>
    Effect.gen(function* () {
      const { login } = yield* withFullDisk(Infinity)
      const { input, type } = keyboard()
      const fiber = yield* Effect.forkChild(login("", input))
      yield* type("3")
      const { code, stderr, stdout } = yield* Fiber.join(fiber)
      assert.strictEqual(code, 9)
      assert.notInclude(stdout + stderr, fresh)
    })
  )

  it.effect("is not shown on a terminal where nobody can answer: it is said how to get the next", () =>
    Effect.gen(function* () {
      const { login } = yield* withFullDisk(Infinity)
      const { code, stderr, stdout } = yield* login("", Object.assign(keyboard().input, { isTTY: false }))
      assert.strictEqual(code, 9)
      assert.match(stderr, /^note: it is not printed on a terminal: with --json,/m)
      assert.notInclude(stdout + stderr, fresh)
    })
  )
})
