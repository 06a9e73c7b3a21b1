/**
 * What a database answers, or that it does not: one that is away for some seconds is waited for, and no more is told of a fault than its kind.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { isSqlError, SqlError, StatementTimeoutError } from "effect/sql/SqlError"
import { VaultFailed } from "../Status.ts"

/** A database that is away for some seconds is waited for, so that a session in hand is not lost with it. */
const patience = Schedule.upTo(Schedule.spaced("250 millis"), { duration: "9 seconds" })

/**
 * One that says nothing for so long is not at the other end any more: its machine vanished, or was cut off. What was sent is not waited for
 * until TCP gives it up, which takes a quarter of an hour, since all who come next would wait for the same connection.
 */
const silence = Duration.seconds(15)
const silent = new SqlError({
  reason: new StatementTimeoutError({ cause: undefined, message: "no answer", operation: "execute" })
})

/** Whatever a file is asked for that is not where it was any more. */
export const gone = "ERR_FILE_GONE"

/** Faults by the codes of SQLite and of Postgres, whose drivers take them for unknown ones. */
const kinds: Readonly<Record<string, string>> = {
  [gone]: "FileGone",
  // SQLITE_BUSY, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_CANTOPEN and SQLITE_NOTADB.
  5: "Locked",
  8: "ReadOnly",
  10: "DiskFailed",
  11: "Damaged",
  13: "DiskFull",
  14: "CannotOpen",
  26: "Damaged",
  53100: "DiskFull",
  // A Postgres that is stopped, has crashed or is starting.
  "57P01": "Stopped",
  "57P02": "Stopped",
  "57P03": "Stopped"
}

/** Those that nobody has to wait for: they stay. */
const lasting: ReadonlySet<string | undefined> = new Set([undefined, "Damaged", "CannotOpen"])

const known = ({ reason }: SqlError): string | undefined => {
  const { code, errcode } = (reason.cause ?? {}) as { readonly code?: unknown; readonly errcode?: unknown }
  const key = typeof errcode === "number" ? errcode & 0xff : String(code)
  return Object.hasOwn(kinds, key) ? kinds[key] : undefined
}

/** The kind of a fault. The words of a database may quote what was to be written. */
export const kindOf = (error: SqlError): string => known(error) ?? error.reason._tag

/** What is asked once. */
export const told = <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>) =>
  Effect.mapError(effect, (error) =>
    isSqlError(error) ? new VaultFailed({ reason: "database", detail: kindOf(error) }) : error
  ) as Effect.Effect<A, Exclude<E, SqlError> | VaultFailed, R>

export const answered = <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>) =>
  effect.pipe(
    Effect.timeoutOrElse({ duration: silence, orElse: () => Effect.fail(silent) }),
    Effect.retry({
      schedule: patience,
      while: (error) => isSqlError(error) && (error.reason.isRetryable || !lasting.has(known(error)))
    }),
    told
  )
