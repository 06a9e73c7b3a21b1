/**
 * The faults that only a real socket can show: what a server does with the recorded answer in the place of sending it.
 */
import type { ServerResponse } from "node:http"
import { gzipSync } from "node:zlib"
import type { Exchange } from "../../src/replay/Scenario.ts"

type Headers = ReadonlyArray<readonly [string, string]>

export interface Wire {
  readonly response: ServerResponse
  readonly answer: Exchange["response"]
  /** To be called when nothing more will come. */
  readonly hold: () => void
  /** Told of each piece that the socket took. */
  readonly wrote: (bytes: number) => void
}

const turn = () => new Promise<void>((done) => setImmediate(done))

const without = (headers: Headers, ...names: ReadonlyArray<string>) =>
  headers.filter(([name]) => !names.includes(name.toLowerCase()))

const send = (response: ServerResponse, status: number, headers: Headers, body: string | Uint8Array) => {
  const bytes = Buffer.from(body)
  response.writeHead(status, [...headers.flat(), "Content-Length", String(bytes.length)]).end(bytes)
}

const page = "<html><head><title>Welcome</title></head><body>Please accept the terms of this network.</body></html>"
const html: Headers = [["Content-Type", "text/html"]]

const status =
  (code: number, headers: Headers = []) =>
  ({ response }: Wire) =>
    send(response, code, [...html, ...headers], page)

/** The head of the answer and half of its body, of which more is promised. */
const half = async ({ answer, response }: Wire) => {
  const bytes = answer.body.length === 0 ? Buffer.alloc(64, "x") : Buffer.from(answer.body)
  response.writeHead(answer.status, [...answer.headers.flat(), "Content-Length", String(bytes.length)])
  await new Promise((written) => response.write(bytes.subarray(0, bytes.length >> 1), written))
  await turn()
}

export const spoilers: Readonly<Record<string, (wire: Wire) => void | Promise<void>>> = {
  "reset in the body": async (wire) => {
    await half(wire)
    wire.response.socket?.resetAndDestroy()
  },
  "truncated body": async (wire) => {
    await half(wire)
    wire.response.socket?.end()
  },
  "stall in the body": async (wire) => {
    await half(wire)
    wire.hold()
  },
  "one byte at a time": async ({ answer, response }) => {
    response.writeHead(answer.status, [...answer.headers.flat(), "Content-Length", String(answer.body.length)])
    response.flushHeaders()
    for (const byte of answer.body) {
      response.write(Buffer.from([byte]))
      await turn()
    }
    response.end()
  },
  "too large": async ({ answer, response, wrote }) => {
    response.writeHead(answer.status, answer.headers.flat())
    const piece = Buffer.alloc(16_384, "x")
    const closed = new Promise((done) => response.once("close", done))
    while (!response.destroyed) {
      const taken = response.write(piece)
      wrote(piece.length)
      if (!taken) await Promise.race([closed, new Promise((drained) => response.once("drain", drained))])
    }
  },
  "gzip unasked-for": ({ answer, response }) =>
    send(response, answer.status, [...answer.headers, ["Content-Encoding", "gzip"]], gzipSync(answer.body)),
  "403": status(403),
  "404": status(404),
  "429, Retry-After: 7": status(429, [["Retry-After", "7"]]),
  "500": status(500),
  "502": status(502),
  "504": status(504),
  "empty body": ({ answer, response }) => send(response, answer.status, answer.headers, ""),
  "a web page, 200": status(200),
  "wrong charset": ({ answer, response }) =>
    send(
      response,
      answer.status,
      [...without(answer.headers, "content-type"), ["Content-Type", "text/html; charset=gbk"]],
      answer.body
    ),
  "invalid UTF-8": ({ answer, response }) =>
    send(response, answer.status, answer.headers, Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80])),
  // With its cookies: a check_sig that sends us elsewhere has done all that is wanted of it.
  "redirect elsewhere": ({ answer, response }) =>
    send(response, 302, [...without(answer.headers, "location"), ["Location", "https://evil.example/"]], "")
}
