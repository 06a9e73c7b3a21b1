/**
 * What happens on the way from a QR code to a session, in the order in which people care about it.
 */
import * as Schema from "effect/Schema"
import { Step } from "./LoginError.ts"
import { Session } from "./Session.ts"

const Waiting = Schema.TaggedStruct("Waiting", {})
const Scanned = Schema.TaggedStruct("Scanned", {})
const ScanWithdrawn = Schema.TaggedStruct("ScanWithdrawn", {})
const Expired = Schema.TaggedStruct("Expired", { attempt: Schema.Int })
const Confirmed = Schema.TaggedStruct("Confirmed", { nickname: Schema.String })
const LoggedIn = Schema.TaggedStruct("LoggedIn", { session: Session })

/** A code to be scanned: `png` is the picture as the server sent it (no quiet zone at `e=0`: pad it before showing). */
const QrShown = Schema.TaggedStruct("QrShown", {
  attempt: Schema.Int,
  png: Schema.Uint8ArrayFromBase64,
  expiresAt: Schema.DateTimeUtcFromString
})

/**
 * - `QrShown`: a new code, `attempt` counts from 1; `expiresAt` is when we give it up, the server may be earlier;
 * - `Waiting`: nobody has scanned it yet (said once per code);
 * - `Scanned`: scanned, the phone asks its owner; `ScanWithdrawn`: the owner cancelled, the code can be scanned again;
 * - `Expired`: this code is over; a `QrShown` follows unless the limit is reached;
 * - `Confirmed`: the owner agreed; `LoggedIn`: done, always the last.
 */
export const LoginEvent = Schema.Union([QrShown, Waiting, Scanned, ScanWithdrawn, Expired, Confirmed, LoggedIn])
export type LoginEvent = typeof LoginEvent.Type

/** `QrShown` as the command prints it: the text that the code holds and the file it was written to, not the picture. */
export const QrShownLine = Schema.TaggedStruct("QrShown", {
  attempt: Schema.Int,
  url: Schema.optionalKey(Schema.String),
  file: Schema.optionalKey(Schema.String),
  expiresAt: Schema.String
})

/** The last line of a login that failed. */
export const FailedLine = Schema.TaggedStruct("Failed", {
  error: Schema.Struct({
    _tag: Schema.String,
    step: Schema.optionalKey(Step),
    message: Schema.String,
    cure: Schema.String
  }),
  exitCode: Schema.Int
})

/** One line of `webqq-login login --json`. */
export const LoginEventLine = Schema.Union([
  QrShownLine,
  Waiting,
  Scanned,
  ScanWithdrawn,
  Expired,
  Confirmed,
  LoggedIn,
  FailedLine
])
export type LoginEventLine = typeof LoginEventLine.Type
