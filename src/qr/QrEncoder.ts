/**
 * From a text to a QR code: for made-up pictures, and to draw a scanned text again.
 */
import * as Result from "effect/Result"
import { encodeQR } from "qr"
import type { QrMatrix } from "./QrMatrix.ts"

/**
 * Options of `fromText`: the error-correction level (medium unless given) and the version, 1 to 40 (the smallest that
 * holds the text unless given).
 */
export interface EncodeOptions {
  readonly ecc?: "low" | "medium" | "quartile" | "high"
  readonly version?: number
}

/**
 * Encodes a text; the same text and options give the same modules. Fails where the text does not
 * fit the version and level.
 */
export const fromText = (text: string, options: EncodeOptions = {}): Result.Result<QrMatrix, "too long"> =>
  Result.try({
    try: () => {
      // The package insists on a margin: draw the smallest, and cut it off.
      const rows = encodeQR(text, "raw", { ...options, border: 1 }).slice(1, -1)
      return {
        size: rows.length,
        modules: Uint8Array.from(
          rows.flatMap((row) => row.slice(1, -1)),
          Number
        )
      }
    },
    catch: () => "too long" as const
  })
