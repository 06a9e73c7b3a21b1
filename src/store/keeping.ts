/**
 * Whose place a session may take. One that was renewed goes where the old one still lies, and nowhere else: what was forgotten or saved
 * there meanwhile stays. One that somebody has just scanned is never dropped: it replaces what its own account had, and goes to a
 * place of its own where another account has the one that was asked for.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { StoreFailed } from "../errors/LoginError.ts"
import type { Session } from "../Session.ts"
import { isSameText, type Saved } from "./keptText.ts"
import { defaultProfile, type SessionStore } from "./SessionStore.ts"
import { storeFailed } from "./storeFailed.ts"

type Store = SessionStore["Service"]

/** Whether both are sessions of one account at one site. */
export const isSameAccount = (a: Session, b: Session): boolean => a.site === b.site && a.uin === b.uin

/** Whether `a` was obtained later than `b`. */
const isNewer = (a: Session, b: Session): boolean => a.obtainedAt.epochMilliseconds > b.obtainedAt.epochMilliseconds

/** Keeps a session in the place of `before`, where that is still what lies there. */
export const replace = (store: Store, before: Saved, session: Session): Effect.Effect<Saved, StoreFailed> =>
  store.update(before.profile, (kept) => {
    if (kept === undefined) return Result.fail(storeFailed(before.profile, "it was forgotten meanwhile"))
    if (isSameText(kept, before)) return Result.succeed(session)
    return Result.fail(storeFailed(before.profile, "another session was saved there meanwhile"))
  })

/** Keeps a session where nothing lies, or an older one of the same account. */
export const add = (store: Store, profile: string, session: Session): Effect.Effect<Saved, StoreFailed> =>
  store.update(profile, (kept) =>
    kept === undefined || (isSameAccount(kept.session, session) && !isNewer(kept.session, session))
      ? Result.succeed(session)
      : Result.fail(storeFailed(profile, "another session was saved there meanwhile"))
  )

export interface Wish {
  readonly profile: string | undefined
  /** Whether it may take the place of another account's session. */
  readonly force: boolean
}

/** Keeps a session that was scanned: under the profile asked for, or else under one of its own. */
export const put = Effect.fnUntraced(function* (store: Store, session: Session, { force, profile }: Wish) {
  const own = defaultProfile(session)
  const places = new Set([profile ?? own, own, ...Array.from({ length: 8 }, (_, i) => `${own}-${i + 2}`)])
  let first: StoreFailed | undefined
  for (const place of places) {
    const kept = yield* Effect.result(
      store.update(place, (there) =>
        there === undefined || isSameAccount(there.session, session) || (force && place === profile)
          ? Result.succeed(session)
          : Result.fail(storeFailed(place, "another session was saved there meanwhile"))
      )
    )
    if (Result.isSuccess(kept)) return kept.success
    first ??= kept.failure
    if (!occupied.has(kept.failure.reason)) break
  }
  return yield* first ?? storeFailed(own, "another session was saved there meanwhile")
})

/** What is wrong with one place, and not with all of them. */
const occupied: ReadonlySet<StoreFailed["reason"]> = new Set([
  "another session was saved there meanwhile",
  "it is a symbolic link",
  "it is not a plain file",
  "it is far too large for a session",
  "it is not UTF-8 text",
  "it is not JSON",
  "it is not a saved session",
  "it has a newer format",
  "it holds another profile"
])
