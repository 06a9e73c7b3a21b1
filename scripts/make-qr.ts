/**
 * Writes a made-up QR picture of the kind `ptqrshow` sends: version 4, one bit of grey a pixel, 72 dots an inch.
 *
 *     npx node scripts/make-qr.ts fixtures/qr/s5e0.png --scale 5 --quiet 0
 *     npx node scripts/make-qr.ts fixtures/qr/s3e2.png --scale 3 --quiet 2
 *
 * `--text` is what a phone would read; unless given, a login address whose key is an obvious stand-in.
 */
import * as Result from "effect/Result"
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { fromText } from "../src/qr/QrEncoder.ts"
import { toPng } from "../src/qr/QrPng.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    text: { type: "string", default: "http://txz.qq.com/p?k=Stand-In-StandIn*StandIn-StandIn&f=501004106" },
    scale: { type: "string", default: "3" },
    quiet: { type: "string", default: "2" }
  }
})
const [file] = positionals
if (file === undefined) throw new Error("usage: make-qr.ts <out.png> [--text URL] [--scale PIXELS] [--quiet MODULES]")

// The server packs the digits of the appid more tightly and so gets the 66 characters into version 4 at level M. The
// `qr` package keeps a text in one piece, which needs level L for the same 33 × 33 modules.
const matrix = Result.getOrThrow(fromText(values.text, { version: 4, ecc: "low" }))
writeFileSync(file, toPng(matrix, { scale: Number(values.scale), quiet: Number(values.quiet) }))
