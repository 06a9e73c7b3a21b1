/**
 * From node:http to the engine's requests and answers.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Http from "node:http"
import type * as Https from "node:https"
import type { AddressInfo } from "node:net"
import type { Answer, WireRequest } from "./Engine.ts"

type Handler = (request: Http.IncomingMessage, response: Http.ServerResponse) => Promise<void>

/** A server on 127.0.0.1, closed with all of its sockets at the end of the scope. Gives the port. */
export const listen = (
  handler: Handler,
  port: number,
  tls?: { readonly key: string | Buffer; readonly cert: string | Buffer }
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
                `cannot listen on 127.0.0.1:${port} (${(cause as NodeJS.ErrnoException).code}): choose another port`,
                { cause }
              )
            )
          )
        )
        server.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    ),
    (server) => (server.address() as AddressInfo).port
  )

const pairs = (raw: ReadonlyArray<string>): ReadonlyArray<readonly [string, string]> =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []))

/** Reads a request to its end; `url` is its logical address. */
export const readRequest = async (request: Http.IncomingMessage, url: string): Promise<WireRequest> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return { method: request.method ?? "GET", url, headers: pairs(request.rawHeaders), body: Buffer.concat(chunks) }
}

/** Sends an answer with its headers as they stand in the fixture; only the length is added. */
export const writeAnswer = (response: Http.ServerResponse, answer: Answer): void => {
  const headers = answer.headers.flat()
  if (answer.status !== 204 && answer.status !== 304) headers.push("Content-Length", String(answer.body.length))
  response.sendDate = false
  response.writeHead(answer.status, headers).end(answer.body)
}

/** Sends a message of the harness itself. */
export const writeText = (
  response: Http.ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {}
): void => void response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(`${text}\n`)
