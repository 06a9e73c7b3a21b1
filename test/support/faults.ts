/**
 * The fault matrix as data: what may go wrong in an exchange, and what the client then does. Nothing here is computed from what
 * it did.
 */

/** The exchanges, by the name of what is asked (and what for, where that is not all), with the step that has to answer for it. */
export const exchanges = {
  ptqrshow: "QrCode",
  ptqrlogin: "ScanStatus",
  check_sig: "Redirect",
  getvfwebqq: "Vfwebqq",
  login2: "Psession",
  pt4_auth: "Renewal",
  get_online_buddies2: "Check",
  cgi_userinfo_get_all: "Check",
  authorize: "Authorize",
  "musicu.fcg": "MusicKey",
  "musicu.fcg refresh": "Renewal",
  "login redeem": "Authorize"
} as const
export type ExchangeName = keyof typeof exchanges
export const exchangeNames = Object.keys(exchanges) as ReadonlyArray<ExchangeName>

/**
 * What becomes of a login:
 *
 * - `ok`: it succeeds, and asks no more often than without the fault
 * - the tag of an error: it fails with that, at the first time
 * - a tag and `↻`: it asks again. A fault that passes does no harm; one that stays is that error
 */
export type Verdict =
  | "ok"
  | `${"HttpFailed" | "AccessDenied" | "RedirectMissing" | "CookieMissing" | "BadQrCode" | "BadCallback" | "BadJson" | "CheckUnclear" | "AuthorizeRefused" | "RedirectUntrusted"}${"" | " ↻"}`

/** How a fault is brought about: by an error of the socket that nock reports, or by a server on the loopback interface. */
export type Means = { readonly nock: string | undefined } | { readonly server: true }

export interface Fault {
  readonly name: string
  readonly means: Means
  /** The `reason` of every `HttpFailed` in the row. */
  readonly reason?: string
  /** One for each exchange, in their order. */
  readonly verdicts: ReadonlyArray<Verdict>
}

const everywhere = (verdict: Verdict): ReadonlyArray<Verdict> => exchangeNames.map(() => verdict)

/** Of a redirect, and where a code is redeemed, the head counts, and the body is not read. */
const inTheBody = (verdict: Verdict): ReadonlyArray<Verdict> =>
  exchangeNames.map((name) => (["check_sig", "authorize", "login redeem"].includes(name) ? "ok" : verdict))

const unreadable: ReadonlyArray<Verdict> = [
  "BadQrCode",
  "BadCallback",
  "ok",
  "BadJson",
  "BadJson",
  "BadCallback",
  "CheckUnclear",
  "CheckUnclear",
  "ok",
  "BadJson",
  "BadJson",
  "ok"
]

const server: Means = { server: true }

export const faults: ReadonlyArray<Fault> = [
  { name: "name not found", means: { nock: "ENOTFOUND" }, reason: "dns", verdicts: everywhere("HttpFailed ↻") },
  { name: "refused", means: { nock: "ECONNREFUSED" }, reason: "connect", verdicts: everywhere("HttpFailed ↻") },
  { name: "TLS failure", means: { nock: "CERT_HAS_EXPIRED" }, reason: "tls", verdicts: everywhere("HttpFailed") },
  {
    name: "reset before headers",
    means: { nock: "ECONNRESET" },
    reason: "reset",
    verdicts: everywhere("HttpFailed ↻")
  },
  { name: "hang before headers", means: { nock: undefined }, reason: "timeout", verdicts: everywhere("HttpFailed ↻") },
  { name: "reset in the body", means: server, reason: "reset", verdicts: inTheBody("HttpFailed ↻") },
  { name: "truncated body", means: server, reason: "reset", verdicts: inTheBody("HttpFailed ↻") },
  { name: "stall in the body", means: server, reason: "timeout", verdicts: inTheBody("HttpFailed ↻") },
  { name: "one byte at a time", means: server, verdicts: everywhere("ok") },
  { name: "too large", means: server, reason: "too large", verdicts: inTheBody("HttpFailed") },
  { name: "gzip unasked-for", means: server, verdicts: unreadable },
  { name: "403", means: server, verdicts: everywhere("AccessDenied") },
  {
    name: "404",
    means: server,
    reason: "status",
    verdicts: [
      "HttpFailed",
      "HttpFailed",
      "RedirectMissing",
      // One node of that pool was dead for weeks.
      "HttpFailed ↻",
      "HttpFailed ↻",
      "HttpFailed",
      "HttpFailed ↻",
      "HttpFailed ↻",
      "HttpFailed",
      "HttpFailed",
      "HttpFailed",
      "HttpFailed"
    ]
  },
  { name: "429, Retry-After: 7", means: server, reason: "status", verdicts: everywhere("HttpFailed ↻") },
  { name: "500", means: server, reason: "status", verdicts: everywhere("HttpFailed ↻") },
  { name: "502", means: server, reason: "status", verdicts: everywhere("HttpFailed ↻") },
  { name: "504", means: server, reason: "status", verdicts: everywhere("HttpFailed ↻") },
  // Right after the code it would say that the code is gone: the poll that is spoiled is the second.
  { name: "empty body", means: server, verdicts: unreadable.with(1, "BadCallback ↻") },
  {
    name: "a web page, 200",
    means: server,
    verdicts: unreadable.with(2, "RedirectMissing").with(8, "AuthorizeRefused").with(11, "CookieMissing")
  },
  { name: "wrong charset", means: server, verdicts: everywhere("ok") },
  { name: "invalid UTF-8", means: server, verdicts: unreadable },
  {
    name: "redirect elsewhere",
    means: server,
    reason: "status",
    verdicts: inTheBody("HttpFailed").with(6, "CheckUnclear").with(7, "CheckUnclear").with(8, "RedirectUntrusted")
  }
]

const chinese: Readonly<Record<string, string>> = {
  "name not found": "域名不存在",
  refused: "连接被拒绝",
  "TLS failure": "TLS 失败",
  "reset before headers": "响应头之前重置",
  "hang before headers": "响应头之前停滞",
  "reset in the body": "响应体中途重置",
  "truncated body": "响应体不完整",
  "stall in the body": "响应体中途停滞",
  "one byte at a time": "逐字节发送",
  "too large": "响应过大",
  "gzip unasked-for": "未要求却用了 gzip",
  "429, Retry-After: 7": "429，Retry-After: 7",
  "empty body": "响应体为空",
  "a web page, 200": "状态 200 的网页",
  "wrong charset": "字符集标注错误",
  "invalid UTF-8": "无效的 UTF-8",
  "redirect elsewhere": "重定向到别处"
}

/** The matrix for people, in Markdown. */
export const table = (language: "en" | "zh" = "en"): string => {
  const named = (name: string) => (language === "zh" ? (chinese[name] ?? name) : name)
  const rows = [
    [language === "zh" ? "故障" : "fault", "reason", ...exchangeNames.map((name) => `\`${name}\``)],
    ["---", "---", ...exchangeNames.map(() => "---")],
    ...faults.map(({ name, reason, verdicts }) => [named(name), reason ?? "", ...verdicts])
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: ReadonlyArray<string>) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!, cell === "---" ? "-" : " ")).join(" | ")} |`
  return rows.map(line).join("\n")
}
