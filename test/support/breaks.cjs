"use strict"
/**
 * Loaded before the command: once a code is shown, something breaks outside of any fiber, with an error that should never be
 * printed as it is.
 */
const { write } = process.stdout
process.stdout.write = (text, ...rest) => {
  if (String(text).includes("QrShown")) {
    setImmediate(() => {
      throw Object.assign(new Error("a line\n    at SECRET (https://qq.com/?SECRET)"), { name: "Broken" })
    })
  }
  return write.call(process.stdout, text, ...rest)
}
