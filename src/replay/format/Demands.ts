/**
 * What the server asked of a request, told apart from what one client happened to send.
 */
import * as Schema from "effect/Schema"
import type { Bilingual } from "../../Language.ts"
import { Absent, AnyValue, Re } from "./Matcher.ts"
import { checked, pattern, RequestUrl } from "./texts.ts"

/** A part of a request, as differences name it. */
const Field = pattern(/^(?:query\.|header |cookie |form\.|json\.)[^\n]+$/u, {
  en: "a part of a request: query.NAME, header NAME, cookie NAME, form.NAME or json.PATH",
  zh: "请求的一部分：query.名称、header 名称、cookie 名称、form.名称或 json.路径"
})

/** The number that one of ptlogin2's hashes makes of another part of the same request. */
const Derived = Schema.Struct({ hash: Schema.Literals(["hash33", "time33", "g_tk"]), of: Field })
export type Derived = typeof Derived.Type

/**
 * One demand. `is` says what the value has to be; where it is left out, what the exchange recorded. `evidence` says from where it is known.
 */
export const Demand = Schema.Struct({
  is: Schema.optionalKey(Schema.Union([Schema.String, Re, AnyValue, Absent, Derived])),
  evidence: Schema.NonEmptyString
}).annotate({ identifier: "Demand" })
export type Demand = typeof Demand.Type

/** Each request is held against every one of these: no server is known that looks at ten. */
export const most = { fields: 32, addresses: 16 } as const
const Fields = Schema.Record(Field, Demand).check(Schema.isMaxProperties(most.fields))

/**
 * What the server looked at in the requests to one address: `required` is what it refused a request without; `checked` is what may be missing
 * and has to be right where it is there; what neither names was as the source sent it. A value that is `echoed` comes back in
 * later answers: there the client's own stands in its place.
 */
export const Demands = Schema.Struct({
  url: RequestUrl,
  required: Schema.optionalKey(Fields),
  checked: Schema.optionalKey(Fields),
  echoed: Schema.optionalKey(Schema.NonEmptyArray(Field).check(Schema.isMaxLength(most.fields)))
}).annotate({ identifier: "Demands" })
export type Demands = typeof Demands.Type

const beginning: Bilingual = {
  en: "the beginning of an absolute http or https URL, up to its path at least",
  zh: "完整的 http 或 https 网址的开头，至少到路径为止"
}

const Beginning = checked(beginning, (text) =>
  /^https?:\/\/[^/?#]+\/[^?#]*$/.test(text) && URL.parse(text)?.href === text ? undefined : beginning
)

/** Addresses that begin in one of these ways are the same to the server: what an exchange says of one holds of all. */
export const Equal = Schema.Struct({
  addresses: Schema.Array(Beginning).check(Schema.isMinLength(2), Schema.isMaxLength(most.addresses)),
  evidence: Schema.NonEmptyString
}).annotate({ identifier: "Equal" })
export type Equal = typeof Equal.Type

/** All that are equal somewhere: so many groups at most. */
export const Equals = Schema.Array(Equal).check(Schema.isMaxLength(most.addresses))
