/**
 * Servers on this machine that end with their scope.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Http from "node:http"
import type * as Https from "node:https"
import type { AddressInfo } from "node:net"

type Handler = (request: Http.IncomingMessage, response: Http.ServerResponse) => Promise<void>

/** A server on 127.0.0.1 unless told otherwise, closed with all of its sockets at the end of the scope. Gives the port. */
export const listen = (
  handler: Handler,
  port: number,
  tls?: { readonly key: string | Buffer; readonly cert: string | Buffer },
  host = "127.0.0.1"
): Effect.Effect<number, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<Http.Server | Https.Server>((resume) => {
        const onRequest = (request: Http.IncomingMessage, response: Http.ServerResponse) => {
          handler(request, response).catch((cause: unknown) =>
            response.destroy(cause instanceof Error ? cause : new Error(String(cause)))
          )
        }
        // An idle connection is not closed by us: a client that has just chosen it would meet a reset.
        const options = { keepAliveTimeout: 0 }
        const server =
          tls === undefined
            ? process.getBuiltinModule("node:http").createServer(options, onRequest)
            : process
                .getBuiltinModule("node:https")
                .createServer({ ...options, key: tls.key, cert: tls.cert }, onRequest)
        server.once("error", (cause) =>
          resume(
            Effect.die(
              new Error(
                `cannot listen on ${host}:${port} (${(cause as NodeJS.ErrnoException).code}): choose another port`,
                { cause }
              )
            )
          )
        )
        server.listen(port, host, () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    ),
    (server) => (server.address() as AddressInfo).port
  )
