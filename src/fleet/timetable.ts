/**
 * What becomes of an account, and when it is looked at next. All of it is pure: `chance` is a number from 0 to 1.
 */
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import type { LoginError } from "../errors/LoginError.ts"
import type { Session } from "../Session.ts"
import type { FleetConfig } from "./FleetConfig.ts"
import type { NoEgress, Status } from "./Status.ts"
import type { Change } from "./Vault.ts"

/** Milliseconds to wait after a session was good: until its next check, or until two thirds of its life are over, if it says when it ends. */
export const afterGood = (config: FleetConfig, session: Session, now: number, chance: number): number => {
  const usual = Duration.toMillis(config.checkEvery) * (0.9 + 0.1 * chance)
  if (session.expiresAt === undefined) return Math.round(usual)
  const obtained = session.obtainedAt.epochMilliseconds
  const due = obtained + ((session.expiresAt.epochMilliseconds - obtained) * 2) / 3 - now
  return Math.round(due > 0 ? Math.min(usual, due) : usual)
}

/** No server is stayed away from for longer, whatever it asks for: in a year, no session lives. */
const longestAsked = 86_400_000

/** No account is left alone for longer, whatever happens. */
export const longest = ({ checkEvery, longestWait }: FleetConfig): number =>
  Math.max(Duration.toMillis(checkEvery), Duration.toMillis(longestWait), longestAsked)

/** Milliseconds to wait after the `failures`-th failure in a row, and no less than the server asked for, up to a day. */
export const afterFailure = (
  config: FleetConfig,
  failures: number,
  error: LoginError | NoEgress | undefined,
  chance: number
) => {
  const first = Duration.toMillis(config.firstWait)
  const wait = Math.min(first * 2 ** Math.min(failures - 1, 30), Duration.toMillis(config.longestWait))
  const asked = error?._tag === "HttpFailed" ? Math.min(error.retryAfterMillis ?? 0, longestAsked) : 0
  return Math.round(Math.max(wait * (0.75 + 0.25 * chance), asked))
}

/**
 * What becomes of an account of which nobody can tell: a network, a rate limit, an egress that is away or an answer that nobody knows
 * says nothing of the session, and it stays what it is. `quiet`: nobody is told, since all have it.
 */
export const troubled = (
  config: FleetConfig,
  seen: Status,
  error: LoginError | NoEgress | undefined,
  chance: number,
  quiet: boolean
): Change => {
  const failures = seen.failures + 1
  const lastError = error?._tag ?? "Unexpected"
  const isNew = failures >= config.failingAfter && seen.state === "good"
  return {
    state: isNew ? "failing" : seen.state,
    wait: seen.state === "scan" ? undefined : afterFailure(config, failures, error, chance),
    failures,
    lastError,
    event: isNew ? ["failing", lastError] : undefined,
    tell: isNew && !quiet ? "failing" : undefined
  }
}

/** What an account's turn came to: its session, which may be a new one, or why there is none and what the old one was refused for. */
export type Outcome = Result.Result<
  Session,
  { readonly error: LoginError | NoEgress | undefined; readonly refusal: string }
>

export const afterTurn = (
  config: FleetConfig,
  seen: Status,
  before: Session,
  outcome: Outcome,
  { chance, now }: { readonly chance: number; readonly now: number },
  quiet: boolean
): Change => {
  if (Result.isSuccess(outcome)) {
    const session = outcome.success
    const wasOut = seen.state !== "good"
    const wait = afterGood(config, session, now, chance)
    const change: Change = { state: "good", wait, checked: true, tell: wasOut ? "recovered" : undefined }
    if (session === before) return { ...change, event: wasOut ? ["recovered", ""] : undefined }
    return { ...change, session, event: ["renewed", ""] }
  }
  const { error, refusal } = outcome.failure
  if (error?._tag !== "ScanNeeded") return troubled(config, seen, error, chance, quiet)
  const isNew = seen.state !== "scan"
  return {
    state: "scan",
    wait: undefined,
    lastError: refusal,
    event: isNew ? ["scan-needed", refusal] : undefined,
    tell: isNew ? "scan-needed" : undefined
  }
}
