/**
 * What `--on-qr` starts in tests: `onQr.mjs HOW FOLDER`.
 */
import { appendFileSync, copyFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const [, , how, folder] = process.argv
let text = ""

const acts = {
  keep: () => {
    writeFileSync(join(folder, "environment"), JSON.stringify(process.env))
    process.stdin.on("data", (data) => {
      appendFileSync(join(folder, "stdin"), data)
      text += data
      const { file } = JSON.parse(text.slice(0, text.indexOf("\n")))
      if (file !== undefined) copyFileSync(file, join(folder, "picture.png"))
    })
  },
  fail: () => process.exit(7),
  failLate: () => process.stdin.resume().on("end", () => process.exit(7)),
  killed: () => process.kill(process.pid, "SIGKILL"),
  speak: () => {
    process.stdout.write("this is nobody's result\n")
    process.stderr.write("hello \u001b[2J\n")
    process.stdin.resume()
  },
  flood: () => {
    process.stderr.write("y\n".repeat(100_000))
    process.stdin.resume()
  },
  stay: () => setInterval(() => {}, 1000),
  tellPid: () => {
    process.stderr.write(`pid ${process.pid}\n`)
    setInterval(() => {}, 1000)
    process.on("SIGTERM", () => {})
  }
}

acts[how]()
