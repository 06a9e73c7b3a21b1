import * as Result from "effect/Result"
import { Buffer } from "node:buffer"
import { crc32, deflateSync } from "node:zlib"
import { fromText } from "../../src/qr/QrEncoder.ts"
import type { QrMatrix } from "../../src/qr/QrMatrix.ts"

export const loginText = "http://txz.qq.com/p?k=Stand-In-StandIn*StandIn-StandIn&f=501004106"

/** Version 4, as the server draws it. */
export const encode = (text: string, version = 4): QrMatrix =>
  Result.getOrThrow(fromText(text, { version, ecc: "low" }))

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-"

/** Login texts with made-up keys, the same ones in every run. */
export const loginTexts = (count: number): ReadonlyArray<string> => {
  let state = 20150401
  const next = () => (state = (state * 48271) % 2147483647)
  const key = () => Array.from({ length: 32 }, () => alphabet[next() % 64]).join("")
  return Array.from({ length: count }, () => `http://txz.qq.com/p?k=${key()}&f=501004106`)
}

export const chunk = (type: string, body: Uint8Array): Buffer => {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), body])
  return Buffer.concat([uint32(body.length), typed, uint32(crc32(typed))])
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export const pngOf = (...chunks: ReadonlyArray<Buffer>): Buffer =>
  Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...chunks, chunk("IEND", Buffer.alloc(0))])

export const headerOf = (
  width: number,
  height: number,
  rest: readonly [depth: number, colour: number, ...more: Array<number>] = [1, 0]
): Buffer => {
  const [depth, colour, compression = 0, filter = 0, interlace = 0] = rest
  return chunk(
    "IHDR",
    Buffer.concat([uint32(width), uint32(height), Buffer.from([depth, colour, compression, filter, interlace])])
  )
}

/**
 * A PNG of `side` × `side` pixels in any colour type and bit depth, its rows filtered in turn by all five filters.
 * `samplesOf` gives the samples of a pixel; also returns the rows as they were before filtering.
 */
export const anyPng = (options: {
  readonly side: number
  readonly depth: number
  readonly colour: number
  readonly samplesOf: (row: number, column: number) => ReadonlyArray<number>
  readonly extra?: ReadonlyArray<Buffer>
}): { readonly png: Buffer; readonly rows: ReadonlyArray<Uint8Array> } => {
  const { colour, depth, samplesOf, side } = options
  const channels = samplesOf(0, 0).length
  const step = Math.max(1, (channels * depth) >> 3)
  const rows = Array.from({ length: side }, (_, row) => {
    const bits = Array.from({ length: side }, (_, column) =>
      samplesOf(row, column)
        .map((sample) => sample.toString(2).padStart(depth, "0"))
        .join("")
    ).join("")
    return Uint8Array.from(bits.match(/.{1,8}/g)!, (byte) => Number.parseInt(byte.padEnd(8, "0"), 2))
  })
  const filtered = rows.map((bytes, row) => {
    const above = rows[row - 1] ?? new Uint8Array(bytes.length)
    const filter = row % 5
    const line = bytes.map((byte, index) => {
      const left = bytes[index - step] ?? 0
      const up = above[index]!
      const corner = above[index - step] ?? 0
      const nearest = [left, up, corner].sort(
        (a, b) => Math.abs(left + up - corner - a) - Math.abs(left + up - corner - b)
      )[0]!
      return byte - [0, left, up, (left + up) >> 1, nearest][filter]!
    })
    return Buffer.from([filter, ...line])
  })
  const data = chunk("IDAT", deflateSync(Buffer.concat(filtered)))
  return { png: pngOf(headerOf(side, side, [depth, colour]), ...(options.extra ?? []), data), rows }
}
