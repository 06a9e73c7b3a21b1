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

// A name whose last label begins with a digit is an address of a machine (`10.0.0.1`, `0x7f.1`), and may be one within a home or an office.
const label = "[a-z0-9-]+"
const host = `(?:${label}\\.)+[a-z-]${label}`

export const Host = formed(new RegExp(`^${host}$`), {
  en: "the name of a host, qzone.qq.com for one",
  zh: "主机名，如 qzone.qq.com"
}).check(Schema.isMaxLength(253))

/** An https address without query and fragment. */
export const Address = formed(new RegExp(`^https://${host}(?:/[!"$->@-~]*)?$`), {
  en: "an https address without query, https://qun.qq.com/cgi-bin/x for one",
  zh: "不带参数的 https 地址，如 https://qun.qq.com/cgi-bin/x"
}).check(Schema.isMaxLength(2000))

/** An https address, which may have a query. */
export const Registered = formed(new RegExp(`^https://${host}/[!-~]*$`), {
  en: "the https address that is registered for the client id",
  zh: "为该 client id 注册的 https 地址"
}).check(Schema.isMaxLength(2000))

/** What may be sent as a value, and shown: letters of any language, and nothing that is half of one or steers something. */
export const Text = formed(/^[^\p{Cc}\p{Cs}]*$/u, {
  en: "a text without control characters",
  zh: "不含控制字符的文本"
}).check(Schema.isMaxLength(4000))

/** Headers that follow from the request itself, or belong to its connection: another `host` would have the certificate of another checked. */
export const ownHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "cookie",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade"
])

/**
 * A text with places to fill: `{{uin}}`, `{{musicid}}` and the tokens of Web QQ are those of the session, `{{g_tk p_skey}}` is the g_tk of
 * that cookie (any name) as it would be sent to the call's address, and `{{random}}` a number from 0 to 1 against caches.
 */
const Template = Text.check(
  Schema.makeFilter(
    (text) => places(text).every((place) => /^(?:uin|musicid|vfwebqq|psessionid|random|g_tk [\w-]+)$/.test(place)),
    expected({
      en: "a text with no other place than {{uin}}, {{musicid}}, {{vfwebqq}}, {{psessionid}}, {{random}}, {{g_tk COOKIE}}",
      zh: "文本，其中只能有 {{uin}}、{{musicid}}、{{vfwebqq}}、{{psessionid}}、{{random}}、{{g_tk COOKIE}}"
    })
  )
)

const few = Schema.makeFilter(
  (values: Readonly<Record<string, string>>) => Object.keys(values).length <= 64,
  expected({ en: "at most 64 of them", zh: "最多 64 项" })
)

/** Names and templates: of a query or a form. */
export const Templates = Schema.Record(Text, Template).check(few)

/** Names and templates of headers, as HTTP can carry them. */
export const Headers = Schema.Record(Schema.String, Template).check(
  few,
  Schema.makeFilter((headers) => {
    for (const [name, value] of Object.entries(headers)) {
      if (ownHeaders.has(name.toLowerCase()) || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
        return wrongAt(name, {
          en: "the name of a header that is not the request's own (host, cookie, content-length)",
          zh: "请求头名称，且不能是由请求本身决定的（host、cookie、content-length 等）"
        })
      }
      if (/[^ -~]/.test(value)) return wrongAt(name, { en: "a value of ASCII characters", zh: "只含 ASCII 字符的值" })
    }
    return undefined
  })
)

const place = /\{\{([^{}]*)\}\}/g

const places = (text: string): ReadonlyArray<string> => Array.from(text.matchAll(place), ([, name = ""]) => name)

/** The text with each place filled. */
export const fill = (text: string, value: (name: string) => string): string =>
  text.replaceAll(place, (_, name: string) => value(name))

/** The names of cookies whose g_tk a text asks for. */
export const signedBy = (text: string): ReadonlyArray<string> =>
  places(text).flatMap((name) => /^g_tk (.+)$/.exec(name)?.[1] ?? [])
