import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { FailedLine, LoginEventLine } from "webqq-login/LoginEvent"
import * as Schema from "effect/Schema"
import { inject } from "vitest"
import { secretsOf } from "../support/scenarioSecrets.ts"
import { command, file } from "./child.ts"

const fixture = (name: string) => JSON.parse(Fs.readFileSync(file(`fixtures/${name}/scenario.json`), "utf8"))

const decode = Schema.decodeUnknownSync(LoginEventLine)
const failed = Schema.decodeUnknownSync(FailedLine)

describe.concurrent("webqq-login", () => {
  it("logs in offline and prints an event a line, the last of them with the values of the fixture", async () => {
    const { code, lines, stderr } = await command("login --replay webqq --json --poll-interval=20ms --speed 10")
    assert.strictEqual(code, 0)
    const { outcome } = fixture("webqq")
    assert.deepEqual(
      lines.map((line) => decode(line)._tag),
      outcome.events
    )
    const last = lines.at(-1)
    assert.deepInclude(last?._tag === "LoggedIn" ? last.session : {}, {
      ptwebqq: outcome.session.ptwebqq,
      vfwebqq: outcome.session.vfwebqq,
      psessionid: outcome.session.psessionid,
      clientid: 53999199,
      uin: outcome.session.uin
    })
    for (const secret of secretsOf("webqq")) assert.notInclude(stderr, secret)
  })

  it("hides every secret in the summary, and shows the five values when asked to", async () => {
    const [hidden, shown] = await Promise.all([
      command("login --replay webqq --speed 25 --qr terminal"),
      command("login --replay webqq --speed 25 --qr none --show-secrets")
    ])
    assert.deepEqual([hidden.code, shown.code], [0, 0])
    const secrets = secretsOf("webqq")
    assert.isAbove(secrets.length, 10)
    for (const secret of secrets) assert.notInclude(hidden.stdout + hidden.stderr + shown.stderr, secret)
    const { session } = fixture("webqq").outcome
    for (const name of ["ptwebqq", "vfwebqq", "psessionid", "clientid", "uin"]) {
      assert.match(shown.stdout, new RegExp(`^${name} +${session[name]}$`, "m"))
    }
  })

  const failures: ReadonlyArray<readonly [scenario: string, code: number, tag: string]> = [
    ["refused", 5, "QrRefused"],
    ["expired-for-good", 3, "QrExpired"],
    ["hostile-redirect", 7, "RedirectUntrusted"],
    ["login2-103", 8, "ApiRefused"]
  ]
  it.each(failures)("ends %s with exit code %i and %s as the last line", async (scenario, code, tag) => {
    const result = await command(`login --replay ${scenario} --json --speed 25`)
    assert.strictEqual(result.code, code)
    const { error, exitCode } = failed(result.lines.at(-1))
    assert.deepEqual([error._tag, exitCode], [tag, code])
    assert.include(result.stderr, `error: ${error.message}\n→ ${error.cure}\n`)
    for (const secret of secretsOf(scenario)) assert.notInclude(result.stderr, secret)
  })

  it("says what is wrong with a line and nothing else: exit code 2, in the language of the environment", async () => {
    const results = await Promise.all([
      command("login --jsn"),
      command("login --json --speed 2"),
      command("login --json --replay no-such-scenario"),
      command("login --json --replay webqq", { env: { WEBQQ_POLL_INTERVAL: "soon" } })
    ])
    assert.deepEqual(
      results.map(({ code, stdout }) => [code, stdout]),
      results.map(() => [2, ""])
    )
    for (const { stderr } of results) assert.match(stderr, /^error: [^\n]+\n(.*\n)*→ [^\n]+\n$/)
    assert.match(results[2]!.stderr, /no scenario of the \d+ has this name/)
    assert.include(results[3]!.stderr, "POLL_INTERVAL")
    assert.include((await command("login --jsn", { env: { LANG: "zh_CN.UTF-8" } })).stderr, "错误：未知选项")
  })

  it("ends on Ctrl-C within a second with 130, without a file and without half a line", async () => {
    let asked = 0
    let seen = ""
    const result = await command("login --replay webqq --json", {
      watch: (child, stdout) => {
        if (asked > 0 || !stdout.includes("\n")) return
        seen = JSON.parse(stdout.split("\n")[0]!).file
        assert.strictEqual(Fs.statSync(seen).mode & 0o777, 0o600)
        asked = performance.now()
        child.kill("SIGINT")
      }
    })
    assert.isBelow(performance.now() - asked, 1000)
    assert.strictEqual(result.code, 130)
    assert.isFalse(Fs.existsSync(seen))
    assert.strictEqual(failed(result.lines.at(-1)).exitCode, 130)
  })

  it("ends at once on a second signal, and still leaves no file", async () => {
    let sent = false
    const { code } = await command("login --replay webqq", {
      watch: (child, _, stderr) => {
        if (sent || !stderr.includes("qr.png")) return
        sent = true
        child.kill("SIGTERM")
        child.kill("SIGINT")
      }
    })
    assert.strictEqual(code, 130)
  })

  it.each(["SIGHUP", "SIGQUIT"] as const)("takes %s as Ctrl-C: no code stays on the disk", async (signal) => {
    const { code, lines } = await command("login --replay webqq --json", {
      watch: (child, stdout) => stdout.includes("\n") && child.kill(signal)
    })
    assert.deepEqual([code, failed(lines.at(-1)).exitCode], [130, 130])
  })

  it("ends with a last line and without a file where something breaks that no one could foresee", async () => {
    const env = { NODE_OPTIONS: `--require ${file("test/support/breaks.cjs")}` }
    const { code, lines, stderr } = await command("login --replay webqq --json", { env })
    assert.strictEqual(code, 1)
    assert.deepInclude(failed(lines.at(-1)).error, { _tag: "Unexpected", message: "unexpected fault (Broken)" })
    assert.include(stderr, "error: unexpected fault (Broken)\n→ start again; if it stays so, look for a newer version")
    const debug = await command("login --replay webqq --json", { env: { ...env, WEBQQ_DEBUG: "1" } })
    assert.match(debug.stderr, /^\s+at .*breaks\.cjs/m)
    assert.notMatch(stderr + debug.stderr + debug.stdout, /SECRET/)
  })

  it.skipIf(!Fs.existsSync("/proc/self"))(
    "says before the scan that it is in vain, and at the end that the session is lost, where it can be neither kept nor printed",
    async () => {
      const env = { XDG_STATE_HOME: "/proc/nohome" }
      const line = "login --replay qzone --speed 20 --profile me"
      const { code, stderr } = await command(line, { env, stdout: "/dev/null" })
      assert.strictEqual(code, 9)
      assert.match(
        stderr,
        /^note: this session cannot be kept, and stdout leads nowhere, so that a scan would be in vain: /m
      )
      assert.match(stderr, /^note: it is lost: stdout leads nowhere; with stdout in a file/m)
      const { stderr: elsewhere, stdout } = await command(line, { env })
      assert.match(elsewhere, /^note: this session cannot be kept, only printed at its end: /m)
      assert.include(stdout, "p_skey\tAbCdEfGhI")
    }
  )

  it.skipIf(!Fs.existsSync("/dev/full"))("says why nothing could be written", async () => {
    for (const line of ["login --replay webqq --speed 50", "sites", "--version", "help login", "fixtures list"]) {
      const { code, stderr } = await command(line, { stdout: "/dev/full" })
      assert.deepEqual([line, code], [line, 1])
      assert.strictEqual(stderr.split("error: stdout cannot be written (ENOSPC)\n→ ").length, 2, line)
      assert.notInclude(stderr, "interrupted", line)
    }
  })

  it.skipIf(spawnSync("unshare", ["-rm", "true"]).status !== 0)("says so where the disk had room for a part", () => {
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    const script = 'mount -t tmpfs -o size=4k none "$1" && "$2" "$3" fixtures list --json >"$1/out"'
    const args = ["-rm", "sh", "-c", script, "sh", folder, process.execPath, inject("command")]
    const { status, stderr } = spawnSync("unshare", args, { encoding: "utf8" })
    Fs.rmdirSync(folder)
    assert.strictEqual(status, 1)
    assert.include(stderr, "error: stdout cannot be written (ENOSPC)\n→ ")
  })

  it("ends quietly with 1 when nobody reads stdout any more", async () => {
    const { code, stderr } = await command("login --replay webqq --json --speed 20", {
      watch: (child, stdout) => stdout.includes("\n") && child.stdout?.destroy()
    })
    assert.strictEqual(code, 1)
    assert.notMatch(stderr, /EPIPE|at .*\(|logged in/)
  })

  it("goes on when nobody reads stderr", async () => {
    const { code, lines } = await command("login --replay webqq --json --speed 20", {
      watch: (child) => child.stderr?.destroy()
    })
    assert.strictEqual(code, 0)
    assert.strictEqual(lines.at(-1)?._tag, "LoggedIn")
  })

  it("writes the code where it is told to, and takes it away again", async () => {
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    const path = Path.join(folder, "code.png")
    const { code, lines } = await command(`login --replay webqq --json --speed 25 --qr-file ${path}`)
    const [first] = lines
    assert.deepEqual([code, first?._tag === "QrShown" ? first.file : "", Fs.readdirSync(folder)], [0, path, []])
    Fs.rmdirSync(folder)
  })

  it("needs no place for sessions where none is to be saved", async () => {
    const { code, stderr } = await command("login --replay webqq --speed 25 --profile demo --no-save")
    assert.strictEqual(code, 0)
    assert.notMatch(stderr, /error|saved/)
  })

  const ladders = ["session-still-good", "renewed-silently", "renewal-refused-then-scan"]
  it.each(ladders)("tells of %s which way it took, and asks for a scan only where there is no other", async (name) => {
    const { code, lines, stderr } = await command(`login --replay ${name} --json --speed 25 --qr file`)
    // A recording is not saved.
    const events = fixture(name).outcome.events.filter((tag: string) => tag !== "Saved")
    assert.deepEqual([code, lines.map((line) => decode(line)._tag)], [0, events])
    assert.strictEqual(stderr.includes("no scan needed"), !events.includes("QrShown"))
    for (const secret of secretsOf(name)) assert.notInclude(stderr, secret)
  })

  it("leaves the user's own sessions alone while it replays, unless a profile is named", async () => {
    const home = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    const env = { HOME: home, XDG_STATE_HOME: Path.join(home, "state") }
    assert.strictEqual((await command("login --replay webqq --speed 25", { env })).code, 0)
    assert.deepEqual(Fs.readdirSync(home), [])

    const saved = await command("login --replay webqq --speed 25 --profile demo", { env })
    assert.strictEqual(saved.code, 0)
    const file = Path.join(home, "state/webqq-login/sessions/demo.json")
    assert.include(saved.stderr, `saved as demo in ${Path.dirname(file)}\n`)
    assert.deepEqual([Fs.statSync(file).mode & 0o777, Fs.statSync(Path.dirname(file)).mode & 0o777], [0o600, 0o700])

    const { session } = fixture("webqq").outcome
    const [token, cookies, status] = await Promise.all([
      command("token psessionid --offline", { env }),
      command("cookies --offline --format curl --url https://d1.web2.qq.com/channel/login2", { env }),
      command("status --offline", { env })
    ])
    assert.deepEqual([token.code, token.stdout, token.stderr], [0, `${session.psessionid}\n`, ""])
    assert.match(cookies.stdout, /^curl -H 'cookie: .*p_skey=.*' 'https:\/\/d1\.web2\.qq\.com\/channel\/login2'\n$/)
    // It was obtained in 2018.
    assert.deepEqual([status.code, /^demo +webqq .* ago +does not work/m.test(status.stdout)], [4, true])
    assert.strictEqual((await command("logout", { env })).code, 0)
    assert.isFalse(Fs.existsSync(file))
    Fs.rmSync(home, { recursive: true })
  })

  const homes: ReadonlyArray<readonly [what: string, env: Readonly<Record<string, string>>, says: RegExp]> = [
    // Not even root can make a folder there.
    ["the place for sessions cannot be made", { XDG_STATE_HOME: "/sys" }, /permi|read-only|no space/],
    ["there is no home", {}, /no home folder/]
  ]
  it.each(homes)("still prints the session that was just obtained where %s, and ends with 9", async (_, env, says) => {
    const { code, lines, stderr } = await command("login --replay webqq --speed 25 --profile demo --json", { env })
    assert.strictEqual(code, 9)
    assert.deepEqual(
      lines.slice(-3).map(({ _tag }) => _tag),
      ["NotSaved", "LoggedIn", "Failed"]
    )
    assert.match(stderr, says)
    assert.match(stderr, /\n→ [^\n]+\n$/)
    // Told before anybody scans.
    const told = stderr.indexOf("note: this session cannot be kept")
    assert.isTrue(told >= 0 && told < stderr.indexOf("scanned; confirm"), stderr)
  })

  it("prints help and the version on stdout", async () => {
    const [none, version] = await Promise.all([command("--lang zh"), command("--version")])
    assert.deepEqual([none.code, none.stderr, version.code], [0, "", 0])
    assert.include(none.stdout, "扫描二维码登录")
    assert.strictEqual(version.stdout, `${JSON.parse(Fs.readFileSync(file("package.json"), "utf8")).version}\n`)
  })
})
