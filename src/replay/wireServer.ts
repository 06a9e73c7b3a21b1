/**
 * From node:http to the engine's requests and answers.
 */
import type * as Http from "node:http"
import type { Answer, WireRequest } from "./engine/Engine.ts"

const pairs = (raw: ReadonlyArray<string>): ReadonlyArray<readonly [string, string]> =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []))

/** Bytes of a body. No request of a login has more than a thousand. */
export const maxBody = 2 ** 20

/** Reads a request to its end; `url` is its logical address. Nothing where its body is longer than any may be. */
export const readRequest = async (request: Http.IncomingMessage, url: string): Promise<WireRequest | undefined> => {
  const chunks: Array<Buffer> = []
  let length = 0
  // Its connection is still needed, to say so.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length
    if (length > maxBody) return undefined
    chunks.push(chunk as Buffer)
  }
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
