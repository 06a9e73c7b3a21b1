/**
 * How a login ends, and under which limits.
 */
import * as Schema from "effect/Schema"
import type { SignInEvent } from "../../LoginEvent.ts"
import { pattern } from "./texts.ts"

const eventTags = [
  "QrShown",
  "Waiting",
  "Scanned",
  "ScanWithdrawn",
  "Expired",
  "Confirmed",
  "LoggedIn",
  "SessionFound",
  "SessionStillGood",
  "SessionRefused",
  "Renewed",
  "RenewalRefused",
  "Saved",
  "NotSaved"
] as const satisfies ReadonlyArray<SignInEvent["_tag"]>

const Events = Schema.optionalKey(Schema.Array(Schema.Literals(eventTags)))

/**
 * What a correct client ends with: some or all fields of a session in its plain form, or the `_tag` of an error with
 * some of its fields; beside it, optionally, the `_tag`s of all events in order.
 */
export const Outcome = Schema.Union([
  Schema.Struct({
    session: Schema.Struct({
      site: Schema.optionalKey(Schema.String),
      uin: Schema.optionalKey(Schema.Int),
      nickname: Schema.optionalKey(Schema.String),
      ptwebqq: Schema.optionalKey(Schema.String),
      vfwebqq: Schema.optionalKey(Schema.String),
      psessionid: Schema.optionalKey(Schema.String),
      clientid: Schema.optionalKey(Schema.Int),
      gtk: Schema.optionalKey(Schema.Int),
      bkn: Schema.optionalKey(Schema.Int),
      musicid: Schema.optionalKey(Schema.Int),
      musickey: Schema.optionalKey(Schema.String),
      refreshKey: Schema.optionalKey(Schema.String),
      openid: Schema.optionalKey(Schema.String),
      unionid: Schema.optionalKey(Schema.String),
      accessToken: Schema.optionalKey(Schema.String),
      refreshToken: Schema.optionalKey(Schema.String),
      code: Schema.optionalKey(Schema.String),
      /** Each of these is among the session's cookies. */
      cookies: Schema.optionalKey(
        Schema.Array(
          Schema.Struct({
            name: Schema.String,
            value: Schema.String,
            domain: Schema.optionalKey(Schema.String),
            path: Schema.optionalKey(Schema.String)
          })
        )
      )
    }),
    events: Events
  }),
  Schema.Struct({
    error: pattern(/^[A-Z][A-Za-z]*$/u, { en: "the _tag of an error", zh: "错误的 _tag" }),
    step: Schema.optionalKey(Schema.String),
    code: Schema.optionalKey(Schema.String),
    codes: Schema.optionalKey(Schema.Int),
    serverMessage: Schema.optionalKey(Schema.String),
    status: Schema.optionalKey(Schema.Int),
    host: Schema.optionalKey(Schema.String),
    reason: Schema.optionalKey(Schema.String),
    retcode: Schema.optionalKey(Schema.Int),
    errmsg: Schema.optionalKey(Schema.String),
    name: Schema.optionalKey(Schema.String),
    forbidden: Schema.optionalKey(Schema.Boolean),
    kind: Schema.optionalKey(Schema.String),
    page: Schema.optionalKey(Schema.String),
    link: Schema.optionalKey(Schema.String),
    events: Events
  })
]).annotate({ identifier: "Outcome" })
export type Outcome = typeof Outcome.Type

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Millis = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))

/** The limits that were in force, in milliseconds; the defaults of `LoginConfig` for those that are left out. */
export const Config = Schema.Struct({
  pollInterval: Schema.optionalKey(Millis),
  codeLife: Schema.optionalKey(Millis),
  maxRefresh: Schema.optionalKey(Count),
  timeout: Schema.optionalKey(Millis),
  requestTimeout: Schema.optionalKey(Millis),
  retries: Schema.optionalKey(Count),
  maxFaults: Schema.optionalKey(Count)
}).annotate({ identifier: "Config" })
export type Config = typeof Config.Type
