/**
 * What a request may meet, and what becomes of it, as data: one table for both ways of an exchange (`nodeExchange.ts` and
 * `generalExchange.ts`), over sockets and under nock. Nothing here is computed from what they did.
 */
import type { QqRequest } from "../../src/protocol/Endpoints.ts"

export interface Met {
  readonly name: string
  readonly request?: Partial<QqRequest>
  /** What the server sends: a head and some body, or these bytes in the place of HTTP, or nothing. */
  readonly answer:
    | {
        readonly status: number
        readonly headers?: ReadonlyArray<readonly [string, string]>
        readonly body?: string | Uint8Array
      }
    | { readonly raw: string }
    | undefined
  /** How it goes on from there; by default it ends. */
  readonly next?: "stalls" | "is cut off" | "goes on for ever"
  /** The answer, or the error with those of its fields that count. */
  readonly becomes:
    | { readonly status: number; readonly text: string }
    | { readonly _tag: "AccessDenied" }
    | {
        readonly _tag: "HttpFailed"
        readonly reason: string
        readonly code?: string
        readonly status?: number
        readonly retryAfterMillis?: number
      }
  /** The cookies that are in the jar afterwards. */
  readonly kept?: string
  /** Only sockets can show it. */
  readonly socketsOnly?: true
}

const cookies = [
  ["Set-Cookie", "a=1; Path=/; Expires=Fri, 01-Jan-2038 00:00:00 GMT"],
  ["Set-Cookie", "b=2; Path=/"]
] as const
const kept = "a=1; b=2"
const half = { status: 200, headers: [...cookies, ["Content-Length", "500"]], body: "x".repeat(100) } as const
const timeout = { _tag: "HttpFailed", reason: "timeout" } as const
const reset = { _tag: "HttpFailed", reason: "reset", code: "ECONNRESET" } as const
const tooLarge = { _tag: "HttpFailed", reason: "too large" } as const
const status = (code: number) => ({ _tag: "HttpFailed", reason: "status", status: code }) as const
const headOnly: Partial<QqRequest> = { step: "Authorize", maxBytes: 0 }
const redirects: Partial<QqRequest> = { step: "Redirect", maxBytes: 1024, redirects: true }

export const met: ReadonlyArray<Met> = [
  {
    name: "a whole answer with cookies",
    answer: { status: 200, headers: cookies, body: "whole" },
    becomes: { status: 200, text: "whole" },
    kept
  },
  { name: "an empty answer", answer: { status: 200 }, becomes: { status: 200, text: "" } },
  { name: "no content", answer: { status: 204 }, becomes: { status: 204, text: "" } },
  {
    name: "a redirect, which nobody follows",
    answer: { status: 302, headers: [["Location", "https://evil.example/"]], body: "gone" },
    becomes: { status: 302, text: "gone" }
  },
  { name: "a page that is missing", answer: { status: 404, body: "no" }, becomes: { status: 404, text: "no" } },
  {
    name: "gzip that nobody asked for, which stays as it is",
    answer: { status: 200, headers: [["Content-Encoding", "gzip"]], body: "no gzip" },
    becomes: { status: 200, text: "no gzip" }
  },
  {
    name: "a body in the largest size",
    answer: { status: 200, body: "x".repeat(1024) },
    becomes: { status: 200, text: "x".repeat(1024) }
  },
  {
    name: "a body one byte larger",
    answer: { status: 200, headers: cookies, body: "x".repeat(1025) },
    becomes: tooLarge,
    kept
  },
  {
    name: "a length that is too large",
    answer: { status: 200, headers: [...cookies, ["Content-Length", "1025"]], body: "x" },
    next: "stalls",
    becomes: tooLarge,
    kept
  },
  {
    name: "a body without end",
    answer: { status: 200, headers: cookies, body: "x" },
    next: "goes on for ever",
    becomes: tooLarge,
    kept
  },
  { name: "access denied", answer: { status: 403, headers: cookies }, becomes: { _tag: "AccessDenied" }, kept },
  {
    name: "access denied at endless length",
    answer: { status: 403, headers: cookies, body: "x" },
    next: "goes on for ever",
    becomes: { _tag: "AccessDenied" },
    kept
  },
  { name: "a server that timed out", answer: { status: 408 }, becomes: status(408) },
  {
    name: "a server that asks for seven seconds",
    answer: { status: 429, headers: [...cookies, ["Retry-After", "7"]] },
    becomes: { ...status(429), retryAfterMillis: 7000 },
    kept
  },
  {
    name: "a server that asks for a minute, by its own clock",
    answer: {
      status: 503,
      headers: [
        ["Date", "Tue, 20 Nov 2018 08:00:00 GMT"],
        ["Retry-After", "Tue, 20 Nov 2018 08:01:00 GMT"]
      ]
    },
    becomes: { ...status(503), retryAfterMillis: 60_000 }
  },
  {
    name: "a server in trouble that never ends its page",
    answer: { status: 500, headers: cookies, body: "x" },
    next: "stalls",
    becomes: status(500),
    kept
  },
  { name: "a hang before the head", answer: undefined, next: "stalls", becomes: timeout },
  { name: "a stall in the body", answer: half, next: "stalls", becomes: timeout, kept },
  { name: "a reset before the head", answer: undefined, next: "is cut off", becomes: reset },
  { name: "a body that is cut off", answer: half, next: "is cut off", becomes: reset, kept },
  {
    name: "a page of which only the head counts",
    request: headOnly,
    answer: half,
    next: "stalls",
    becomes: { status: 200, text: "" },
    kept
  },
  {
    name: "a page in place of a redirect",
    request: redirects,
    answer: { status: 200, headers: cookies, body: "whole" },
    becomes: { status: 200, text: "whole" },
    kept
  },
  ...(["stalls", "is cut off"] as const).map((next) => ({
    name: `a page in place of a redirect that ${next}: what came of it tells enough`,
    request: redirects,
    answer: half,
    next,
    becomes: { status: 200, text: half.body },
    kept
  })),
  {
    name: "a page in place of a redirect, without end",
    request: redirects,
    answer: { status: 200, headers: cookies, body: "x" },
    next: "goes on for ever",
    becomes: { status: 200, text: "x".repeat(1024) },
    kept
  },
  {
    name: "a page in place of a redirect that is as long as it says",
    request: redirects,
    answer: { status: 200, headers: [["Content-Length", "1025"]], body: "x".repeat(1025) },
    becomes: { status: 200, text: "x".repeat(1024) }
  },
  {
    name: "a check_sig whose body stalls: its head has said all",
    request: redirects,
    answer: { ...half, status: 302 },
    next: "stalls",
    becomes: { status: 302, text: "" },
    kept
  },
  {
    name: "a check_sig whose body is cut off",
    request: redirects,
    answer: { ...half, status: 302 },
    next: "is cut off",
    becomes: { status: 302, text: "" },
    kept
  },
  {
    name: "a check_sig without end",
    request: redirects,
    answer: { status: 302, headers: cookies, body: "x" },
    next: "goes on for ever",
    becomes: { status: 302, text: "" },
    kept
  },
  {
    name: "a head that is too large",
    answer: { status: 200, headers: [["X-Bomb", "x".repeat(100_000)]] },
    becomes: { _tag: "HttpFailed", reason: "transport", code: "HPE_HEADER_OVERFLOW" },
    socketsOnly: true
  },
  {
    name: "no HTTP at all",
    answer: { raw: "SSH-2.0-OpenSSH_9.6\r\n" },
    becomes: { _tag: "HttpFailed", reason: "transport", code: "HPE_INVALID_CONSTANT" },
    socketsOnly: true
  },
  {
    name: "pieces of no size",
    answer: {
      raw: "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\nzz\r\n"
    },
    becomes: reset,
    kept: "a=1",
    socketsOnly: true
  },
  {
    name: "early hints before the answer",
    answer: { raw: "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole" },
    becomes: { status: 200, text: "whole" },
    socketsOnly: true
  },
  {
    name: "an answer without a length, that ends with its connection",
    answer: { raw: "HTTP/1.0 200 OK\r\n\r\nwhole" },
    becomes: { status: 200, text: "whole" },
    socketsOnly: true
  },
  {
    name: "another protocol, which nobody asked for",
    answer: { raw: "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nbytes" },
    becomes: { status: 101, text: "" },
    socketsOnly: true
  }
]

/** What the system may say before there is an answer. */
export const systemErrors: ReadonlyArray<readonly [code: string, reason: string]> = [
  ["ENOTFOUND", "dns"],
  ["EAI_AGAIN", "dns"],
  ["ECONNREFUSED", "connect"],
  ["EHOSTUNREACH", "connect"],
  ["ECONNRESET", "reset"],
  ["EPIPE", "reset"],
  ["ETIMEDOUT", "timeout"],
  ["CERT_HAS_EXPIRED", "tls"],
  ["EMFILE", "too many open files"],
  ["ENFILE", "too many open files"],
  ["EWHATEVER", "transport"]
]
