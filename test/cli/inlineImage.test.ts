import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fromPng } from "webqq-login/qr/QrPicture"
import { toPng } from "webqq-login/qr/QrPng"
import { teller } from "../../src/cli/commands/login/tellEvents.ts"
import { draw, protocolOf } from "../../src/cli/terminal/inlineImage.ts"
import { type Options, show } from "../../src/cli/terminal/showCode.ts"
import { encode, loginText } from "../qr/samples.ts"
import { command } from "./child.ts"
import { screen } from "./screen.ts"

const png = toPng(encode(loginText))
const room = { columns: 80, rows: 22 }
const escape = "\u001b"

describe("a picture within the text of a terminal", () => {
  const terminals: ReadonlyArray<readonly [Readonly<Record<string, string>>, string | undefined]> = [
    [{ TERM: "xterm-kitty" }, "kitty"],
    [{ TERM: "xterm-256color", KITTY_WINDOW_ID: "1" }, "kitty"],
    [{ TERM: "xterm-ghostty" }, "kitty"],
    [{ TERM_PROGRAM: "iTerm.app" }, "iterm2"],
    [{ TERM_PROGRAM: "WezTerm" }, "iterm2"],
    [{ TERM_PROGRAM: "mintty" }, "iterm2"],
    [{ TERM: "xterm-256color", LC_TERMINAL: "iTerm2" }, "iterm2"],
    [{ TERM: "xterm-256color" }, undefined],
    [{ TERM_PROGRAM: "Apple_Terminal" }, undefined],
    [{ TERM: "xterm-kitty", TMUX: "/tmp/tmux-0/default,1,0" }, undefined],
    [{ TERM_PROGRAM: "iTerm.app", STY: "1.pts-0" }, undefined],
    [{ TERM: "dumb", TERM_PROGRAM: "iTerm.app" }, undefined],
    [{}, undefined]
  ]
  it.each(terminals)("%j: %s", (env, protocol) => {
    assert.strictEqual(protocolOf(env), protocol)
  })

  it("is the same picture for kitty, in pieces that it takes, and is taken off by its number", () => {
    const large = toPng(encode(loginText), { scale: 40 })
    for (const picture of [png, large]) {
      const { columns, erase, rows, text } = draw(picture, "kitty", room)!
      assert.deepEqual([columns, rows], [44, 22])
      const pieces = [...text.matchAll(new RegExp(`${escape}_G([^;]*);([^${escape}]*)${escape}\\\\`, "g"))]
      assert.isTrue(pieces.every(([, , data = ""]) => data.length <= 4096))
      assert.deepEqual(
        pieces.map(([, head = ""]) => /m=(\d)/.exec(head)?.[1]),
        pieces.map((_, index) => (index < pieces.length - 1 ? "1" : "0"))
      )
      assert.match(pieces[0]?.[1] ?? "", /^a=T,f=100,C=1,q=2,i=1904,c=44,r=22,/)
      assert.deepEqual(Buffer.from(pieces.map(([, , data]) => data).join(""), "base64"), Buffer.from(picture))
      assert.strictEqual(erase, `${escape}_Ga=d,d=I,i=1904,q=2${escape}\\`)
    }
  })

  it("is the same picture for iTerm2", () => {
    const { text } = draw(png, "iterm2", room)!
    const [, size, data = ""] =
      new RegExp(
        `${escape}\\]1337;File=inline=1;size=(\\d+);width=44;height=22;preserveAspectRatio=1:([^\u0007]*)\u0007`
      ).exec(text) ?? []
    assert.strictEqual(size, String(png.length))
    assert.deepEqual(fromPng(Buffer.from(data, "base64")), fromPng(png))
  })

  it("takes up its rows before it is drawn, and is a square that the terminal has room for", () => {
    for (const [columns, rows, square] of [
      [80, 22, [44, 22]],
      [200, 60, [44, 22]],
      [30, 22, [30, 15]],
      [80, 10, [20, 10]],
      [16, 8, [16, 8]]
    ] as const) {
      const picture = draw(png, "kitty", { columns, rows })!
      assert.deepEqual([picture.columns, picture.rows], square as never)
      const lines = picture.rows - 1
      assert.isTrue(picture.text.startsWith(`${"\n".repeat(lines)}${escape}[${lines}A${escape}7`))
      assert.isTrue(picture.text.endsWith(`${escape}8${escape}[${lines}B`))
    }
    assert.isUndefined(draw(png, "kitty", { columns: 80, rows: 7 }))
    assert.isUndefined(draw(png, "kitty", { columns: 15, rows: 24 }))
  })
})

describe("--qr image", () => {
  const run = async (
    env: Readonly<Record<string, string>>,
    terminal = {},
    places: Options["places"] = new Set(["image"])
  ) => {
    const { stderr, streams } = screen({ isTTY: true, columns: 80, rows: 24, ...terminal }, env)
    const file = { write: () => "/folder/qr.png" }
    const shown = await Effect.runPromise(show(png, 1, { places, streams, file, env }))
    return { shown, stderr: stderr() }
  }

  it("shows the picture, and half blocks where there is too little room for it", async () => {
    const { shown, stderr } = await run({ TERM: "xterm-kitty" })
    assert.deepEqual(shown, { url: loginText })
    assert.include(stderr, `${escape}_Ga=T`)
    assert.notInclude(stderr, "▀")
    assert.notInclude((await run({ TERM: "xterm-kitty" }, {}, new Set(["terminal"]))).stderr, `${escape}_G`)
  })

  it.effect("is refused before anything is asked for, where a terminal does not say that it can", () =>
    Effect.gen(function* () {
      for (const [terminal, env] of [
        [{ isTTY: true }, { TERM: "xterm" }],
        [{}, { TERM: "xterm-kitty" }],
        [{ isTTY: true }, { TERM: "xterm-kitty", TMUX: "1" }]
      ] as const) {
        const { streams } = screen(terminal, env)
        const around = { streams, language: "en", env } as const
        const error = yield* Effect.flip(Effect.scoped(teller({ qr: ["image"] }, around)))
        assert.strictEqual(error.exitCode, 2)
        assert.include(error.said.cure.en, "--qr terminal")
      }
    })
  )
})

describe("--qr open", () => {
  const opening = async (view: NonNullable<Options["view"]>, attempts: ReadonlyArray<number> = [1]) => {
    const { stderr, streams } = screen()
    const file = { write: () => "/folder/qr.png" }
    for (const attempt of attempts) {
      await Effect.runPromise(show(png, attempt, { places: new Set(["open"]), streams, file, env: {}, view }))
    }
    return stderr().split("\n")
  }

  it("opens each code in a window", async () => {
    const opened: Array<string> = []
    const lines = await opening(async (path) => void opened.push(path), [1, 2])
    assert.deepEqual(opened, ["/folder/qr.png", "/folder/qr.png"])
    assert.deepEqual(lines.slice(0, 3), [
      "QR code: /folder/qr.png",
      "scan the code in the window that opens with QQ on the phone",
      `the code says ${loginText}`
    ])
  })

  it.skipIf(process.platform !== "linux")("is the viewer of the system, as the command is shipped", async () => {
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    const seen = Path.join(folder, "seen.png")
    Fs.writeFileSync(Path.join(folder, "xdg-open"), `#!/bin/sh\n/bin/cp "$1" ${seen}\nexit 3\n`, { mode: 0o755 })
    const line = "login --replay webqq --speed 20 --qr open"
    const { code, stderr } = await command(line, { env: { PATH: folder } })
    assert.strictEqual(code, 0)
    assert.strictEqual(fromPng(Fs.readFileSync(seen))._tag, "Success")
    assert.include(stderr, "note: no window shows it (3)")
    const none = await command(line, { env: { PATH: "/nowhere" } })
    assert.strictEqual(none.code, 0)
    assert.include(none.stderr, "note: no window shows it (ENOENT)")
    Fs.rmSync(folder, { recursive: true })
  })

  it("says why no window opens, and goes on", async () => {
    const lines = await opening(async (_, failed) => failed("ENOENT"))
    assert.include(
      lines,
      "note: no window shows it (ENOENT): open the picture yourself, or use --qr terminal or --qr page"
    )
  })
})
