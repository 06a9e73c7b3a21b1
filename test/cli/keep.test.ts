import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { inject } from "vitest"
import { toJson } from "webqq-login/Session"
import { handOver } from "../../src/cli/process/untilSignal.ts"
import { type Answer, picture, ptuiCB } from "../support/answers.ts"
import { accepted, qzone, renewable, sessionOf } from "../support/savedSessions.ts"
// Loaded here, so that the clock does not run on while the command loads them.
import "../../src/cli/commands/login/tellEvents.ts"
import "../../src/cli/commands/sessions/keep.run.ts"
import "../../src/cli/process/onQr.ts"
import "../../src/cli/terminal/showCode.ts"
import { file } from "./child.ts"
import { type Options, withSessions } from "./inProcess.ts"

// Whose card it is it does not say: two accounts are asked about.
const good: Answer = { body: `_Callback({"code":0,"data":{}});` }
const dead: Answer = { body: `_Callback({"code":-3000,"message":"请先登录空间"});` }
const refused: Answer = { body: "ptui_auth_CB('1','');" }

const start = qzone.obtainedAt.epochMilliseconds + 3_600_000

/** Two accounts, whose sessions were obtained an hour ago. */
const withTwo = Effect.andThen(
  TestClock.setTime(start),
  withSessions({
    mine: renewable,
    other: sessionOf({ ...toJson(qzone), uin: 987654321 })
  })
)

/** Keeps them for so long, a minute at a time, and then sends a signal. */
const keeping = Effect.fnUntraced(function* (line: string, minutes: number, options: Options) {
  const { run, store } = yield* withTwo
  const fiber = yield* Effect.forkChild(run(line, { env: {}, ...options }))
  const settled = Effect.promise(async () => {
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  })
  yield* settled
  for (let minute = 0; minute < minutes; minute++) {
    yield* TestClock.adjust("1 minute")
    yield* settled
  }
  assert.isTrue(handOver())
  const result = yield* Fiber.join(fiber)
  return { ...result, store, minutes: result.asked.map(({ at }) => Math.round((at - start) / 60_000)) }
})

describe("keep", () => {
  it.effect("asks about each session from time to time, says that it works once, and ends with 0 at a signal", () =>
    Effect.gen(function* () {
      const { asked, code, minutes, stderr, stdout } = yield* keeping("keep mine other", 100, {
        answers: Array.from({ length: 20 }, () => good)
      })
      assert.deepEqual([code, stdout], [0, ""])
      assert.strictEqual(
        stderr,
        "keeping mine, other signed in until a signal comes\nmine: it works, its server says: no scan needed\nother: it works, its server says: no scan needed\n"
      )
      for (const uin of ["123456789", "987654321"]) {
        const own = minutes.filter((_, index) => asked[index]?.url.includes(uin))
        assert.strictEqual(own[0], 0)
        assert.isAtLeast(own.length, 3)
        for (const [index, minute] of own.entries()) if (index > 0) assert.isAtLeast(minute - own[index - 1]!, 30)
      }
    })
  )

  it.effect("asks at most every 15 minutes, whatever the environment says, and also when it is started again", () =>
    Effect.gen(function* () {
      const env = { WEBQQ_CHECK_EVERY: "1 second", WEBQQ_JITTER: "0" }
      const { minutes } = yield* keeping("keep mine", 61, { answers: Array.from({ length: 20 }, () => good) }).pipe(
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
      )
      assert.deepEqual(minutes, [0, 15, 30, 45, 60])
      const { run } = yield* withTwo
      yield* run("status --profile mine", { answers: [good] })
      yield* TestClock.adjust("10 minutes")
      const fiber = yield* Effect.forkChild(run("keep mine"))
      yield* Effect.promise(() => new Promise(setImmediate))
      yield* TestClock.adjust("4 minutes")
      assert.isTrue(handOver())
      assert.deepEqual((yield* Fiber.join(fiber)).asked, [])
    })
  )

  it.effect("renews what its server does not take any more, keeps that, and tells both", () =>
    Effect.gen(function* () {
      const { code, lines, stderr, store } = yield* keeping("keep mine --json", 1, { answers: [dead, ...accepted] })
      assert.strictEqual(code, 0)
      assert.match(
        stderr,
        /^keeping mine .*\nmine: it does not work any more: .*\nmine: renewed: no scan needed\nmine: saved as mine in memory\n$/
      )
      assert.deepEqual(
        lines().map(({ _tag, profile }) => `${profile} ${_tag}`),
        ["SessionFound", "SessionRefused", "Renewed", "Saved", "LoggedIn"].map((tag) => `mine ${tag}`)
      )
      assert.deepEqual(lines().at(-1), { _tag: "LoggedIn", site: "qzone", uin: 123456789, profile: "mine" })
      assert.notInclude(stderr + JSON.stringify(lines()), "AbCdEfGhIj")
      assert.include(JSON.stringify(toJson((yield* store.load("mine")).session)), "AbCdEfGhIj")
    })
  )

  it.effect(
    "says once that only a scan can help, to people and to programs, and goes on when somebody has scanned",
    () =>
      Effect.gen(function* () {
        const { run, store } = yield* withTwo
        const answers = [dead, refused, dead, refused, good, good]
        const fiber = yield* Effect.forkChild(run("keep mine --json", { answers }))
        const pass = Effect.fnUntraced(function* (minutes: number) {
          for (let minute = 0; minute < minutes; minute++) {
            yield* TestClock.adjust("1 minute")
            for (let turn = 0; turn < 5; turn++) yield* Effect.promise(() => new Promise(setImmediate))
          }
        })
        yield* pass(70)
        // Elsewhere, with `login`.
        yield* store.save(sessionOf({ ...toJson(renewable), obtainedAt: "2018-11-20T10:39:00.000Z" }), "mine")
        yield* pass(40)
        assert.isTrue(handOver())
        const { code, lines, stderr } = yield* Fiber.join(fiber)
        assert.strictEqual(code, 0)
        const needed = lines().filter(({ _tag }) => _tag === "NotSignedIn")
        assert.isAtLeast(needed.length, 2)
        assert.deepInclude(needed[0], { profile: "mine" })
        assert.deepInclude(needed[0].error, { _tag: "ScanNeeded", site: "qzone", profile: "mine" })
        assert.match(needed[0].error.cure, /webqq-login login --site qzone/)
        assert.strictEqual(stderr.split("neither works nor can be renewed").length, 2)
        assert.match(
          stderr,
          /mine: → sign in where somebody can scan: webqq-login login --site qzone\nmine: it works, its server says/
        )
      })
  )

  it.effect("tells of a network that is down once, and of nothing secret", () =>
    Effect.gen(function* () {
      const down = Array.from({ length: 20 }, () => ({ fails: "CERT_HAS_EXPIRED" }))
      const { code, stderr } = yield* keeping("keep mine", 100, { answers: down, language: "zh" })
      assert.strictEqual(code, 0)
      assert.match(stderr, /^保持 mine .*\nmine：错误：.*\nmine：→ .*\n$/)
      assert.notInclude(stderr, "Secret")
    })
  )

  /** What `--on-qr` starts, and the events that it was told. */
  const listening = Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
      (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
    ),
    (folder) => {
      const command = Path.join(folder, "on-qr")
      const script = `#!/bin/sh\nexec '${process.execPath}' '${file("test/support/onQr.mjs")}' keep '${folder}'\n`
      Fs.writeFileSync(command, script, { mode: 0o700 })
      const told = Path.join(folder, "stdin")
      return { command, told: () => (Fs.existsSync(told) ? Fs.readFileSync(told, "utf8") : "") }
    }
  )
  const set = (cookie: string) => ["set-cookie", `${cookie}; Path=/`] as const
  const scanned: ReadonlyArray<Answer> = [
    picture("CANARY-qrsig"),
    ptuiCB("0", "https://ptlogin2.qzone.qq.com/check_sig?ptsigx=CANARY", "", "椰子"),
    {
      status: 302,
      headers: [
        set("p_uin=o0123456789; Domain=qzone.qq.com"),
        set("p_skey=CANARY-p_skey; Domain=qzone.qq.com"),
        set("skey=CANARY-skey; Domain=qq.com")
      ]
    }
  ]

  it.effect.skipIf(process.platform === "win32")(
    "has a person asked by --on-qr where only a scan can help, and keeps that",
    () =>
      Effect.gen(function* () {
        const { command, told } = yield* listening
        const { run, store } = yield* withSessions({ mine: renewable })
        const fiber = yield* Effect.forkChild(
          run(`keep mine --json --on-qr ${command}`, { answers: [dead, refused, ...scanned] })
        )
        for (const began = performance.now(); !told().includes("LoggedIn") && performance.now() - began < 20_000;) {
          yield* TestClock.adjust("10 millis")
          yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
        }
        assert.isTrue(handOver())
        const { code, lines, stderr } = yield* Fiber.join(fiber)
        assert.strictEqual(code, 0)
        const events = told()
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line))
        assert.deepEqual(
          events.map(({ _tag }) => _tag),
          ["QrShown", "Confirmed", "Saved", "LoggedIn"]
        )
        assert.isString(events[0].file)
        assert.deepEqual(
          lines().map(({ _tag, profile }) => `${profile} ${_tag}`),
          ["SessionFound", "SessionRefused", "RenewalRefused", ...events.map(({ _tag }) => _tag)].map(
            (tag) => `mine ${tag}`
          )
        )
        assert.match(stderr, /^mine: saved as mine in memory$/m)
        assert.notInclude(told() + stderr + JSON.stringify(lines()), "CANARY")
        assert.include(JSON.stringify(toJson((yield* store.load("mine")).session)), "CANARY-p_skey")
      }).pipe(
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { WEBQQ_POLL_INTERVAL: "1 millis" } })))
      )
  )

  it.effect.skipIf(process.platform === "win32")("does not ask again for hours where nobody came, and then does", () =>
    Effect.gen(function* () {
      const { command } = yield* listening
      const no = [picture("qrsig"), ptuiCB("68")]
      const unhelped = Array.from({ length: 12 }, () => [dead, refused]).flat()
      const { asked, code, minutes, stderr } = yield* keeping(`keep mine --on-qr ${command}`, 400, {
        answers: [dead, refused, ...no, ...unhelped, ...no, ...unhelped]
      })
      assert.strictEqual(code, 0)
      const codes = minutes.filter((_, index) => asked[index]?.url.includes("ptqrshow"))
      assert.strictEqual(codes[0], 0)
      for (const [index, minute] of codes.entries()) if (index > 0) assert.isAtLeast(minute - codes[index - 1]!, 360)
      assert.strictEqual(stderr.split("refused on the phone").length, 2)
      assert.strictEqual(stderr.split("neither works nor can be renewed").length, 2)
    })
  )

  it.effect("ends at once where it knows of no such session, or not of its site", () =>
    Effect.gen(function* () {
      const { run } = yield* withTwo
      assert.strictEqual((yield* run("keep mine nobody")).code, 4)
      const own = yield* withSessions({ own: sessionOf({ ...toJson(qzone), site: "my-site" }) })
      assert.strictEqual((yield* own.run("keep")).code, 2)
    })
  )
})

it("keep goes the way of a profile, and no other where that is not known", () => {
  const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
  for (const [name, text] of [
    [
      "sessions",
      JSON.stringify({ schema: 1, profile: "me", savedAt: "2018-11-20T08:30:00.000Z", session: toJson(qzone) })
    ],
    ["ways", "no JSON"]
  ] as const) {
    Fs.mkdirSync(Path.join(folder, "webqq-login", name), { recursive: true, mode: 0o700 })
    Fs.writeFileSync(Path.join(folder, "webqq-login", name, "me.json"), text)
  }
  const { status, stderr } = spawnSync(process.execPath, [inject("command"), "keep", "me"], {
    env: { ...process.env, XDG_STATE_HOME: folder, LC_ALL: "C" },
    encoding: "utf8"
  })
  Fs.rmSync(folder, { recursive: true })
  assert.strictEqual(status, 2)
  assert.include(stderr, "it is not known by which proxy this profile goes")
})

describe("a signal to keep", () => {
  it.live.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s ends it with 0", (signal) =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
        (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
      )
      const env = { ...process.env, XDG_STATE_HOME: folder, LC_ALL: "C" }
      const start = (line: string) =>
        spawn(process.execPath, [inject("command"), ...line.split(" ")], { env, stdio: ["ignore", "pipe", "pipe"] })
      // Obtained just now by its own account, so that nobody is asked yet.
      const json = { ...toJson(qzone), obtainedAt: new Date().toISOString() }
      const sessions = Path.join(folder, "webqq-login/sessions")
      Fs.mkdirSync(sessions, { recursive: true, mode: 0o700 })
      const kept = { schema: 1, profile: "me", savedAt: json.obtainedAt, session: json }
      Fs.writeFileSync(Path.join(sessions, "me.json"), JSON.stringify(kept, undefined, 2))
      const child = start("keep me")
      yield* Effect.promise(() => once(child.stderr, "data"))
      child.kill(signal)
      const [code] = yield* Effect.promise(() => once(child, "close"))
      assert.strictEqual(code, 0)
    })
  )
})
