/**
 * The command as a process of its own, bundled as it is shipped.
 */
import { spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"
import type { LoginEventLine } from "webqq-login/LoginEvent"
import { cacheOf } from "../support/compileCache.ts"

export const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly lines: ReadonlyArray<typeof LoginEventLine.Encoded>
}

/** Runs the command in a temporary folder of its own that must be empty in the end. A line is taken apart at its spaces. */
export const command = (
  args: string | ReadonlyArray<string>,
  options: {
    readonly env?: Readonly<Record<string, string>>
    /** A file in the place of the pipe. */
    readonly stdout?: string
    /** Called with everything said so far whenever something is said; may send a signal or close the pipe. */
    readonly watch?: (child: ReturnType<typeof spawn>, stdout: string, stderr: string) => void
  } = {}
): Promise<Result> => {
  const tmp = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
  return new Promise((resolve, reject) => {
    const out = options.stdout === undefined ? "pipe" : Fs.openSync(options.stdout, "w")
    const child = spawn(process.execPath, [inject("command"), ...(typeof args === "string" ? args.split(" ") : args)], {
      cwd: file(""),
      env: { TMPDIR: tmp, XDG_CACHE_HOME: cacheOf(inject("command")), ...options.env },
      stdio: ["pipe", out, "pipe"]
    })
    let stdout = ""
    let stderr = ""
    const watch = () => options.watch?.(child, stdout, stderr)
    child.stdout?.on("data", (data) => ((stdout += String(data)), watch()))
    child.stderr?.on("data", (data) => ((stderr += String(data)), watch()))
    child.on("error", reject)
    child.on("close", (code) => {
      if (out !== "pipe") Fs.closeSync(out)
      const left = Fs.readdirSync(tmp)
      Fs.rmSync(tmp, { recursive: true })
      if (left.length > 0) return reject(new Error(`left behind: ${left.join()}`))
      const lines = stdout.startsWith("{")
        ? stdout
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line))
        : []
      resolve({ code, stdout, stderr, lines })
    })
  })
}
