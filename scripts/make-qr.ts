/**
 * Writes a made-up QR picture of the kind `ptqrshow` sends: version 4, level M, one bit of grey a pixel, 72 dots an inch.
 *
 *     npx node scripts/make-qr.ts fixtures/qr/s5e0.png --scale 5 --quiet 0
 *     npx node scripts/make-qr.ts fixtures/qr/s3e2.png --scale 3 --quiet 2
 *
 * `--text` is what a phone would read; unless given, a login address whose key is an obvious stand-in.
 */
// oxlint-disable-next-line import/no-named-as-default -- its types know the default only
import qrcode from "qrcode-generator"
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import type { QrMatrix } from "../src/qr/QrMatrix.ts"
import { toPng } from "../src/qr/QrPng.ts"

export const standInText = "http://txz.qq.com/p?k=Stand-In-StandIn*StandIn-StandIn&f=501004106"

/**
 * The modules as the server draws them: the digits of the appid packed tightly in a segment of their own, without which
 * the 66 characters would not fit version 4 at level M.
 */
export const drawAsServer = (text: string): QrMatrix => {
  const code = qrcode(4, "M")
  const digits = /\d*$/.exec(text)?.[0] ?? ""
  code.addData(text.slice(0, text.length - digits.length), "Byte")
  if (digits !== "") code.addData(digits, "Numeric")
  code.make()
  const size = code.getModuleCount()
  const modules = Uint8Array.from({ length: size * size }, (_, i) =>
    Number(code.isDark(Math.floor(i / size), i % size))
  )
  return { size, modules }
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      text: { type: "string", default: standInText },
      scale: { type: "string", default: "3" },
      quiet: { type: "string", default: "2" }
    }
  })
  const [file] = positionals
  if (file === undefined) throw new Error("usage: make-qr.ts <out.png> [--text URL] [--scale PIXELS] [--quiet MODULES]")
  writeFileSync(file, toPng(drawAsServer(values.text), { scale: Number(values.scale), quiet: Number(values.quiet) }))
}
