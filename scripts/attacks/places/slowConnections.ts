/**
 * Connections to `fixtures serve` that begin a request and never end it: it goes on serving others, within its memory, and turns away
 * those that are too many.
 */
import { once } from "node:events"
import { readFileSync } from "node:fs"
import http from "node:http"
import net from "node:net"
import { start, withFolder } from "./running.ts"

const many = 3000
/** More than it takes at once. */
const tooMany = 4600
/** MiB of the whole process. */
const most = 400

const rss = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024

const asks = (port: number) =>
  new Promise<number>((resolve) => {
    const request = http.get(
      { port, host: "127.0.0.1", path: "/__/one/https/ssl.ptlogin2.qq.com/ptqrshow" },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      }
    )
    request.setTimeout(10_000, () => request.destroy())
    request.on("error", () => resolve(-1))
  })

export const run = (entry: string): Promise<ReadonlyArray<string>> =>
  withFolder(async (folder) => {
    const { child, ended, said } = start(entry, "fixtures serve webqq", { TMPDIR: folder })
    const sockets: Array<net.Socket> = []
    const wrong: Array<string> = []
    try {
      while (!/:\d{4,5}/.test(said()) && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 20))
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(said())?.[1])
      const open = async (count: number) => {
        while (sockets.length < count) {
          const batch = Array.from({ length: Math.min(100, count - sockets.length) }, () =>
            net.connect(port, "127.0.0.1")
          )
          for (const socket of batch) socket.on("error", () => {})
          await Promise.all(batch.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])))
          for (const socket of batch) socket.write("GET /__/slow/https/a/b HTTP/1.1\r\nX: y")
          sockets.push(...batch)
        }
      }
      await open(many)
      const status = await asks(port)
      // Any answer will do: it is the server that is asked for, not the scenario.
      if (status < 200) wrong.push(`with ${many} connections nobody else is answered`)
      if (rss(child.pid ?? 0) > most)
        wrong.push(`with ${many} connections it takes ${rss(child.pid ?? 0).toFixed(0)} MiB`)
      await open(tooMany)
      await new Promise((resolve) => setTimeout(resolve, 500))
      const alive = sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length
      if (alive > 4096) wrong.push(`${alive} connections at the same time`)
    } finally {
      for (const socket of sockets) socket.destroy()
      const begun = performance.now()
      child.kill("SIGINT")
      await ended
      const took = performance.now() - begun
      if (took > 1000) wrong.push(`it took ${took.toFixed(0)} ms to end`)
    }
    return wrong
  })
