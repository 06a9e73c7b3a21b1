/**
 * What a schema does not take of a value: where, and what should be there. Effect tells it in English and for one reader;
 * here it is data that any error may hold, and words in both languages made from it.
 */
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type * as SchemaAST from "effect/SchemaAST"
import type { Bilingual } from "../Language.ts"
import { plainText } from "./plainText.ts"

/** One complaint. `path` leads to the place; `expected` says what should be there, and nothing of what was. */
export const Complaint = Schema.Struct({
  path: Schema.Array(Schema.Union([Schema.String, Schema.Int])),
  problem: Schema.Literals(["missing", "unknown key", "other"]),
  expected: Schema.optionalKey(Schema.Struct({ en: Schema.String, zh: Schema.String }))
})
export type Complaint = typeof Complaint.Type

/**
 * The complaints of a failed decoding, as many as anybody reads. Where none of several forms fits, only the one that fits best is talked
 * about.
 */
export const complaintsOf = ({ issue }: Schema.SchemaError): ReadonlyArray<Complaint> =>
  complaints(issue, []).slice(0, limits.complaints)

/** Against files that are made of nothing but mistakes, or of one whose name has a million letters. */
const limits = { complaints: 50, letters: 100 }

type Path = Complaint["path"]

const complaints = (issue: SchemaIssue.Issue, path: Path): ReadonlyArray<Complaint> => {
  switch (issue._tag) {
    case "Encoding":
      return complaints(issue.issue, path)
    case "Pointer":
      return complaints(issue.issue, [
        ...path,
        ...issue.path.map((key) => (typeof key === "number" ? key : String(key).slice(0, limits.letters)))
      ])
    case "Composite":
      return issue.issues.flatMap((inner) => complaints(inner, path))
    case "AnyOf": {
      const forms = issue.issues.map((inner) => complaints(inner, path))
      const [best] = forms.toSorted((a, b) => a.length - b.length)
      return best ?? [other(path, wordsOf(issue.ast.annotations) ?? typeOf(issue.ast))]
    }
    case "Filter":
      return issue.issue._tag === "InvalidValue"
        ? [other(path, wordsOf(issue.issue.annotations) ?? checkOf(issue.filter))]
        : complaints(issue.issue, path)
    case "InvalidType":
      return [other(path, wordsOf(issue.ast.annotations) ?? typeOf(issue.ast))]
    case "InvalidValue":
      return [other(path, wordsOf(issue.annotations) ?? ofTheLibrary(issue.annotations?.expected ?? "a valid value"))]
    case "MissingKey":
      return [{ path, problem: "missing" }]
    case "UnexpectedKey":
      return [{ path, problem: "unknown key" }]
    case "OneOf":
    case "Forbidden":
      return [other(path, ofTheLibrary("a valid value"))]
  }
}

const other = (path: Path, expected: Bilingual): Complaint => ({ path, problem: "other", expected })

/** The words that our own schemas bring along: `Language.expected`. */
const wordsOf = (annotations: SchemaAST.AST["annotations"]): Bilingual | undefined =>
  annotations?.["words"] as Bilingual | undefined

const typeOf = (ast: SchemaAST.AST): Bilingual =>
  ofTheLibrary(SchemaIssue.defaultLeafHook(new SchemaIssue.InvalidType(ast)).replace(/^Expected /, ""))

const checkOf = ({ annotations }: SchemaAST.Filter<unknown>): Bilingual => {
  const words = wordsOf(annotations)
  if (words !== undefined) return words
  const { expected: en = "a valid value", representation } = annotations ?? {}
  const [first, second] = Object.values(representation?.payload ?? {}).map(String)
  switch (representation?.id) {
    case "effect/schema/isGreaterThan":
      return { en, zh: `大于 ${first} 的数` }
    case "effect/schema/isGreaterThanOrEqualTo":
      return { en, zh: `不小于 ${first} 的数` }
    case "effect/schema/isBetween":
      return { en, zh: `${first} 到 ${second} 之间的数` }
    case "effect/schema/isMinLength":
      return { en, zh: `长度至少为 ${first} 的值` }
    case "effect/schema/isMaxLength":
      return { en, zh: `长度不超过 ${first} 的值` }
    case "effect/schema/isMaxProperties":
      return { en, zh: `最多 ${first} 个键的对象` }
    default:
      return ofTheLibrary(en)
  }
}

/** What Effect itself calls things. What is not among them, such as the literals to choose from, reads the same in both languages. */
const ofTheLibrary = (text: string): Bilingual => library[text] ?? { en: text, zh: text }

const library: Readonly<Record<string, Bilingual>> = {
  "a valid value": { en: "a valid value", zh: "有效的值" },
  string: { en: "string", zh: "字符串" },
  number: { en: "number", zh: "数字" },
  boolean: { en: "boolean", zh: "布尔值" },
  object: { en: "object", zh: "对象" },
  array: { en: "array", zh: "数组" },
  "a valid JSON string": { en: "JSON", zh: "JSON" },
  "a string representing a finite number": { en: "a number", zh: "数字" },
  "an integer": { en: "an integer", zh: "整数" },
  "a finite number": { en: "a finite number", zh: "有限的数" },
  "a base64 encoded string": { en: "base64 text", zh: "base64 文本" },
  "a valid Base64 string": { en: "base64 text", zh: "base64 文本" },
  "a valid UTC DateTime string": {
    en: "a time in UTC such as 2026-01-31T12:00:00Z",
    zh: "UTC 时间，如 2026-01-31T12:00:00Z"
  },
  "a valid Duration string": { en: 'a duration such as "5 seconds"', zh: '时长，如 "5 seconds"' }
}

/** What is wrong, without the place: `Expected an integer`. */
export const wrong = ({ expected, problem }: Complaint): Bilingual => {
  switch (problem) {
    case "missing":
      return { en: "Missing key", zh: "缺少此键" }
    case "unknown key":
      return { en: "unknown key", zh: "未知的键" }
    case "other": {
      const { en, zh } = expected ?? ofTheLibrary("a valid value")
      return { en: `Expected ${en}`, zh: `应为${/^[\w"`{]/.test(zh) ? " " : ""}${zh}` }
    }
  }
}

/** The place as a program would write it: `exchanges[0].request.url`; empty for the whole. */
export const place = ({ path }: Pick<Complaint, "path">): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === "number" || /^\d+$/.test(key)) return `${text}[${key}]`
    if (/^[\w$]+$/.test(key)) return `${text}${text === "" ? "" : "."}${key}`
    return `${text}[${JSON.stringify(plainText(key))}]`
  }, "")

/** What is wrong and where, in one line: `Expected an integer at uin`. */
export const wrongAt = (complaint: Complaint): Bilingual => {
  const [{ en, zh }, at] = [wrong(complaint), place(complaint)]
  return at === "" ? { en, zh } : { en: `${en} at ${at}`, zh: `${at} 处${zh}` }
}
