/**
 * Proxies on loopback: CONNECT and absolute addresses of HTTP, and SOCKS5, with and without a password, and some that misbehave.
 */
import * as Effect from "effect/Effect"
import { createServer, request, type Server } from "node:http"
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket
} from "node:net"

import { createServer as createTlsServer } from "node:tls"

export interface LoopbackProxy {
  readonly port: number
  /** `host:port` of everything that was asked for. */
  readonly asked: ReadonlyArray<string>
}

const serving = (server: Server | TcpServer, asked: ReadonlyArray<string>, on = "127.0.0.1") =>
  Effect.acquireRelease(
    Effect.callback<LoopbackProxy>((resume) => {
      const sockets = new Set<Socket>()
      server.on("connection", (socket: Socket) => {
        sockets.add(socket)
        socket.on("error", () => undefined).on("close", () => sockets.delete(socket))
      })
      Object.assign(server, { sockets })
      server.listen(0, on, () => resume(Effect.succeed({ port: (server.address() as AddressInfo).port, asked })))
    }),
    () =>
      Effect.sync(() => {
        for (const socket of (server as unknown as { sockets: Set<Socket> }).sockets) socket.destroy()
        server.close()
      })
  )

/** Names that only these proxies know. */
const here = (host: string | undefined) => (host?.endsWith(".example") ? "127.0.0.1" : host)

const join = (one: Socket, other: Socket) => {
  one.pipe(other).on("error", () => one.destroy())
  other.pipe(one).on("error", () => other.destroy())
}

/** With `credentials` (`user:password`) it asks for them; `refuse` is the status that it answers everything with, `on` where it listens. */
export const httpProxy = ({
  credentials,
  on,
  refuse
}: { readonly credentials?: string; readonly refuse?: number; readonly on?: string } = {}) => {
  const asked: Array<string> = []
  const expected = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`
  const statusFor = (authorization: string | undefined) =>
    refuse ?? (expected !== undefined && authorization !== expected ? 407 : undefined)
  const server = createServer((incoming, outgoing) => {
    asked.push(new URL(incoming.url ?? "").host)
    const status = statusFor(incoming.headers["proxy-authorization"])
    if (status !== undefined) return void outgoing.writeHead(status).end("a proxy's own page")
    const { "proxy-authorization": _, "proxy-connection": __, ...headers } = incoming.headers
    incoming.pipe(
      request(
        (incoming.url ?? "").replace(/\/\/[a-z.]+/, "//127.0.0.1"),
        { method: incoming.method ?? "GET", headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
          answer.pipe(outgoing)
        }
      )
    )
  })
  server.on("connect", (incoming, socket: Socket) => {
    asked.push(incoming.url ?? "")
    const status = statusFor(incoming.headers["proxy-authorization"])
    if (status !== undefined)
      return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 18\r\n\r\na proxy's own page`)
    const [host, port] = (incoming.url ?? "").split(":")
    const onward = connect(Number(port), here(host), () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
      join(socket, onward)
    })
    onward.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"))
  })
  return serving(server, asked, on)
}

/** SOCKS5 (RFC 1928), with user and password (RFC 1929) where `credentials` are given. Names are looked up here. */
export const socksProxy = ({ credentials, on }: { readonly credentials?: string; readonly on?: string } = {}) => {
  const asked: Array<string> = []
  const server = createTcpServer((socket) => {
    const greeted = (first: Buffer) => {
      const method = credentials === undefined ? 0 : 2
      if (!first.subarray(2).includes(method)) return void socket.end(Buffer.from([5, 0xff]))
      socket.write(Buffer.from([5, method]))
      socket.once("data", credentials === undefined ? wanted : known)
    }
    const known = (message: Buffer) => {
      const user = message.subarray(2, 2 + message[1]!).toString()
      const password = message.subarray(3 + message[1]!).toString()
      const right = `${user}:${password}` === credentials
      socket.write(Buffer.from([1, right ? 0 : 1]))
      if (right) socket.once("data", wanted)
      else socket.end()
    }
    const wanted = (message: Buffer) => {
      const byName = message[3] === 3
      const host = byName ? message.subarray(5, 5 + message[4]!).toString() : message.subarray(4, 8).join(".")
      const port = message.readUInt16BE(message.length - 2)
      asked.push(`${host}:${port}`)
      const onward = connect(port, here(host), () => {
        socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        join(socket, onward)
      })
      onward.on("error", () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])))
    }
    socket.once("data", greeted)
  })
  return serving(server, asked, on)
}

const endless = (socket: Socket) => {
  const headers = "X-Header: value\r\n".repeat(1000)
  const go = () => {
    while (!socket.destroyed && socket.write(headers));
  }
  socket.on("error", () => undefined).on("drain", go)
  socket.once("data", () => {
    socket.write("HTTP/1.1 200 Connection established\r\n")
    go()
  })
}

/** Answers CONNECT with a head that has no end. */
export const endlessProxy = serving(createTcpServer(endless), [])

/** The same by TLS. */
export const endlessTlsProxy = (identity: { readonly cert: string; readonly key: string }) =>
  serving(createTlsServer(identity, endless), [])

/** Takes a connection and closes it. */
export const closingProxy = serving(
  createTcpServer((socket) => socket.once("data", () => socket.destroy())),
  []
)
