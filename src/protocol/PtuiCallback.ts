/**
 * The answers of ptlogin2: one call of a JavaScript function, `ptuiCB('66','0','','0','…', '');` to a `ptqrlogin` poll and
 * `ptui_auth_CB('2','…')` to `pt4_auth`. They are read here with a scanner and never run. What a code means is decided in
 * `steps/ScanStatus.ts` and `steps/Renewal.ts`.
 *
 * Sources: captures in kitech/wxagent `doc/qqprotocol.md`, pandolia/qqbot `qqbot.py`, slince/smartqq `tests/Fixtures`,
 * KiinGma/qqbot `hash33.go`, vikiboss/mioki `plugins/qr-login/index.ts`; meaning of the arguments from hexsum/Mojo-URLMonitor
 * `smartqq/mq_comm.js`; of `ptui_auth_CB` from hexsum/Mojo-Webqq `lib/Mojo/Webqq/Client/Remote/_check_login.pm`. See PROTOCOL.md.
 */
import * as Result from "effect/Result"
import type { CallbackFault } from "../errors/answerFaults.ts"

/**
 * The arguments in their order on the wire, with the escapes of JavaScript undone and nothing else changed: text that the server
 * wrote as HTML stays HTML.
 *
 * - `code`: decimal digits, with a minus sign at most; `"66"`
 * - `extcode`: `"0"` in every capture of a poll
 * - `url`: the check_sig URL on success, else empty. Holds a login ticket: a secret
 * - `target`: where a browser would navigate, `"0"`, `"1"` or `"2"`; it mirrors `ptredirect` and says nothing about success
 * - `message`: text for people, in Chinese; may be HTML
 * - `nickname`: empty until success, and where the server sent five arguments only
 */
export interface PtuiCallback {
  readonly code: string
  readonly extcode: string
  readonly url: string
  readonly target: string
  readonly message: string
  readonly nickname: string
}

/**
 * Counted in UTF-16 units, so that an answer is refused before any of it is looked at. The longest real answers stay under 1200;
 * the limit in bytes belongs to whoever reads the socket.
 */
const MAX_LENGTH = 4096

const SIMPLE_ESCAPES: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", 0: "\0" }

const skipSpace = (text: string, from: number): number => {
  let at = from
  while (text[at] === " " || text[at] === "\t" || text[at] === "\r" || text[at] === "\n") at++
  return at
}

interface Scanned {
  readonly value: string
  readonly end: number
}

/** One escape, `at` being its backslash. */
const readEscape = (text: string, at: number): Result.Result<Scanned, CallbackFault> => {
  const kind = text[at + 1]
  if (kind !== "x" && kind !== "u") {
    // A backslash before a line break would join the lines in JavaScript; no server has sent one.
    if (kind === undefined || kind === "\r" || kind === "\n") return Result.fail({ reason: "bad escape", at })
    return Result.succeed({ value: SIMPLE_ESCAPES[kind] ?? kind, end: at + 2 })
  }
  const braced = kind === "u" && text[at + 2] === "{"
  const from = braced ? at + 3 : at + 2
  const close = braced ? text.indexOf("}", from) : from + (kind === "x" ? 2 : 4)
  const digits = text.slice(from, close)
  const point = close !== -1 && /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : Infinity
  if (close > text.length || point > 0x10ffff) return Result.fail({ reason: "bad escape", at })
  return Result.succeed({ value: String.fromCodePoint(point), end: braced ? close + 1 : close })
}

/** One string literal, `open` being its first quote. */
const readLiteral = (text: string, open: number): Result.Result<Scanned, CallbackFault> => {
  if (text[open] !== "'") return Result.fail({ reason: "no quoted string", at: open })
  let value = ""
  let at = open + 1
  while (at < text.length) {
    const char = text[at]
    if (char === "'") return Result.succeed({ value, end: at + 1 })
    if (char === "\r" || char === "\n") return Result.fail({ reason: "line break in a string", at })
    if (char === "\\") {
      const escape = readEscape(text, at)
      if (Result.isFailure(escape)) return escape
      value += escape.success.value
      at = escape.success.end
    } else {
      value += char
      at++
    }
  }
  return Result.fail({ reason: "unterminated string", at: open })
}

/**
 * The arguments of one call of `name`: single-quoted JavaScript strings in brackets after a byte order mark at most, with
 * optional white space between the parts and an optional semicolon.
 */
const readCall = (name: string, body: string): Result.Result<ReadonlyArray<string>, CallbackFault> => {
  if (body.length > MAX_LENGTH) return Result.fail({ reason: "longer than allowed", limit: MAX_LENGTH })
  const start = skipSpace(body, body.startsWith("\uFEFF") ? 1 : 0)
  if (!body.startsWith(name, start)) return Result.fail({ reason: "another start", expected: name })
  let at = skipSpace(body, start + name.length)
  if (body[at] !== "(") return Result.fail({ reason: "no opening bracket", at })

  const values: Array<string> = []
  do {
    const literal = readLiteral(body, skipSpace(body, at + 1))
    if (Result.isFailure(literal)) return Result.fail(literal.failure)
    values.push(literal.success.value)
    at = skipSpace(body, literal.success.end)
  } while (body[at] === ",")

  if (body[at] !== ")") return Result.fail({ reason: "no comma or closing bracket", at })
  at = skipSpace(body, at + 1)
  if (body[at] === ";") at = skipSpace(body, at + 1)
  return at < body.length ? Result.fail({ reason: "text after the call", at }) : Result.succeed(values)
}

const wrongNumber = (count: number, least: number, limit: number): Result.Result<never, CallbackFault> =>
  Result.fail({ reason: "wrong number of arguments", count, least, limit })

const isCode = (text: string) => /^-?[0-9]+$/.test(text)

/**
 * Reads the body of a poll, decoded as UTF-8 whatever its header claims: `ptuiCB` and 5 to 7 arguments. A seventh argument, sent
 * since about 2024, was always empty and is ignored.
 *
 * Fails with a reason and the place, and never quotes the body, which may hold secrets: `{ reason: "unterminated string", at: 31 }`.
 * Takes linear time, and none for a body above 4096 UTF-16 units.
 */
export const parse = (body: string): Result.Result<PtuiCallback, CallbackFault> => {
  const call = readCall("ptuiCB", body)
  if (Result.isFailure(call)) return Result.fail(call.failure)
  const values = call.success
  if (values.length < 5 || values.length > 7) return wrongNumber(values.length, 5, 7)
  const [code, extcode, url, target, message, nickname = ""] = values as [
    string,
    string,
    string,
    string,
    string,
    string?
  ]
  if (!isCode(code)) return Result.fail({ reason: "code is not a number" })
  return Result.succeed({ code, extcode, url, target, message, nickname })
}

/** Whether a body that `parse` refuses is the beginning of one that a server sends: the rest was lost on the way. */
export const isCutOff = (body: string): boolean => {
  const text = body.trim()
  return "ptuiCB(".startsWith(text) || (text.startsWith("ptuiCB(") && !/\);?$/.test(text))
}

/** What `pt4_auth` said: `url` is a check_sig URL, and a secret, where the cookies are still worth a session; else empty. */
export interface AuthCallback {
  readonly code: string
  readonly url: string
}

/** Reads the body of `pt4_auth`: `ptui_auth_CB` and 2 arguments. Fails as `parse` does. */
export const parseAuth = (body: string): Result.Result<AuthCallback, CallbackFault> => {
  const call = readCall("ptui_auth_CB", body)
  if (Result.isFailure(call)) return Result.fail(call.failure)
  if (call.success.length !== 2) return wrongNumber(call.success.length, 2, 2)
  const [code, url] = call.success as [string, string]
  return isCode(code) ? Result.succeed({ code, url }) : Result.fail({ reason: "code is not a number" })
}

/** Why ptqrshow gave no picture. */
export interface QrRefusal {
  readonly code: number
  readonly message: string
}

/**
 * Reads `ptui_qrcode_CB({"ec":313,"em":"…"})`, which ptqrshow sends in place of a picture where it refuses one (S: aioqzone's tests).
 * Nothing where the body is no such call, or one without a number.
 */
export const parseQrRefusal = (body: string): QrRefusal | undefined => {
  const text = body.trim()
  if (body.length > MAX_LENGTH || !text.startsWith("ptui_qrcode_CB(")) return undefined
  const inner = text.slice("ptui_qrcode_CB(".length, text.lastIndexOf(")"))
  const json = Result.getOrUndefined(Result.try((): unknown => JSON.parse(inner)))
  const { ec, em } = Object(json) as Record<string, unknown>
  return Number.isSafeInteger(ec) ? { code: Number(ec), message: typeof em === "string" ? em : "" } : undefined
}

/** Quotes, backslashes, line breaks, control characters and halves of surrogate pairs: what a literal in UTF-8 cannot hold. */
const UNSAFE = /['\\\p{Cc}\p{Cs}]/gu

const escapeText = (text: string): string =>
  text.replace(UNSAFE, (unit) =>
    unit === "'" || unit === "\\" ? `\\${unit}` : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  )

/**
 * Writes a callback byte for byte as the server did from 2015 to 2017: a space before the sixth argument only, slashes escaped in
 * the nickname only, a semicolon and CRLF at the end. `parse` reads it back for any strings, as long as `code` is a number and
 * the whole stays within the length that `parse` accepts.
 */
export const encode = ({ code, extcode, url, target, message, nickname }: PtuiCallback): string => {
  const five = [code, extcode, url, target, message].map((text) => `'${escapeText(text)}'`)
  return `ptuiCB(${five.join(",")}, '${escapeText(nickname).replaceAll("/", "\\/")}');\r\n`
}
