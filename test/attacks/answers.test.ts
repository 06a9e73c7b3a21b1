/**
 * Answers that no decent server gives, byte for byte, in both ways of an exchange: each ends, as an answer or as an error of a login, and
 * the connection is not used again for what comes next.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as net from "node:net"
import { exchange, ways } from "../support/exchanging.ts"

const ok = "HTTP/1.1 200 OK\r\n"
const whole = "Content-Length: 5\r\n\r\nwhole"
const chunked = "Transfer-Encoding: chunked\r\n\r\n"
const lines = (count: number, line: (n: number) => string) => Array.from({ length: count }, (_, n) => line(n)).join("")

type Becomes = "whole" | "an answer" | "an error" | "either"

const answers: ReadonlyArray<readonly [name: string, bytes: string, becomes: Becomes]> = [
  ["5,000 cookies", `${ok}${lines(5000, (n) => `Set-Cookie: c${n}=v; Path=/\r\n`)}${whole}`, "an error"],
  ["300 cookies, of which a jar holds less", `${ok}${lines(300, (n) => `Set-Cookie: c${n}=v\r\n`)}${whole}`, "whole"],
  ["5,000 heads", `${ok}${lines(5000, (n) => `X-${n}: y\r\n`)}${whole}`, "an error"],
  ["one head without end", `${ok}X: ${"y".repeat(1_000_000)}`, "an error"],
  ["a name of a head without end", `${ok}${"y".repeat(1_000_000)}`, "an error"],
  ["heads of others between them", `${lines(2000, () => "HTTP/1.1 100 Continue\r\n\r\n")}${ok}${whole}`, "whole"],
  ["nothing but heads of others", lines(5000, () => "HTTP/1.1 102 Processing\r\n\r\n"), "an error"],
  ["status 199", `HTTP/1.1 199 Odd\r\n\r\n${ok}${whole}`, "either"],
  ["status 000", `HTTP/1.1 000 None\r\n${whole}`, "either"],
  ["status 999", `HTTP/1.1 999 Most\r\n${whole}`, "either"],
  ["status 20", `HTTP/1.1 20 Short\r\n${whole}`, "either"],
  ["HTTP/0.9", "<html>whole</html>", "an error"],
  ["HTTP/2 from the start", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "an error"],
  ["two lengths", `${ok}Content-Length: 4\r\n${whole}`, "an error"],
  ["a length of less than nothing", `${ok}Content-Length: -1\r\n\r\nwhole`, "an error"],
  ["a length that is none", `${ok}Content-Length: 0x5\r\n\r\nwhole`, "an error"],
  ["a length beyond all numbers", `${ok}Content-Length: ${"9".repeat(40)}\r\n\r\nwhole`, "an error"],
  ["a length beside pieces", `${ok}Content-Length: 3\r\n${chunked}5\r\nwhole\r\n0\r\n\r\n`, "an error"],
  ["pieces that are named twice", `${ok}Transfer-Encoding: chunked, chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n`, "either"],
  ["a piece of a size beyond all numbers", `${ok}${chunked}FFFFFFFFFFFFFFFFF\r\nwhole`, "an error"],
  ["a piece of less than nothing", `${ok}${chunked}-5\r\nwhole\r\n0\r\n\r\n`, "an error"],
  ["a piece with a remark without end", `${ok}${chunked}5;${"x".repeat(1_000_000)}\r\nwhole`, "an error"],
  ["100,000 pieces of one byte", `${ok}${chunked}${lines(100_000, () => "1\r\nx\r\n")}0\r\n\r\n`, "an error"],
  [
    "heads after the body",
    `${ok}Trailer: Set-Cookie\r\n${chunked}5\r\nwhole\r\n0\r\nSet-Cookie: late=1\r\n\r\n`,
    "whole"
  ],
  [
    "heads after the body without end",
    `${ok}${chunked}5\r\nwhole\r\n0\r\n${lines(5000, (n) => `X-${n}: y\r\n`)}`,
    "an error"
  ],
  ["lines that end in LF alone", "HTTP/1.1 200 OK\nContent-Length: 5\n\nwhole", "either"],
  ["a NUL in a head", `${ok}X: a\0b\r\n${whole}`, "an error"],
  ["a head that is folded", `${ok}X: a\r\n b\r\n${whole}`, "either"],
  ["a head without a colon", `${ok}nothing\r\n${whole}`, "an error"],
  ["a reason that steers a terminal", `HTTP/1.1 200 \x1b[2J\r\n${whole}`, "either"],
  ["a length that is more than comes", `${ok}Content-Length: 50\r\n\r\nwhole`, "an error"],
  ["a head that is cut off", `${ok}Content-Le`, "an error"],
  ["nothing at all", "", "an error"],
  ["more than was asked for", `${ok}${whole}${ok}Set-Cookie: second=1\r\n${whole}`, "whole"]
]

/** Says that to every connection once it has asked, and hangs up; how often it was asked. */
const saying = (bytes: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly server: net.Server; readonly port: number }>((resume) => {
      const server = net.createServer((socket) => {
        socket.on("error", () => {})
        socket.once("data", () => socket.end(Buffer.from(bytes, "latin1")))
      })
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed({ server, port: (server.address() as net.AddressInfo).port }))
      )
    }),
    ({ server }) => Effect.sync(() => server.close())
  )

describe.each(ways)("in %s, an answer", (_, layer) => {
  it.live.each(answers)("with %s ends, as what it is or as an error", ([name, bytes, becomes]) =>
    Effect.gen(function* () {
      const { port } = yield* saying(bytes)
      const { became, kept = "" } = yield* exchange(`http://127.0.0.1:${port}/path`, {}, Duration.seconds(20))
      const what = "text" in became ? (became.text === "whole" ? "whole" : "an answer") : "an error"
      if (becomes !== "either") assert.strictEqual(what, becomes, JSON.stringify(became).slice(0, 200))
      assert.notMatch(kept, /late|second/, name)
      assert.isBelow(kept.split(";").length, 129)
    }).pipe(Effect.provide(layer), Effect.scoped)
  )
})
