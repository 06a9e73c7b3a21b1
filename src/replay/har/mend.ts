/**
 * An entry of a HAR file as a request and its answer went over the wire, whatever its tool has made of them.
 */
import { formPairs } from "../data.ts"
import type { Capture } from "../record/Recorder.ts"
import { setCookieOf } from "../record/secrets.ts"
import type { Cookies, Pairs } from "./archive.ts"
import type { Answered } from "./entries.ts"
import { encoded } from "./toHar.ts"

/** What was not where it belongs. */
export type Mended =
  | "sorted"
  | "query apart"
  | "cookies apart"
  | "cookies joined"
  | "sent cookies apart"
  | "sent qrsig"
  | "begun before"
  | "unused code"

/** One request of the login; `place` is where it stands in the file. */
export interface Step extends Capture {
  readonly place: number
  /** Whether there was a body that the file does not have. */
  readonly isBodyMissing: boolean
}

/** Adds to `mended` what had to be. */
export const stepOf = ({ place, request, response }: Answered, mended: Set<Mended>): Step => {
  const url = withQuery(request.url, request.queryString ?? [], mended)
  const { mimeType, params, text } = request.postData ?? {}
  const requestHeaders = withCookies(pairs(request.headers), request.cookies ?? [], mended)
  const typed = requestHeaders.some(([name]) => name.toLowerCase() === "content-type")
  const { _file, encoding, size, text: content } = response.content ?? {}
  const body = Buffer.from(content ?? "", encoding === "base64" ? "base64" : "utf8")
  // The text is unzipped already.
  const answered = pairs(response.headers).filter(([name]) => name.toLowerCase() !== "content-encoding")
  const length = Math.max(size ?? 0, Number(valueOf(answered, "content-length") ?? 0))
  // A picture is made anew in any case, of which its first bytes tell.
  const isPicture = new URL(url).pathname.endsWith("/ptqrshow") && response.status === 200
  return {
    place,
    method: request.method.toUpperCase(),
    url,
    requestHeaders: typed || !mimeType ? requestHeaders : [...requestHeaders, ["content-type", mimeType]],
    requestBody: Buffer.from(
      text || encoded((params ?? []).map(({ name, value }) => ({ name, value: value ?? "" }))),
      "utf8"
    ),
    status: response.status,
    responseHeaders: withSetCookies(answered, response.cookies ?? [], mended),
    responseBody: isPicture && body.length === 0 ? Buffer.from("\x89PNG", "latin1") : body,
    isBodyMissing: body.length === 0 && !isPicture && (Boolean(_file) || length > 0)
  }
}

const valueOf = (headers: Capture["requestHeaders"], wanted: string) =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1]

// HTTP/2 has headers of its own; several Set-Cookie may come as one with line ends; what is not Latin-1 was UTF-8 on the wire.
const pairs = (headers: Pairs): Capture["requestHeaders"] =>
  headers
    .filter(({ name }) => /^[\w!#$%&'*+.^`|~-]+$/.test(name))
    .flatMap(({ name, value }) => (value ?? "").split(/\r?\n/).map((line) => [name, onWire(line)] as const))
    .filter(([, value]) => !/[^\t\x20-\x7e\x80-\xff]/.test(value))

const onWire = (text: string) => (/[^\0-\xff]/.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text)

/** Some tools list the parameters, and leave them out of the address. */
const withQuery = (address: string, query: Pairs, mended: Set<Mended>): string => {
  const url = new URL(address)
  if (formPairs(url.search.slice(1)).length > 0 || query.length === 0) return address
  mended.add("query apart")
  const all = query.map(({ name, value }) => ({ name, value: value ?? "" }))
  // Some list them as they stand in an address, where none of these letters does.
  const isPlain =
    all.some(({ value }) => /[/:?&#= ]|[^\0-\x7f]/.test(value)) || !all.some(({ value }) => value.includes("%"))
  url.search = isPlain ? encoded(all) : all.map(({ name, value }) => `${name}=${value}`).join("&")
  return url.href
}

const withCookies = (
  headers: Capture["requestHeaders"],
  cookies: Cookies,
  mended: Set<Mended>
): Capture["requestHeaders"] => {
  if (cookies.length === 0 || valueOf(headers, "cookie") !== undefined) return headers
  mended.add("sent cookies apart")
  return [...headers, ["cookie", onWire(cookies.map(({ name, value }) => `${name}=${value ?? ""}`).join("; "))]]
}

const isSetCookie = ([name]: readonly [string, string]) => name.toLowerCase() === "set-cookie"

const withSetCookies = (
  headers: Capture["responseHeaders"],
  cookies: Cookies,
  mended: Set<Mended>
): Capture["responseHeaders"] => {
  const apart = headers.flatMap((header): ReadonlyArray<readonly [string, string]> => {
    if (!isSetCookie(header)) return [header]
    const lines = unjoined(header[1])
    if (lines.length > 1) mended.add("cookies joined")
    return lines.map((line) => [header[0], line])
  })
  const named = new Set(apart.filter(isSetCookie).map(([, line]) => setCookieOf(line)[0]))
  const others = cookies.filter(({ name }) => name !== "" && !named.has(name))
  if (others.length === 0) return apart
  mended.add("cookies apart")
  return [...apart, ...others.map((cookie) => ["Set-Cookie", onWire(lineOf(cookie))] as const)]
}

/** Lines that were joined by commas: each begins with a name, behind the attributes of another. A date has a comma, too, and no name after it. */
const unjoined = (text: string): ReadonlyArray<string> => {
  const lines: Array<Array<string>> = []
  let isWhole = true
  for (const piece of text.split(/,\s*(?=[^\s;,=]+=)/)) {
    if (isWhole) lines.push([piece])
    else lines.at(-1)?.push(piece)
    isWhole = piece.includes(";")
  }
  return lines.map((pieces) => pieces.join(","))
}

const lineOf = ({ domain, expires, httpOnly, name, path, secure, value }: Cookies[number]): string => {
  const until = typeof expires === "string" ? Date.parse(expires) : Number.NaN
  const plain = (text: string) => text.replaceAll(/[^\x20-\x3a\x3c-\x7e]/g, "")
  return [
    `${name}=${value ?? ""}`,
    ...(Number.isNaN(until) ? [] : [`Expires=${new Date(until).toUTCString()}`]),
    `Path=${plain(path || "/")}`,
    ...(domain ? [`Domain=${plain(domain)}`] : []),
    ...(secure === true ? ["Secure"] : []),
    ...(httpOnly === true ? ["HttpOnly"] : [])
  ].join(";")
}
