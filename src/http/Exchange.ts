/**
 * One request and its answer, as the two ways of sending it have it in common: the direct one (`Transport.ts`), and the general
 * one over any `HttpClient` (`generalExchange.ts`). What is decided of an answer stands above both, in `QqHttp.ts`.
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { HttpFailed } from "../errors/LoginError.ts"

/** A request, whole: nothing is added to it but what HTTP itself needs. */
export interface Outgoing {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** How many bytes of body make sense for a status; 0 where its head says all, which is then the end of the exchange. */
  readonly maxBytes: (status: number) => number
  /** Whether some of the body will do: where it is larger, breaks off or is late, what has come of it is the answer. */
  readonly partial: boolean
  /** Limit of the whole exchange, by Effect's Clock. */
  readonly deadline: Duration.Duration
}

/** What comes before the body. */
export interface Head {
  readonly status: number
  /** Raw `Set-Cookie` lines, one by one, in their order. */
  readonly setCookie: ReadonlyArray<string>
  readonly location: string | undefined
  readonly retryAfter: string | undefined
  readonly date: string | undefined
}

/** A whole answer. Where its head says all, the body is empty. */
export interface Incoming extends Head {
  readonly body: Uint8Array
}

/** Why there is no answer. Nothing of the request is in it. */
export interface Fault {
  readonly reason: HttpFailed["reason"]
  /** The system's own code. */
  readonly code?: string
  /** Of a proxy that failed: its address, without user and password. */
  readonly proxy?: string
}

/**
 * Sends one request, follows no redirect, and is over with the last byte of the body that is wanted. Every head that comes is given
 * to `keep`, once, whatever becomes of its body and also where the exchange is interrupted. Interruption closes the request.
 */
export type Exchange = (request: Outgoing, keep: (head: Head) => Effect.Effect<void>) => Effect.Effect<Incoming, Fault>

export const nothing = new Uint8Array()
