/**
 * The small words that the data of a site are made of. What is wrong with one is said in both languages.
 */
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Bilingual, expected } from "../Language.ts"

/** A text of this form. */
export const formed = (pattern: RegExp, words: Bilingual) =>
  Schema.String.check(Schema.isPattern(pattern, expected(words)))

/** What a check of a whole says of one of its parts. */
export const wrongAt = (part: string, words: Bilingual): Schema.FilterIssue => ({
  path: [part],
  issue: new SchemaIssue.InvalidValue(expected(words))
})

export const Title = Schema.Struct({ en: Schema.String, zh: Schema.String })

export const Digits = formed(/^\d{1,12}$/, { en: "1 to 12 digits", zh: "1 至 12 位数字" })

export const Month = formed(/^\d{4}-\d{2}$/, { en: "a month, 2026-02 for one", zh: "月份，如 2026-02" })

export const Host = formed(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, {
  en: "a host, qzone.qq.com for one",
  zh: "主机名，如 qzone.qq.com"
})

/** An https address without query and fragment. */
export const Address = formed(/^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+(\/[^\s?#]*)?$/, {
  en: "an https address without query, https://qun.qq.com/cgi-bin/x for one",
  zh: "不带参数的 https 地址，如 https://qun.qq.com/cgi-bin/x"
})

/**
 * A text with places to fill: `{{uin}}`, `{{musicid}}` and the tokens of Web QQ are those of the session, `{{g_tk p_skey}}` is the g_tk of
 * that cookie (any name) as it would be sent to the call's address, and `{{random}}` a number from 0 to 1 against caches.
 */
export const Template = Schema.String.check(
  Schema.makeFilter(
    (text) => places(text).every((place) => /^(?:uin|musicid|vfwebqq|psessionid|random|g_tk [\w-]+)$/.test(place)),
    expected({
      en: "a text with no other place than {{uin}}, {{musicid}}, {{vfwebqq}}, {{psessionid}}, {{random}}, {{g_tk COOKIE}}",
      zh: "文本，其中只能有 {{uin}}、{{musicid}}、{{vfwebqq}}、{{psessionid}}、{{random}}、{{g_tk COOKIE}}"
    })
  )
)

const place = /\{\{([^{}]*)\}\}/g

const places = (text: string): ReadonlyArray<string> => Array.from(text.matchAll(place), ([, name = ""]) => name)

/** The text with each place filled. */
export const fill = (text: string, value: (name: string) => string): string =>
  text.replaceAll(place, (_, name: string) => value(name))

/** The names of cookies whose g_tk a text asks for. */
export const signedBy = (text: string): ReadonlyArray<string> =>
  places(text).flatMap((name) => /^g_tk (.+)$/.exec(name)?.[1] ?? [])
