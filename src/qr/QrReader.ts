/**
 * Reads modules that are all right, as those of a picture that the server has just drawn are: no search, no repair. It takes a
 * tenth of the time of the general decoder (`QrDecoder.ts`), which is for codes that this one does not read.
 *
 * The facts are those of ISO/IEC 18004:2015: 7.3 to 7.9 (data, interleaving, masks, format), annex A (Reed–Solomon) and E (alignment).
 */
import * as Option from "effect/Option"
import { blocksOf } from "./qrBlocks.ts"
import type { QrMatrix } from "./QrMatrix.ts"

/**
 * The text in a code without a single wrong module: its error correction is checked and has nothing to correct. None for any
 * other, and for one with other segments than digits, letters and bytes of UTF-8.
 */
export const readText = (matrix: QrMatrix): Option.Option<string> => {
  const format = formatOf(matrix)
  if (format === undefined) return Option.none()
  const blocks = blocksOf((matrix.size - 17) / 4, format.level)
  const codewords = codewordsOf(matrix, masks[format.mask]!)
  const data: Array<number> = []
  for (const { correction, length, places } of blocks) {
    const block = places.map((place) => codewords[place] ?? 0)
    if (!isCodeword(block, correction)) return Option.none()
    data.push(...block.slice(0, length - correction))
  }
  return textOf(data, matrix.size)
}

/** Level and mask from the format information around the first finder pattern; none unless all 15 bits are right. */
const formatOf = (matrix: QrMatrix): { readonly level: number; readonly mask: number } | undefined => {
  const at = (row: number, column: number) => matrix.modules[row * matrix.size + column]!
  let bits = 0
  for (let column = 0; column <= 8; column++) if (column !== 6) bits = (bits << 1) | at(8, column)
  for (let row = 7; row >= 0; row--) if (row !== 6) bits = (bits << 1) | at(row, 8)
  const data = (bits ^ formatMask) >> 10
  let remainder = data
  for (let step = 0; step < 10; step++) remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537)
  if (((data << 10) | remainder) !== (bits ^ formatMask)) return undefined
  return { level: data >> 3, mask: data & 7 }
}

const formatMask = 0x5412

/** Which modules are turned round. */
const masks: ReadonlyArray<(row: number, column: number) => boolean> = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0
]

/** Up and down in columns of two, from the right, past what is no data. */
const codewordsOf = (
  { modules, size }: QrMatrix,
  mask: (row: number, column: number) => boolean
): ReadonlyArray<number> => {
  const isData = dataOf(size)
  const codewords: Array<number> = []
  let bits = 1
  let up = true
  for (let right = size - 1; right > 0; right -= 2) {
    // The column of the timing pattern is left out.
    if (right === 6) right--
    for (let step = 0; step < size; step++) {
      const row = up ? size - 1 - step : step
      for (const column of [right, right - 1]) {
        if (!isData(row, column)) continue
        bits = (bits << 1) | (modules[row * size + column]! ^ Number(mask(row, column)))
        if (bits < 256) continue
        codewords.push(bits & 255)
        bits = 1
      }
    }
    up = !up
  }
  return codewords
}

/** Where data stands: outside of finder, timing and alignment patterns, and of what is said about format and version. */
const dataOf = (size: number) => {
  const version = (size - 17) / 4
  const centres = alignmentOf(version)
  const near = (index: number) => centres.find((centre) => Math.abs(index - centre) <= 2)
  return (row: number, column: number): boolean => {
    if (row === 6 || column === 6) return false
    if (row <= 8 && (column <= 8 || column >= size - 8)) return false
    if (row >= size - 8 && column <= 8) return false
    if (version >= 7 && ((row < 6 && column >= size - 11) || (column < 6 && row >= size - 11))) return false
    const [y, x] = [near(row), near(column)]
    // There is none where a finder pattern stands.
    const last = centres.at(-1)
    return (
      y === undefined || x === undefined || (x === 6 && y === 6) || (x === 6 && y === last) || (x === last && y === 6)
    )
  }
}

const alignmentOf = (version: number): ReadonlyArray<number> => {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2
  const last = version * 4 + 10
  return [6, ...Array.from({ length: count - 1 }, (_, index) => last - step * (count - 2 - index))]
}

/** Powers of 2 in the field of 256 elements, and the exponent of each element. */
const field = (() => {
  const power = new Uint8Array(255)
  const exponent = new Uint8Array(256)
  let value = 1
  for (let index = 0; index < 255; index++) {
    power[index] = value
    exponent[value] = index
    value = (value << 1) ^ ((value >> 7) * 0x11d)
  }
  return { power, exponent }
})()

/** Whether a block has no mistake: as a polynomial, it is 0 at the first `correction` powers of 2. */
const isCodeword = (block: ReadonlyArray<number>, correction: number): boolean => {
  for (let root = 0; root < correction; root++) {
    let sum = 0
    for (const codeword of block) {
      sum = (sum === 0 ? 0 : field.power[(field.exponent[sum]! + root) % 255]!) ^ codeword
    }
    if (sum !== 0) return false
  }
  return true
}

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

/** The segments of the data, one after the other. */
const textOf = (data: ReadonlyArray<number>, size: number): Option.Option<string> => {
  let position = 0
  const left = () => data.length * 8 - position
  const take = (count: number): number => {
    let value = 0
    for (let bit = 0; bit < count; bit++, position++) {
      value = value * 2 + (((data[position >> 3] ?? 0) >> (7 - (position & 7))) & 1)
    }
    return value
  }
  const group = size <= 17 + 4 * 9 ? 0 : size <= 17 + 4 * 26 ? 1 : 2
  const bytes: Array<number> = []
  const ascii = (text: string) => bytes.push(...Array.from(text, (letter) => letter.charCodeAt(0)))
  while (left() >= 4) {
    const mode = take(4)
    if (mode === 0) break
    if (mode === 1) {
      let count = take(10 + 2 * group)
      if (count * 3 > left()) return Option.none()
      for (; count > 0; count -= 3) {
        const digits = Math.min(count, 3)
        const value = take(digits * 3 + 1)
        if (value >= 10 ** digits) return Option.none()
        ascii(String(value).padStart(digits, "0"))
      }
    } else if (mode === 2) {
      let count = take(9 + 2 * group)
      if (count * 5 > left()) return Option.none()
      for (; count > 1; count -= 2) {
        const pair = take(11)
        if (pair >= 45 * 45) return Option.none()
        ascii(letters[Math.floor(pair / 45)]! + letters[pair % 45]!)
      }
      if (count === 1) {
        const letter = letters[take(6)]
        if (letter === undefined) return Option.none()
        ascii(letter)
      }
    } else if (mode === 4) {
      const count = take(group === 0 ? 8 : 16)
      if (count * 8 > left()) return Option.none()
      for (let index = 0; index < count; index++) bytes.push(take(8))
    } else return Option.none()
  }
  return utf8(Uint8Array.from(bytes))
}

const utf8 = Option.liftThrowable((bytes: Uint8Array) =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
)
