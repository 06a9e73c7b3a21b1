/**
 * stdout of the process. Without it a command has failed: where nobody reads it any more, without a word, and where it cannot be
 * written, with one.
 */
import * as Fs from "node:fs"
import type { Advice } from "../terminal/advice.ts"
import type { Sink } from "../terminal/streams.ts"

/** To a file Node writes once, and takes it for done where the disk had room for a part: here all of it is written, or it fails. */
const sink = (stdout: NodeJS.WriteStream): Sink => {
  const kind = kindOf(stdout)
  if (kind === "other") return stdout
  return {
    isNull: kind === "null",
    write: (text) => {
      try {
        Fs.writeFileSync(1, text)
      } catch (cause) {
        stdout.emit("error", cause)
      }
    }
  }
}

const kindOf = ({ isTTY }: NodeJS.WriteStream): "file" | "null" | "other" => {
  try {
    const stats = Fs.fstatSync(1)
    if (stats.isFile()) return "file"
    if (!stats.isCharacterDevice() || isTTY) return "other"
    return stats.rdev === Fs.statSync("/dev/null").rdev ? "null" : "file"
  } catch {
    return "other"
  }
}

/** Opens it. `fail` is called once, unless it is a pipe whose other end was closed. */
export const open = (fail: (said: Advice) => void): Sink => {
  let failed = false
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    process.exitCode = 1
    if (failed || code === "EPIPE") return
    failed = true
    fail(cannotWrite(String(code)))
  })
  return sink(process.stdout)
}

const cannotWrite = (code: string): Advice => ({
  message: { en: `stdout cannot be written (${code})`, zh: `无法写入标准输出（${code}）` },
  cure: { en: "let it go where there is room", zh: "请输出到有空间的位置" }
})
