import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { payload } from "webqq-login/qr/QrDecoder"
import { readText } from "webqq-login/qr/QrReader"
import { fromPng } from "webqq-login/qr/QrPicture"
import { toPng } from "webqq-login/qr/QrPng"
import { decode } from "fast-png"
import { vi } from "vitest"
import type { CommandFailed } from "../../src/cli/process/CommandFailed.ts"
import { markPng } from "../../src/cli/terminal/ownFile.ts"
import * as QrFile from "../../src/cli/terminal/qrFile.ts"
import { type Options, show } from "../../src/cli/terminal/showCode.ts"
import { now } from "../../src/files/wholeFile.ts"
import { encode, loginText } from "../qr/samples.ts"
import { screen } from "./screen.ts"

const other = toPng(encode("another text"))
const bare = toPng(encode(loginText), { scale: 5, quiet: 0 })

const inFolder = <A, E>(use: (folder: string) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
    use,
    (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
  )

const escape = "\u001b"
const mode = (path: string) => (Fs.statSync(path).mode & 0o777).toString(8)

describe("the QR file", () => {
  it.effect("is its owner's alone, in a folder of its owner's alone, and is gone with it at the end", () =>
    Effect.gen(function* () {
      const path = yield* Effect.scoped(
        Effect.map(QrFile.make(undefined), ({ write }) => {
          const path = write(bare)
          assert.strictEqual(write(other), path)
          assert.deepEqual(fromPng(Fs.readFileSync(path)), fromPng(other))
          assert.deepEqual(Fs.readdirSync(Path.dirname(path)), [Path.basename(path)])
          assert.deepEqual([mode(path), mode(Path.dirname(path))], ["600", "700"])
          return path
        })
      )
      assert.isFalse(Fs.existsSync(Path.dirname(path)))
    })
  )

  it.effect("takes the place of an older code, and not its mode", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const path = Path.join(folder, "code.png")
        Fs.writeFileSync(path, markPng(bare), { mode: 0o644 })
        yield* Effect.scoped(
          Effect.map(QrFile.make(path), ({ write }) => {
            write(bare)
            assert.strictEqual(mode(path), "600")
          })
        )
        assert.deepEqual(Fs.readdirSync(folder), [])
      })
    )
  )

  it.effect("is a picture like the one that was given, with a mark that tools read", () =>
    inFolder((folder) =>
      Effect.scoped(
        Effect.map(QrFile.make(Path.join(folder, "code.png")), ({ write }) => {
          const bytes = Fs.readFileSync(write(bare))
          assert.deepEqual(fromPng(bytes), fromPng(bare))
          assert.deepEqual(decode(bytes).text, { Software: "webqq-login" })
          assert.deepEqual(Buffer.from(markPng(bare)), bytes)
        })
      )
    )
  )

  const foreign: ReadonlyArray<readonly [what: string, content: string | Uint8Array]> = [
    ["a text", "precious"],
    ["an empty file", ""],
    ["a code that another program drew", bare],
    ["a text that tells of our mark", "tEXtSoftware\0webqq-login"]
  ]
  it.effect.each(foreign)("never touches %s that was there before, unless it is forced to", ([, content]) =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const path = Path.join(folder, "photo.png")
        Fs.writeFileSync(path, content)
        const before = Fs.readFileSync(path)
        const error = yield* Effect.flip(Effect.scoped(QrFile.make(path)))
        assert.strictEqual(error.exitCode, 2)
        assert.strictEqual(error.said.message.en, `${path} exists already, and is none of ours`)
        assert.include(error.said.cure.en, "--force")
        assert.deepEqual(Fs.readFileSync(path), before)
        yield* Effect.scoped(Effect.map(QrFile.make(path, true), ({ write }) => write(bare)))
        assert.isFalse(Fs.existsSync(path))
      })
    )
  )

  it.effect("never touches what is put there after it began, neither by the next code nor at the end", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const path = Path.join(folder, "photo.png")
        for (const force of [false, true]) {
          yield* Effect.scoped(
            Effect.map(QrFile.make(path, force), ({ write }) => {
              write(bare)
              Fs.writeFileSync(path, "precious")
              assert.throws(() => write(bare), /exists already/)
            })
          )
          assert.strictEqual(Fs.readFileSync(path, "utf8"), "precious")
        }
        Fs.rmSync(path)
        yield* Effect.scoped(
          Effect.map(QrFile.make(path), ({ write }) => {
            Fs.writeFileSync(path, "precious")
            assert.throws(() => write(bare), /exists already/)
          })
        )
        assert.strictEqual(Fs.readFileSync(path, "utf8"), "precious")
      })
    )
  )

  it.effect("is not touched where no code was written", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const path = Path.join(folder, "code.png")
        Fs.writeFileSync(path, markPng(bare))
        yield* Effect.scoped(QrFile.make(path))
        assert.isTrue(Fs.existsSync(path))
      })
    )
  )

  it.effect("is refused before anything is sent: a link, a folder, a folder that is missing", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        Fs.symlinkSync(Path.join(folder, "target"), Path.join(folder, "link"))
        for (const name of ["link", ".", "missing/code.png"]) {
          const error = yield* Effect.flip(Effect.scoped(QrFile.make(Path.join(folder, name))))
          assert.strictEqual(error.exitCode, 2)
          assert.match(error.said.message.en, /^cannot write the QR code to /)
          assert.match(error.said.cure.en, /--qr-file/)
        }
        assert.deepEqual(Fs.readdirSync(folder), ["link"])
      })
    )
  )

  it.effect("is no stdout, and no file that is called so", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(QrFile.make("-")))
      assert.deepEqual([error.exitCode, error.said.cure.en], [2, "name a file with --qr-file"])
    })
  )

  it.effect("says what helps where the disk is full: room, and no flag", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const { write } = yield* QrFile.make(Path.join(folder, "code.png"))
        const replace = vi.spyOn(now, "replace").mockImplementation(() => {
          throw Object.assign(new Error(), { code: "ENOSPC" })
        })
        const refused = Effect.try({ try: () => write(bare), catch: (cause) => cause as CommandFailed })
        const { said } = yield* Effect.flip(refused)
        replace.mockRestore()
        assert.strictEqual(said.cure.en, "free some space there, then start again")
      }).pipe(Effect.scoped)
    )
  )

  it.effect("fails in words where the disk refuses later on, and leaves no draft", () =>
    inFolder((folder) =>
      Effect.scoped(
        Effect.map(QrFile.make(Path.join(folder, "code.png")), ({ write }) => {
          Fs.mkdirSync(Path.join(folder, "code.png"))
          assert.throws(() => write(bare), /cannot write the QR code/)
          assert.deepEqual(Fs.readdirSync(folder), ["code.png"])
        })
      )
    )
  )
})

describe("showing a code", () => {
  const run = async (
    png: Uint8Array,
    options: Partial<Options>,
    terminal = {},
    env: Readonly<Record<string, string>> = {}
  ) => {
    const { streams, stderr } = screen(terminal, env)
    const files: Array<Uint8Array> = []
    const file = { write: (png: Uint8Array) => (files.push(png), "/folder/qr.png") }
    const effect = show(png, 1, { places: new Set(["auto"]), streams, file, env, ...options })
    const shown = await Effect.runPromise(effect)
    return { shown, files, stderr: stderr(), drawn: stderr().includes("▀") }
  }
  const big = { isTTY: true, columns: 80, rows: 24 }

  it("draws it in a terminal that is large enough", async () => {
    const { drawn, files, shown, stderr } = await run(bare, {}, big)
    assert.isTrue(drawn)
    assert.deepEqual([files, shown], [[], { url: loginText }])
    assert.match(stderr, /scan this code with QQ on the phone\n$/)
  })

  // Of 45 × 25 characters with a frame of four modules: the terminal of 80 × 24 that SSH opens has no room for it.
  const narrow = [
    ["version 5 with two", 5, big, 41],
    ["version 4 with four where they fit exactly", 4, { ...big, columns: 41, rows: 23 }, 41],
    ["version 4 with two in one column less", 4, { ...big, columns: 40 }, 37],
    ["version 4 with two in one row less", 4, { ...big, rows: 22 }, 37]
  ] as const
  it.each(narrow)("draws %s modules of white around it", async (_, version, terminal, columns) => {
    const { drawn, files, shown, stderr } = await run(toPng(encode(loginText, version)), {}, terminal)
    assert.isTrue(drawn)
    assert.deepEqual([files, shown], [[], { url: loginText }])
    const [first = ""] = stderr.split("\n")
    assert.strictEqual(first.replaceAll(new RegExp(`${escape}\\[[\\d;]*m`, "g"), "").length, columns)
  })

  it("writes a file, with a white frame, where nobody looks at a terminal", async () => {
    const { drawn, files, shown, stderr } = await run(bare, {})
    assert.isFalse(drawn)
    assert.deepEqual(shown, { url: loginText, file: "/folder/qr.png" })
    assert.match(
      stderr,
      /^QR code: \/folder\/qr\.png\nopen it on another screen and scan it with QQ's camera: .*album\nthe code says /
    )
    assert.isTrue(stderr.endsWith(`\nthe code says ${loginText}\n`))
    assert.deepEqual(files, [toPng(Result.getOrThrow(fromPng(bare)))])
  })

  const fallbacks: ReadonlyArray<readonly [why: string, Partial<Options>, object, Readonly<Record<string, string>>]> = [
    ["the terminal is too small for it (37 × 21 needed)", {}, { ...big, columns: 36 }, {}],
    ["the terminal is too small for it (37 × 21 needed)", {}, { ...big, rows: 20 }, {}],
    [
      "the terminal is too small for it (37 × 21 needed)",
      { places: new Set(["terminal"]) },
      { ...big, columns: 30 },
      {}
    ],
    ["NO_COLOR is set", {}, big, { NO_COLOR: "1" }],
    ["the terminal cannot draw", {}, big, { TERM: "dumb" }],
    ["the terminal cannot draw", { places: new Set(["terminal"]) }, big, { TERM: "dumb" }]
  ]
  it.each(fallbacks)("writes a file instead and says why: %s, %o, %j, %j", async (why, options, terminal, env) => {
    const { drawn, files, stderr } = await run(bare, options, terminal, env)
    assert.isFalse(drawn)
    assert.strictEqual(files.length, 1)
    assert.include(stderr, `the QR code is in a file: ${why}\n`)
  })

  it("draws where it is told to: without a terminal, and with NO_COLOR", async () => {
    assert.isTrue((await run(bare, { places: new Set(["terminal"]) })).drawn)
    assert.isTrue((await run(bare, { places: new Set(["terminal"]) }, big, { NO_COLOR: "1" })).drawn)
  })

  it("does both where a file is wanted, too", async () => {
    const { drawn, files, shown } = await run(bare, { places: new Set(["terminal", "file"]) }, big)
    assert.deepEqual([drawn, files.length, shown.file], [true, 1, "/folder/qr.png"])
  })

  it("does nothing for none but read the text", async () => {
    const { files, shown, stderr } = await run(bare, { places: new Set(["none"]) }, big)
    assert.deepEqual([files, shown, stderr], [[], { url: loginText }, ""])
  })

  it("says what is in it to whoever asks for that, and where it is when there are several places", async () => {
    const { files, stderr } = await run(bare, { places: new Set(["url", "file"]) }, big)
    assert.strictEqual(files.length, 1)
    assert.include(stderr, `the code says ${loginText}\n`)
    const other = await run(bare, { places: new Set(["page"]) }, big)
    assert.deepEqual([other.files, other.stderr, other.drawn], [[], "", false])
  })

  it("never draws a picture that it does not understand: the file gets what the server sent", async () => {
    const garbage = new TextEncoder().encode("\u0089PNG what is this")
    for (const mode of ["auto", "terminal", "file"] as const) {
      const { drawn, files, shown, stderr } = await run(garbage, { places: new Set([mode]) }, big)
      assert.isFalse(drawn)
      assert.deepEqual(files, [garbage])
      assert.deepEqual(shown, { file: "/folder/qr.png" })
      assert.include(stderr, "note: the code could not be checked: a phone may not be able to read it\n")
      if (mode !== "file") assert.include(stderr, "the QR code is in a file: its picture was not understood\n")
    }
  })

  /** One that cannot be read, or one with so few wrong modules that it can. */
  const damaged = (side: number) => {
    const matrix = encode(loginText)
    const modules = matrix.modules.map((dark, index) => {
      const [row, column] = [Math.floor(index / matrix.size), index % matrix.size]
      return row > 8 && column > 8 && row < 8 + side && column < 8 + side ? 1 : dark
    })
    return { ...matrix, modules }
  }

  it("shows a code that it cannot read, says so, and writes the file as well", async () => {
    const matrix = damaged(18)
    assert.strictEqual(payload(matrix)._tag, "None")
    const picture = toPng(matrix, { scale: 3, quiet: 0 })
    const { drawn, files, shown, stderr } = await run(picture, {}, big)
    assert.deepEqual([drawn, shown], [true, { file: "/folder/qr.png" }])
    assert.deepEqual(files, [toPng(matrix)])
    assert.match(stderr, /scan this code[^]*note: the code could not be checked.*\nQR code: \/folder\/qr\.png\n$/)
  })

  it("reads a code with a few wrong modules, which takes the general decoder", async () => {
    const matrix = damaged(4)
    assert.strictEqual(readText(matrix)._tag, "None")
    const { shown, stderr } = await run(toPng(matrix, { scale: 3, quiet: 0 }), {}, big)
    assert.deepEqual(shown, { url: loginText })
    assert.notInclude(stderr, "could not be checked")
  })
})
