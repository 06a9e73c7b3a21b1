import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { decode } from "fast-png"
import { decodeQR } from "qr/decode.js"
import { payload } from "../../src/qr/QrDecoder.ts"
import { fromText } from "../../src/qr/QrEncoder.ts"
import { isDark } from "../../src/qr/QrMatrix.ts"
import { fromPng } from "../../src/qr/QrPicture.ts"
import { toPng } from "../../src/qr/QrPng.ts"
import { toSvg } from "../../src/qr/QrSvg.ts"
import { encode, loginText } from "./samples.ts"

const matrix = encode(loginText)

describe("QrPng", () => {
  it("turns a picture without a margin into one that another decoder reads", () => {
    const bare = Result.getOrThrow(fromPng(toPng(matrix, { scale: 5, quiet: 0 })))
    const { data, depth, height, resolution, width } = decode(toPng(bare), { checkCrc: true })
    assert.deepStrictEqual({ width, height, depth }, { width: 328, height: 328, depth: 1 })
    assert.deepStrictEqual(resolution, { x: 2835, y: 2835, unit: 1 })
    const luma = Uint8Array.from({ length: 328 * 328 }, (_, index) => {
      const [row, column] = [Math.floor(index / 328), index % 328]
      return (data[row * 41 + (column >> 3)]! >> (7 - (column & 7))) & 1 ? 255 : 0
    })
    assert.strictEqual(decodeQR({ width, height, data: luma }, { format: "I420" }), loginText)
  })
})

describe("QrSvg", () => {
  it.each([0, 4])("draws every dark module once, with a margin of %i", (quiet) => {
    const svg = toSvg(matrix, { quiet })
    const side = 33 + 2 * quiet
    assert.include(svg, `viewBox="0 0 ${side} ${side}"`)
    const drawn = new Uint8Array(33 * 33)
    for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
      for (let step = 0; step < Number(width); step++) {
        drawn[(Number(y) - quiet) * 33 + Number(x) - quiet + step]! += 1
      }
    }
    assert.deepStrictEqual(drawn, matrix.modules)
  })
})

describe("QrEncoder", () => {
  it("uses the smallest version unless told otherwise", () => {
    assert.strictEqual(Result.getOrThrow(fromText("1")).size, 21)
    assert.strictEqual(Result.getOrThrow(fromText("1", { version: 4 })).size, 33)
  })

  it("gives a reason for a text that does not fit", () => {
    assert.deepStrictEqual(fromText("x".repeat(79), { version: 4, ecc: "low" }), Result.fail("too long"))
    assert.deepStrictEqual(fromText("x".repeat(3000)), Result.fail("too long"))
  })
})

describe("QrDecoder", () => {
  it("reads nothing where there is nothing to read", () => {
    const overwritten = matrix.modules.map((module, index) => (index % 33 > 8 && index > 33 * 9 ? 0 : module))
    assert.deepStrictEqual(payload({ size: 33, modules: overwritten }), Option.none())
    assert.deepStrictEqual(payload({ size: 33, modules: new Uint8Array(33 * 33) }), Option.none())
  })

  it("takes what lies outside the symbol for light", () => {
    for (const [row, column] of [
      [-1, 0],
      [0, -1],
      [33, 0],
      [0, 33]
    ] as const) {
      assert.isFalse(isDark(matrix, row, column))
    }
  })
})
