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
  const address = new URL(incoming.url ?? "/", "http://127.0.0.1")
  const response = await handler(
    new Request(address, { method: incoming.method ?? "GET", headers, signal: gone.signal })
  )
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  const reader = response.body?.getReader()
  gone.signal.addEventListener("abort", () => void reader?.cancel().catch(() => undefined))
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) outgoing.write(part.value)
  outgoing.end()
}
