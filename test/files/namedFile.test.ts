import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import * as NamedFile from "../../src/files/namedFile.ts"

let folder = ""
let sockets: Net.Server
const at = (name: string) => Path.join(folder, name)

const posix = process.platform !== "win32"
const linux = process.platform === "linux"

beforeAll(async () => {
  folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
  Fs.writeFileSync(at("exact"), "x".repeat(100_000))
  Fs.writeFileSync(at("empty"), "")
  Fs.writeFileSync(at("marked"), "\ufeff椰子")
  Fs.writeFileSync(at("latin1"), Buffer.from([0x63, 0xe9]))
  Fs.writeFileSync(at("sparse"), "")
  Fs.truncateSync(at("sparse"), 2 ** 30)
  if (!posix) return
  Fs.symlinkSync(at("exact"), at("link"))
  Fs.symlinkSync("/dev/zero", at("link to a device"))
  spawnSync("mkfifo", [at("fifo")])
  await once((sockets = Net.createServer()).listen(at("socket")), "listening")
})
afterAll(() => {
  sockets?.close()
  Fs.rmSync(folder, { recursive: true })
})

const reading = (path: string, limit = 100_000) => Effect.result(NamedFile.read(path, limit))

/** What a shell does with the other end of the pipe. */
const writing = (script: string) => spawn("sh", ["-c", script], { cwd: folder, stdio: "ignore" })

const ended = (child: ChildProcess) =>
  Effect.promise(async () => void (child.exitCode ?? child.signalCode ?? (await once(child, "exit"))))

describe("a file that somebody names", () => {
  it.live("is read whole up to its limit, through a link as well", () =>
    Effect.gen(function* () {
      for (const name of posix ? ["exact", "link"] : ["exact"]) {
        assert.strictEqual((yield* NamedFile.read(at(name), 100_000)).length, 100_000)
        assert.strictEqual(NamedFile.readPlainSync(at(name), 100_000).length, 100_000)
      }
      assert.strictEqual((yield* NamedFile.read(at("empty"), 10)).length, 0)
    })
  )

  const refused: ReadonlyArray<readonly [name: string, reason: string]> = [
    ["exact", "too large"],
    ["sparse", "too large"],
    [".", "folder"],
    ["missing", "system"],
    ...(posix
      ? ([
          ["link to a device", "special"],
          ["/dev/zero", "special"],
          ["/dev/null", "special"],
          ["socket", "special"]
        ] as const)
      : [])
  ]
  it.live.each(refused)("is not read where it is %s: %s", ([name, reason]) =>
    Effect.gen(function* () {
      const path = Path.resolve(folder, name)
      assert.strictEqual((yield* Effect.flip(NamedFile.read(path, 99_999))).fault.reason, reason)
      assert.throws(() => NamedFile.readPlainSync(path, 99_999), `${path}: `)
    })
  )

  it.live.skipIf(!linux)("may say that it has no bytes, and is held to its limit by those that come", () =>
    Effect.gen(function* () {
      assert.isAbove((yield* NamedFile.read("/proc/self/status", 100_000)).length, 100)
      assert.strictEqual((yield* Effect.flip(NamedFile.read("/proc/self/status", 100))).fault.reason, "too large")
      assert.throws(() => NamedFile.readPlainSync("/proc/self/status", 100), "it has more than 0 KiB")
    })
  )

  it.live("is text in UTF-8, without the mark at its beginning", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* NamedFile.readText(at("marked"), 100), "椰子")
      assert.strictEqual((yield* Effect.flip(NamedFile.readText(at("latin1"), 100))).fault.reason, "no text")
    })
  )
})

describe.skipIf(!posix)("a pipe that somebody names", () => {
  it.live("is read to its end, however late and slowly it is written", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(reading(at("fifo")))
      yield* Effect.sleep("50 millis")
      const writer = writing("(printf a; sleep 0.05; printf b; sleep 0.05; printf c) > fifo")
      const text = yield* Fiber.join(fiber)
      assert.strictEqual(text._tag === "Success" ? Buffer.from(text.success).toString() : text.failure.message, "abc")
      yield* ended(writer)
    })
  )

  it.live("is read where a shell puts one in the place of a file", () =>
    Effect.gen(function* () {
      const program = `import("${new URL("../../src/files/namedFile.ts", import.meta.url)}").then(async ({ readText }) => {
        const { runPromise } = await import("effect/Effect")
        console.log(await runPromise(readText(process.argv[1], 100)))
      })`
      const { stderr, stdout } = spawnSync(
        "bash",
        ["-c", `"$0" -e "$1" <(printf 'from a pipe')`, process.execPath, program],
        {
          cwd: new URL("../..", import.meta.url),
          encoding: "utf8"
        }
      )
      assert.strictEqual(stdout, "from a pipe\n", stderr)
    })
  )

  it.live("is left at its limit, though it has no end", () =>
    Effect.gen(function* () {
      const writer = writing("cat /dev/zero > fifo")
      assert.strictEqual((yield* Effect.flip(NamedFile.read(at("fifo"), 200_000))).fault.reason, "too large")
      // Nobody reads it any more.
      yield* ended(writer)
    })
  )

  it.live("keeps nobody waiting who has lost patience, though nobody writes to it", () =>
    Effect.gen(function* () {
      let turns = 0
      const timer = setInterval(() => turns++, 1)
      assert.isTrue(
        yield* NamedFile.read(at("fifo"), 100).pipe(
          Effect.as(false),
          Effect.timeoutOrElse({ duration: "100 millis", orElse: () => Effect.succeed(true) })
        )
      )
      clearInterval(timer)
      assert.isAbove(turns, 10)
      assert.throws(() => NamedFile.readPlainSync(at("fifo"), 100), "it is a pipe")
    })
  )
})

describe.skipIf(!posix)("stdin, which a line calls -", () => {
  const program = `import("${new URL("../../src/files/namedFile.ts", import.meta.url)}").then(async ({ readText }) => {
    const { match, runPromise } = await import("effect/Effect")
    const read = match(readText("-", 100), { onSuccess: (text) => "read " + text, onFailure: ({ message }) => message })
    console.log(await runPromise(read))
  })`
  const from: ReadonlyArray<readonly [what: string, line: string, says: string]> = [
    ["a pipe", "(sleep 0.05; printf a; sleep 0.05; printf b) | me", "read ab\n"],
    ["a file", 'me <"$FOLDER/marked"', "read 椰子\n"],
    ["a file that is too large", 'me <"$FOLDER/exact"', "-: it has more than 0 KiB\n"],
    ["nothing", "me </dev/null", "read \n"],
    ["a socket", "me", "read from a socket\n"],
    ["a device without an end", "me </dev/zero", "-: it has more than 0 KiB\n"]
  ]
  it.each(from)("may be %s", (_, line, says) => {
    const { stderr, stdout } = spawnSync("bash", ["-c", `me() { '${process.execPath}' -e "$0"; }; ${line}`, program], {
      cwd: new URL("../..", import.meta.url),
      env: { ...process.env, FOLDER: folder },
      input: "from a socket",
      encoding: "utf8"
    })
    assert.strictEqual(stdout, says, stderr)
  })
})
