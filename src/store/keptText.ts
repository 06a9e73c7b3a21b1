/**
 * The text of a saved session: JSON with a format number, so that a version that does not know it leaves it alone.
 */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { StoreFailed } from "../errors/LoginError.ts"
import { complaintsOf } from "../errors/Complaint.ts"
import type { StoreFault } from "../errors/storeFaults.ts"
import type { Session } from "../Session.ts"
import { formatOf, KeptSession } from "./keptSession.ts"
import { storeFailed } from "./storeFailed.ts"

/** A session as it was kept. `savedAt` is when it was last written, `session.obtainedAt` when it was obtained. */
export interface Saved {
  readonly profile: string
  readonly savedAt: DateTime.Utc
  readonly session: Session
}

const SavedFile = Schema.Struct({
  schema: Schema.Literals([1, 2]),
  profile: Schema.String,
  savedAt: Schema.DateTimeUtcFromString,
  session: KeptSession
})
const encodeFile = Schema.encodeResult(SavedFile)
// What is not understood would be lost at the next save.
const decodeFile = Schema.decodeUnknownResult(SavedFile, { onExcessProperty: "error" })

/** The text of a session, for `path`. */
export const encode = (path: string, saved: Saved): Result.Result<string, StoreFailed> =>
  Result.mapBoth(encodeFile({ schema: formatOf(saved.session), ...saved }), {
    onFailure: (error) => storeFailed(path, { reason: "it is not a saved session", complaints: complaintsOf(error) }),
    onSuccess: (json) => `${JSON.stringify(json, undefined, 2)}\n`
  })

/** Whether two are the same to the last letter of their texts. */
export const isSameText = (a: Saved, b: Saved): boolean => {
  const [one, other] = [encode("", a), encode("", b)]
  return Result.isSuccess(one) && Result.isSuccess(other) && one.success === other.success
}

/** The session of the text at `path`. What is wrong with a text is told without quoting it. */
export const decode = (path: string, profile: string, text: string): Result.Result<Saved, StoreFailed> => {
  const refuse = (fault: StoreFault | StoreFault["reason"]) => Result.fail(storeFailed(path, fault))
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and the text holds secrets.
    return refuse("it is not JSON")
  }
  const schema = typeof json === "object" && json !== null && "schema" in json ? json.schema : undefined
  if (typeof schema !== "number") return refuse("it is not a saved session")
  if (schema !== 1 && schema !== 2) return refuse({ reason: "it has a newer format", format: schema })
  const decoded = decodeFile(json)
  if (Result.isFailure(decoded)) {
    return refuse({ reason: "it is not a saved session", complaints: complaintsOf(decoded.failure) })
  }
  const { savedAt, session } = decoded.success
  return decoded.success.profile === profile
    ? Result.succeed({ profile, savedAt, session })
    : refuse({ reason: "it holds another profile", profile: decoded.success.profile })
}

/** What a text says of itself at its beginning. Undefined where it is not as we write it; `decode` has the last word. */
export interface Glance {
  readonly savedAt: number
  readonly site: string
}

/** Looks at the first lines of a text only: a fiftieth of what it costs to decode it. */
export const glance = (text: string): Glance | undefined => {
  const [open, schema, profile = "", saved = "", session, where = ""] = text.slice(0, 512).split("\n")
  if (open !== "{" || !/^  "schema": [12],$/.test(schema ?? "") || session !== '  "session": {') return undefined
  if (between('  "profile": "', profile) === undefined) return undefined
  const site = between('    "site": "', where)
  const savedAt = Date.parse(between('  "savedAt": "', saved) ?? "")
  return site === undefined || Number.isNaN(savedAt) ? undefined : { savedAt, site }
}

/** The text of a line after its key; nothing where letters are escaped. */
const between = (start: string, line: string): string | undefined => {
  const text = line.slice(start.length, -2)
  return line.startsWith(start) && line.endsWith('",') && !text.includes("\\") ? text : undefined
}
