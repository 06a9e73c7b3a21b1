import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { decodeQR } from "qr/decode.js"
import { dimensions, render } from "../../src/qr/QrTerminal.ts"
import { encode, loginText, loginTexts } from "./samples.ts"

const escape = "\u001b"
const colours = new RegExp(`${escape}\\[[\\d;]*m`, "g")
const tokens = new RegExp(`${escape}\\[([\\d;]*)m|.`, "gu")
const matrix = encode(loginText)

const glyphs: Readonly<Record<string, readonly [upper: boolean, lower: boolean]>> = {
  " ": [false, false],
  "▀": [true, false],
  "▄": [false, true]
}

/**
 * A terminal of which only the 256-colour black and white, the reset and half blocks are known, with room to spare
 * around the text. A character is `width` × 2 · `width` pixels, as fonts have it.
 */
const screenshot = (text: string, theme: { readonly background: number; readonly foreground: number }) => {
  const shades: Readonly<Record<string, number>> = { "16": 0, "231": 255 }
  const width = 4
  const margin = 3
  const lines = text.split("\n")
  const columns = Math.max(...lines.map((line) => line.replaceAll(colours, "").length)) + 2 * margin
  const size = { width: columns * width, height: (lines.length + 2 * margin) * 2 * width }
  const luma = new Uint8Array(size.width * size.height).fill(theme.background)
  let { background, foreground } = theme
  for (const [row, line] of lines.entries()) {
    let column = 0
    for (const [token, codes] of line.matchAll(tokens)) {
      if (codes !== undefined) {
        for (const [, code, shade] of codes.matchAll(/([34]8);5;(\d+)|0/g)) {
          if (code === undefined) ({ background, foreground } = theme)
          else if (code === "38") foreground = shades[shade!]!
          else background = shades[shade!]!
        }
        continue
      }
      for (const [half, inked] of glyphs[token]!.entries()) {
        for (let y = 0; y < width; y++) {
          const start = ((row + margin) * 2 * width + half * width + y) * size.width + (column + margin) * width
          luma.fill(inked ? foreground : background, start, start + width)
        }
      }
      column++
    }
    assert.deepStrictEqual(
      [background, foreground],
      [theme.background, theme.foreground],
      "every line ends with a reset"
    )
  }
  return { ...size, luma }
}

const scan = (text: string, theme: { readonly background: number; readonly foreground: number }): string => {
  const { height, luma, width } = screenshot(text, theme)
  return decodeQR({ width, height, data: luma }, { format: "I420" })
}

const themes = [
  { name: "dark", background: 0, foreground: 255 },
  { name: "light", background: 255, foreground: 0 },
  { name: "grey", background: 110, foreground: 140 }
]
const styles = ["blocks", "spaces"] as const
const visible = (text: string) => text.replaceAll(colours, "").split("\n")

describe("QrTerminal", () => {
  it.each(themes.flatMap((theme) => styles.map((style) => ({ name: theme.name, theme, style }))))(
    "can be scanned on a $name terminal, drawn with $style",
    ({ style, theme }) => {
      for (const text of [loginText, ...loginTexts(20)]) {
        const drawn = Option.getOrThrow(render(encode(text), { style }))
        assert.strictEqual(scan(drawn, theme), text)
      }
    }
  )

  it.each(themes)(
    "can be scanned on a $name terminal with the two modules around it that the server draws",
    (theme) => {
      for (const version of [4, 5]) {
        const drawn = Option.getOrThrow(render(encode(loginText, version), { quiet: 2, columns: 41, rows: 21 }))
        assert.strictEqual(scan(drawn, theme), loginText)
      }
      assert.deepStrictEqual(dimensions(encode(loginText, 5), "blocks", 2), { columns: 41, rows: 21 })
    }
  )

  it("takes 41 × 21 characters for version 4, or 82 × 41 blanks", () => {
    const blocks = visible(Option.getOrThrow(render(matrix)))
    assert.deepStrictEqual([blocks.length, new Set(blocks.map((line) => line.length))], [21, new Set([41])])
    assert.deepStrictEqual(dimensions(matrix), { columns: 41, rows: 21 })
    const spaces = visible(Option.getOrThrow(render(matrix, { style: "spaces" })))
    assert.deepStrictEqual([spaces.length, new Set(spaces)], [41, new Set([" ".repeat(82)])])
    assert.deepStrictEqual(dimensions(matrix, "spaces"), { columns: 82, rows: 41 })
  })

  it("keeps four light modules on every side", () => {
    const { luma, width } = screenshot(Option.getOrThrow(render(matrix)), { background: 0, foreground: 0 })
    // Three characters of margin, then 41 columns of 4 pixels and 42 rows of them.
    const light = (row: number, column: number) => luma[(24 + row * 4) * width + 12 + column * 4] === 255
    for (let row = 0; row < 42; row++) {
      for (let column = 0; column < 41; column++) {
        if (Math.min(row, column) < 4 || Math.max(row, column) > 36) assert.isTrue(light(row, column))
      }
    }
    assert.isFalse(light(4, 4))
    assert.isFalse(light(36, 4))
    assert.isFalse(light(4, 36))
  })

  it.each([
    { room: { columns: 41, rows: 21 }, fits: true },
    { room: { columns: 40 }, fits: false },
    { room: { rows: 20 }, fits: false },
    { room: { style: "spaces", columns: 82 }, fits: true },
    { room: { style: "spaces", columns: 81 }, fits: false },
    { room: { columns: 0 }, fits: false }
  ] as const)("draws only what fits: $room", ({ fits, room }) => {
    assert.strictEqual(Option.isSome(render(matrix, room)), fits)
  })
})
