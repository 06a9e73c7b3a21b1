/**
 * Kinds of text that the parts of the format share.
 */
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Bilingual, expected } from "../../Language.ts"
import { shallowJson } from "../../shallowJson.ts"

/** What a check of one's own says of a value that it does not take: what should be there. */
export const shouldBe = (words: Bilingual): SchemaIssue.Issue => new SchemaIssue.InvalidValue(expected(words))

// The flag u lets the patterns into the generated JSON Schema.
export const pattern = (regExp: RegExp, words: Bilingual) =>
  Schema.String.check(Schema.isPattern(regExp, expected(words)))

/** A text, of which `problem` says what it should be where it is not. */
export const checked = (words: Bilingual, problem: (input: string) => Bilingual | undefined) =>
  Schema.String.check(
    Schema.makeFilter((input) => {
      const wanted = problem(input)
      return wanted === undefined ? undefined : shouldBe(wanted)
    }, expected(words))
  )

export const Name = pattern(/^[a-z0-9][a-z0-9-]*$/u, {
  en: "a short name: lower-case letters, digits and -",
  zh: "短名称：小写字母、数字和 -"
})

const webAddress: Bilingual = { en: "an absolute http or https URL", zh: "完整的 http 或 https 网址" }
const bareAddress: Bilingual = {
  en: "a URL without query and fragment (the query goes into `query`)",
  zh: "不带参数和片段的网址（参数写入 `query`）"
}

export const RequestUrl = checked(bareAddress, (text) => {
  if (!URL.canParse(text)) return webAddress
  const url = new URL(text)
  if (url.protocol !== "http:" && url.protocol !== "https:") return webAddress
  if (text.includes("?") || text.includes("#")) return bareAddress
  if (url.href === text) return undefined
  return { en: `the URL in its normal form, ${url.href}`, zh: `规范形式的网址 ${url.href}` }
})

/** JSON of a request or an answer: what came deeper is no JSON to whoever compares it (`parseJson`). */
export const Json = shallowJson(100)
