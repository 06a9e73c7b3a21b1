/**
 * A QR code as a PNG, of the kind `ptqrshow` sends: one bit of grey a pixel, 72 dots an inch.
 */
import { constants, crc32, deflateSync } from "node:zlib"
import type { QrMatrix } from "./QrMatrix.ts"
import { isDark, quietZone } from "./QrMatrix.ts"

/** The filter "up" (PNG specification, 9.2), whose zeros repeat the row above. */
const sameAsAbove = 2

/**
 * Bytes of a PNG with `scale` pixels a module (8 unless given) and `quiet` light modules around (4 unless given). The
 * same modules and options give the same bytes on every machine.
 *
 * **Gotchas**
 *
 * No reader finds a code with `quiet: 0` on a dark background; it exists to make pictures like those of `e=0`.
 */
export const toPng = (
  matrix: QrMatrix,
  options: { readonly scale?: number; readonly quiet?: number } = {}
): Uint8Array => {
  const scale = options.scale ?? 8
  const quiet = options.quiet ?? quietZone
  const side = (matrix.size + 2 * quiet) * scale
  const stride = Math.ceil(side / 8) + 1
  const rows = new Uint8Array(stride * side)
  for (let y = 0; y < side; y++) {
    const start = y * stride
    if (y % scale > 0) {
      rows[start] = sameAsAbove
      continue
    }
    for (let x = 0, column = -quiet; x < side; x += scale, column++) {
      if (isDark(matrix, y / scale - quiet, column)) continue
      for (let bit = x; bit < x + scale; bit++) rows[start + 1 + (bit >> 3)]! |= 0x80 >> (bit & 7)
    }
  }
  // Run lengths only: searching for matches goes by hashes that differ between processors, and so would the bytes.
  const data = deflateSync(rows, { level: 9, strategy: constants.Z_RLE })
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 1
  const density = Buffer.alloc(9)
  density.writeUInt32BE(2835, 0)
  density.writeUInt32BE(2835, 4)
  density[8] = 1
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
      chunk("IHDR", header),
      chunk("pHYs", density),
      chunk("IDAT", data),
      chunk("IEND", Buffer.alloc(0))
    ])
  )
}

const chunk = (type: string, body: Buffer): Buffer => {
  const framed = Buffer.alloc(body.length + 12)
  framed.writeUInt32BE(body.length, 0)
  framed.write(type, 4, "latin1")
  body.copy(framed, 8)
  framed.writeUInt32BE(crc32(framed.subarray(4, -4)), framed.length - 4)
  return framed
}
