/**
 * What a command is given beside the values of its line. Tests give it another store, terminal or network.
 */
import type * as Layer from "effect/Layer"
import type { HttpClient } from "effect/http/HttpClient"
import type { StoreFailed } from "../../errors/LoginError.ts"
import type { Language } from "../../Language.ts"
import type { SessionStore } from "../../store/SessionStore.ts"
import type { Input, Streams } from "../terminal/streams.ts"

export interface Surroundings {
  readonly streams: Streams
  readonly language: Language
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where sessions are kept, if not in the user's files. */
  readonly store?: Layer.Layer<SessionStore, StoreFailed>
  /** Where a passphrase is typed, if not on stdin. */
  readonly input?: Input
  /** Whether people want a line for each request. */
  readonly verbose?: boolean
  /** The proxy that the line named, or `none`; and the browser. */
  readonly proxy?: string
  readonly userAgent?: string
  /** The file that a thread or a process of our own runs; where there is none, its work is done here. */
  readonly entry?: string
  /** Another network. */
  readonly httpClient?: Layer.Layer<HttpClient>
}
