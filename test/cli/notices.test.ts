import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { BadCallback, describe as words, HttpFailed, type LoginError } from "webqq-login/LoginError"
import { listener } from "../../src/cli/terminal/noticeWords.ts"
import { qzone, renewable } from "../support/savedSessions.ts"
import { type Answer, picture, ptuiCB } from "../support/answers.ts"
import { withSessions } from "./inProcess.ts"
import { screen } from "./screen.ts"

const refused: Answer = { body: "ptui_auth_CB('1','');" }

describe("a command whose server is slow or in trouble", () => {
  const renewing = (
    line: string,
    answers: ReadonlyArray<Answer>,
    more: { readonly language?: "zh"; readonly env?: Readonly<Record<string, string>> } = {}
  ) =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ mine: renewable })
      const fiber = yield* Effect.forkChild(run(line, { answers, ...more }), { startImmediately: true })
      // Its code is loaded in a time that no clock of ours knows.
      while (fiber.pollUnsafe() === undefined) {
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        yield* TestClock.adjust("1 second")
      }
      const { stderr } = yield* Fiber.join(fiber)
      assert.notMatch(stderr, /Secret|supertoken|\?/)
      return stderr.split("\n")
    })

  it.effect("says what it waits for, and for how long", () =>
    Effect.gen(function* () {
      const [first, second, third] = yield* renewing("renew", [{ hangs: true }, { status: 502 }, refused])
      assert.strictEqual(first, "ssl.ptlogin2.qq.com has not answered for 2 s; waiting for up to 10 s")
      assert.match(second!, /^ssl\.ptlogin2\.qq\.com does not answer, trying again in 0\.[456] s \(1 of 3\)$/)
      assert.match(
        third!,
        /^ssl\.ptlogin2\.qq\.com answers HTTP 502, trying again in (?:0\.[89]|1|1\.[12]) s \(2 of 3\)$/
      )
    })
  )

  it.effect("says so in Chinese", () =>
    Effect.gen(function* () {
      const [first, second] = yield* renewing("renew", [{ hangs: true }, refused], { language: "zh" })
      assert.strictEqual(first, "ssl.ptlogin2.qq.com 已 2 秒没有响应，最多等待 10 秒")
      assert.match(second!, /^ssl\.ptlogin2\.qq\.com 没有响应，0\.[456] 秒后重试（第 1 次，最多 3 次）$/)
    })
  )

  it.effect("has a line for each request with --verbose, and as many with WEBQQ_DEBUG=1", () =>
    Effect.gen(function* () {
      const answers: ReadonlyArray<Answer> = [{ fails: "ECONNRESET" }, { status: 502 }, refused]
      for (const lines of [
        yield* renewing("renew --verbose", answers),
        yield* renewing("renew", answers, { env: { WEBQQ_DEBUG: "1" } })
      ]) {
        assert.deepEqual(
          lines.filter((line) => line.startsWith("Renewal ")),
          [
            "Renewal ssl.ptlogin2.qq.com reset ECONNRESET 0 ms",
            "Renewal ssl.ptlogin2.qq.com 502 0 ms",
            "Renewal ssl.ptlogin2.qq.com 200 0 ms"
          ]
        )
      }
      assert.notInclude((yield* renewing("renew", answers)).join("\n"), "0 ms")
    })
  )

  it.effect("has a line for a request of one's own, too, and its query is in none", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(qzone.obtainedAt.epochMilliseconds)
      const { run } = yield* withSessions({ mine: qzone })
      const line = "request --offline --verbose https://user.qzone.qq.com/a?token=Secret"
      const { stderr } = yield* run(line, { answers: [{ body: "ok" }] })
      assert.strictEqual(stderr, "Request user.qzone.qq.com 200 0 ms\n")
    })
  )

  it.effect("keeps to errors with --quiet", () =>
    Effect.gen(function* () {
      const lines = yield* renewing("renew --quiet", [{ hangs: true }, { status: 502 }, refused])
      assert.deepEqual(
        lines.map((line) => line.slice(0, 6)),
        ["error:", "→ webq", ""]
      )
    })
  )
})

describe("a login whose server is slow or in trouble", () => {
  it.effect("is never silent while it waits: for its code, and between its polls", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(qzone.obtainedAt.epochMilliseconds)
      const { run } = yield* withSessions({})
      // What is loaded on the way takes no time of this clock, which would be over before.
      yield* Effect.promise(() => import("../../src/cli/terminal/showCode.ts"))
      const answers: ReadonlyArray<Answer> = [
        { hangs: true },
        picture("q".repeat(64)),
        ptuiCB("66"),
        { status: 502 },
        { fails: "ECONNRESET" },
        ptuiCB("68")
      ]
      const fiber = yield* Effect.forkChild(run("login --site qzone --qr none", { answers }), {
        startImmediately: true
      })
      while (fiber.pollUnsafe() === undefined) {
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        yield* TestClock.adjust("250 millis")
      }
      const { stderr } = yield* Fiber.join(fiber)
      assert.deepEqual(
        stderr
          .replaceAll(/in [\d.]+ s/g, "in … s")
          .split("\n")
          .slice(0, 5),
        [
          "ssl.ptlogin2.qq.com has not answered for 2 s; waiting for up to 10 s",
          "ssl.ptlogin2.qq.com does not answer, trying again in … s (1 of 3)",
          "waiting for the scan …",
          "ssl.ptlogin2.qq.com answers HTTP 502, trying again in … s (1 of 6)",
          "ssl.ptlogin2.qq.com broke off (ECONNRESET), trying again in … s (2 of 6)"
        ]
      )
    })
  )
})

describe("the words for what holds a login up", () => {
  const said = (error: LoginError, seconds = 4) => {
    const { streams, stderr } = screen()
    listener(streams, false).tell({ _tag: "Again", error, after: Duration.seconds(seconds), count: 2, most: 3 })
    return stderr().trimEnd()
  }
  const failed = (more: Partial<HttpFailed>) =>
    new HttpFailed({ step: "QrCode", host: "ssl.ptlogin2.qq.com", reason: "timeout", ...more })
  const empty = new BadCallback({ step: "ScanStatus", reason: "empty" })
  const table: ReadonlyArray<readonly [LoginError, string]> = [
    [failed({}), "ssl.ptlogin2.qq.com does not answer, trying again in 4 s (2 of 3)"],
    [failed({ reason: "status", status: 429 }), "ssl.ptlogin2.qq.com answers HTTP 429, trying again in 4 s (2 of 3)"],
    [
      failed({ reason: "connect", code: "ECONNREFUSED" }),
      "ssl.ptlogin2.qq.com is unreachable (ECONNREFUSED), trying again in 4 s (2 of 3)"
    ],
    [failed({ reason: "dns" }), "ssl.ptlogin2.qq.com is unreachable (dns), trying again in 4 s (2 of 3)"],
    [
      failed({ reason: "reset", code: "ECONNRESET" }),
      "ssl.ptlogin2.qq.com broke off (ECONNRESET), trying again in 4 s (2 of 3)"
    ],
    [empty, `${words(empty).message}, trying again in 4 s (2 of 3)`]
  ]
  it.each(table)("%s", (error, text) => {
    assert.strictEqual(said(error), text)
  })
})
