/**
 * Where the bytes of a scenario come from.
 */
import * as Schema from "effect/Schema"
import { pattern } from "./texts.ts"

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
    date: pattern(/^\d{4}-\d{2}(-\d{2})?$/u, { en: "a date such as 2017-04-03", zh: "日期，如 2017-04-03" }),
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

/** Parts of an answer: each by its name, or all that have no other place. */
const Parts = Schema.optionalKey(
  pattern(/^(?:status|body|(?:header|cookie) [^\s,]+)(?:, (?:status|body|(?:header|cookie) [^\s,]+))*$/u, {
    en: "parts of an answer, such as: status, body, header NAME, cookie NAME, header *, cookie *",
    zh: "响应的若干部分，如：status, body, header 名称, cookie 名称, header *, cookie *"
  })
)

/**
 * Where each part of one answer comes from, secrets aside:
 * - `captured`: one of the sources printed it, of this very answer;
 * - `rebuilt`: put together from what a source printed of it, an address without its middle or the jar that it filled;
 * - `elsewhere`: printed, but of another answer, another site or another year;
 * - `told`: nobody printed it, but a source says it, or its program reads it;
 * - `made up`: none of these.
 *
 * Where it is left out, all of it is as its provenance says: recorded, or made up.
 */
export const From = Schema.Struct({
  captured: Parts,
  rebuilt: Parts,
  elsewhere: Parts,
  told: Parts,
  "made up": Parts
}).annotate({ identifier: "From" })
export type From = typeof From.Type
