import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { inject } from "vitest"
import { toJson } from "webqq-login/Session"
import type { Answer } from "../support/answers.ts"
import { accepted, qzone, renewable, sessionOf } from "../support/savedSessions.ts"
import "../../src/cli/commands/scripts/request.run.ts"
import { withSessions } from "./inProcess.ts"

const url = "https://user.qzone.qq.com/x"

/** The session was obtained a minute ago, so that nobody asks whether it works. */
const withSaved = (session = qzone, after = 60_000) =>
  Effect.andThen(TestClock.setTime(session.obtainedAt.epochMilliseconds + after), withSessions({ mine: session }))

const ok: Answer = { body: "an answer\n" }

describe("request", () => {
  const sent: ReadonlyArray<readonly [line: string, expected: object]> = [
    [url, { method: "GET", url, body: "" }],
    [`--gtk ${url}`, { url: `${url}?g_tk=1881399958` }],
    [`--gtk --bkn ${url}?a=%e6&b#c`, { url: `${url}?a=%e6&b&g_tk=1881399958&bkn=1358553458` }],
    [`-X DELETE ${url}`, { method: "DELETE" }],
    [`-d a=1 -d b=2 ${url}`, { method: "POST", body: "a=1&b=2" }],
    [`-X PUT -d {} -H content-type:application/json ${url}`, { method: "PUT", body: "{}" }]
  ]
  it.effect.each(sent)("%s is sent as it says", ([line, expected]) =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      const { asked, code, stderr, stdout } = yield* run(`request ${line}`, { answers: [ok] })
      assert.deepEqual([code, stdout, stderr, asked.length], [0, "an answer\n", "", 1])
      assert.deepInclude(asked[0], expected)
      assert.match(asked[0]?.headers["cookie"] ?? "", /p_skey=Secret\*p-skey_1.*; host=only/)
      assert.notInclude(asked[0]?.headers["cookie"] ?? "", "Secret-superkey")
    })
  )

  it.effect("goes as the site's page would send it, unless the line says otherwise", () =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      const plain = yield* run(`request -d a=1 ${url}`, { answers: [ok] })
      assert.deepInclude(plain.asked[0]?.headers, {
        referer: "https://user.qzone.qq.com/123456789",
        "content-type": "application/x-www-form-urlencoded"
      })
      assert.match(plain.asked[0]?.headers["user-agent"] ?? "", /^Mozilla/)
      const own = yield* run(`request -H Referer:https://x.qq.com/ -H User-Agent:me -H X-A:1 ${url}`, { answers: [ok] })
      assert.deepInclude(own.asked[0]?.headers, { referer: "https://x.qq.com/", "user-agent": "me", "x-a": "1" })
    })
  )

  const refused: ReadonlyArray<readonly [line: string, says: string]> = [
    ["https://example.com/", "example.com is no host of qzone"],
    ["https://qq.com.example.com/", "is no host of qzone"],
    ["https://notqq.com/", "is no host of qzone"],
    ["https://user.qzone.qq.com@example.com/", "example.com is no host of qzone"],
    ["http://user.qzone.qq.com/", "by https only"],
    [`-H cookie:a=1 ${url}`, "the header cookie is not yours to set"],
    [`-H Host:example.com ${url}`, "the header host is not yours to set"],
    [`-d @/does/not/exist ${url}`, "cannot read /does/not/exist (ENOENT)"]
  ]
  it.effect.each(refused)("%s sends nothing, and says why", ([line, says]) =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      const { asked, code, stderr, stdout } = yield* run(`request ${line}`)
      assert.deepEqual([code, asked, stdout], [2, [], ""])
      assert.include(stderr, says)
      assert.match(stderr, /^error: .*\n→ .*\n$/)
      assert.notInclude((yield* run(`request ${line}`, { language: "zh" })).stderr, "error:")
    })
  )

  it.effect(
    "says whose host it is where that is another site's and no session was named, and so does cookies --url",
    () =>
      Effect.gen(function* () {
        const { run } = yield* withSaved()
        const another = "https://club.vip.qq.com/x"
        for (const line of [`request --offline ${another}`, `cookies --offline --url ${another}`]) {
          const { code, stderr } = yield* run(line, { answers: [ok] })
          assert.deepEqual(
            [code, stderr],
            [0, "note: club.vip.qq.com is a host of vip, and mine a session of qzone: --site vip takes one of that\n"]
          )
          assert.strictEqual((yield* run(`${line} --profile mine`, { answers: [ok] })).stderr, "")
        }
        // Nobody's, or the session's own: there is nothing to say.
        for (const host of ["i.qq.com", "h5.qzone.qq.com"]) {
          assert.strictEqual((yield* run(`request --offline https://${host}/`, { answers: [ok] })).stderr, "")
        }
      })
  )

  it.effect("signs with nothing that the session lacks", () =>
    Effect.gen(function* () {
      const { bkn: _, ...json } = toJson(qzone)
      const { run } = yield* withSaved(sessionOf(json))
      const { code, stderr } = yield* run(`request --bkn ${url}`)
      assert.strictEqual(code, 2)
      assert.include(stderr, "the session of qzone has no bkn")
    })
  )

  const statuses: ReadonlyArray<readonly [status: number, code: number, says: RegExp]> = [
    [200, 0, /^$/],
    [302, 0, /^note: the answer is a redirect to i\.qq\.com \(302\), which is not followed\n$/],
    [304, 0, /^$/],
    [403, 8, /^error: user\.qzone\.qq\.com answered with status 403\n→ /],
    [404, 6, /status 404/],
    [500, 6, /status 500/]
  ]
  it.effect.each(statuses)("of an answer with status %i prints the body and ends with %i", ([status, code, says]) =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      const headers = status === 302 ? [["location", "https://i.qq.com/?ticket=CANARY"] as const] : []
      const body = status === 304 ? "" : "what it says"
      const result = yield* run(`request ${url}`, { answers: [{ status, headers, ...(body === "" ? {} : { body }) }] })
      assert.deepEqual([result.code, result.stdout], [code, body])
      assert.match(result.stderr, says)
      assert.notInclude(result.stderr, "CANARY")
    })
  )

  it.effect("ends with 6 where there is no answer, or none in time", () =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      const down = yield* run(`request ${url}`, { answers: [{ fails: "ENOTFOUND" }] })
      assert.strictEqual(down.code, 6)
      assert.include(down.stderr, "user.qzone.qq.com")
      const fiber = yield* Effect.forkChild(run(`request ${url}`, { answers: [{ hangs: true }] }))
      for (let i = 0; i < 12; i++) {
        yield* Effect.promise(() => new Promise(setImmediate))
        yield* TestClock.adjust("1 second")
      }
      assert.strictEqual((yield* Fiber.join(fiber)).code, 6)
    })
  )

  it.effect("waits no longer than a login for a body that drips, and says that it did not come", () =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      const body = () => new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(1)) })
      const client = HttpClient.make((request) =>
        Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(body())))
      )
      const fiber = yield* Effect.forkChild(run(`request ${url}`, { client }))
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      yield* TestClock.adjust("9 minutes")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      const { code, stderr, stdout } = yield* Fiber.join(fiber)
      assert.deepEqual([code, stdout], [6, ""])
      assert.include(stderr, "no usable answer from user.qzone.qq.com (timeout)")
    })
  )

  it.effect("is among what --verbose tells, without its query", () =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      const { stderr } = yield* run(`request --verbose ${url}?ticket=CANARY`, { answers: [ok] })
      assert.match(stderr, /user\.qzone\.qq\.com.*200/)
      assert.notInclude(stderr, "CANARY")
    })
  )

  it.effect("checks the session first, as token does, and renews it", () =>
    Effect.gen(function* () {
      const { run } = yield* withSaved(renewable, 7_200_000)
      const dead = { body: `_Callback({"code":-3000,"message":"请先登录空间"});` }
      const over = yield* run(`request ${url}`, { answers: [dead, { body: "ptui_auth_CB('1','');" }] })
      assert.deepEqual([over.code, over.stdout, over.asked.length], [4, "", 2])
      const renewed = yield* run(`request ${url}`, { answers: [dead, ...accepted, ok] })
      assert.deepEqual([renewed.code, renewed.stdout], [0, "an answer\n"])
      assert.include(renewed.asked.at(-1)?.headers["cookie"], "p_skey=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789")
    })
  )

  it.effect("prints bytes as they are, and to a terminal nothing that it would act upon", () =>
    Effect.gen(function* () {
      const { run } = yield* withSaved()
      const body = "a\tb\r\n\u001b[2Jc\u202ed\n"
      assert.strictEqual((yield* run(`request ${url}`, { answers: [{ body }] })).stdout, body)
      const input = { isTTY: true } as never
      const shown = yield* run(`request ${url}`, { answers: [{ body }], input })
      assert.strictEqual(shown.stdout, "a\tb\n\ufffd[2Jc\ufffdd\n")
    })
  )
})

describe("what request sends", () => {
  it.live.each(["-", "@-", "@body", "@fifo"])("may come from %s", (from) =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
        (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
      )
      Fs.writeFileSync(Path.join(folder, "body"), "from the file")
      // The place that is asked is none of the site's, which is said after the data were read, and before anything is sent.
      const script = `
        command() { '${process.execPath}' '${inject("command")}' "$@"; }
        command login --replay qzone --profile me --speed 100 --qr none >/dev/null 2>&1
        mkfifo fifo; (printf piped >fifo) &
        printf typed | command request --offline -d ${from} https://example.com/; echo "exit $?"
        kill $! 2>/dev/null; :`
      const child = spawn("bash", ["-c", script], {
        cwd: folder,
        env: { ...process.env, XDG_STATE_HOME: folder, LC_ALL: "C" },
        stdio: ["ignore", "pipe", "pipe"]
      })
      let said = ""
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text))
      yield* Effect.promise(() => once(child, "close"))
      assert.include(said, "error: example.com is no host of qzone")
      assert.include(said, "exit 2")
    })
  )
})
