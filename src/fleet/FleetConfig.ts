/**
 * How a fleet is paced: a reference with defaults, so that no layer is needed to use them.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Layer from "effect/Layer"

export interface FleetConfig {
  /** How long a session that was good is left alone; a tenth less at the most, so that a fleet does not come due at once. */
  readonly checkEvery: Duration.Duration
  /** Accounts that are asked for at the same time, over all machines. */
  readonly concurrency: number
  /** Accounts that are begun in a second, over all machines. Tencent's own limits are not known: keep it low. */
  readonly rate: number
  /** The wait after a first failure; it doubles with each that follows, up to `longestWait`. */
  readonly firstWait: Duration.Duration
  readonly longestWait: Duration.Duration
  /** Failures in a row after which an account is called failing, and somebody told. */
  readonly failingAfter: number
  /** How long events are kept. */
  readonly keepEvents: Duration.Duration
}

export const defaults: FleetConfig = {
  checkEvery: Duration.hours(6),
  concurrency: 16,
  rate: 2,
  firstWait: Duration.seconds(15),
  longestWait: Duration.hours(1),
  failingAfter: 3,
  keepEvents: Duration.days(90)
}

/** The configuration in force. */
export const FleetConfig = Context.Reference<FleetConfig>("webqq-login/fleet/FleetConfig", {
  defaultValue: () => defaults
})

/** Changes some of the values. */
export const layer = (options: Partial<FleetConfig>): Layer.Layer<never> =>
  Layer.succeed(FleetConfig, { ...defaults, ...options })
