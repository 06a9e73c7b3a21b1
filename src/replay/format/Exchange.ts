/**
 * A request that has to come, and what it is answered with.
 */
import * as Schema from "effect/Schema"
import { type Bilingual, expected } from "../../Language.ts"
import { FormMatcher, Matcher } from "./Matcher.ts"
import { From, Provenance } from "./Provenance.ts"
import { checked, Json, Name, pattern, RequestUrl, shouldBe } from "./texts.ts"

const lowerCase = Schema.makeFilter((headers: Readonly<Record<string, unknown>>) => {
  const wrong = Object.keys(headers).find((name) => name !== name.toLowerCase())
  if (wrong === undefined) return undefined
  return shouldBe({ en: `header names in lower case ("${wrong}" is not)`, zh: `小写的头部名称（"${wrong}" 不是）` })
})

/**
 * The request that must come. `query`, `form` and `json` are complete where they are given: a parameter that they do not list
 * is a mismatch. `json` holds the leaves of a body in JSON, each by its path (`req.param.code`): a text as it is, anything else as `{"json": 24}`. `headers` and `cookies` name
 * only what matters. What is left out is not checked.
 */
export const Request = Schema.Struct({
  method: Schema.Literals(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
  url: RequestUrl,
  query: Schema.optionalKey(Schema.Record(Schema.String, Matcher)),
  headers: Schema.optionalKey(Schema.Record(Schema.String, Matcher).check(lowerCase)),
  cookies: Schema.optionalKey(Schema.Record(Schema.String, Matcher)),
  form: Schema.optionalKey(Schema.Record(Schema.String, FormMatcher)),
  json: Schema.optionalKey(Schema.Record(Schema.String, FormMatcher))
})
export type Request = typeof Request.Type

/**
 * The bytes of an answer, after any content encoding: a text (UTF-8), a JSON value (sent as `JSON.stringify` prints it),
 * base64, or a file beside the scenario with its size in bytes and its SHA-256 in lower-case hex.
 */
export const Body = Schema.Union([
  Schema.Struct({ text: Schema.String }),
  Schema.Struct({ json: Json }),
  Schema.Struct({ base64: Schema.String.check(Schema.isBase64()) }),
  Schema.Struct({
    file: Schema.NonEmptyString,
    bytes: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
    sha256: pattern(/^[0-9a-f]{64}$/u, { en: "64 lower-case hex digits", zh: "64 位小写十六进制数字" })
  })
]).annotate({ identifier: "Body" })
export type Body = typeof Body.Type

const framing = new Set(["content-length", "transfer-encoding"])

const headerName: Bilingual = { en: "a header name", zh: "头部名称" }
const noFraming: Bilingual = {
  en: "no content-length or transfer-encoding: they follow from the body",
  zh: "没有 content-length 和 transfer-encoding：它们由正文得出"
}

const Header = Schema.Tuple([
  checked(headerName, (name) => {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return headerName
    return framing.has(name.toLowerCase()) ? noFraming : undefined
  }),
  pattern(/^[\t\x20-\x7e\x80-\xff]*$/u, {
    en: "a header value without line breaks, in ISO-8859-1",
    zh: "不含换行、以 ISO-8859-1 写成的头部值"
  })
])

/** The answer: headers as the server sent them, in order, letter case and number. Without `body` it is empty. */
export const Response = Schema.Struct({
  status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })),
  headers: Schema.Array(Header),
  body: Schema.optionalKey(Body)
}).check(
  Schema.makeFilter(
    ({ body, status }) => body === undefined || (status !== 204 && status !== 304),
    expected({ en: "no body with status 204 and 304", zh: "状态 204 和 304 不带正文" })
  )
)
export type Response = typeof Response.Type

/**
 * A request and its answer; `times` says how often in a row (1 where it is left out). Where `open` is there, the client's own clock
 * ended it, which no other client shares to the second: it may come more or less often then, but once at least. Where `mayEnd` is there,
 * another client may leave it at that answer, and not go on. `from` says of each part of the answer where it comes from.
 */
export const Exchange = Schema.Struct({
  id: Name,
  provenance: Schema.optionalKey(Provenance),
  from: Schema.optionalKey(From),
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  open: Schema.optionalKey(Schema.Literal(true)),
  mayEnd: Schema.optionalKey(Schema.Literal(true)),
  request: Request,
  response: Response
}).annotate({ identifier: "Exchange" })
export type Exchange = typeof Exchange.Type
