/**
 * What a database answers, or that it does not: one that is away for some seconds is waited for, and no more is told of a fault than its kind.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { VaultFailed } from "../Status.ts"

/** A database that is away for some seconds is waited for, so that a session in hand is not lost with it. */
const patience = Schedule.max([Schedule.spaced("250 millis"), Schedule.recurs(36)])

/** A Postgres that is stopped, has crashed or is starting says so (57P01 to 57P03), which its driver takes for an unknown fault. */
const passes = ({ reason }: SqlError) =>
  reason.isRetryable || /^57P0[123]$/.test(String((reason.cause as { readonly code?: unknown } | undefined)?.code))

/** The words of a database may quote what was to be written: only the kind of its fault is told. */
export const answered = <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>) =>
  effect.pipe(
    Effect.retry({ schedule: patience, while: (error) => isSqlError(error) && passes(error) }),
    Effect.mapError((error) =>
      isSqlError(error) ? new VaultFailed({ reason: "database", detail: error.reason._tag }) : error
    )
  ) as Effect.Effect<A, Exclude<E, SqlError> | VaultFailed, R>
