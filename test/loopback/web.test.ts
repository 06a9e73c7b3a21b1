import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import http from "node:http"
import net from "node:net"
import { answer } from "../../src/loopback/web.ts"
import { listening } from "../support/listening.ts"

const serving = (handler: (request: Request) => Response) =>
  listening(
    http.createServer((incoming, outgoing) => void answer(async (request) => handler(request), incoming, outgoing))
  )

/** The first line of what comes back. */
const saying = (port: number, head: string) =>
  Effect.callback<string>((resume) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n`))
    let said = ""
    socket.on("data", (data) => (said += String(data)))
    socket.on("close", () => resume(Effect.succeed(said)))
    socket.on("error", () => resume(Effect.succeed("reset")))
  })

describe("a handler of web requests", () => {
  it.live.each([
    ["GET /a?b", "200 OK", "/a?b"],
    ["GET //", "200 OK", "//"],
    ["GET //evil.example/a", "200 OK", "//evil.example/a"],
    ["GET /\\evil.example", "200 OK", "//evil.example"],
    ["GET http://evil.example/a", "200 OK", "/a"],
    ["OPTIONS *", "400 Bad Request", ""],
    ["GET a", "400 Bad Request", ""],
    ["TRACE /", "405 Method Not Allowed", ""]
  ] as const)("answers %s with %s", ([line, status, path]) =>
    Effect.gen(function* () {
      const { port } = yield* serving(({ url }) => {
        const { pathname, search } = new URL(url)
        return new Response(`path ${pathname}${search}`)
      })
      const said = yield* saying(port, `${line} HTTP/1.1`)
      assert.match(said, new RegExp(`^HTTP/1\\.1 ${status}\r\n`))
      if (path !== "") assert.include(said, `path ${path}`)
    }).pipe(Effect.scoped)
  )

  it.live("keeps little for a reader that does not read, and goes on when it does", () =>
    Effect.gen(function* () {
      const piece = new Uint8Array(65_536)
      const whole = 2000
      let made = 0
      const { port } = yield* serving(
        () =>
          new Response(
            new ReadableStream({
              pull: (controller) => (made++ < whole ? controller.enqueue(piece) : controller.close())
            })
          )
      )
      const incoming = yield* Effect.callback<http.IncomingMessage>((resume) => {
        http.get({ port, host: "127.0.0.1", agent: false }, (response) => resume(Effect.succeed(response)))
      })
      // Until nothing more is made for many turns.
      let still = 0
      for (let before = -1; still < 200; still = before === made ? still + 1 : 0) {
        before = made
        yield* Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))
      }
      assert.isBelow(made, whole / 2)
      const read = yield* Effect.promise(async () => {
        let length = 0
        for await (const data of incoming) length += data.length
        return length
      })
      assert.strictEqual(read, whole * piece.length)
    }).pipe(Effect.scoped)
  )
})
