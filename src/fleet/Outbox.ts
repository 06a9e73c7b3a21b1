/**
 * Who is told when the state of an account changes. It is asked inside of the transaction that writes the change, so that either both
 * happen or neither does. Without one, nobody is told.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"

export const types = ["scan-needed", "recovered", "failing", "degraded"] as const

export interface News {
  /** Told once, however often it is offered. */
  readonly id: string
  readonly type: (typeof types)[number]
  /** Empty where it is about the fleet. */
  readonly profile: string
  readonly site: string
}

export const Outbox = Context.Reference<{
  readonly offer: (news: News) => Effect.Effect<void, SqlError>
}>("webqq-login/fleet/Outbox", { defaultValue: () => ({ offer: () => Effect.void }) })
