/**
 * An export whose passphrase costs as much as any may: it ends in time and within its memory, and a signal ends it meanwhile.
 */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import * as SessionExport from "../../../src/store/SessionExport.ts"
import { qzone } from "../../../test/support/savedSessions.ts"
import { briefly, start, withFolder } from "./running.ts"

/** Seconds, on a machine that has other things to do, and MiB. */
const most = { seconds: 60, memory: 600 }

/** How much memory a process has had, in MiB; 0 where it is over. */
const peakOf = (pid: number | undefined): number => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

export const run = (entry: string): Promise<ReadonlyArray<string>> =>
  withFolder(async (folder) => {
    const wrong: Array<string> = []
    const text = await Effect.runPromise(SessionExport.seal({ profile: "p", session: qzone }, "long enough", 1))
    const forged = text.replace('"N":2,', `"N":${2 ** 18},`)
    const body = forged.slice(0, forged.lastIndexOf("\n") + 1)
    const file = join(folder, "dear.webqq")
    writeFileSync(file, body + createHash("sha256").update(body).digest("hex"))
    const env = { XDG_STATE_HOME: folder, TMPDIR: folder, WEBQQ_PASSPHRASE: "long enough" }

    const begun = performance.now()
    const { child, ended } = start(entry, `import ${file}`, env)
    let peak = 0
    const watch = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), 50)
    const result = await ended
    clearInterval(watch)
    const seconds = (performance.now() - begun) / 1000
    if (result.code !== 9 || !result.stderr.includes("passphrase")) wrong.push(briefly(result))
    if (seconds > most.seconds) wrong.push(`it took ${seconds.toFixed(1)} s`)
    if (peak > most.memory) wrong.push(`it took ${peak.toFixed(0)} MiB`)

    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
      const { child, ended } = start(entry, `import ${file}`, env)
      // When the key has its memory it is being made, however fast the machine is.
      for (let i = 0; i < 2000 && child.exitCode === null && peakOf(child.pid) < 200; i++) await setTimeout(5)
      const sent = performance.now()
      child.kill(signal)
      const { code } = await ended
      const took = performance.now() - sent
      if (code !== 130 || took > 1000) wrong.push(`${signal}: exit code ${code} after ${took.toFixed(0)} ms`)
    }
    return wrong
  })
