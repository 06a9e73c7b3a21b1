/**
 * Sessions outlive the processes that write them: killed at any moment, or several at once.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { oneFile } from "../../scripts/bundle.ts"
import * as SessionStore from "../../src/store/SessionStore.ts"
import { aSession, temporaryFolder } from "../support/sessionStores.ts"

// Nine processes start it: in one file, they do so three times as fast.
const program = join(mkdtempSync(join(tmpdir(), "webqq-test-")), "storeProgram.cjs")
await oneFile(fileURLToPath(new URL("../support/storeProgram.ts", import.meta.url)), program)
afterAll(() => rmSync(dirname(program), { recursive: true }))

/** Runs a task of the program in a process of its own; gives what it said and how it ended. */
const inProcess = (task: string, folder: string, count: number, turns = 0) =>
  Effect.callback<{ readonly lines: ReadonlyArray<string>; readonly end: number | string | null }>((resume) => {
    const child = spawn(process.execPath, [program, task, folder, String(count), String(turns)], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    let said = ""
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.once("close", (code, signal) =>
      resume(Effect.succeed({ lines: said.split("\n").slice(0, -1), end: code ?? signal }))
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const storeIn = (directory: string) =>
  Effect.provide(SessionStore.SessionStore, SessionStore.layerFile({ directory }), { local: true })

// Forty saves run side by side in a process, so that one kill hits forty of them, each at a point of its own.
const kills = 5
const savesAtOnce = 40

describe("sessions and processes", () => {
  it.live(
    `kill -9 at ${kills * savesAtOnce} points around a save breaks no file, loses no session and leaves no lock`,
    () =>
      Effect.gen(function* () {
        const root = yield* temporaryFolder
        let halfWritten = 0
        const points = yield* Effect.forEach(
          Array.from({ length: kills }, (_, kill) => kill),
          (kill) =>
            Effect.gen(function* () {
              const folder = join(root, String(kill))
              const { end, lines } = yield* inProcess("saveAndDie", folder, savesAtOnce, 5 + 7 * kill)
              assert.strictEqual(end, "SIGKILL")
              const told = new Map(lines.map((line) => line.split(" ").map(Number) as [number, number]))
              assert.strictEqual(told.size, savesAtOnce)
              halfWritten += [...told.keys()].filter((saver) =>
                readdirSync(join(folder, String(saver))).some((name) => name.endsWith(".tmp"))
              ).length
              for (const [saver, last] of told) yield* assertWhole(join(folder, String(saver)), last)
              return told.size
            }),
          { concurrency: 2 }
        )
        assert.strictEqual(
          points.reduce((sum, n) => sum + n, 0),
          200
        )
        assert.isAbove(halfWritten, 0, "no kill came in the middle of a write")
      }),
    60_000
  )

  /** At least what was said to be kept can be read, and the next one finds the place as if nothing had been. */
  const assertWhole = Effect.fnUntraced(function* (directory: string, last: number) {
    const store = yield* storeIn(directory)
    const { broken, saved } = yield* store.list
    assert.deepStrictEqual(broken, [])
    const gtk = saved[0]?.session.gtk ?? 0
    assert.isTrue(gtk === last || gtk === last + 1, `${last} was kept, and ${gtk} is there`)
    yield* store.save(aSession({ gtk: -1 }), "p")
    assert.strictEqual((yield* store.load("p")).session.gtk, -1)
    assert.deepStrictEqual(readdirSync(directory).toSorted(), [".lock", "p.json"])
  })

  it.live(
    "four processes that change one session 250 times each lose no change",
    () =>
      Effect.gen(function* () {
        const directory = join(yield* temporaryFolder, "sessions")
        const store = yield* storeIn(directory)
        yield* store.save(aSession({ gtk: 0 }), "p")
        const ended = yield* Effect.forEach([1, 2, 3, 4], () => inProcess("modify", directory, 250), {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(
          ended.map(({ end }) => end),
          [0, 0, 0, 0]
        )
        assert.strictEqual((yield* store.load("p")).session.gtk, 1000)
      }),
    60_000
  )
})
