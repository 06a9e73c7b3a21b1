import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fromPng } from "webqq-login/qr/QrPicture"
import { open } from "../../src/cli/process/onQr.ts"
import * as Streams from "../../src/cli/terminal/streams.ts"
import { commandLine } from "../../src/cli/line/values.ts"
import { secretsOf } from "../support/scenarioSecrets.ts"
import { command, file } from "./child.ts"

const listener = file("test/support/onQr.mjs")

/** A login with a command that keeps what it is told in a folder, and what it kept. */
const told = async (line: string, how: string, env: Readonly<Record<string, string>> = {}) => {
  const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
  const onQr = `"${process.execPath}" '${listener}' ${how} "${folder}"`
  const result = await command([...line.split(" "), "--on-qr", onQr], { env })
  const read = (name: string) => {
    const path = Path.join(folder, name)
    return Fs.existsSync(path) ? Fs.readFileSync(path) : Buffer.alloc(0)
  }
  const lines = read("stdin").toString("utf8")
  const kept = {
    ...result,
    lines,
    events: lines
      .trimEnd()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line)),
    picture: read("picture.png"),
    environment: read("environment").toString("utf8")
  }
  Fs.rmSync(folder, { recursive: true })
  return kept
}

describe.concurrent("the command of --on-qr", () => {
  it("is told of every event, has the picture while the code lives, and learns nothing that is worth a password", async () => {
    const env = { WEBQQ_PASSPHRASE: "Secret-passphrase" }
    const { code, environment, events, lines, picture, stderr } = await told(
      "login --replay webqq --speed 20 --qr none --show-secrets",
      "keep",
      env
    )
    assert.strictEqual(code, 0)
    assert.deepEqual(
      events.map(({ _tag }) => _tag),
      ["QrShown", "Waiting", "Scanned", "Confirmed", "LoggedIn"]
    )
    assert.match(events[0].url, /^http:\/\/txz\.qq\.com\//)
    assert.strictEqual(fromPng(picture)._tag, "Success")
    assert.isFalse(Fs.existsSync(events[0].file))
    assert.deepEqual(events.at(-1), { _tag: "LoggedIn", site: "webqq", uin: 123456789 })
    const secrets = secretsOf("webqq")
    assert.isAbove(secrets.length, 8)
    for (const secret of [...secrets, env.WEBQQ_PASSPHRASE]) assert.notInclude(lines + environment, secret)
    assert.notInclude(stderr, "on-qr")
  })

  it("is told under which profile the session was kept", async () => {
    const home = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    const env = { HOME: home, XDG_STATE_HOME: home }
    const saved = await told("login --replay webqq --speed 20 --qr none --profile work", "keep", env)
    Fs.rmSync(home, { recursive: true })
    assert.deepInclude(saved.events.at(-2), { _tag: "Saved", profile: "work" })
    assert.deepInclude(saved.events.at(-1), { _tag: "LoggedIn", profile: "work" })
    const good = await told("login --replay session-still-good", "keep")
    assert.deepEqual(
      good.events.map(({ _tag }) => _tag),
      ["SessionFound", "SessionStillGood", "LoggedIn"]
    )
    assert.strictEqual(good.events[2].profile, good.events[0].profile)
  })

  it("is told how a login failed", async () => {
    const { code, events } = await told("login --replay refused --speed 20 --qr none", "keep")
    assert.strictEqual(code, 5)
    assert.deepInclude(events.at(-1), { _tag: "Failed", exitCode: 5 })
  })

  const failures = [
    ["that fails", "fail", "note: the command of --on-qr has ended (7); the login goes on"],
    ["that fails at its end", "failLate", "note: the command of --on-qr failed (7)"],
    ["that is killed", "killed", "note: the command of --on-qr has ended (SIGKILL); the login goes on"]
  ] as const
  it.each(failures)("%s is told of, and ends nothing", async (_, how, said) => {
    const { code, stderr } = await told("login --replay webqq --speed 20 --qr none", how)
    assert.strictEqual(code, 0)
    assert.include(stderr, said)
    assert.include(stderr, "logged in as")
  })

  it("that says something on stderr is heard in lines that can do no harm, and its stdout is not ours", async () => {
    const { stderr, stdout } = await told("login --replay webqq --speed 20 --qr none --json", "speak")
    assert.include(stderr, "on-qr: hello \ufffd[2J\n")
    for (const line of stdout.trimEnd().split("\n")) JSON.parse(line)
  })

  it("that says more than anybody reads is not listened to any more, and is told of once", async () => {
    const { code, stderr } = await told("login --replay webqq --speed 20 --qr none", "flood")
    assert.strictEqual(code, 0)
    assert.lengthOf(stderr.match(/^on-qr: y$/gm) ?? [], 1000)
    assert.lengthOf(stderr.match(/says more than 1000 lines/g) ?? [], 1)
  })

  it("that is not there, or is a folder, is told of by its reason", async () => {
    for (const [program, code] of [
      ["/nowhere/at-all", "ENOENT"],
      ["/", "EACCES"]
    ]) {
      const result = await command(["login", "--replay", "webqq", "--speed", "20", "--qr", "none", "--on-qr", program!])
      assert.strictEqual(result.code, 0)
      assert.include(result.stderr, `note: the command of --on-qr cannot be started (${code})`)
    }
  })

  it.effect("that does not end is ended", () =>
    Effect.gen(function* () {
      let said = ""
      const sink = { write: (text: string) => (said += text) } as never
      const streams = Streams.make({ stdout: sink, stderr: sink }, "en", {})
      const scope = yield* Scope.make()
      yield* Scope.provide(open([process.execPath, listener, "stay", "-"], { streams, language: "en", env: {} }), scope)
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual(said, "")
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(closing)
      assert.include(said, "note: the command of --on-qr failed (SIGTERM)")
    })
  )

  it.skipIf(process.platform !== "linux")("does not outlive a login that is interrupted", async () => {
    let pid = 0
    let sent = false
    const { code, stdout } = await command(
      [
        "login",
        "--replay",
        "webqq",
        "--json",
        "--qr",
        "none",
        "--on-qr",
        `"${process.execPath}" '${listener}' tellPid -`
      ],
      {
        watch: (child, _, stderr) => {
          pid = Number(/on-qr: pid (\d+)/.exec(stderr)?.[1] ?? pid)
          if (pid > 0 && !sent) sent = child.kill("SIGTERM")
        }
      }
    )
    assert.strictEqual(code, 130)
    assert.include(stdout.trimEnd().split("\n").at(-1), `"_tag":"Interrupted"`)
    assert.isAbove(pid, 0)
    // Gone, or dead and not yet buried by whoever inherits it.
    const file = `/proc/${pid}/stat`
    const state = Fs.existsSync(file) ? Fs.readFileSync(file, "utf8") : "(gone) Z"
    assert.match(state, /\) Z/)
  })
})

describe("a command line", () => {
  const lines: ReadonlyArray<readonly [string, ReadonlyArray<string> | undefined]> = [
    ["notify", ["notify"]],
    ["  notify  --to me ", ["notify", "--to", "me"]],
    [`notify "my phone" 'or "yours"'`, ["notify", "my phone", 'or "yours"']],
    [`a"b c"d ''`, ["ab cd", ""]],
    ["echo $HOME `id` $(id) *", ["echo", "$HOME", "`id`", "$(id)", "*"]],
    [String.raw`a\ b "c\"d" "e\f" 'g\h' \\`, ["a b", 'c"d', String.raw`e\f`, String.raw`g\h`, "\\"]],
    ["", undefined],
    ["  ", undefined],
    ['"" a', undefined],
    ['say "hello', undefined],
    ["say 'hello", undefined],
    ["say \\", undefined]
  ]
  it.each(lines)("%j is %j", (text, words) => {
    assert.deepEqual(commandLine.read(text), words as never)
  })
})
