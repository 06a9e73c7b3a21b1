/**
 * Rows of the tables, and what is read out of them. Whole numbers come as numbers, as texts or as big ones, as the database has it.
 */
import * as DateTime from "effect/DateTime"
import type { FleetEvent, State, Status } from "../Status.ts"

export interface Row {
  readonly profile: string
  readonly site: string
  readonly state: State
  readonly next_at: number | bigint | string | null
  readonly failures: number
  readonly last_error: string | null
  readonly version: number | bigint | string
  readonly scans: number
  readonly obtained_at: number | bigint | string | null
  readonly checked_at: number | bigint | string | null
  readonly node: string
  readonly egress: string | null
  readonly sealed: string | null
  readonly due?: number
}

export type EventRow = Pick<FleetEvent, "profile" | "tag" | "detail">

/** How many accounts have this state and this last error, and how many of these are due. */
export type CountRow = Pick<Row, "state" | "last_error"> & Readonly<Record<"n" | "due", number | string>>

export interface Counts extends Readonly<Record<State | "due", number>> {
  /** Accounts by their last error. */
  readonly lastErrors: Readonly<Record<string, number>>
}

export const countsOf = (rows: ReadonlyArray<CountRow>): Counts => {
  const counts = { good: 0, failing: 0, scan: 0, paused: 0, due: 0 }
  const lastErrors: Record<string, number> = {}
  for (const { due, last_error: error, n, state } of rows) {
    counts[state] += Number(n)
    counts.due += Number(due)
    if (error !== null) lastErrors[error] = (lastErrors[error] ?? 0) + Number(n)
  }
  return { ...counts, lastErrors }
}

export const statusOf = (row: Row): Status => ({
  profile: row.profile,
  site: row.site,
  state: row.state,
  failures: row.failures,
  version: Number(row.version),
  node: row.node,
  ...(row.egress === null ? {} : { egress: row.egress }),
  ...(row.next_at === null ? {} : { nextAt: timeOf(row.next_at) }),
  ...(row.last_error === null ? {} : { lastError: row.last_error }),
  ...(row.obtained_at === null ? {} : { obtainedAt: timeOf(row.obtained_at) }),
  ...(row.checked_at === null ? {} : { checkedAt: timeOf(row.checked_at) })
})

/** The end of time, as JavaScript has it. */
const end = 8.64e15

export const timeOf = (value: number | bigint | string) => DateTime.makeUnsafe(Math.min(Number(value), end))

/** As a pattern of LIKE with the sign ! in front of what is meant as it stands. */
export const escaped = (text: string) => text.replaceAll(/[!%_]/g, (sign) => `!${sign}`)
