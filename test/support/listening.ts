import * as Effect from "effect/Effect"
import type http from "node:http"
import type { AddressInfo } from "node:net"

/** A server on the loopback interface, until the scope closes. */
export const listening = <A extends http.Server>(server: A) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly server: A; readonly port: number }>((resume) => {
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed({ server, port: (server.address() as AddressInfo).port }))
      )
    }),
    () =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

export const connections = (server: http.Server) =>
  Effect.callback<number>((resume) => {
    server.getConnections((_, count) => resume(Effect.succeed(count)))
  })
