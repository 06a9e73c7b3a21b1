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

const words: ReadonlyArray<readonly [kind: PageKind, words: ReadonlyArray<string>]> = [
  ["captcha", ["captcha", "安全验证", "验证码", "滑块"]],
  ["captive portal", ["captive", "portal", "wlan", "wi-fi", "wifi", "hotspot", "上网认证", "网络认证"]],
  ["risk control", ["环境异常", "存在风险", "风险", "频繁", "访问受限", "unusual traffic", "waf"]]
]

/** The kind of page that a body is; nothing where it is none. Only its first 16 Ki characters are looked at. */
export const kindOf = (body: string): PageKind | undefined => {
  const text = body.slice(0, 16_384).trimStart().toLowerCase()
  const isPage = ["<!doctype html", "<html", "<head", "<body", "<script", "<meta", "<title"].some((tag) =>
    text.startsWith(tag)
  )
  if (!isPage) return undefined
  return words.find(([, some]) => some.some((word) => text.includes(word)))?.[0] ?? "web page"
}
