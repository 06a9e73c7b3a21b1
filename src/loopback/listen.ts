/**
 * Servers on this machine that end with their scope.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Http from "node:http"
import type * as Https from "node:https"
import type { AddressInfo, Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { SecureContext, TLSSocket } from "node:tls"

type Handler = (request: Http.IncomingMessage, response: Http.ServerResponse) => Promise<void>

/** What an https server shows to its clients, in PEM, unless `certificateFor` has something for the name that they want to see. */
export interface Tls {
  readonly key: string | Buffer
  readonly cert: string | Buffer
  readonly certificateFor?: (name: string) => SecureContext | undefined
}

export interface Options {
  /** 127.0.0.1 where it is left out. */
  readonly host?: string | undefined
  readonly tls?: Tls | undefined
  /**
   * How long a connection may stay open with nothing asked on it, in milliseconds: for a server that others of the network can reach, who
   * would hold all of its connections. By default for ever, since a client that has just chosen such a connection would meet a reset.
   */
  readonly idleMillis?: number
  /** What the server is asked as a proxy: a tunnel. */
  readonly onConnect?: (request: Http.IncomingMessage, socket: Duplex, head: Buffer) => void
  /** A client broke off before anything was asked, for a reason in the words of OpenSSL. */
  readonly onTlsFailed?: (reason: string, socket: TLSSocket) => void
}

export interface Listening {
  readonly port: number
  /** Serves a connection that came in elsewhere. */
  readonly take: (socket: Socket) => void
}

/** At the same time; others are turned away. */
const maxConnections = 4096

/** A server on 127.0.0.1 unless told otherwise, closed with all of its sockets at the end of the scope. */
export const listen = (
  handler: Handler,
  port: number,
  { host = "127.0.0.1", idleMillis = 0, onConnect, onTlsFailed, tls }: Options = {}
): Effect.Effect<Listening, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<Http.Server | Https.Server>((resume) => {
        const onRequest = (request: Http.IncomingMessage, response: Http.ServerResponse) => {
          handler(request, response).catch((cause: unknown) =>
            response.destroy(cause instanceof Error ? cause : new Error(String(cause)))
          )
        }
        const options = { keepAliveTimeout: idleMillis }
        const server =
          tls === undefined
            ? process.getBuiltinModule("node:http").createServer(options, onRequest)
            : process.getBuiltinModule("node:https").createServer({ ...options, ...serverOptions(tls) }, onRequest)
        server.maxConnections = maxConnections
        if (onConnect !== undefined) server.on("connect", onConnect)
        if (onTlsFailed !== undefined)
          server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => onTlsFailed(String(error.code), socket))
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
    (server) => ({
      port: (server.address() as AddressInfo).port,
      take: (socket) => void server.emit("connection", socket)
    })
  )

const serverOptions = ({ cert, certificateFor, key }: Tls): Https.ServerOptions => ({
  key,
  cert,
  ...(certificateFor === undefined ? {} : { SNICallback: (name, done) => done(null, certificateFor(name)) })
})
