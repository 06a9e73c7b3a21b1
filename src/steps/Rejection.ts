/**
 * What a code means that ptqrlogin answered with and that is none of its own five: whose turn it is, and where the account is healed.
 */
import type { LoginRejected } from "../errors/LoginError.ts"

/**
 * - `ours`: the request is not as the server wants it (7 parameters, 24 cookies, 4 a token), so this program has to be mended;
 * - `wait`: later it may work (1); `network`: from another network it may (64, which asks for a captcha);
 * - `heal`: the account has to be healed first (19, 22009); `unknown`: nobody has told what it means.
 *
 * Each by a single source: L-1124/QQMusicApi#173 and public notes on Qzone (PROTOCOL.md, other codes).
 */
export const kindOf = (code: string): NonNullable<LoginRejected["kind"]> => kinds[code] ?? "unknown"

const kinds: Readonly<Record<string, NonNullable<LoginRejected["kind"]>>> = {
  7: "ours",
  24: "ours",
  4: "ours",
  1: "wait",
  64: "network",
  19: "heal",
  22009: "heal"
}

/**
 * The address that a message links to, where it is one of Tencent's; without its query, which may hold a ticket. Anybody may write to a
 * message who sits between, so no other host is passed on.
 */
export const linkIn = (message: string): string | undefined => {
  for (const part of message
    .slice(0, 4096)
    .split(/href\s?=\s?["']/i)
    .slice(1)) {
    const url = URL.parse(part.split(/["']/, 1)[0] ?? "")
    if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) continue
    if (url.username !== "" || url.password !== "" || url.port !== "") continue
    if (url.hostname === "qq.com" || url.hostname.endsWith(".qq.com")) return url.origin + url.pathname
  }
  return undefined
}
