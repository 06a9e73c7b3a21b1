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
  Fs.copyFileSync(fileURLToPath(new URL("../scripts/launcher.cjs", import.meta.url)), Path.join(folder, "cli.cjs"))
  Fs.writeFileSync(Path.join(folder, "package.json"), `{"type":"module"}`)
  const program = `console.log(process.getBuiltinModule("node:module").getCompileCacheDir() ?? "none")`
  Fs.writeFileSync(Path.join(folder, "command.cjs"), program)
})
afterEach(() => Fs.rmSync(folder, { recursive: true }))

/** The folder that code was cached in, or none; under a umask that closes nothing. */
const start = (
  env: Readonly<Record<string, string>> = { XDG_CACHE_HOME: Path.join(folder, "cache") },
  words: ReadonlyArray<string> = []
) => {
  const line = `umask 000; exec "$0" cli.cjs "$@"`
  const { status, stderr, stdout } = spawnSync("sh", ["-c", line, process.execPath, ...words], {
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

  it.each([{ XDG_CACHE_HOME: "cache" }, { LOCALAPPDATA: "C:\\cache" }, { HOME: "." }])(
    "takes none from a place that is named by where it is started: %j",
    (env) => {
      const before = Fs.readdirSync(folder)
      assert.strictEqual(start(env), "none")
      assert.deepEqual(Fs.readdirSync(folder), before)
    }
  )

  it("takes none but Node's own where Node is given a cache, and there is no place for one of ours", () => {
    const own = Path.join(folder, "own")
    Fs.mkdirSync(Path.join(folder, "undefined"))
    for (const _ of [1, 2]) assert.isTrue(start({ NODE_COMPILE_CACHE: own }).startsWith(own))
    assert.deepEqual(Fs.readdirSync(Path.join(folder, "undefined")), [])
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

describe.skipIf(process.platform === "win32")("the code that the launcher keeps", () => {
  /** How many runs added to the code that is kept of each command. */
  const kept = () =>
    Object.fromEntries(
      Fs.readdirSync(cache())
        .filter((file) => file.endsWith(".code"))
        .map((file) => [file.split("-")[0], Fs.readFileSync(Path.join(cache(), file)).readUInt32LE(0)])
    )
  const program = (text: string) => Fs.writeFileSync(Path.join(folder, "command.cjs"), text)
  const run = (...words: ReadonlyArray<string>) => start(undefined, words)
  const [file, damage] = [
    () => Path.join(cache(), Fs.readdirSync(cache()).find((name) => name.endsWith(".code")) ?? ""),
    (change: (code: Buffer) => Buffer) => Fs.writeFileSync(file(), change(Fs.readFileSync(file())))
  ]

  it("grows for some runs of a command, each command by itself, and is then left as it is", () => {
    for (const words of [["login"], ["login", "--json"], ["login", "--help"], ["-V"], [], ["../up"]]) run(...words)
    assert.deepEqual(kept(), { login: 2, help: 1, command: 3 })
    for (const _ of [1, 2, 3, 4]) run("login")
    assert.deepEqual(kept(), { login: 4, help: 1, command: 3 })
    assert.strictEqual(mode(file()), "600")
  })

  it("is of a thread by itself: neither takes the place of the other's", () => {
    program(`
      const { isMainThread, Worker } = process.getBuiltinModule("node:worker_threads")
      const ofBoth = () => (isMainThread ? "command" : "thread")
      if (isMainThread) new Worker(require.resolve("./cli.cjs"), { argv: process.argv.slice(2) })
      else console.log(process.argv[2], ofBoth())
    `)
    for (const _ of [1, 2, 3, 4, 5]) assert.strictEqual(run("fixtures"), "fixtures thread")
    assert.deepEqual(kept(), { fixtures: 4, "fixtures.thread": 4 })
  })

  it("is not kept of a run that failed, nor drafts of it", () => {
    program(`process.exitCode = Number(process.argv[3])`)
    const line = `"$0" cli.cjs login 1; "$0" cli.cjs login 2; exec "$0" cli.cjs login 0`
    spawnSync("sh", ["-c", line, process.execPath], {
      cwd: folder,
      env: { XDG_CACHE_HOME: Path.join(folder, "cache") }
    })
    assert.deepEqual(kept(), { login: 1 })
    assert.isEmpty(Fs.readdirSync(cache()).filter((name) => /\.code\../u.test(name)))
  })

  it("is that of this source: another one of the same length takes its place", () => {
    program(`const say = () => console.log("one"); say()`)
    assert.deepEqual([run(), run()], ["one", "one"])
    program(`const say = () => console.log("two"); say()`)
    assert.strictEqual(run(), "two")
    assert.deepEqual(kept(), { command: 1 })
  })

  it.each([
    [
      "a bit of it is another",
      (code: Buffer) => (code.writeUInt8(code.readUInt8(code.length - 9) ^ 4, code.length - 9), code)
    ],
    ["its end is missing", (code: Buffer) => code.subarray(0, code.length - 100)],
    ["its head alone is there", (code: Buffer) => code.subarray(0, 12)],
    ["it is empty", () => Buffer.alloc(0)],
    ["it is large and full of noughts", () => Buffer.alloc(2_000_000)],
    ["it is larger than code is", (code: Buffer) => Buffer.concat([code, Buffer.alloc(2 ** 24)])]
  ])("is made anew where %s", (_, change) => {
    const before = run()
    damage(change)
    assert.strictEqual(run(), before)
    assert.deepEqual(kept(), { command: 1 })
  })

  it.each([
    ["a link to what never ends", (place: string) => Fs.symlinkSync("/dev/zero", place)],
    ["a link to itself", (place: string) => Fs.symlinkSync(place, place)],
    ["a link to code that would be taken", (place: string, code: string) => Fs.symlinkSync(code, place)],
    ["a pipe that nobody writes to", (place: string) => spawnSync("mkfifo", [place])]
  ])("is made anew in the place of %s, which is neither waited for nor run", (_, make) => {
    const before = run()
    const [place, code] = [file(), Path.join(folder, "code")]
    Fs.renameSync(place, code)
    make(place, code)
    assert.strictEqual(run(), before)
    assert.deepEqual(kept(), { command: 1 })
  })

  it("goes with the next that is kept, where a run was killed while it wrote", () => {
    run("login")
    const name = Path.basename(file())
    for (const left of [`${name}.1`, `${name}.99999999`]) Fs.writeFileSync(Path.join(cache(), left), "half")
    run()
    assert.lengthOf(
      Fs.readdirSync(cache()).filter((one) => one.startsWith(`${name}.`)),
      2
    )
    run("login")
    assert.lengthOf(
      Fs.readdirSync(cache()).filter((one) => one.startsWith(`${name}.`)),
      0
    )
    assert.deepEqual(kept(), { login: 2, command: 1 })
  })

  it("is neither taken nor kept where Node's own cache is switched off", () => {
    const env = { XDG_CACHE_HOME: Path.join(folder, "cache"), NODE_DISABLE_COMPILE_CACHE: "1" }
    assert.strictEqual(start(env), "none")
    assert.deepEqual(Fs.readdirSync(cache()), [])
  })

  it("is done without where none can be written or read", () => {
    run()
    Fs.rmSync(file())
    Fs.mkdirSync(Path.join(cache(), "x"))
    const before = run()
    const place = file()
    Fs.rmSync(place)
    Fs.mkdirSync(place)
    assert.strictEqual(run(), before)
    assert.isTrue(Fs.statSync(place).isDirectory())
    assert.isEmpty(Fs.readdirSync(cache()).filter((name) => /\.code\../u.test(name)))
  })

  it("holds what requires what lies beside the command, modules as well", () => {
    Fs.writeFileSync(Path.join(folder, "beside.js"), `export const word = "beside"`)
    Fs.writeFileSync(Path.join(folder, "too.cjs"), `module.exports = "too"`)
    program(
      `console.log(require("./beside.js").word, require("./too.cjs"), __filename === require.resolve("./command.cjs"))`
    )
    assert.deepEqual([run(), run()], ["beside too true", "beside too true"])
  })
})
