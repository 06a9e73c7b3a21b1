/**
 * A real Chromium for the scripts that look at our pages, and the eye of a phone on its screenshots.
 */
import { decode } from "fast-png"
import { chromium } from "playwright-core"
import { decodeQR } from "qr/decode.js"

/** `CHROMIUM` names another browser than /usr/bin/chromium. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync"
    ]
  })

/** The text of the code in a picture of the page, as a phone's camera would find it. */
export const scanned = (screenshot: Uint8Array): string | undefined => {
  const { channels, data, height, width } = decode(screenshot)
  const rgba = new Uint8Array(width * height * 4).fill(255)
  for (let at = 0; at < width * height; at++)
    for (let channel = 0; channel < 3; channel++) rgba[at * 4 + channel] = data[at * channels + channel]!
  try {
    return decodeQR({ width, height, data: rgba })
  } catch {
    return undefined
  }
}
