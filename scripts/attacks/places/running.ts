/**
 * The command as a process, for those attacks.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export const start = (
  entry: string,
  line: string,
  env: Readonly<Record<string, string>>,
  flags: ReadonlyArray<string> = []
) => {
  const child = spawn(process.execPath, [...flags, entry, ...line.split(" ")], {
    env: { NO_COLOR: "1", LC_ALL: "C", ...env },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let [stdout, stderr] = ["", ""]
  child.stdout.on("data", (data) => (stdout += String(data)))
  child.stderr.on("data", (data) => (stderr += String(data)))
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })))
  return { child, ended, said: () => stdout + stderr }
}

export const withFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "webqq-attacks-"))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The first line of what was said, for a complaint. */
export const briefly = ({ code, stderr }: Ended): string => `exit code ${code}, ${stderr.split("\n", 1)[0]}`
