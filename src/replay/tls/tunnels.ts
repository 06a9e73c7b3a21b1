/**
 * CONNECT: how a client that was told of a proxy asks for https. What comes through a tunnel is answered here, whatever host it was meant
 * for; no connection leaves this process.
 */
import type { IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { Bilingual, Language } from "../../Language.ts"

/** A server that takes connections over. */
export interface Takes {
  readonly take: (socket: Socket) => void
}

export interface Tunnels {
  /** For the event "connect" of an http server. */
  readonly onConnect: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** The tunnel that this connection came through, with the login that its client named. */
  readonly of: (socket: Socket) => { readonly login: string | undefined } | undefined
  /** Ends all of them, and takes no more. */
  readonly close: () => void
}

/**
 * The login that a client names as the user of its proxy, `http://my-login@127.0.0.1:8080`: most send it with their first
 * request (RFC 7617). Undefined where that is no name, or none.
 */
export const loginOf = ({ headers }: Pick<IncomingMessage, "headers">): string | undefined => {
  const [, encoded = ""] = /^Basic ([A-Za-z0-9+/]{1,400}={0,2})$/i.exec(headers["proxy-authorization"] ?? "") ?? []
  return /^([\w.-]+):/.exec(Buffer.from(encoded, "base64").toString("latin1"))?.[1]
}

/** Hands tunnels to port 80 over to `http`, all others to `https`; where there is none, they are refused. */
export const make = (http: () => Takes, https: () => Takes | undefined, language: Language): Tunnels => {
  // A connection is told by its two ends, which are all that a server tells of it behind its TLS.
  const open = new Map<string, { readonly socket: Socket; readonly login: string | undefined }>()
  let closed = false
  return {
    onConnect: (request, duplex, head) => {
      const socket = duplex as Socket
      socket.on("error", () => socket.destroy())
      const server = request.url?.endsWith(":80") === true ? http() : https()
      if (closed) return void socket.destroy()
      if (server === undefined) return void socket.end(refused(language))
      const ends = endsOf(socket)
      open.set(ends, { socket, login: loginOf(request) })
      socket.once("close", () => open.delete(ends))
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
      if (head.length > 0) socket.unshift(head)
      server.take(socket)
    },
    of: (socket) => open.get(endsOf(socket)),
    close: () => {
      closed = true
      for (const { socket } of open.values()) socket.destroy()
    }
  }
}

const endsOf = ({ localPort, remoteAddress, remotePort }: Socket) => `${localPort} ${remoteAddress} ${remotePort}`

const noTls: Bilingual = {
  en: "this server answers https only where it was started with --tls, or with the option tls",
  zh: "此服务器只有在以 --tls 或选项 tls 启动时才响应 https"
}

const refused = (language: Language) => {
  const sentence = Buffer.from(`${noTls[language]}\n`)
  const head = `HTTP/1.1 501 Not Implemented\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${sentence.length}\r\nConnection: close\r\n\r\n`
  return Buffer.concat([Buffer.from(head), sentence])
}
