/**
 * The file that starts the command: whose code it runs.
 */
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

let folder = ""
const cache = () => Path.join(folder, "cache", "webqq-login")

beforeEach(() => {
  folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
  Fs.copyFileSync(fileURLToPath(new URL("../scripts/launcher.js", import.meta.url)), Path.join(folder, "cli.js"))
  Fs.writeFileSync(Path.join(folder, "package.json"), `{"type":"module"}`)
  const program = `console.log(process.getBuiltinModule("node:module").getCompileCacheDir() ?? "none")`
  Fs.writeFileSync(Path.join(folder, "command.cjs"), program)
})
afterEach(() => Fs.rmSync(folder, { recursive: true }))

/** The folder that code was cached in, or none; under a umask that closes nothing. */
const start = (env: Readonly<Record<string, string>> = { XDG_CACHE_HOME: Path.join(folder, "cache") }) => {
  const line = `umask 000; exec "$0" cli.js`
  const { status, stderr, stdout } = spawnSync("sh", ["-c", line, process.execPath], {
    cwd: folder,
    env,
    encoding: "utf8",
    timeout: 30_000
  })
  assert.deepEqual([status, stderr], [0, ""])
  return stdout.trim()
}

const mode = (path: string) => (Fs.statSync(path).mode & 0o777).toString(8)

describe.skipIf(process.platform === "win32")("the launcher", () => {
  it("keeps its cache in a folder that is closed to others whatever the umask is", () => {
    assert.isTrue(start().startsWith(cache()))
    assert.strictEqual(mode(cache()), "700")
    assert.isTrue(start().startsWith(cache()))
  })

  it("closes one that others can only look into, and uses it", () => {
    Fs.mkdirSync(cache(), { recursive: true })
    Fs.chmodSync(cache(), 0o755)
    assert.isTrue(start().startsWith(cache()))
    assert.strictEqual(mode(cache()), "700")
  })

  it.each([0o777, 0o770, 0o775, 0o757])("takes no code from one that others could write to: mode %i", (open) => {
    Fs.mkdirSync(cache(), { recursive: true })
    Fs.chmodSync(cache(), open)
    assert.strictEqual(start(), "none")
    assert.deepEqual(Fs.readdirSync(cache()), [])
  })

  it("takes none by way of a link, and none where a file stands", () => {
    Fs.mkdirSync(Path.dirname(cache()))
    Fs.mkdirSync(Path.join(folder, "elsewhere"), { mode: 0o700 })
    Fs.symlinkSync(Path.join(folder, "elsewhere"), cache())
    assert.strictEqual(start(), "none")
    Fs.unlinkSync(cache())
    Fs.writeFileSync(cache(), "")
    assert.strictEqual(start(), "none")
    assert.deepEqual(Fs.readdirSync(Path.join(folder, "elsewhere")), [])
  })

  it("takes none from below a folder in which others could put another in its place", () => {
    start()
    const above = Path.dirname(cache())
    for (const [mode, used] of [
      [0o777, false],
      [0o1777, true],
      [0o775, true],
      [0o700, true]
    ] as const) {
      Fs.chmodSync(above, mode)
      assert.strictEqual(start() !== "none", used, mode.toString(8))
    }
    if (process.geteuid?.() !== 0) return
    Fs.chownSync(above, 1234, 1234)
    assert.strictEqual(start(), "none")
  })

  it("takes none from a place that is named by where it is started", () => {
    assert.strictEqual(start({ XDG_CACHE_HOME: "cache" }), "none")
    assert.isFalse(Fs.existsSync(cache()))
  })

  it.skipIf(process.geteuid?.() !== 0)("takes none from the folder of another user", () => {
    Fs.mkdirSync(cache(), { recursive: true, mode: 0o700 })
    Fs.chownSync(cache(), 1234, 1234)
    assert.strictEqual(start(), "none")
  })

  it("starts without one where none can be made: places that answer that nothing is there, and none at all", () => {
    for (const place of ["/proc/nohome", "/dev/null"]) assert.strictEqual(start({ HOME: place }), "none")
    assert.strictEqual(start({}), "none")
  })
})
