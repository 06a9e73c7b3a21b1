/**
 * What a request is before it is sent, and how a query is written.
 */
import * as Redacted from "effect/Redacted"
import type { Step } from "../errors/LoginError.ts"

/** One request, ready to be sent. Its URL and its body may hold secrets, so both are redacted. */
export interface QqRequest {
  readonly step: Step
  readonly method: "GET" | "POST"
  readonly url: Redacted.Redacted
  readonly headers: Readonly<Record<string, string>>
  /** The body: a form or JSON, as the header content-type says. */
  readonly form?: Redacted.Redacted
  /** The largest answer that makes sense, in bytes; 0 where only status and cookies count and the body is not read. */
  readonly maxBytes: number
  /**
   * Whether a redirect is what should come: then its head says all. Of any other answer the beginning is read, at most `maxBytes` and whatever
   * becomes of the rest, to tell what kind of page it is.
   */
  readonly redirects?: true
}

/**
 * Values that change from one request to the next. `random` is in [0, 1), `now` is epoch milliseconds. The servers never
 * checked them; the seed dialect sends its constants in their place.
 */
export interface Variation {
  readonly random: number
  readonly now: number
}

export type Query = ReadonlyArray<readonly [name: string, value: string]>

export const kibibyte = 1024

// Percent-encoded as a browser's encodeURIComponent does it: the official pages built their queries that way. A token of a server may hold
// half a letter, of which that function throws.
export const encode = (query: Query) =>
  query.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join("&")

export const text = (base: string, query: Query) => (query.length === 0 ? base : `${base}?${encode(query)}`)

export const address = (base: string, query: Query) => Redacted.make(text(base, query), { label: "url" })
