/**
 * What a web page is that came in the place of an answer: told by the words in it, since no two look alike.
 *
 * Sources: coolxi-tech/deltaforce#2 and #9 (a page after many scans; another address or account helps). The words are inferred (I): nobody
 * has published such a page whole.
 */

/**
 * - `captcha`: it wants to see that somebody is there; `risk control`: it mistrusts the login, the account or the address;
 * - `captive portal`: the network itself wants a login first; `web page`: anything else.
 */
export type PageKind = "captcha" | "risk control" | "captive portal" | "web page"

const words: ReadonlyArray<readonly [kind: PageKind, words: RegExp]> = [
  ["captcha", /captcha|安全验证|验证码|滑块/],
  // A portal alone is none: y.qq.com has a folder of that name, to which its own pages lead.
  ["captive portal", /captive|portal login|login portal|wlan|wi-fi|wifi|hotspot|上网认证|网络认证/],
  ["risk control", /环境异常|风险|频繁|访问受限|unusual traffic|\bwaf\b/]
]

/** The kind of page as a field of an error; no field where the body is no page. */
export const pageOf = (body: string): { readonly page?: PageKind } => {
  const page = kindOf(body)
  return page === undefined ? {} : { page }
}

/** The kind of page that a body is; nothing where it is none. Only its first 16 Ki characters are looked at. */
export const kindOf = (body: string): PageKind | undefined => {
  const text = body.slice(0, 16_384).trimStart().toLowerCase()
  const isPage = ["<!doctype html", "<html", "<head", "<body", "<script", "<meta", "<title"].some((tag) =>
    text.startsWith(tag)
  )
  if (!isPage) return undefined
  return words.find(([, some]) => some.test(text))?.[0] ?? "web page"
}
