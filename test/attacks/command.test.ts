/**
 * The command as a process, where somebody else has a hand in the machine that it runs on.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { inject } from "vitest"
import { command, file } from "../cli/child.ts"
import { cacheOf } from "../support/compileCache.ts"
import { httpProxy, socksProxy } from "../support/proxies.ts"

let folder = ""
const at = (name: string) => Path.join(folder, name)
beforeAll(() => void (folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))))
afterAll(() => Fs.rmSync(folder, { recursive: true }))

describe("where a proxy is named", () => {
  /** Where the sockets of a login went, and the names that it looked up. */
  const login = async (env: Readonly<Record<string, string>>) => {
    Fs.rmSync(at("sockets"), { force: true })
    const flags = ["--require", file("test/support/sockets.cjs"), inject("command"), "login", "--site", "qzone"]
    const child = spawn(process.execPath, [...flags, "--fresh", "--no-save", "--json"], {
      env: {
        XDG_CACHE_HOME: cacheOf(inject("command")),
        SOCKETS: at("sockets"),
        WEBQQ_RETRIES: "0",
        TMPDIR: folder,
        ...env
      },
      stdio: ["ignore", "pipe", "ignore"]
    })
    let stdout = ""
    child.stdout.on("data", (data) => (stdout += String(data)))
    await once(child, "close")
    return { stdout, went: [...new Set(Fs.readFileSync(at("sockets"), "utf8").trimEnd().split("\n"))] }
  }

  it.live.each([
    ["HTTPS_PROXY", "http", httpProxy({ refuse: 403 })],
    ["https_proxy", "http", httpProxy({ refuse: 403 })],
    ["ALL_PROXY", "http", httpProxy({ refuse: 403 })],
    ["ALL_PROXY", "socks5h", socksProxy({ credentials: "a:b" })]
  ] as const)(
    "by %s=%s:…, there is no connection but through it, and no name is asked for elsewhere",
    ([name, scheme, proxy]) =>
      Effect.gen(function* () {
        const { asked, port } = yield* proxy
        const { stdout, went } = yield* Effect.promise(() => login({ [name]: `${scheme}://127.0.0.1:${port}` }))
        assert.deepEqual(went, [`127.0.0.1:${port}`])
        if (scheme === "http") assert.deepEqual([...new Set(asked)], ["ssl.ptlogin2.qq.com:443"])
        assert.include(stdout, `"reason":"proxy"`)
      }).pipe(Effect.scoped)
  )
})

describe("the folder of saved sessions", () => {
  it("is not followed where somebody swaps it for a link while a login runs", async () => {
    const [state, trap] = [at("state"), at("trap")]
    const sessions = Path.join(state, "webqq-login", "sessions")
    Fs.mkdirSync(sessions, { recursive: true, mode: 0o700 })
    Fs.mkdirSync(trap)
    let swapped = false
    const { code, lines } = await command("login --replay webqq --json --speed 10 --profile demo", {
      env: { XDG_STATE_HOME: state },
      watch: (_, stdout) => {
        if (swapped || !stdout.includes("QrShown")) return
        swapped = true
        Fs.rmSync(sessions, { recursive: true })
        Fs.symlinkSync(trap, sessions)
      }
    })
    assert.isTrue(swapped)
    assert.strictEqual(code, 9)
    // Whoever scanned has the session all the same.
    assert.strictEqual(lines.at(-1)?._tag, "Failed")
    assert.include(
      lines.map(({ _tag }) => _tag),
      "LoggedIn"
    )
    assert.deepEqual(Fs.readdirSync(trap), [])
  })
})

describe.skipIf(process.platform === "win32")("a folder that is gone while we are in it", () => {
  it.each(["export a", "login --replay ./a", "login --replay qzone --qr-file a", "record --out a", "import a"])(
    "is told of in words: %s",
    async (line) => {
      const script = 'mkdir "$1" && cd "$1" && rmdir "$1" && shift && exec "$@"'
      const args = ["-c", script, "sh", at("gone"), process.execPath, inject("command"), ...line.split(" ")]
      const child = spawn("sh", args, {
        env: { XDG_CACHE_HOME: cacheOf(inject("command")), TMPDIR: folder, XDG_STATE_HOME: at("state") },
        stdio: ["ignore", "ignore", "pipe"]
      })
      let stderr = ""
      child.stderr.on("data", (data) => (stderr += String(data)))
      const [code] = await once(child, "close")
      assert.notInclude(stderr, "unexpected fault")
      assert.notStrictEqual(code, 1, stderr)
      assert.match(stderr, /^error: .+\n→ .+\n/m)
    }
  )
})
