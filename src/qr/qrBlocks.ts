/**
 * How the codewords of a QR code are shared out among blocks (ISO/IEC 18004:2015, table 9).
 */

/** A row for each error-correction level, as the format information numbers them: M, L, H, Q. A number for each version. */
const corrections = [
  "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28",
  "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
  "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 30 24 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
  "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30"
].map((row) => row.split(" ").map(Number))

const counts = [
  "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
  "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
  "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
  "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68"
].map((row) => row.split(" ").map(Number))

export interface Block {
  /** Codewords in all, of which the last `correction` correct the others. */
  readonly length: number
  readonly correction: number
  /** Where its codewords stand among all. */
  readonly places: ReadonlyArray<number>
}

/** The blocks of a version, 1 to 40, and a level as the format information numbers it. */
export const blocksOf = (version: number, level: number): ReadonlyArray<Block> => {
  const correction = corrections[level]![version - 1]!
  const count = counts[level]![version - 1]!
  const total = totalOf(version)
  const short = Math.floor(total / count)
  const long = total % count
  const data = short - correction
  return Array.from({ length: count }, (_, block) => {
    // The last ones are one codeword longer. It stands behind those that all have, and in front of what corrects.
    const extra = block - (count - long)
    return {
      length: extra < 0 ? short : short + 1,
      correction,
      places: [
        ...Array.from({ length: data }, (_, index) => index * count + block),
        ...(extra < 0 ? [] : [data * count + extra]),
        ...Array.from({ length: correction }, (_, index) => data * count + long + index * count + block)
      ]
    }
  })
}

/** Codewords of a version, whatever the level: all modules but the patterns, by eights. */
const totalOf = (version: number): number => {
  const align = version === 1 ? 0 : Math.floor(version / 7) + 2
  const patterns = version === 1 ? 0 : (25 * align - 10) * align - 55
  const modules = (16 * version + 128) * version + 64 - patterns - (version >= 7 ? 36 : 0)
  return Math.floor(modules / 8)
}
