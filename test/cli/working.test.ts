import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { StoreFailed } from "webqq-login/LoginError"
import { toJson } from "webqq-login/Session"
import * as SessionExport from "webqq-login/SessionExport"
import { cheapKeys } from "../support/cheapKeys.ts"
import type { Answer } from "../support/answers.ts"
import { accepted, qzone, renewable, sessionOf } from "../support/savedSessions.ts"
// Loaded here, so that the clock does not run on while a command loads them.
import "../../src/cli/commands/scripts/cookies.run.ts"
import "../../src/cli/commands/scripts/token.run.ts"
import "../../src/cli/commands/transfer/export.run.ts"
import { withSessions } from "./inProcess.ts"

const good: Answer = { body: `_Callback({"code":0,"data":{"uin":123456789}});` }
const dead: Answer = { body: `_Callback({"code":-3000,"message":"请先登录空间"});` }
const busy: Answer = { body: `{"code":-10000,"subcode":0,"message":"使用人数过多，请稍后再试"}` }
const refused: Answer = { body: "ptui_auth_CB('1','');" }

const env = { WEBQQ_PASSPHRASE: "correct horse" }

/** Two hours after the sessions were obtained. */
const withSaved = (session = renewable) =>
  Effect.andThen(TestClock.setTime(qzone.obtainedAt.epochMilliseconds + 7_200_000), withSessions({ mine: session }))

const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
  (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
)

/** Each hands out a session; the last writes it into a file. */
cheapKeys()

const lines = ["token p_skey", "cookies", "cookies --format curl", "cookies --json", "export FILE"]

/** Runs a line, and says what was handed out: on stdout, or in the file. */
const handing = Effect.fnUntraced(function* (line: string) {
  const { run, store } = yield* withSaved()
  const file = Path.join(yield* folder, "session.webqq")
  return {
    store,
    hand: Effect.fnUntraced(function* (answers: ReadonlyArray<Answer>, more = "") {
      const result = yield* run(`${line.replace("FILE", file)}${more}`, { answers, env })
      const opened = Fs.existsSync(file)
        ? yield* SessionExport.open(Fs.readFileSync(file, "utf8"), "correct horse")
        : undefined
      return { ...result, handed: opened === undefined ? result.stdout : JSON.stringify(toJson(opened.session)) }
    })
  }
})

const isNotExport = (line: string) => !line.startsWith("export")

describe.each(lines)("%s", (line) => {
  it.effect("hands out what its server calls good, without a word", () =>
    Effect.gen(function* () {
      const { hand } = yield* handing(line)
      const { asked, code, handed, stderr } = yield* hand([good])
      assert.deepEqual([code, asked.length], [0, 1])
      assert.include(handed, "Secret*p-skey_1")
      if (isNotExport(line)) assert.strictEqual(stderr, "")
    })
  )

  it.effect("renews what is dead without a word, and keeps it", () =>
    Effect.gen(function* () {
      const { hand, store } = yield* handing(line)
      const { code, handed, stderr } = yield* hand([dead, ...accepted])
      assert.strictEqual(code, 0)
      assert.include(handed, "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789*-AbCdE_")
      assert.notInclude(handed, "Secret*p-skey_1")
      if (isNotExport(line)) assert.strictEqual(stderr, "")
      assert.include(JSON.stringify(toJson((yield* store.load("mine")).session)), "AbCdEfGhIjKlMnOpQrStUvWxYz")
    })
  )

  it.effect("hands out nothing that is dead and not renewed, and ends with 4", () =>
    Effect.gen(function* () {
      const { hand } = yield* handing(line)
      const { code, handed, stderr } = yield* hand([dead, refused])
      assert.deepEqual([code, handed.includes("p_skey"), handed.includes("p-skey")], [4, false, false])
      assert.match(stderr, /^error: mine neither works nor can be renewed.*\n→ sign in where somebody can scan/)
    })
  )

  it.effect("hands out nothing that is dead where the renewal cannot be reached", () =>
    Effect.gen(function* () {
      const { hand } = yield* handing(line)
      const { code, handed } = yield* hand([dead, { fails: "CERT_HAS_EXPIRED" }])
      assert.deepEqual([code, handed.includes("p-skey")], [6, false])
    })
  )

  it.effect("with --offline asks nobody", () =>
    Effect.gen(function* () {
      const { hand } = yield* handing(line)
      const { asked, code, handed } = yield* hand([], " --offline")
      assert.deepEqual([code, asked.length, handed.includes("Secret*p-skey_1")], [0, 0, true])
    })
  )
})

describe("a session of which nobody can tell whether it works", () => {
  const unknown: ReadonlyArray<readonly [what: string, answer: Answer, says: string]> = [
    ["a rate limit", busy, "-10000"],
    ["an answer that nobody knows", { body: "<html>" }, "not known"],
    ["403", { status: 403 }, "403"],
    ["a network that is down", { fails: "CERT_HAS_EXPIRED" }, "no usable answer"]
  ]
  it.effect.each(unknown)("is handed out with a line that says so: %s", ([, answer, says]) =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      for (const language of ["en", "zh"] as const) {
        const { code, stderr, stdout } = yield* run("token skey", { answers: [answer, answer], language })
        assert.deepEqual([code, stdout], [0, "@AbCdEfGhI\n"])
        assert.lengthOf(stderr.trimEnd().split("\n"), 1)
        if (language === "en") assert.include(stderr, says)
        assert.match(stderr, /^note: whether mine still works is not known: |^提示：无法判断 mine 是否仍可用：/)
      }
    })
  )

  it.effect("is asked about twice at the most, and what is said about that stays one line", () =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      const fiber = yield* Effect.forkChild(
        run("token skey", { answers: [{ fails: "ENOTFOUND" }, { fails: "ENOTFOUND" }] })
      )
      for (let turn = 0; turn < 20; turn++) {
        yield* TestClock.adjust("100 millis")
        yield* Effect.promise(() => new Promise(setImmediate))
      }
      const { asked, code, stderr, stdout } = yield* Fiber.join(fiber)
      assert.deepEqual([code, asked.length, stdout], [0, 2, "@AbCdEfGhI\n"])
      assert.match(stderr, /^note: whether mine still works is not known: .*\n$/)
    })
  )

  it.effect("and of a site whose file is not named, too", () =>
    Effect.gen(function* () {
      const { run } = yield* withSaved(sessionOf({ ...toJson(qzone), site: "my-site" }))
      const { code, stderr, stdout } = yield* run("token gtk")
      assert.deepEqual([code, stdout], [0, "1881399958\n"])
      assert.include(stderr, "note: whether mine still works is not known: its site is described in a file of yours\n")
    })
  )
})

describe("an answer that was good", () => {
  it.effect("is not asked for again within five minutes, by whichever command, and is afterwards", () =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      assert.lengthOf((yield* run("status", { answers: [good] })).asked, 1)
      yield* TestClock.adjust("4 minutes")
      for (const line of ["token gtk", "cookies"]) assert.deepInclude(yield* run(line), { code: 0, asked: [] })
      yield* TestClock.adjust("61 seconds")
      assert.lengthOf((yield* run("token gtk", { answers: [good] })).asked, 1)
      assert.lengthOf((yield* run("token gtk")).asked, 0)
    })
  )

  it.effect("counts for that session only, and an unknown one not at all", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withSaved()
      yield* run("token gtk", { answers: [busy] })
      yield* run("token gtk", { answers: [good] })
      yield* store.save(sessionOf({ ...toJson(qzone), obtainedAt: "2018-11-20T08:31:00.000Z" }), "mine")
      assert.lengthOf((yield* run("token gtk", { answers: [good] })).asked, 1)
    })
  )

  it.effect("needs not be asked for a session that was obtained just now, and is for one from the future", () =>
    Effect.gen(function* () {
      const { run } = yield* withSaved(sessionOf({ ...toJson(qzone), obtainedAt: "2018-11-20T10:29:00.000Z" }))
      assert.lengthOf((yield* run("token gtk")).asked, 0)
      const ahead = yield* withSaved(sessionOf({ ...toJson(qzone), obtainedAt: "2018-11-20T10:31:00.000Z" }))
      assert.lengthOf((yield* ahead.run("token gtk", { answers: [good] })).asked, 1)
    })
  )
})

it.effect("a renewed session that cannot be kept is handed out, and its loss is said", () =>
  Effect.gen(function* () {
    const { run } = yield* withSaved()
    const full = new StoreFailed({ step: "SessionStore", path: "/full", reason: "no space is left on the device" })
    const store = { update: () => Effect.fail(full) }
    const { code, stderr, stdout } = yield* run("token p_skey", { answers: [dead, ...accepted], store })
    assert.deepEqual([code, stdout], [9, "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789*-AbCdE_\n"])
    assert.include(stderr, "no space is left on the device")
  })
)
