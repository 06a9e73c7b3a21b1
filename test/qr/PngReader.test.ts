import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { decode } from "fast-png"
import { Buffer } from "node:buffer"
import { deflateSync } from "node:zlib"
import { maxBytes, maxSide, type PngFault, readPng } from "../../src/qr/PngReader.ts"
import { fromPng } from "../../src/qr/QrPicture.ts"
import { toPng } from "../../src/qr/QrPng.ts"
import { isDark } from "../../src/qr/QrMatrix.ts"
import { anyPng, chunk, encode, headerOf, loginText, pngOf } from "./samples.ts"

const matrix = encode(loginText)
const picture = toPng(matrix, { scale: 3, quiet: 2 })
const damaged = "pixels that do not fit the header"

const grey = (full: number, alpha?: number) => (row: number, column: number) => {
  const dark = isDark(matrix, row, column)
  return [dark ? 0 : full, ...(alpha === undefined ? [] : [dark ? alpha : 0])]
}
const colour = (full: number, alpha?: number) => (row: number, column: number) => {
  const dark = isDark(matrix, row, column)
  // Dark blue on yellow; a light pixel is transparent black where there is an alpha channel.
  const light = alpha === undefined ? [full, full, 0] : [0, 0, 0]
  return [...(dark ? [0, 0, full] : light), ...(alpha === undefined ? [] : [dark ? alpha : 0])]
}
const entry = (row: number, column: number) => [isDark(matrix, row, column) ? 1 : 0]

describe("PngReader", () => {
  it.each([
    ...[1, 2, 4, 8, 16].map((depth) => ({ name: "grey", type: 0, depth, samplesOf: grey(2 ** depth - 1) })),
    ...[8, 16].map((depth) => ({ name: "colour", type: 2, depth, samplesOf: colour(2 ** depth - 1) })),
    ...[1, 2, 4, 8].map((depth) => ({ name: "palette", type: 3, depth, samplesOf: entry })),
    ...[8, 16].map((depth) => ({ name: "grey with alpha", type: 4, depth, samplesOf: grey(0, 2 ** depth - 1) })),
    ...[8, 16].map((depth) => {
      const full = 2 ** depth - 1
      return { name: "colour with alpha", type: 6, depth, samplesOf: colour(full, full) }
    })
  ])("reads $name of $depth bits, all filters", ({ depth, samplesOf, type }) => {
    const extra = type === 3 ? [chunk("PLTE", Buffer.from([255, 240, 200, 60, 0, 0]))] : []
    const { png, rows } = anyPng({ side: matrix.size, depth, colour: type, samplesOf, extra })
    assert.deepStrictEqual(Result.getOrThrow(fromPng(png)), matrix)
    // A PNG decoder of other hands sees the same samples, so the picture is what it claims to be.
    const seen = decode(png, { checkCrc: true }).data
    const bytes = depth === 16 ? Uint8Array.from(seen, (sample) => sample >> 8) : Uint8Array.from(seen)
    const written = new Uint8Array(Buffer.concat(rows))
    assert.deepStrictEqual(bytes, depth === 16 ? written.filter((_, index) => index % 2 === 0) : written)
  })

  it("agrees with another decoder about every shade", () => {
    const shade = (row: number, column: number) => [((row * row * 7 + column * column * 3 + row * column) % 6) * 51]
    const { png } = anyPng({ side: 64, depth: 8, colour: 0, samplesOf: shade })
    assert.deepStrictEqual(Result.getOrThrow(readPng(png)).luma, Uint8Array.from(decode(png).data))
  })

  it("takes a transparent palette entry for white", () => {
    const extra = [chunk("PLTE", Buffer.from([0, 0, 0, 0, 0, 0])), chunk("tRNS", Buffer.from([0]))]
    const { png } = anyPng({ side: matrix.size, depth: 1, colour: 3, samplesOf: entry, extra })
    assert.deepStrictEqual(Result.getOrThrow(fromPng(png)), matrix)
  })

  it("reads pixels spread over several chunks, from the middle of a buffer", () => {
    const rows = deflateSync(Buffer.from([0, 0b10000000, 0, 0b01000000]))
    const png = pngOf(headerOf(2, 2), chunk("IDAT", rows.subarray(0, 5)), chunk("IDAT", rows.subarray(5)))
    const inside = Buffer.concat([Buffer.from("..."), png, Buffer.from("...")]).subarray(3, 3 + png.length)
    assert.deepStrictEqual([...Result.getOrThrow(readPng(inside)).luma], [255, 0, 0, 255])
  })

  it("gives a reason for a picture cut off at any byte", () => {
    for (let length = 0; length < picture.length; length++) {
      assert.isTrue(Result.isFailure(fromPng(picture.subarray(0, length))), `${length} bytes`)
    }
  })

  it("gives a reason for a picture with any byte changed, but never another code", () => {
    for (let index = 0; index < picture.length; index++) {
      const changed = picture.slice()
      changed[index]! ^= 1 << (index % 8)
      assert.isTrue(Result.isFailure(fromPng(changed)), `byte ${index}`)
    }
  })

  const pixels = (bytes: ReadonlyArray<number>) => chunk("IDAT", deflateSync(Buffer.from(bytes)))

  it.each<readonly [reason: PngFault, what: string, bytes: Uint8Array]>([
    ["not a PNG", "nothing", new Uint8Array(0)],
    ["not a PNG", "a page", Buffer.from("<html><body>403 Forbidden</body></html>")],
    ["not a PNG", "noise", Uint8Array.from({ length: 500 }, (_, index) => (index * 197) & 255)],
    ["too many bytes", "a big file", new Uint8Array(maxBytes + 1)],
    ["no header", "pixels first", pngOf(pixels([0, 0]))],
    ["no header", "a short header", pngOf(chunk("IHDR", Buffer.alloc(12)))],
    ["two headers", "a second header", pngOf(headerOf(1, 1), headerOf(9, 9), pixels([0, 0]))],
    ["no pixels", "a width of zero", pngOf(headerOf(0, 5), pixels([0, 0]))],
    ["no pixels", "a height of zero", pngOf(headerOf(5, 0), pixels([0, 0]))],
    ["too many pixels", "2^31 × 2^31", pngOf(headerOf(2 ** 31, 2 ** 31))],
    ["too many pixels", "one column too many", pngOf(headerOf(maxSide + 1, 1))],
    ["too many pixels", "one row too many", pngOf(headerOf(1, maxSide + 1))],
    ["unknown pixel format", "a depth of 3", pngOf(headerOf(1, 1, [3, 0]), pixels([0, 0]))],
    ["unknown pixel format", "a depth of 0", pngOf(headerOf(1, 1, [0, 0]), pixels([0, 0]))],
    ["unknown pixel format", "a colour type of 5", pngOf(headerOf(1, 1, [8, 5]), pixels([0, 0]))],
    ["unknown compression", "another compression", pngOf(headerOf(1, 1, [1, 0, 1]), pixels([0, 0]))],
    ["unknown compression", "another filter method", pngOf(headerOf(1, 1, [1, 0, 0, 1]))],
    ["interlaced", "interlacing", pngOf(headerOf(1, 1, [1, 0, 0, 0, 1]), pixels([0, 0]))],
    ["colour key", "a colour key", pngOf(headerOf(1, 1), chunk("tRNS", Buffer.alloc(2)))],
    ["unknown filter", "filter 5", pngOf(headerOf(1, 1), pixels([5, 0]))],
    ["colour outside the palette", "no palette", pngOf(headerOf(1, 1, [8, 3]), pixels([0, 0]))],
    [damaged, "no pixels at all", pngOf(headerOf(1, 1))],
    [damaged, "one byte too few", pngOf(headerOf(1, 2), pixels([0, 0, 0]))],
    [damaged, "one byte too many", pngOf(headerOf(1, 1), pixels([0, 0, 0]))],
    [damaged, "pixels that are not deflated", pngOf(headerOf(1, 1), chunk("IDAT", Buffer.from([0, 0])))],
    ["truncated", "a chunk of 4 GiB", Buffer.concat([picture.subarray(0, 33), Buffer.alloc(20, 255)])]
  ])("says %s for %s", (reason, _what, bytes) => {
    assert.deepStrictEqual(readPng(bytes), Result.fail(reason))
  })

  it("inflates no more than the header declares", () => {
    const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024))
    assert.isBelow(bomb.length, maxBytes)
    const png = pngOf(headerOf(165, 165), chunk("IDAT", bomb))
    const before = process.memoryUsage().arrayBuffers
    assert.deepStrictEqual(readPng(png), Result.fail(damaged))
    assert.isBelow(process.memoryUsage().arrayBuffers - before, 8 * 1024 * 1024)
  })
})
