/**
 * graph.qq.com's authorize, which gives a code for what check_sig gave, as data: the request, and what its answer means. It is the same for
 * every application of QQ Connect; only the site's numbers differ (PROTOCOL.md, authorize; C(6)). Nothing is sent here.
 */
import * as Redacted from "effect/Redacted"
import type { AuthorizeRefused } from "../errors/siteErrors.ts"
import type { Authorize } from "../Site.ts"
import { gtk } from "./Hash.ts"
import { address, encode, kibibyte, type QqRequest, text } from "./Request.ts"
import { type PageKind, pageOf } from "./WebPage.ts"

/** The host whose cookies authorize wants, and which answers it. */
export const host = "graph.qq.com"

/** Values that change from one request to the next: epoch milliseconds, and a random UUID. */
export interface Variation {
  readonly now: number
  readonly ui: string
}

/**
 * The request. `pSkey` is empty where the server withholds it (p_skey_forbid): then the hash of an empty text stands in its place, and the
 * cookie pt_oauth_token speaks for the login (S, in real scans of 2026-10). As a query in place of a form the answer is a page.
 */
export const request = (authorize: Authorize, pSkey: Redacted.Redacted, { now, ui }: Variation): QqRequest => ({
  step: "Authorize",
  method: "POST",
  url: address(`https://${host}/oauth2.0/authorize`, []),
  headers: {
    referer: text(`https://${host}/oauth2.0/show`, [
      ["which", "Login"],
      ["display", "pc"],
      ["response_type", "code"],
      ["client_id", authorize.clientId],
      ["redirect_uri", authorize.redirectUri],
      ["state", "state"]
    ]),
    origin: `https://${host}`,
    "content-type": "application/x-www-form-urlencoded"
  },
  form: Redacted.make(
    encode([
      ["response_type", "code"],
      ["client_id", authorize.clientId],
      ["redirect_uri", authorize.redirectUri],
      ["scope", authorize.scope ?? "get_user_info"],
      ["state", "state"],
      ["switch", ""],
      ["from_ptlogin", "1"],
      ["src", "1"],
      ["update_auth", "1"],
      ["openapi", authorize.openapi ?? "1010"],
      ["g_tk", String(gtk(Redacted.value(pSkey)))],
      ["auth_time", String(Math.floor(now))],
      ["ui", ui]
    ]),
    { label: "form" }
  ),
  // The page of risk control may be of any size.
  maxBytes: 16 * kibibyte,
  redirects: true
})

/**
 * What an answer means:
 *
 * - `Code`: the code, which is good once and for minutes (I), and the address that it came with. Both are secrets
 * - `Refused`: one of the bad ends of `AuthorizeRefused`, with the kind of page where one came
 * - `Untrusted`: sent elsewhere than to the application's own host
 * - `Other`: another status
 */
export type Answer =
  | { readonly _tag: "Code"; readonly code: Redacted.Redacted; readonly location: Redacted.Redacted }
  | {
      readonly _tag: "Refused"
      readonly kind: AuthorizeRefused["kind"]
      readonly code?: string
      readonly page?: PageKind
      readonly message: string
    }
  | { readonly _tag: "Untrusted"; readonly host: string; readonly reason: "not a URL" | "host" }
  | { readonly _tag: "Other" }

/** Reads status and Location, and of a page what it is. The Location is only read: nothing is asked of it here. */
export const read = (
  { redirectUri }: Authorize,
  { location, status, text }: { readonly status: number; readonly location: string | undefined; readonly text: string }
): Answer => {
  if (status === 200) {
    const { page } = pageOf(text)
    if (page === "captive portal") return { _tag: "Refused", kind: page, message: "" }
    return { _tag: "Refused", kind: "risk control", message: "", ...(page === undefined ? {} : { page }) }
  }
  if (status < 300 || status > 399) return { _tag: "Other" }
  if (location === undefined || location === "") return { _tag: "Refused", kind: "no code", message: "" }
  const url = URL.parse(location, `https://${host}/`)
  if (url === null) return { _tag: "Untrusted", host: "", reason: "not a URL" }
  const parameter = (name: string) => url.searchParams.get(name) ?? ""
  const [error, message] = [parameter("error"), parameter("error_description")]
  const isGraphs = url.hostname === host
  // graph.qq.com's own page of errors is `show?which=error&error=100010` (several public reports of a wrong redirectUri).
  if (message !== "" || (isGraphs && (error !== "" || parameter("which") === "error"))) {
    return { _tag: "Refused", kind: "refused", ...(error === "" ? {} : { code: error }), message }
  }
  if (isGraphs) return { _tag: "Refused", kind: "login page", message: "" }
  const registered = new URL(redirectUri)
  if (url.origin !== registered.origin || url.username !== "" || url.password !== "") {
    return { _tag: "Untrusted", host: url.hostname, reason: "host" }
  }
  const code = parameter("code")
  return code === ""
    ? { _tag: "Refused", kind: "no code", message: "" }
    : {
        _tag: "Code",
        code: Redacted.make(code, { label: "code" }),
        location: Redacted.make(url.href, { label: "url" })
      }
}

/** The address that a code came with, asked as a browser would: for its cookies, so neither its body nor its Location counts. */
export const redemption = (location: Redacted.Redacted): QqRequest => ({
  step: "Authorize",
  method: "GET",
  url: location,
  headers: { referer: `https://${host}/` },
  maxBytes: 0
})
