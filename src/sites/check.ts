/**
 * The call that tells whether a session is alive, as data: what is asked, and what each answer means. It must only read.
 */
import * as Schema from "effect/Schema"
import { expected } from "../Language.ts"
import { shallowJson } from "../shallowJson.ts"
import { Address, Headers, Templates, wrongAt } from "./words.ts"

const Scalar = Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, Schema.Null])

const silent = new Set([403, 408, 429])

const Status = Schema.Int.check(
  Schema.makeFilter(
    (status) => status >= 200 && status < 500 && !silent.has(status),
    expected({
      en: "a status from 200 to 499 but 403, 408 and 429, which tell nothing of a session",
      zh: "200 至 499 的状态码，403、408、429 除外，它们不能说明会话的状态"
    })
  )
)

/**
 * What an answer has to be; all that is given has to hold.
 *
 * - `status`: the HTTP status. Default: 200
 * - `location`: what the Location header begins with
 * - `text`: what the body holds
 * - `json`: what stands at each path (`data.uin`) of the JSON in the body, bare or in a JSONP call: one of these values, or with `not`
 *   none of them. A number and its digits are the same, and `null` is what is not there
 */
export const Sign = Schema.Struct({
  status: Schema.optionalKey(Status),
  location: Schema.optionalKey(Schema.NonEmptyString),
  text: Schema.optionalKey(Schema.NonEmptyString),
  json: Schema.optionalKey(
    Schema.Record(
      Schema.String,
      Schema.Union([Schema.NonEmptyArray(Scalar), Schema.Struct({ not: Schema.NonEmptyArray(Scalar) })])
    )
  )
}).check(
  Schema.makeFilter(
    (sign) => Object.keys(sign).length > 0,
    expected({
      en: "at least one of status, location, text, json",
      zh: "status、location、text、json 中的至少一个"
    })
  )
)
export type Sign = typeof Sign.Type

/** The calls of sites have three levels. */
const Body = shallowJson(32)

/**
 * An answer with one of the signs of `later` (a rate limit, say) or with none at all tells nothing: neither that the session is good
 * nor that it is dead. One with a sign of `good` that names another account than the session's is not good.
 */
export const Check = Schema.Struct({
  method: Schema.Literals(["GET", "POST"]),
  url: Address,
  query: Schema.optionalKey(Templates),
  /** Beside the cookies, which follow from the address. A `user-agent` stands in the place of the usual one. */
  headers: Schema.optionalKey(Headers),
  /** The body of a POST: a form … */
  form: Schema.optionalKey(Templates),
  /** … or JSON, sent as it stands. */
  json: Schema.optionalKey(Body),
  good: Schema.NonEmptyArray(Sign),
  dead: Schema.NonEmptyArray(Sign),
  later: Schema.optionalKey(Schema.Array(Sign)),
  /** Where in the JSON of a good answer (`data.uin`) the number of its account stands, if it stands in some. */
  account: Schema.optionalKey(Schema.NonEmptyString)
}).check(
  Schema.makeFilter(({ form, json, method }) => {
    if (form !== undefined && json !== undefined) {
      return wrongAt("json", { en: "form or json, not both", zh: "只有 form 或 json 之一" })
    }
    if (method === "POST" || (form === undefined && json === undefined)) return undefined
    return wrongAt("method", { en: "POST, where there is a form or json", zh: "POST，因为有 form 或 json" })
  })
)
export type Check = typeof Check.Type
