import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { payload } from "../../src/qr/QrDecoder.ts"
import { fromPng, type QrFault } from "../../src/qr/QrPicture.ts"
import { toPng } from "../../src/qr/QrPng.ts"
import { isDark } from "../../src/qr/QrMatrix.ts"
import type { QrMatrix } from "../../src/qr/QrMatrix.ts"
import { drawAsServer, standInText } from "../../scripts/make-qr.ts"
import { encode, loginText, loginTexts } from "./samples.ts"

const scales = [3, 4, 5, 8]
const quiets = [0, 1, 2, 4]
const layouts = scales.flatMap((scale) => quiets.map((quiet) => ({ scale, quiet })))

const repaint = (matrix: QrMatrix, paint: (modules: Uint8Array) => void): QrMatrix => {
  const modules = matrix.modules.slice()
  paint(modules)
  return { ...matrix, modules }
}

describe("QrPicture", () => {
  it.each(layouts)("gives back the modules of a picture with s=$scale and e=$quiet", (layout) => {
    const matrix = encode(loginText)
    const read = Result.getOrThrow(fromPng(toPng(matrix, layout)))
    assert.deepStrictEqual(read, matrix)
    assert.deepStrictEqual(payload(read), Option.some(loginText))
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 40])("reads version %i", (version) => {
    const matrix = encode("2015-04-01", version)
    assert.strictEqual(matrix.size, 17 + 4 * version)
    assert.deepStrictEqual(Result.getOrThrow(fromPng(toPng(matrix, { scale: 3, quiet: 2 }))), matrix)
    assert.deepStrictEqual(payload(matrix), Option.some("2015-04-01"))
  })

  it("reads two hundred login texts in all layouts", () => {
    for (const [index, text] of loginTexts(200).entries()) {
      const read = Result.getOrThrow(fromPng(toPng(encode(text), layouts[index % layouts.length]!)))
      assert.deepStrictEqual(payload(read), Option.some(text))
    }
  })

  it.each([
    ["s5e0", { scale: 5, quiet: 0 }, 165],
    ["s3e2", { scale: 3, quiet: 2 }, 111]
  ] as const)("the kept picture %s is the one that can be made again", (name, layout, side) => {
    const bytes = readFileSync(new URL(`../../fixtures/qr/${name}.png`, import.meta.url))
    assert.deepStrictEqual(new Uint8Array(bytes), toPng(drawAsServer(standInText), layout))
    assert.deepStrictEqual(payload(Result.getOrThrow(fromPng(bytes))), Option.some(standInText))
    assert.strictEqual(bytes.readUInt32BE(16), side)
    assert.strictEqual(bytes.readUInt32BE(20), side)
  })

  it("says why a picture that is no QR code cannot be read", () => {
    const matrix = encode(loginText)
    const { size } = matrix
    const cases: ReadonlyArray<readonly [reason: QrFault, matrix: QrMatrix]> = [
      ["blank", repaint(matrix, (modules) => modules.fill(0))],
      ["no grid of whole pixels", repaint(matrix, (modules) => modules.fill(1))],
      ["no grid of whole pixels", repaint(matrix, (modules) => modules.fill(0, 99))],
      ["not a square", repaint(matrix, (modules) => modules.forEach((_, i) => (modules[i] = +(i % size === 9))))],
      ["no finder patterns", repaint(matrix, (modules) => (modules[size * 3 + 3] = 0))],
      ["no finder patterns", repaint(matrix, (modules) => (modules[size * 3 + size - 4] = 0))],
      ["no finder patterns", repaint(matrix, (modules) => (modules[size * (size - 4) + 3] = 0))],
      ["no finder patterns", repaint(matrix, (modules) => (modules[size * 6 + 10] = 0))],
      ["no finder patterns", repaint(matrix, (modules) => (modules[size * 10 + 6] = 0))]
    ]
    for (const [reason, broken] of cases) {
      assert.deepStrictEqual(fromPng(toPng(broken, { scale: 5, quiet: 0 })), Result.fail(reason))
    }
  })

  it("looks at the centre of a module, whatever its edges look like", () => {
    const matrix = encode(loginText)
    const side = matrix.size * 3
    const frayed = Uint8Array.from({ length: side * side }, (_, index) => {
      const [y, x] = [Math.floor(index / side), index % side]
      const dark = isDark(matrix, Math.floor(y / 3), Math.floor(x / 3))
      return Number(dark !== (y > 27 && x > 0 && x < side - 1 && y < side - 1 && (y % 3 !== 1 || x % 3 !== 1)))
    })
    assert.deepStrictEqual(fromPng(toPng({ size: side, modules: frayed }, { scale: 1 })), Result.succeed(matrix))
  })

  it("refuses a code whose module is not a whole number of pixels", () => {
    const { modules, size } = encode(loginText)
    const stretched = Array.from({ length: 50 * 50 }, (_, index) => {
      const [row, column] = [Math.floor(index / 50), index % 50]
      return modules[Math.floor((row * size) / 50) * size + Math.floor((column * size) / 50)]!
    })
    const read = fromPng(toPng({ size: 50, modules: Uint8Array.from(stretched) }, { scale: 1 }))
    assert.deepStrictEqual(read, Result.fail("no grid of whole pixels"))
  })
})
