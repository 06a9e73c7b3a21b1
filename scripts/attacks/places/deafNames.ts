/**
 * A network whose name server never answers: a signal ends the command all the same, and so does a limit of time. Runs itself again where
 * the name server can be named.
 */
import { spawnSync } from "node:child_process"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { start, withFolder } from "./running.ts"

export const run = (entry: string): Promise<ReadonlyArray<string>> =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, "resolv.conf"), "nameserver 127.0.0.1\noptions timeout:10 attempts:2\n")
    const script = 'ip link set lo up && mount --bind "$1/resolv.conf" /etc/resolv.conf && shift && exec "$@"'
    const again = [process.execPath, fileURLToPath(import.meta.url), entry, folder]
    const { status, stderr, stdout } = spawnSync("unshare", ["-rmn", "sh", "-c", script, "sh", folder, ...again], {
      encoding: "utf8"
    })
    return status === 0 ? stdout.split("\n").filter((line) => line !== "") : [`it broke off: ${stderr}`]
  })

const inside = async (entry: string, folder: string) => {
  const server = createSocket("udp4").bind(53, "127.0.0.1")
  await once(server, "listening")
  const env = { TMPDIR: folder, XDG_STATE_HOME: folder }
  const line = "login --site qzone --fresh --no-save"
  const ends = async (line: string, code: number, most: number, signals: ReadonlyArray<NodeJS.Signals>) => {
    const { child, ended } = start(entry, line, env)
    let began = performance.now()
    for (const signal of signals) {
      await new Promise((resolve) => setTimeout(resolve, 1500))
      began = performance.now()
      child.kill(signal)
    }
    const result = await ended
    const took = performance.now() - began
    if (result.code !== code || took > most)
      console.log(`${line}, ${signals.join() || "a limit"}: exit code ${result.code} after ${took.toFixed(0)} ms`)
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) await ends(line, 130, 1000, [signal])
  await ends(`${line} --timeout 2s`, 3, 4000, [])
  server.close()
}

const [, self = "", entry = "", folder = ""] = process.argv
if (existsSync(self) && fileURLToPath(import.meta.url) === self) await inside(entry, folder)
