/**
 * Reads the pixels of an untrusted PNG, in bounded memory.
 *
 * A quarter of a mebibyte of deflate may hold 250 MiB of zeros, and general PNG libraries inflate all of it before they
 * look at the size the header declares. Here the header decides how many bytes may come out.
 */
import * as Result from "effect/Result"
import { crc32, inflateSync } from "node:zlib"

/**
 * A picture over white: one byte a pixel, row by row, 0 is black and 255 is white.
 */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly luma: Uint8Array
}

/** Why a picture is not read. "too many" is more than `maxBytes`, or than `maxSide` pixels a side. */
export type PngFault =
  | "not a PNG"
  | "too many bytes"
  | "truncated"
  | "damaged"
  | "no header"
  | "two headers"
  | "no pixels"
  | "too many pixels"
  | "unknown pixel format"
  | "unknown compression"
  | "unknown filter"
  | "interlaced"
  | "colour key"
  | "colour outside the palette"
  | "pixels that do not fit the header"

/** The largest file that is looked at, in bytes. Real QR pictures have 400 to 600. */
export const maxBytes = 256 * 1024

/** The largest width and height, in pixels. */
export const maxSide = 2000

interface Header {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colour: number
  readonly channels: number
}

const signature = [137, 80, 78, 71, 13, 10, 26, 10]

const palette = 3

/** Channels and allowed bit depths by colour type (PNG specification, table 12). */
const colourTypes: Readonly<Record<number, { readonly channels: number; readonly depths: ReadonlyArray<number> }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  [palette]: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] }
}

/**
 * Decodes a PNG of any colour type and bit depth to grey over white.
 *
 * Fails with the reason, and never throws: for what is not a PNG, for a damaged or truncated one, for one above
 * `maxBytes` or `maxSide`, and for the two features a QR picture has no use for, interlacing and colour keys.
 */
export const readPng = (bytes: Uint8Array): Result.Result<Pixels, PngFault> => {
  if (bytes.length > maxBytes) return Result.fail("too many bytes")
  if (!signature.every((byte, index) => bytes[index] === byte)) return Result.fail("not a PNG")
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const data: Array<Uint8Array> = []
  let header: Header | undefined
  let colours = new Uint8Array(0)
  let alphas = new Uint8Array(0)
  for (let offset = signature.length; ;) {
    if (offset + 12 > bytes.length) return Result.fail("truncated")
    const end = offset + 8 + view.getUint32(offset)
    if (end + 4 > bytes.length) return Result.fail("truncated")
    if (crc32(bytes.subarray(offset + 4, end)) !== view.getUint32(end)) return Result.fail("damaged")
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8))
    const body = bytes.subarray(offset + 8, end)
    offset = end + 4
    if (header === undefined) {
      const read = readHeader(type, body)
      if (Result.isFailure(read)) return Result.fail(read.failure)
      header = read.success
    } else if (type === "IHDR") return Result.fail("two headers")
    else if (type === "PLTE") colours = body.slice()
    else if (type === "tRNS" && header.colour !== palette) return Result.fail("colour key")
    else if (type === "tRNS") alphas = body.slice()
    else if (type === "IDAT") data.push(body)
    else if (type === "IEND") return pixels(header, data, colours, alphas)
  }
}

const readHeader = (type: string, body: Uint8Array): Result.Result<Header, PngFault> => {
  if (type !== "IHDR" || body.length !== 13) return Result.fail("no header")
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const width = view.getUint32(0)
  const height = view.getUint32(4)
  const [depth = 0, colour = -1, compression, filter, interlace] = body.subarray(8)
  const layout = colourTypes[colour]
  if (width === 0 || height === 0) return Result.fail("no pixels")
  if (width > maxSide || height > maxSide) return Result.fail("too many pixels")
  if (layout === undefined || !layout.depths.includes(depth)) return Result.fail("unknown pixel format")
  if (compression !== 0 || filter !== 0) return Result.fail("unknown compression")
  if (interlace !== 0) return Result.fail("interlaced")
  return Result.succeed({ width, height, depth, colour, channels: layout.channels })
}

const pixels = (
  header: Header,
  data: ReadonlyArray<Uint8Array>,
  colours: Uint8Array,
  alphas: Uint8Array
): Result.Result<Pixels, PngFault> => {
  const { channels, colour, depth, height, width } = header
  const stride = Math.ceil((width * channels * depth) / 8)
  const expected = (stride + 1) * height
  const inflated = Result.try(() => inflateSync(Buffer.concat(data), { maxOutputLength: expected }))
  if (Result.isFailure(inflated) || inflated.success.length !== expected) {
    return Result.fail("pixels that do not fit the header")
  }
  const raw: Uint8Array = inflated.success
  if (!unfilter(raw, stride, Math.max(1, (channels * depth) >> 3))) return Result.fail("unknown filter")

  const full = 2 ** depth - 1
  const sample = (row: number, index: number): number => {
    const start = row * (stride + 1) + 1
    if (depth === 16) return raw[start + index * 2]! * 256 + raw[start + index * 2 + 1]!
    const bit = index * depth
    return (raw[start + (bit >> 3)]! >> (8 - depth - (bit & 7))) & full
  }
  const luma = new Uint8Array(width * height)
  // Pixels of few values, as in a picture of a code, are looked up.
  const shades =
    channels === 1 && depth <= 8
      ? Array.from({ length: full + 1 }, (_, value) =>
          colour === palette ? shadeOfEntry(colours, alphas, value) : shade(value / full, 1)
        )
      : undefined
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const first = column * channels
      const value = sample(row, first)
      if (shades !== undefined) {
        const found = shades[value]
        if (found === undefined) return Result.fail("colour outside the palette")
        luma[row * width + column] = found
        continue
      }
      const grey = channels < 3 ? value : lightness(value, sample(row, first + 1), sample(row, first + 2))
      const alpha = channels % 2 === 0 ? sample(row, first + channels - 1) / full : 1
      luma[row * width + column] = shade(grey / full, alpha)
    }
  }
  return Result.succeed({ width, height, luma })
}

const shadeOfEntry = (colours: Uint8Array, alphas: Uint8Array, entry: number): number | undefined => {
  const [red, green, blue] = colours.subarray(entry * 3)
  if (red === undefined || green === undefined || blue === undefined) return undefined
  return shade(lightness(red, green, blue) / 255, (alphas[entry] ?? 255) / 255)
}

/** Over white. */
const shade = (grey: number, alpha: number): number => Math.round(255 * (grey * alpha + 1 - alpha))

const lightness = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue

/** Undoes the line filters in place (PNG specification, 9.2); false for a filter that does not exist. */
const unfilter = (raw: Uint8Array, stride: number, step: number): boolean => {
  for (let start = 0; start < raw.length; start += stride + 1) {
    const filter = raw[start]!
    if (filter > 4) return false
    if (filter === 0) continue
    for (let index = 1; index <= stride; index++) {
      const at = start + index
      const left = index > step ? raw[at - step]! : 0
      const up = start > 0 ? raw[at - stride - 1]! : 0
      const corner = index > step && start > 0 ? raw[at - stride - 1 - step]! : 0
      const guess = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner)
      raw[at] = raw[at]! + guess
    }
  }
  return true
}

const paeth = (left: number, up: number, corner: number): number => {
  const toLeft = Math.abs(up - corner)
  const toUp = Math.abs(left - corner)
  const toCorner = Math.abs(left + up - 2 * corner)
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}
