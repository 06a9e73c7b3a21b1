/**
 * What a value of a request has to be.
 */
import * as Schema from "effect/Schema"
import { expected } from "../../Language.ts"
import * as Pattern from "./Pattern.ts"
import { checked, Json } from "./texts.ts"

const PatternText = checked({ en: "a regular expression", zh: "正则表达式" }, (source) => {
  const made = Pattern.compile(source)
  return "wrong" in made ? made.wrong : undefined
})

export const Re = Schema.Struct({ re: PatternText })
export const AnyValue = Schema.Struct({ any: Schema.Literal(true) })
export const Absent = Schema.Struct({ absent: Schema.Literal(true) })

/**
 * What a value has to be: exactly this text, a text that matches `re` from its first to its last character (flag `u`; without what looks
 * around or back, so that every pattern runs in linear time), any text, or not there at all.
 */
export const Matcher = Schema.Union([Schema.String, Re, AnyValue, Absent]).annotate({
  identifier: "Matcher",
  ...expected({
    en: `a text, {"re": "…"}, {"any": true} or {"absent": true}`,
    zh: `文本、{"re": "…"}、{"any": true} 或 {"absent": true}`
  })
})
export type Matcher = typeof Matcher.Type

/** A form field may also be compared as JSON, where neither spaces nor the order of keys count. */
export const FormMatcher = Schema.Union([Schema.String, Schema.Struct({ json: Json }), Re, AnyValue, Absent])
export type FormMatcher = typeof FormMatcher.Type
