/**
 * Fields whose values are secret or personal, where they stand in a text: in a query, and as JSON, JavaScript and XML say them.
 */

/**
 * Fields of queries, forms and JSON whose values are secret or personal; of `auth_token`, `ptqrtoken`, `g_tk` and `bkn`, the hashes of
 * others, no secret is made (PROTOCOL.md, steps 1 to 5).
 */
const fields: ReadonlySet<string> = new Set(
  (
    "uin ptuin qq openid ptsigx o1vid ptwebqq vfwebqq psessionid skey p_skey pt4_token qrsig supertoken superkey superuin " +
    "login_sig clientkey cip nick nickname code unionid access_token refresh_token refresh_key accesstoken refreshtoken refreshkey " +
    "musicid str_musicid musickey authst encryptuin"
  ).split(" ")
)

export const isField = (name: string): boolean => fields.has(name.toLowerCase())

/** The field that a name is, or that stands behind a line in it: `skey` of `my_skey`. */
const fieldIn = (name: string): string | undefined => {
  // No field is longer than that.
  const parts = name.slice(-16).split("_")
  for (let first = name.length > 16 ? 1 : 0; first < parts.length; first++) {
    const field = parts.slice(first).join("_")
    if (isField(field)) return field
  }
  return undefined
}

// Of values only the start: where one ends depends on its quote, and inside of one that is not looked for, others may stand.
const inQuery = /(?:^|[?&;\s"'{,])(\w+)=/g
// As JSON, as JavaScript and as XML say it, also in the midst of something else; a backslash may stand before each quote.
const inText =
  /(?<!\w)(\w+)(?:\\*["'])?\s*[:=]\s*\\*(["'])|(?<!\w)(\w+)\\*["']\s*:\s*(?=\d)|<(\w+)>(?:<!\[CDATA\[)?(?=[^<>\]])/g

/** Of a value that is longer, the rest is not looked at as one. */
const longest = 4096

/** Where a quoted value ends: at its quote, or at the backslashes before it, and at the end of its line. */
const endOfQuoted = (text: string, start: number, quote: string): number => {
  let at = start
  for (let letters = 0; letters < longest && at < text.length && text[at] !== quote && text[at] !== "\n"; letters++) {
    if (text[at] !== "\\") {
      at++
      continue
    }
    let end = at
    while (text[end] === "\\") end++
    if (text[end] === quote) return at
    if (end - at > 2 * longest) return at + 2 * longest
    // Each of them escapes the next one, and the last one, where their number is odd, what comes after them.
    const isOdd = (end - at) % 2 === 1
    if (isOdd && end === text.length) return end - 1
    at = isOdd ? end + 1 : end
  }
  return at
}

const endOf = (text: string, start: number, letter: RegExp): number => {
  let at = start
  while (at < text.length && letter.test(text[at] ?? "")) at++
  return at
}

/** Values of the known fields in a text, each put through `change` in its place. */
export const replaceFields = (text: string, change: (name: string, value: string) => string): string => {
  const parts: Array<string> = []
  let done = 0
  for (let from = 0; ;) {
    inText.lastIndex = from
    const [head, quoted, quote = "", keyed, tagged = ""] = inText.exec(text) ?? []
    if (head === undefined) return parts.join("") + text.slice(done)
    from = inText.lastIndex
    const name = tagged === "" ? fieldIn(quoted ?? keyed ?? "") : isField(tagged) ? tagged : undefined
    if (name === undefined) continue
    const end =
      quoted === undefined ? endOf(text, from, keyed === undefined ? /[^<>\]]/ : /\d/) : endOfQuoted(text, from, quote)
    if (end === from) continue
    parts.push(text.slice(done, from), change(name, text.slice(from, end)))
    done = from = end
  }
}

/** Values of the known fields in an address, or in a text as queries have them. */
export const inQueries = function* (text: string): Generator<readonly [name: string, value: string]> {
  for (let from = 0; ;) {
    inQuery.lastIndex = from
    const name = inQuery.exec(text)?.[1]
    if (name === undefined) return
    const start = inQuery.lastIndex
    from = isField(name) ? endOf(text, start, /[^&;#"'\s]/) : start
    if (isField(name)) yield [name, text.slice(start, from)]
  }
}
