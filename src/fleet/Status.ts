/**
 * What is told of an account, and why it is not: to other machines, to the API and in events. None of it holds a secret.
 */
import * as Schema from "effect/Schema"

/**
 * - `good`: its session was good when it was last looked at, or nobody has said otherwise yet
 * - `failing`: several times in a row nobody could tell; it is tried again, and nobody is asked to scan
 * - `scan`: there is no session, or one that is over and cannot be renewed: a person has to scan a code
 * - `paused`: left alone until it is resumed
 */
export const State = Schema.Literals(["good", "failing", "scan", "paused"])
export type State = typeof State.Type

export const Status = Schema.Struct({
  profile: Schema.String,
  site: Schema.String,
  state: State,
  /** When it is looked at next; missing where only a person can go on. */
  nextAt: Schema.optionalKey(Schema.DateTimeUtcFromString),
  /** Failures in a row. */
  failures: Schema.Int,
  /** The `_tag` of the last error, of `LoginError` or of this fleet; missing where there was none since the session was good. */
  lastError: Schema.optionalKey(Schema.String),
  /** When its session was obtained, and when that was last found good. */
  obtainedAt: Schema.optionalKey(Schema.DateTimeUtcFromString),
  checkedAt: Schema.optionalKey(Schema.DateTimeUtcFromString),
  /** Grows with each change. */
  version: Schema.Int,
  /** The machine that changed it last. */
  node: Schema.String,
  /** The name of the way by which it is asked for, where it has one of its own. */
  egress: Schema.optionalKey(Schema.String)
})
export type Status = typeof Status.Type

/** What happened to an account, or (with an empty profile) to the fleet. `detail` is a `_tag` or a count, never a secret. */
export const FleetEvent = Schema.Struct({
  id: Schema.Int,
  at: Schema.DateTimeUtcFromString,
  profile: Schema.String,
  tag: Schema.Literals([
    "added",
    "signed-in",
    "renewed",
    "recovered",
    "failing",
    "scan-needed",
    "paused",
    "resumed",
    "forgotten",
    "degraded",
    "restored"
  ]),
  detail: Schema.String
})
export type FleetEvent = typeof FleetEvent.Type
export type EventTag = FleetEvent["tag"]

/** No account has this profile. */
export class NoAccount extends Schema.TaggedError<NoAccount>()(
  "NoAccount",
  { profile: Schema.String },
  { httpApiStatus: 404 }
) {}

/** There is an account of this profile already. */
export class AlreadyThere extends Schema.TaggedError<AlreadyThere>()(
  "AlreadyThere",
  { profile: Schema.String },
  { httpApiStatus: 409 }
) {}

/** Somebody else changed the account meanwhile: what was seen of it is not true any more, and nothing was written. */
export class Superseded extends Schema.TaggedError<Superseded>()("Superseded", { profile: Schema.String }) {}

/** Its egress is one that no machine offers just now, or that is not known where it was asked for. It goes by no other. */
export class NoEgress extends Schema.TaggedError<NoEgress>()(
  "NoEgress",
  { profile: Schema.String, egress: Schema.String },
  { httpApiStatus: 503 }
) {}

/**
 * The database did not answer, a row of it does not open, or the key file is none that new keys can be taken from. `detail` is the kind of
 * the fault, without a word of the data.
 */
export class VaultFailed extends Schema.TaggedError<VaultFailed>()(
  "VaultFailed",
  { reason: Schema.Literals(["database", "sealed", "key file"]), detail: Schema.String },
  { httpApiStatus: 503 }
) {}
