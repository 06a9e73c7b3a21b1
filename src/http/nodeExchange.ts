/**
 * The direct way of an exchange: node:http(s), in one callback from the request to the end of the body, the deadline inside it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type http from "node:http"
import type https from "node:https"
import type { After } from "./deadlines.ts"
import { type Exchange, type Fault, type Head, type Incoming, nothing, type Outgoing } from "./Exchange.ts"
import { fromSocketError } from "./httpErrors.ts"
import { TooLarge } from "./response.ts"

export interface Agents {
  readonly http: http.Agent
  readonly https: https.Agent
}

/** How much of a body that nobody wants is read after the exchange, so that its connection can be used again. */
const unwantedBytes = 16 * 1024

export const nodeExchange =
  (agents: Agents, after: After): Exchange =>
  (outgoing, keep) =>
    Effect.withFiber((fiber) =>
      Effect.callback<Incoming, Fault>((resume) => {
        const request = open(agents, outgoing)
        let head: Head | undefined
        let over = false
        const chunks: Array<Buffer> = []
        let length = 0
        const end = (result: Effect.Effect<Incoming, Fault>) => {
          if (over) return
          over = true
          resume(head === undefined ? result : keepThen(head, result))
        }
        const fail = (fault: Fault) => {
          callOff()
          request.destroy()
          const partial = outgoing.partial && head !== undefined
          end(partial ? Effect.succeed({ ...head!, body: whole(chunks) }) : Effect.fail(fault))
        }
        const keepThen = <A, E>(arrived: Head, result: Effect.Effect<A, E>) =>
          arrived.setCookie.length === 0 ? result : Effect.andThen(keep(arrived), result)
        const callOff = after(fiber.getRef(Clock.Clock), outgoing.deadline, () => fail({ reason: "timeout" }))

        request.on("error", (error) => {
          // After the head it is the response that says what became of the body.
          if (head === undefined) fail(fromSocketError(error, "transport"))
        })
        request.on("upgrade", (response, socket) => {
          head = headOf(response)
          callOff()
          socket.destroy()
          end(Effect.succeed({ ...head, body: nothing }))
        })
        request.on("response", (response) => {
          const arrived = (head = headOf(response))
          const wanted = outgoing.maxBytes(arrived.status)
          if (wanted === 0) end(Effect.succeed({ ...arrived, body: nothing }))
          const limit = wanted === 0 ? unwantedBytes : wanted
          const take = (bytes: number) => {
            length += bytes
            if (length > limit) fail({ reason: TooLarge })
          }
          response.on("error", (error) => fail(fromSocketError(error, "reset")))
          response.on("data", (chunk: Buffer) => {
            if (!over) chunks.push(chunk.subarray(0, limit - length))
            take(chunk.length)
          })
          response.on("end", () => {
            callOff()
            // One tick later its connection is free, so that a request that follows at once needs no other.
            process.nextTick(end, Effect.succeed({ ...arrived, body: whole(chunks) }))
          })
          if (Number(response.headers["content-length"]) > limit && (over || !outgoing.partial)) take(Infinity)
        })
        request.end(outgoing.body)
        return Effect.suspend(() => {
          over = true
          callOff()
          request.destroy()
          return head === undefined ? Effect.void : keepThen(head, Effect.void)
        })
      })
    )

const open = (agents: Agents, { body, headers, method, url }: Outgoing): http.ClientRequest => {
  const secure = url.protocol === "https:"
  // Looked up for each request, since what intercepts requests exchanges these functions; and not imported, since to import
  // node:http is to load all of fetch.
  const { request } = process.getBuiltinModule(secure ? "node:https" : "node:http")
  return request(url, {
    agent: secure ? agents.https : agents.http,
    method,
    headers: body === undefined ? headers : { ...headers, "content-length": Buffer.byteLength(body) }
  })
}

const headOf = ({ headers, statusCode = 0 }: http.IncomingMessage): Head => ({
  status: statusCode,
  setCookie: headers["set-cookie"] ?? [],
  location: headers.location,
  retryAfter: headers["retry-after"],
  date: headers.date
})

// A copy: the pieces share their memory with the head, cookies and all.
const whole = (chunks: ReadonlyArray<Buffer>): Uint8Array => {
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
