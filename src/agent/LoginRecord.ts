/**
 * What is written down of a login in the background, so that any process can tell how it stands or how it ended. No session is in it.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import { join } from "node:path"
import type { StoreFailed } from "../errors/LoginError.ts"
import { LoginEventLine } from "../LoginEvent.ts"
import * as secretFiles from "../store/secretFiles.ts"
import { attempt, fromCause } from "../store/storeFailed.ts"
import * as Place from "./Place.ts"

/** An event as `login --json` prints it; that of `LoggedIn`, which holds a session, is not among them. */
export type Line = Exclude<typeof LoginEventLine.Encoded, { readonly _tag: "LoggedIn" }>

/** `profile` holds the session of a login that succeeded; it is missing where none was kept. */
export const Ended = Schema.Struct({
  exitCode: Schema.Int,
  profile: Schema.optionalKey(Schema.String)
})
export type Ended = typeof Ended.Type

export const LoginRecord = Schema.Struct({
  id: Schema.String,
  /** What only one login at a time may be about: a profile, or a site. */
  about: Schema.String,
  site: Schema.optionalKey(Schema.String),
  startedAt: Schema.String,
  /** What happened since the last code. */
  lines: Schema.Array(Schema.toEncoded(LoginEventLine)),
  ended: Schema.optionalKey(Ended)
})
export type LoginRecord = typeof LoginRecord.Type

const json = Schema.fromJsonString(LoginRecord)
const decode = Schema.decodeUnknownOption(json)
const encode = Schema.encodeSync(json)

/** The record; nothing where there is none, or none that can be read. */
export const read = ({ folder }: Place.Place): Effect.Effect<Option.Option<LoginRecord>, StoreFailed> =>
  Effect.map(
    attempt(folder, () => secretFiles.readFile(join(folder, Place.recordName))),
    (text) => Option.flatMap(Option.fromUndefinedOr(text), decode)
  )

/** With its end. Its code is dead by then, and so not told of any more. */
export const withEnd = (record: LoginRecord, ended: Ended): LoginRecord => ({
  ...record,
  lines: record.lines.filter(({ _tag }) => _tag !== "QrShown"),
  ended
})

/** In the place of the one before, whole or not at all. */
export const write = (place: Place.Place, record: LoginRecord): Promise<void> =>
  secretFiles.replaceFile(place.folder, Place.recordName, encode(record))

/** The logins of which something is left. */
export const ids = (home: string): Effect.Effect<ReadonlyArray<string>, StoreFailed> =>
  Effect.map(
    attempt(home, () => secretFiles.names(home)),
    (names) => names.filter(Place.isId)
  )

/** Removes everything of a login; or, with `record`, everything but what is written down of it. */
export const clear = (place: Place.Place, record?: LoginRecord): Effect.Effect<void, StoreFailed> =>
  Effect.try({
    try: () => {
      if (record === undefined) return Fs.rmSync(place.folder, { recursive: true, force: true })
      for (const name of Fs.readdirSync(place.folder)) {
        if (name !== Place.recordName) Fs.rmSync(join(place.folder, name), { force: true })
      }
    },
    catch: (cause) => fromCause(place.folder, cause)
  }).pipe(Effect.andThen(record === undefined ? Effect.void : attempt(place.folder, () => write(place, record))))
