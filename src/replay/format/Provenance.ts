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
