/**
 * What a phone would read: the check that a QR code about to be shown can be scanned at all.
 */
import * as Option from "effect/Option"
import { decodeQR } from "qr/decode.js"
import type { QrMatrix } from "./QrMatrix.ts"
import { quietZone, toPixels } from "./QrMatrix.ts"

/**
 * The text in a QR code, or none when it cannot be read.
 *
 * **Gotchas**
 *
 * The text of a login code is a credential: `http://txz.qq.com/p?k=<32 characters>&f=<appid>` (PROTOCOL.md, step 1).
 * It belongs in no log and no error.
 */
export const payload: (matrix: QrMatrix) => Option.Option<string> = Option.liftThrowable((matrix: QrMatrix) => {
  const { luma, side } = toPixels(matrix, { scale: 3, quiet: quietZone })
  // Of this format the package reads the plane of grey only, so that nothing has to be copied into colours.
  return decodeQR({ width: side, height: side, data: luma }, { format: "I420" })
})
