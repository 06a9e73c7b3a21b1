/**
 * A handler of web requests, as Effect and browsers have them, behind node:http. Requests without a body only: nothing that this
 * machine serves to a browser takes one.
 */
import type * as Http from "node:http"

type WebHandler = (request: Request) => Promise<Response>

/** Answers a node:http request with a handler of web requests; ends what the handler streams when the reader goes away. */
export const answer = async (
  handler: WebHandler,
  incoming: Http.IncomingMessage,
  outgoing: Http.ServerResponse
): Promise<void> => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (typeof value === "string") headers.set(name, value)
  }
  const gone = new AbortController()
  outgoing.once("close", () => gone.abort())
  const path = incoming.url ?? "/"
  // A path may begin with two slashes, and is no host for it.
  const address = URL.parse(path.startsWith("/") ? `http://127.0.0.1${path}` : path)
  const { method = "GET" } = incoming
  if (address === null || forbidden.has(method)) return void outgoing.writeHead(address === null ? 400 : 405).end()
  const response = await handler(new Request(address, { method, headers, signal: gone.signal }))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  const reader = response.body?.getReader()
  gone.signal.addEventListener("abort", () => void reader?.cancel().catch(() => undefined))
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    if (!outgoing.write(part.value)) await taken(outgoing, gone.signal)
  }
  outgoing.end()
}

/** By the Fetch standard, so that there is no such request. */
const forbidden: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"])

/** A reader that does not read gets nothing more to keep. */
const taken = (outgoing: Http.ServerResponse, gone: AbortSignal) =>
  new Promise<void>((resolve) => {
    outgoing.once("drain", resolve)
    gone.addEventListener("abort", () => resolve(), { once: true })
  })
