/**
 * A login that goes on in the background, by the command as it is shipped: `login start`, `login wait`, `login cancel`.
 */
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import { connect } from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import type { TestContext } from "vitest"
import { command, file, type Result } from "../cli/child.ts"

interface Started {
  readonly _tag: string
  readonly id: string
  readonly text?: string
  readonly file?: string
  readonly url?: string
}

/** A state folder of a test, and what runs lines of the command with it. */
const place = ({ onTestFinished }: TestContext, below = "") => {
  const root = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-agent-"))
  onTestFinished(() => Fs.rmSync(root, { recursive: true }))
  const state = Path.join(root, below)
  const run = (line: string | ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}): Promise<Result> =>
    command(line, { env: { XDG_STATE_HOME: state, ...env } })
  const start = async (line: string) => {
    const result = await run(`login start --json ${line}`)
    return { ...result, started: result.lines[0] as unknown as Started }
  }
  const logins = Path.join(state, "webqq-login/logins")
  /** Everything that lies there, but records and the lock. */
  const left = () =>
    Fs.readdirSync(logins, { recursive: true, withFileTypes: true })
      .filter((found) => !found.isDirectory() && found.name !== "login.json" && found.name !== ".lock")
      .map(({ name }) => name)
  return { run, start, logins, left }
}

const tags = ({ lines }: Result) => lines.map(({ _tag }) => _tag)

describe.concurrent("a login in the background", () => {
  it("returns with id, text, file and URL; whoever waits gets the session that was saved; nothing is left but a record", async (test) => {
    const { left, logins, run, start } = place(test)
    const { code, started } = await start("--replay qzone --profile me --speed 2")
    assert.strictEqual(code, 0)
    assert.match(started.id, /^[0-9a-f]{12}$/)
    assert.match(started.url ?? "", /^http:\/\/txz\.qq\.com\/p\?k=/)
    assert.lengthOf((started.text ?? "").split("\n"), 21)
    assert.deepEqual(Fs.readFileSync(started.file!).subarray(1, 4).toString(), "PNG")
    const folder = Path.join(logins, started.id)
    for (const [name, mode] of [
      ["", 0o700],
      ["socket", 0o600],
      ["qr.png", 0o600],
      ["login.json", 0o600]
    ] as const) {
      assert.strictEqual(Fs.statSync(Path.join(folder, name)).mode & 0o777, mode, name)
    }
    const asked = await run(`login wait ${started.id} --timeout 0 --json`)
    assert.strictEqual(asked.code, 3)
    assert.deepInclude(asked.lines.at(-1), { _tag: "Failed", exitCode: 3 })
    assert.include(asked.stdout, `"_tag":"NotYet"`)

    const waited = await run(`login wait ${started.id} --json`)
    assert.strictEqual(waited.code, 0, waited.stderr)
    assert.deepEqual(tags(waited).slice(-2), ["Saved", "LoggedIn"])
    assert.include(waited.stdout, `"p_skey"`)
    // Once more, from what was written down and saved: the dead code is not told of.
    const again = await run(`login wait ${started.id} --json`)
    assert.deepEqual(again.lines.at(-1), waited.lines.at(-1))
    assert.notInclude(tags(again), "QrShown")
    assert.deepEqual(left(), [])
    assert.notInclude(Fs.readFileSync(Path.join(folder, "login.json"), "utf8"), "skey")
  })

  it("is one, with one code, for all who begin it at once for a profile; another profile has its own", async (test) => {
    const { left, run, start } = place(test)
    const all = await Promise.all(
      ["me", "me", "me", "you"].map((profile) => start(`--replay qzone --profile ${profile} --speed 0.1`))
    )
    assert.deepEqual(
      all.map(({ code }) => code),
      [0, 0, 0, 0]
    )
    const [one, two, three, other] = all.map(({ started }) => started)
    assert.deepEqual([two, three], [one, one])
    assert.notStrictEqual(other?.id, one?.id)
    const waiting = run(`login wait ${one?.id} --json`)
    const ended = await Promise.all([one, other].map((started) => run(`login cancel ${started?.id}`)))
    assert.deepEqual(
      ended.map(({ code }) => code),
      [0, 0]
    )
    const told = await waiting
    assert.strictEqual(told.code, 130)
    assert.include(told.stdout, `"_tag":"Interrupted"`)
    assert.deepEqual(left(), [])
  })

  it("ends with the exit code and the error that login would have ended with", async (test) => {
    const { run, start } = place(test)
    const { started } = await start("--replay refused --speed 50")
    const waited = await run(`login wait ${started.id} --json --lang zh`)
    assert.strictEqual(waited.code, 5)
    assert.include(waited.stdout, `"_tag":"QrRefused"`)
    assert.match(waited.stderr, /错误：/)
  })

  it("gives a session that is kept nowhere to the first who waits, and to nobody else", async (test) => {
    const { run, start } = place(test)
    const { started } = await start("--replay qzone --speed 50")
    const [code, again] = [await run(`login wait ${started.id} --json`), await run(`login wait ${started.id} --json`)]
    assert.deepEqual([code.code, again.code], [0, 4])
    assert.strictEqual(code.lines.at(-1)?._tag, "LoggedIn")
  })

  it("tells the command of --on-qr of each event and of no session, with the picture, and knows no order of its own", async (test) => {
    const { logins, run } = place(test)
    const heard = Path.join(Path.dirname(Path.dirname(logins)), "heard")
    Fs.mkdirSync(heard)
    const onQr = `"${process.execPath}" '${file("test/support/onQr.mjs")}' keep "${heard}"`
    const line = "login start --json --replay qzone --profile me --speed 20 --on-qr"
    const { lines } = await run([...line.split(" "), onQr])
    const { id } = lines[0] as unknown as Started
    assert.strictEqual((await run(`login wait ${id}`)).code, 0)
    const read = (name: string) => Fs.readFileSync(Path.join(heard, name), "utf8")
    const events = read("stdin").trimEnd().split("\n")
    assert.deepEqual(
      events.map((event) => JSON.parse(event)._tag),
      ["QrShown", "Waiting", "Scanned", "Confirmed", "Saved", "LoggedIn"]
    )
    assert.deepEqual(JSON.parse(events.at(-1)!), { _tag: "LoggedIn", site: "qzone", uin: 123456789, profile: "me" })
    assert.match(read("picture.png"), /^.PNG/)
    assert.notInclude(read("environment"), "WEBQQ_CARRIES")
  })

  it("passes on what it has to say to people: to who begins it, and to who waits", async (test) => {
    const { run } = place(test)
    const words = "note: the command of --on-qr cannot be started (ENOENT)"
    const begun = await run("login start --replay qzone --profile me --speed 0.1 --on-qr no-such-command")
    assert.strictEqual(begun.code, 0)
    assert.include(begun.stderr, words)
    const waited = await run(`login wait ${begun.stdout.trim()} --timeout 0`)
    assert.strictEqual(waited.code, 3)
    assert.include(waited.stderr, words)
    assert.strictEqual((await run(`login cancel ${begun.stdout.trim()}`)).code, 0)
    const away = await run("login start --site qzone --fresh --proxy http://127.0.0.1:1 --verbose", {
      WEBQQ_RETRIES: "1"
    })
    assert.strictEqual(away.code, 6)
    assert.include(away.stderr, "QrCode ssl.ptlogin2.qq.com proxy ERR_PROXY_ECONNREFUSED")
    assert.match(
      away.stderr,
      /^the proxy http:\/\/127\.0\.0\.1:1 failed \(ERR_PROXY_ECONNREFUSED\), trying again in .* s \(1 of 1\)/m
    )
    assert.include(away.stderr, "note: this went by the proxy http://127.0.0.1:1")
  })

  it("is reached in a folder whose name is longer than a socket's may be", async (test) => {
    const { left, run, start } = place(test, "x".repeat(120))
    const { code, started } = await start("--replay qzone --profile me --speed 0.1")
    assert.strictEqual(code, 0)
    assert.strictEqual((await run(`login cancel ${started.id}`)).code, 0)
    assert.deepEqual(left(), [])
  })

  it.for([
    ["login wait 0123456789ab", 2, /nothing is known of a login 0123456789ab/],
    ["login cancel 0123456789ab", 2, /nothing is known/],
    ["login wait 0123456789AB", 2, /bad value/],
    ["login wait", 2, /ID is missing/],
    ["login start --site ./nosuch.json", 2, /cannot read the site file/],
    ["login start --speed 2", 2, /--speed needs --replay/]
  ] as const)("says what is wrong with %s", async ([line, code, words], test) => {
    const { run } = place(test)
    const result = await run(line)
    assert.deepEqual([result.code, result.stdout], [code, ""])
    assert.match(result.stderr, words)
  })

  it("begins all the same, whatever others have left in the place of one", async (test) => {
    const { logins, run, start } = place(test)
    Fs.mkdirSync(logins, { recursive: true, mode: 0o700 })
    const at = (id: string, name = "") => Path.join(logins, id, name)
    for (const id of ["aaaaaaaaaaa1", "aaaaaaaaaaa2", "aaaaaaaaaaa3", "aaaaaaaaaaa4"]) Fs.mkdirSync(at(id))
    execFileSync("mkfifo", [at("aaaaaaaaaaa1", "login.json")])
    Fs.symlinkSync("/dev/zero", at("aaaaaaaaaaa2", "login.json"))
    Fs.mkdirSync(at("aaaaaaaaaaa3", "login.json"))
    Fs.writeFileSync(
      at("aaaaaaaaaaa4", "login.json"),
      JSON.stringify({ id: "aaaaaaaaaaa4", about: "x", startedAt: "never", lines: [], ended: { exitCode: 0 } })
    )
    Fs.writeFileSync(at("aaaaaaaaaaa5"), "")
    const { code, started, stderr } = await start("--replay qzone --profile me --speed 0.1")
    assert.strictEqual(code, 0, stderr)
    assert.strictEqual((await run(`login cancel ${started.id}`)).code, 0)
  })

  it("has a folder of its own, which is named where it cannot be made, and with what stands in its way", async (test) => {
    const { logins, run } = place(test, "file/state")
    const inTheWay = Path.resolve(logins, "../../..")
    Fs.writeFileSync(inTheWay, "")
    for (const [line, path] of [
      ["login start --replay qzone", logins],
      ["login wait aaaaaaaaaaa1", Path.join(logins, "aaaaaaaaaaa1")],
      ["login cancel aaaaaaaaaaa1", Path.join(logins, "aaaaaaaaaaa1")]
    ] as const) {
      const { code, lines, stderr } = await run(`${line} --json`)
      assert.strictEqual(code, 9, line)
      const { error } = lines[0] as unknown as { readonly error: Readonly<Record<string, unknown>> }
      assert.deepInclude(error, { _tag: "StoreFailed", step: "Login", path, above: inTheWay })
      assert.include(stderr, `error: the logins in the background at ${path} could not be used: ${inTheWay}: `)
    }
  })

  it("shows no picture out of what is none, and does not wait for it", async (test) => {
    const { logins, run } = place(test)
    const folder = Path.join(logins, "aaaaaaaaaaa1")
    Fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    const pipe = Path.join(folder, "pipe")
    execFileSync("mkfifo", [pipe])
    for (const file of ["/dev/zero", pipe]) {
      const shown = {
        _tag: "QrShown",
        attempt: 1,
        url: "http://txz.qq.com/p?k=1",
        file,
        expiresAt: "2026-01-01T00:00:00Z"
      }
      const record = {
        id: "aaaaaaaaaaa1",
        about: "x",
        startedAt: "2026-01-01T00:00:00Z",
        lines: [shown],
        ended: { exitCode: 4 }
      }
      Fs.writeFileSync(Path.join(folder, "login.json"), JSON.stringify(record))
      assert.strictEqual((await run("login wait aaaaaaaaaaa1")).code, 4)
    }
  })

  it("is not disturbed by what is said at its socket, and tells nothing to who asks for nothing", async (test) => {
    const { logins, run, start } = place(test)
    const { started } = await start("--replay qzone --profile me --speed 0.1")
    const socket = Path.join(logins, started.id, "socket")
    for (const text of ["nonsense\n", "x".repeat(100_000), "ask"]) {
      const heard = await new Promise<string>((resolve) => {
        let all = ""
        const client = connect(socket, () => (text === "ask" ? client.end(text) : client.write(text)))
        client.on("data", (data) => (all += String(data)))
        client.on("error", () => {}).on("close", () => resolve(all))
      })
      assert.strictEqual(heard, "", text.slice(0, 10))
    }
    assert.strictEqual((await run(`login wait ${started.id} --timeout 0`)).code, 3)
    assert.strictEqual((await run(`login cancel ${started.id}`)).code, 0)
  })
})
