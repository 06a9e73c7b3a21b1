/**
 * The format of `fixtures/<name>/scenario.json`: one login, or one conversation with any other API, told as the requests
 * that a correct client sends and the answers that the server gave. Keys stand in the order of this file.
 */
import * as Schema from "effect/Schema"
import type { SignInEvent } from "../LoginEvent.ts"
import { Session } from "../Session.ts"

// The flag u lets the patterns into the generated JSON Schema.
const pattern = (regExp: RegExp, expected: string) => Schema.String.check(Schema.isPattern(regExp, { expected }))

const checked = (expected: string, problem: (input: string) => string | undefined) =>
  Schema.String.check(
    Schema.makeFilter(
      (input) => {
        const wanted = problem(input)
        return wanted === undefined ? undefined : `Expected ${wanted}`
      },
      { expected }
    )
  )

const Name = pattern(/^[a-z0-9][a-z0-9-]*$/u, "a short name: lower-case letters, digits and -")

/**
 * Where the bytes come from:
 * - `recorded` by a tool on a date;
 * - `transcribed` from what others printed or committed, each source cited;
 * - `synthetic`: made up, for the reason given.
 */
export const Provenance = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("recorded"),
    tool: Schema.NonEmptyString,
    date: pattern(/^\d{4}-\d{2}(-\d{2})?$/u, "a date such as 2017-04-03"),
    note: Schema.optionalKey(Schema.NonEmptyString)
  }),
  Schema.Struct({
    kind: Schema.Literal("transcribed"),
    cite: Schema.NonEmptyArray(Schema.NonEmptyString),
    note: Schema.optionalKey(Schema.NonEmptyString)
  }),
  Schema.Struct({
    kind: Schema.Literal("synthetic"),
    reason: Schema.NonEmptyString,
    cite: Schema.optionalKey(Schema.NonEmptyArray(Schema.NonEmptyString))
  })
]).annotate({ identifier: "Provenance" })
export type Provenance = typeof Provenance.Type

const RegExpText = checked("a regular expression", (source) => {
  try {
    return void new RegExp(source, "u")
  } catch (cause) {
    return `a regular expression: ${String(cause)}`
  }
})

const Re = Schema.Struct({ re: RegExpText })
const AnyValue = Schema.Struct({ any: Schema.Literal(true) })
const Absent = Schema.Struct({ absent: Schema.Literal(true) })

/**
 * What a value has to be: exactly this text, a text that matches `re` from its first to its last character (flag `u`),
 * any text, or not there at all.
 */
export const Matcher = Schema.Union([Schema.String, Re, AnyValue, Absent]).annotate({
  identifier: "Matcher",
  message: `Expected a text, {"re": "…"}, {"any": true} or {"absent": true}`
})
export type Matcher = typeof Matcher.Type

/** A form field may also be compared as JSON, where neither spaces nor the order of keys count. */
export const FormMatcher = Schema.Union([Schema.String, Schema.Struct({ json: Schema.Json }), Re, AnyValue, Absent])
export type FormMatcher = typeof FormMatcher.Type

const RequestUrl = checked("an http or https URL without query and fragment", (text) => {
  if (!URL.canParse(text)) return "an absolute http or https URL"
  const url = new URL(text)
  if (url.protocol !== "http:" && url.protocol !== "https:") return "an absolute http or https URL"
  if (text.includes("?") || text.includes("#")) return "a URL without query and fragment (the query goes into `query`)"
  return url.href === text ? undefined : `the URL in its normal form, ${url.href}`
})

const lowerCase = Schema.makeFilter((headers: Readonly<Record<string, unknown>>) => {
  const wrong = Object.keys(headers).find((name) => name !== name.toLowerCase())
  return wrong === undefined || `Expected header names in lower case ("${wrong}" is not)`
})

/**
 * The request that must come. `query` and `form` are complete where they are given: a parameter that they do not list
 * is a mismatch. `headers` and `cookies` name only what matters. What is left out is not checked.
 */
export const Request = Schema.Struct({
  method: Schema.Literals(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
  url: RequestUrl,
  query: Schema.optionalKey(Schema.Record(Schema.String, Matcher)),
  headers: Schema.optionalKey(Schema.Record(Schema.String, Matcher).check(lowerCase)),
  cookies: Schema.optionalKey(Schema.Record(Schema.String, Matcher)),
  form: Schema.optionalKey(Schema.Record(Schema.String, FormMatcher))
})
export type Request = typeof Request.Type

/**
 * The bytes of an answer, after any content encoding: a text (UTF-8), a JSON value (sent as `JSON.stringify` prints it),
 * base64, or a file beside the scenario with its size in bytes and its SHA-256 in lower-case hex.
 */
export const Body = Schema.Union([
  Schema.Struct({ text: Schema.String }),
  Schema.Struct({ json: Schema.Json }),
  Schema.Struct({ base64: Schema.String.check(Schema.isBase64()) }),
  Schema.Struct({
    file: Schema.NonEmptyString,
    bytes: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
    sha256: pattern(/^[0-9a-f]{64}$/u, "64 lower-case hex digits")
  })
]).annotate({ identifier: "Body" })
export type Body = typeof Body.Type

const framing = new Set(["content-length", "transfer-encoding"])

const Header = Schema.Tuple([
  checked("a header name", (name) => {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return "a header name"
    return framing.has(name.toLowerCase())
      ? "no content-length or transfer-encoding: they follow from the body"
      : undefined
  }),
  pattern(/^[\t\x20-\x7e\x80-\xff]*$/u, "a header value without line breaks, in ISO-8859-1")
])

/** The answer: headers as the server sent them, in order, letter case and number. Without `body` it is empty. */
export const Response = Schema.Struct({
  status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })),
  headers: Schema.Array(Header),
  body: Schema.optionalKey(Body)
}).check(
  Schema.makeFilter(
    ({ body, status }) =>
      body === undefined || (status !== 204 && status !== 304) || "Expected no body with status 204 and 304"
  )
)
export type Response = typeof Response.Type

/**
 * A request and its answer; `times` says how often in a row (1 where it is left out). Where `open` is there, the client's own clock
 * ended it, which no other client shares to the second: it may come more or less often then, but once at least.
 */
export const Exchange = Schema.Struct({
  id: Name,
  provenance: Schema.optionalKey(Provenance),
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  open: Schema.optionalKey(Schema.Literal(true)),
  request: Request,
  response: Response
}).annotate({ identifier: "Exchange" })
export type Exchange = typeof Exchange.Type

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
    error: pattern(/^[A-Z][A-Za-z]*$/u, "the _tag of an error"),
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

const Exchanges = Schema.Array(Exchange).check(
  Schema.isMinLength(1),
  Schema.makeFilter((exchanges) => {
    const ids = exchanges.map((exchange) => exchange.id)
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
    return twice.length === 0 || `Expected exchanges with different ids ("${twice[0]}" is used twice)`
  })
)

/**
 * The whole file. `clock` is the instant at which the login starts, in UTC: cookies expire by it. `saved` is the session of an
 * earlier login that this one may go on with, in its plain form. `config` says which limits the client had.
 */
export const ScenarioFile = Schema.Struct({
  $schema: Schema.optionalKey(Schema.String),
  format: Schema.Literal("webqq-fixture/1"),
  title: Schema.NonEmptyString,
  provenance: Provenance,
  clock: pattern(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/u,
    "an instant such as 2017-04-03T12:33:15Z"
  ).check(Schema.makeFilter((text) => !Number.isNaN(Date.parse(text)) || "Expected an instant that exists")),
  site: Name,
  config: Schema.optionalKey(Config),
  saved: Schema.optionalKey(Session),
  exchanges: Exchanges,
  outcome: Outcome
}).annotate({ title: "webqq-login fixture, format 1" })
export type ScenarioFile = typeof ScenarioFile.Type

/** The same format as a JSON Schema (draft 2020-12), for editors: `fixtures/scenario.schema.json`, with a line end. */
export const jsonSchemaText = (): string => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(ScenarioFile, { onExcessProperty: "error" })
  const document = { $schema: "https://json-schema.org/draft/2020-12/schema", ...schema, $defs: definitions }
  return `${JSON.stringify(document, null, 2)}\n`
}
