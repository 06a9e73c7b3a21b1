/**
 * A fleet as a person starts it, on a free port of this machine, but that Tencent's servers are in memory.
 */
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import type { AddressInfo } from "node:net"
import type { Served, Settings } from "../../src/fleet/node/launch.ts"
import { serve } from "../../src/fleet/node/serve.ts"
import type * as FleetServer from "./fleetServer.ts"

export const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = process.getBuiltinModule("node:net").createServer()
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })

/** Serves from this folder until `stop` is called, which tells why it ended; `more` is what a person says of it, and a port of before where it comes back. */
export const servedFleet = async (
  folder: string,
  server: ReturnType<typeof FleetServer.make>,
  more: Partial<Settings> & { readonly port?: number } = {}
) => {
  const port = more.port ?? (await freePort())
  const said: Array<string> = []
  const end = new AbortController()
  let ended: Promise<Served> = Promise.resolve(undefined)
  await new Promise<void>((resolve) => {
    const settings: Settings = {
      tokenFiles: {},
      httpClient: Layer.succeed(HttpClient.HttpClient, server.client),
      ...more,
      folder,
      listen: { host: "127.0.0.1", port },
      pace: {},
      // What fails in tests fails for good, and nobody waits for a poll.
      limits: { retries: 0, pollInterval: 20 },
      tell: (...lines: ReadonlyArray<{ readonly en: string }>) => {
        said.push(...lines.map(({ en }) => en))
        if (said.some((line) => line.includes("is served at"))) resolve()
      }
    }
    ended = serve(settings, end.signal)
  })
  const stop = () => {
    end.abort()
    return ended
  }
  return { port, said, stop }
}
