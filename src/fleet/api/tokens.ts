/**
 * Who may ask: two tokens, compared in a time that says nothing of them.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"
import { Forbidden, MayAct, MayRead, Unauthorized } from "./Api.ts"

export type Scope = "read" | "secrets"

/** The tokens of a fleet. */
export class Tokens extends Context.Service<Tokens, { readonly [S in Scope]: Redacted.Redacted }>()(
  "webqq-login/fleet/Tokens"
) {}

/** What this token may do; nothing where it is none of ours. */
export const scopeOf = (tokens: Tokens["Service"], token: string): Scope | undefined => {
  // Both are compared, whichever it is.
  const [mayRead, mayAct] = [tokens.read, tokens.secrets].map((own) => isSame(Redacted.value(own), token))
  return mayAct ? "secrets" : mayRead ? "read" : undefined
}

/** Compares a secret with what was given for it, in a time that says nothing of either. */
export const isSame = (own: string, given: string): boolean =>
  timingSafeEqual(digest(own), digest(given)) && given !== ""

const digest = (text: string) => createHash("sha256").update(text).digest()

/** The token of an `Authorization` header. */
export const bearer = (authorization = ""): string => /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1] ?? ""

const allowing = (scopes: ReadonlySet<Scope>) =>
  Effect.map(Tokens, (tokens) => ({
    token: <A, E, R>(answer: Effect.Effect<A, E, R>, { credential }: { readonly credential: Redacted.Redacted }) =>
      Effect.suspend((): Effect.Effect<A, E | Unauthorized | Forbidden, R> => {
        const scope = scopeOf(tokens, Redacted.value(credential))
        if (scope === undefined) return Effect.fail(new Unauthorized())
        return scopes.has(scope) ? answer : Effect.fail(new Forbidden())
      })
  }))

export const layer: Layer.Layer<MayRead | MayAct, never, Tokens> = Layer.mergeAll(
  Layer.effect(MayRead, allowing(new Set(["read", "secrets"]))),
  Layer.effect(MayAct, allowing(new Set(["secrets"])))
)
