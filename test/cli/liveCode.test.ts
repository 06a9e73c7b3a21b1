import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import * as Fs from "node:fs"
import type { SignInEvent } from "webqq-login/LoginEvent"
import { toPng } from "webqq-login/qr/QrPng"
import { teller } from "../../src/cli/commands/login/tellEvents.ts"
import { encode, loginText } from "../qr/samples.ts"
import { emulator } from "./emulator.ts"

/** Letters that only a code consists of. */
const isCode = (line: string) => /[▀▄]/.test(line)
const codeRows = (lines: ReadonlyArray<string>) => lines.filter(isCode).length

describe("a picture that is taken off the screen", () => {
  const letters = Schema.String.check(Schema.isPattern(/^[a-z]{0,60}$/))
  const Situation = Schema.Struct({
    before: Schema.Array(letters).check(Schema.isMaxLength(30)),
    below: Schema.Array(letters).check(Schema.isMaxLength(30)),
    height: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 24 })),
    rows: Schema.Int.check(Schema.isBetween({ minimum: 3, maximum: 40 })),
    columns: Schema.Int.check(Schema.isBetween({ minimum: 20, maximum: 70 })),
    open: Schema.Boolean
  })
  it.effect.prop(
    "is gone as far as one can see, and every other line is still there, in its order",
    [Situation],
    ([{ before, below, columns, height, open, rows }]) =>
      Effect.sync(() => {
        const { all, streams, visible } = emulator(columns, rows)
        const { draw, print, status, tell, withdraw } = streams()
        if (before.length > 0) tell(...before)
        const text = Array.from({ length: height }, () => "▀".repeat(15)).join("\n")
        draw({ text, columns: 15, rows: height }, "caption")
        for (const [at, line] of below.entries()) {
          if (at % 2 === 0) tell(line)
          else print([line])
        }
        if (open) status("waiting")
        const gone = Math.max(0, codeRows(all()) - codeRows(visible()))
        withdraw()
        assert.strictEqual(codeRows(visible()), 0)
        assert.strictEqual(codeRows(all()), gone)
        const others = all().filter((line) => !isCode(line) && line !== "caption" && line !== "waiting")
        assert.strictEqual(others.join(""), [...before, ...below].join(""))
        assert.strictEqual(all().at(-1) === "waiting", open)
      })
  )
})

describe("a code on a terminal", () => {
  const png = toPng(encode(loginText), { scale: 3, quiet: 0 })
  const shown = (attempt: number): SignInEvent => ({
    _tag: "QrShown",
    attempt,
    png,
    expiresAt: DateTime.makeUnsafe(180_000)
  })
  const on = Effect.fnUntraced(function* (columns: number, rows: number) {
    const terminal = emulator(columns, rows)
    const streams = terminal.streams()
    streams.tell("$ webqq-login login")
    const scope = yield* Scope.make()
    const { tell } = yield* Scope.provide(teller({}, { streams, language: "en", env: {} }), scope)
    return { ...terminal, tell, end: Scope.close(scope, Exit.void) }
  })

  it.effect("counts down what it has left, in a line that a new state takes over", () =>
    Effect.gen(function* () {
      const { end, tell, visible } = yield* on(80, 40)
      yield* tell(shown(1))
      yield* tell({ _tag: "Waiting" })
      assert.strictEqual(visible().at(-1), "3:00 waiting for the scan …")
      for (let second = 0; second < 71; second++) yield* TestClock.adjust("1 second")
      assert.strictEqual(visible().at(-1), "1:49 waiting for the scan …")
      yield* tell({ _tag: "Scanned" })
      assert.deepEqual(visible().slice(-2), [
        "scan this code with QQ on the phone",
        "1:49 scanned; confirm on the phone …"
      ])
      yield* end
    })
  )

  it.effect("is taken off when it is dead, and the new one stands alone", () =>
    Effect.gen(function* () {
      const { all, end, tell, visible } = yield* on(100, 60)
      for (const attempt of [1, 2, 3]) {
        yield* tell(shown(attempt))
        yield* tell({ _tag: "Waiting" })
        assert.strictEqual(codeRows(all()), 17, `code ${attempt}`)
        if (attempt < 3) yield* tell({ _tag: "Expired", attempt })
      }
      assert.deepEqual(
        all().filter((line) => line !== "" && !isCode(line)),
        [
          "$ webqq-login login",
          "the code has expired",
          "the code has expired",
          "scan the new code (number 3)",
          "3:00 waiting for the scan …"
        ]
      )
      yield* tell({ _tag: "Confirmed", nickname: "椰子" })
      assert.strictEqual(codeRows(visible()), 0)
      yield* end
    })
  )

  it.effect("does not stay where the login ends without it", () =>
    Effect.gen(function* () {
      const { all, end, isWatched, tell } = yield* on(80, 24)
      yield* tell(shown(1))
      assert.isTrue(isWatched())
      yield* end
      assert.isFalse(isWatched())
      assert.deepEqual(
        all().filter((line) => line !== ""),
        ["$ webqq-login login"]
      )
    })
  )

  it.effect("is drawn anew where the terminal has another size, with its state below it", () =>
    Effect.gen(function* () {
      const { end, resize, tell, visible } = yield* on(80, 40)
      yield* tell(shown(1))
      yield* tell({ _tag: "Waiting" })
      const below = () => visible().slice(-2)
      for (const [columns, rows] of [
        [41, 24],
        [38, 24],
        [100, 60]
      ] as const) {
        resize(columns, rows)
        assert.strictEqual(codeRows(visible()), 17, `${columns} × ${rows}`)
        assert.deepEqual(below(), ["scan this code with QQ on the phone", "3:00 waiting for the scan …"])
      }
      yield* end
    })
  )

  it.effect("goes into a file where the terminal becomes too small for it, once, and comes back when it has room", () =>
    Effect.gen(function* () {
      const { all, end, resize, tell, visible } = yield* on(80, 40)
      yield* tell(shown(1))
      yield* tell({ _tag: "Waiting" })
      for (const columns of [30, 31, 32]) resize(columns, 30)
      assert.strictEqual(codeRows(visible()), 0)
      const said = all().join("")
      assert.strictEqual(said.split("QR code: ").length, 2)
      const [, file = ""] = /QR code: (\S+?qr\.png)/.exec(said) ?? []
      assert.isTrue(Fs.existsSync(file))
      assert.strictEqual(visible().at(-1), "3:00 waiting for the scan …")
      resize(80, 40)
      assert.strictEqual(codeRows(visible()), 17)
      yield* end
      assert.isFalse(Fs.existsSync(file))
    })
  )

  it.effect("has no life to count down where nobody looks at a terminal", () =>
    Effect.gen(function* () {
      const written: Array<string> = []
      const sink = { write: (text: string | Uint8Array) => written.push(String(text)) }
      const { make } = yield* Effect.promise(() => import("../../src/cli/terminal/streams.ts"))
      const streams = make({ stdout: sink, stderr: sink }, "en", {})
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { tell } = yield* teller({ qr: ["terminal"] }, { streams, language: "en", env: {} })
          yield* tell(shown(1))
          yield* tell({ _tag: "Waiting" })
          yield* TestClock.adjust("10 seconds")
          yield* tell({ _tag: "Expired", attempt: 1 })
        })
      )
      assert.deepEqual(written.join("").split("\n").slice(-4), [
        "scan this code with QQ on the phone",
        "waiting for the scan …",
        "the code has expired",
        ""
      ])
    })
  )
})
