/**
 * What happens on the way from a QR code to a session, in the order in which people care about it.
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { LoginError, Step, StoreFailed } from "./errors/LoginError.ts"
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

/** A code that waits for somebody's phone. */
export type QrShown = typeof QrShown.Type

const SessionFound = Schema.TaggedStruct("SessionFound", {
  profile: Schema.String,
  obtainedAt: Schema.DateTimeUtcFromString
})
const SessionStillGood = Schema.TaggedStruct("SessionStillGood", { profile: Schema.String, asked: Schema.Boolean })
const SessionRefused = Schema.TaggedStruct("SessionRefused", { profile: Schema.String, reason: LoginError })
const Renewed = Schema.TaggedStruct("Renewed", { profile: Schema.String })
const RenewalRefused = Schema.TaggedStruct("RenewalRefused", { profile: Schema.String, reason: LoginError })
const Saved = Schema.TaggedStruct("Saved", {
  profile: Schema.String,
  where: Schema.String,
  instead: Schema.optionalKey(Schema.String)
})
const NotSaved = Schema.TaggedStruct("NotSaved", {
  reason: StoreFailed,
  why: Schema.optionalKey(Schema.Literals(["superseded", "forgotten", "unreachable"]))
})

const ladder = [SessionFound, SessionStillGood, SessionRefused, Renewed, RenewalRefused, Saved, NotSaved] as const

/**
 * What happens on the way to a session where one may be kept already: the events above, and
 * - `SessionFound`: there is one under this profile;
 * - `SessionStillGood`: it is used. `asked` says whether the server was asked or only the cookies were looked at;
 * - `SessionRefused`: it is not, and why;
 * - `Renewed`: there is a new one in its place, without a scan; `RenewalRefused`: there is none, and why: it was refused, or a cookie that it
 *   takes is missing (`CookieMissing` of the step `Renewal`: nobody was asked);
 * - `Saved`, `NotSaved`: before `LoggedIn`, whether a new session could be kept, and where or why not. `instead` is the profile that was
 *   asked for and holds the session of another account, or something unreadable. `why` says that another session was saved there
 *   meanwhile (`superseded`), that it was `forgotten` meanwhile, or that the place could not be used (`unreachable`).
 *
 * Each `reason` is one of the errors of `LoginError`: `LoginError.describe(reason)` puts it in words.
 */
export const SignInEvent = Schema.Union([...LoginEvent.members, ...ladder])
export type SignInEvent = typeof SignInEvent.Type

/** `QrShown` as the command prints it: the text that the code holds, the file and the page where it is, not the picture. */
export const QrShownLine = Schema.TaggedStruct("QrShown", {
  attempt: Schema.Int,
  url: Schema.optionalKey(Schema.String),
  file: Schema.optionalKey(Schema.String),
  page: Schema.optionalKey(Schema.String),
  expiresAt: Schema.String
})

/** The last line of a login that failed; beside these, the fields of its error (`LoginError`). */
export const FailedLine = Schema.TaggedStruct("Failed", {
  error: Schema.StructWithRest(
    Schema.Struct({
      _tag: Schema.String,
      step: Schema.optionalKey(Step),
      message: Schema.String,
      cure: Schema.String
    }),
    [Schema.Record(Schema.String, Schema.Unknown)]
  ),
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
  ...ladder,
  FailedLine
])
export type LoginEventLine = typeof LoginEventLine.Type

/** The line of any event but `QrShown`, of which the line tells other things. That of `LoggedIn` has its secrets in clear. */
export const toLine: (event: Exclude<SignInEvent, QrShown>) => typeof LoginEventLine.Encoded = Schema.encodeSync(
  Schema.Union([Waiting, Scanned, ScanWithdrawn, Expired, Confirmed, LoggedIn, ...ladder])
)

/** What a program tells of, as a stream that ends with it and fails with it. Ending the stream early ends the program. */
export const eventStream = <Event, E, R>(
  run: (onEvent: (event: Event) => Effect.Effect<void>) => Effect.Effect<unknown, E, R>
): Stream.Stream<Event, E, R> =>
  Stream.callback<Event, E, R>((queue) =>
    run((event) => Queue.offer(queue, event).pipe(Effect.asVoid)).pipe(
      Effect.matchCauseEffect({
        onFailure: (cause) => Queue.failCause(queue, cause),
        onSuccess: () => Queue.end(queue)
      })
    )
  )
