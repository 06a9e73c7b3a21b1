/**
 * From the picture `ptqrshow` sends to the modules in it.
 *
 * The picture is exact: whole pixels a module (its parameter `s`), a whole number of light modules around (`e`), no
 * blur (PROTOCOL.md, step 1). So the modules are read off the grid; no image recognition is needed.
 */
import * as Result from "effect/Result"
import type { Pixels, PngFault } from "./PngReader.ts"
import { readPng } from "./PngReader.ts"
import type { QrMatrix } from "./QrMatrix.ts"
import { isDark } from "./QrMatrix.ts"

/** Why a picture shows no code: those of the PNG, and what a code drawn in whole pixels has. */
export type QrFault = PngFault | "blank" | "not a square" | "no grid of whole pixels" | "no finder patterns"

/**
 * Reads the modules out of the bytes of a PNG: any module size, any margin, versions 1 to 40, upright.
 *
 * Fails with the reason, and never throws: see `readPng` for the PNG; and when the picture holds no QR code
 * drawn in whole pixels.
 */
export const fromPng = (bytes: Uint8Array): Result.Result<QrMatrix, QrFault> => Result.flatMap(readPng(bytes), sample)

/**
 * Samples each module at its centre. The corner of a finder pattern is the first dark pixel, the foot of another one is
 * in the same row as the last, and the upper edge of the first is seven modules long.
 */
const sample = (picture: Pixels): Result.Result<QrMatrix, QrFault> => {
  const { luma, width } = picture
  const first = luma.findIndex(isInk)
  if (first < 0) return Result.fail("blank")
  const top = Math.floor(first / width)
  const left = first % width
  const side = Math.floor(luma.findLastIndex(isInk) / width) - top + 1
  if (left + side > width) return Result.fail("not a square")

  let edge = 0
  while (edge < side && isInk(luma[first + edge]!)) edge++
  const scale = edge / 7
  const size = side / scale
  if (!Number.isInteger(scale) || !Number.isInteger(size) || size < 21 || size > 177 || size % 4 !== 1) {
    return Result.fail("no grid of whole pixels")
  }
  const centre = (index: number) => Math.floor((index + 0.5) * scale)
  const modules = new Uint8Array(size * size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (isInk(luma[(top + centre(row)) * width + left + centre(column)]!)) modules[row * size + column] = 1
    }
  }
  const matrix = { size, modules }
  return hasPatterns(matrix) ? Result.succeed(matrix) : Result.fail("no finder patterns")
}

const isInk = (luma: number): boolean => luma < 128

/** Finder patterns in three corners, and timing patterns between them (ISO/IEC 18004:2015, 6.3.3 and 6.3.5). */
const hasPatterns = (matrix: QrMatrix): boolean => {
  const far = matrix.size - 7
  for (let row = 0; row < 7; row++) {
    for (let column = 0; column < 7; column++) {
      const ring = Math.max(Math.abs(row - 3), Math.abs(column - 3))
      const expected = ring !== 2
      if (isDark(matrix, row, column) !== expected) return false
      if (isDark(matrix, row, column + far) !== expected) return false
      if (isDark(matrix, row + far, column) !== expected) return false
    }
  }
  for (let index = 8; index < matrix.size - 8; index++) {
    const expected = index % 2 === 0
    if (isDark(matrix, 6, index) !== expected || isDark(matrix, index, 6) !== expected) return false
  }
  return true
}
