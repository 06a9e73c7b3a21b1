/**
 * A collector of OpenTelemetry on this machine, and what it was sent.
 */
import * as Effect from "effect/Effect"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

export interface Sent {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One that is `deaf` takes requests and never answers. */
export const collector = (deaf = false) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly sent: ReadonlyArray<Sent> }>((resume) => {
      const sent: Array<Sent> = []
      const server = createServer((request, response) => {
        let body = ""
        request.on("data", (data) => (body += String(data)))
        request.on("end", () => {
          sent.push({ path: request.url ?? "", headers: request.headers, body })
          if (!deaf) response.end("{}")
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed(Object.assign({ url: `http://127.0.0.1:${port}`, sent }, { server })))
      })
    }),
    (made) =>
      Effect.sync(() => {
        const { server } = made as unknown as { readonly server: ReturnType<typeof createServer> }
        server.closeAllConnections()
        server.close()
      })
  )

export const namesIn = (sent: ReadonlyArray<Sent>) =>
  sent.flatMap(({ body }) =>
    Array.from(
      body.matchAll(/"name":"([\w.-]+)","kind"|"name":"([A-Z]\w+\.\w+)"/g),
      (found) => found[1] ?? found[2] ?? ""
    )
  )
