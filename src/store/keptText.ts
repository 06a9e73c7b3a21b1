/**
 * The text of a saved session: JSON with a format number, so that a version that does not know it leaves it alone.
 */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { StoreFailed } from "../errors/LoginError.ts"
import { Session } from "../Session.ts"
import { storeFailed } from "./storeFailed.ts"

/** A session as it was kept. `savedAt` is when it was last written, `session.obtainedAt` when it was obtained. */
export interface Saved {
  readonly profile: string
  readonly savedAt: DateTime.Utc
  readonly session: Session
}

const SavedFile = Schema.Struct({
  schema: Schema.Literal(1),
  profile: Schema.String,
  savedAt: Schema.DateTimeUtcFromString,
  session: Session
})
const encodeFile = Schema.encodeSync(SavedFile)
// What is not understood would be lost at the next save.
const decodeFile = Schema.decodeUnknownResult(SavedFile, { onExcessProperty: "error" })

/** The text of a session. */
export const encode = (saved: Saved): string => `${JSON.stringify(encodeFile({ schema: 1, ...saved }), undefined, 2)}\n`

/** The session of the text at `path`. What is wrong with a text is told without quoting it. */
export const decode = (path: string, profile: string, text: string): Result.Result<Saved, StoreFailed> => {
  const refuse = (reason: string) =>
    Result.fail(
      storeFailed(path, reason, {
        en: "repair it or move it away, then log in again; it was left as it is",
        zh: "请修复或移走它，然后重新登录；程序没有改动它"
      })
    )
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and the text holds secrets.
    return refuse("it is not JSON")
  }
  const schema = typeof json === "object" && json !== null && "schema" in json ? json.schema : undefined
  if (typeof schema !== "number") return refuse("it is not a saved session")
  if (schema !== 1) {
    return Result.fail(
      storeFailed(path, `it has format ${schema}, and this version knows format 1`, {
        en: "use the newer webqq-login that wrote it, or another folder or profile",
        zh: "请使用写入它的较新版本，或换用其他目录或会话名称"
      })
    )
  }
  const decoded = decodeFile(json)
  if (Result.isFailure(decoded)) return refuse(`it is not a saved session: ${decoded.failure.message}`)
  const { savedAt, session } = decoded.success
  return decoded.success.profile === profile
    ? Result.succeed({ profile, savedAt, session })
    : refuse(`it holds the profile ${decoded.success.profile}`)
}
