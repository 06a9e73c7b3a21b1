/**
 * What a cookie must be before we keep it or send it, whoever gives it: a server, a saved session, an import, a recording. The rules
 * are those of RFC 6265 and its successor (6265bis); a value that breaks one could forge a header or crash the transport.
 */

/** A cookie with its value in clear. */
export interface PlainCookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly path: string
  readonly secure: boolean
  readonly hostOnly: boolean
}

/** Limits against hostile answers and files; a real login sets about twenty cookies of at most 224 bytes. */
export const limits = {
  /** Bytes of name and value together. */
  cookieBytes: 4096,
  cookies: 128,
  linesPerAnswer: 64
} as const

/** A token, as HTTP has it. */
export const name = /^[\w!#$%&'*+\-.^`|~]+$/u
/** What a `Cookie` header can carry: no control character but the tab, no semicolon, and nothing beyond ISO-8859-1. */
export const value = /^[\t\u0020-\u003a\u003c-\u007e\u0080-\u00ff]*$/u
export const path = /^\/[\u0020-\u003a\u003c-\u007e]*$/u
/** Lower case and of two labels at least: `com` is nobody's. */
export const domain = /^[a-z\d_-]+(?:\.[a-z\d_-]+)+$/u

const address = /^[\d.]+$/u

/**
 * `com`, `com.cn`, `co.uk`: names below which domains belong to different people. The list of all of them (publicsuffix.org) is long and changes
 * every week; these are the forms that countries give them, and keep a mistake out. That nobody gets another's cookie below one of the others
 * (`github.io`, `bj.cn`) does not rest on them: a session goes to the hosts that its site names and no redirect is followed, what a server sets
 * for a domain goes no further than that, and of a browser's cookies those for these hosts alone are taken.
 */
const shared = /^(?:[^.]+|(?:ac|co|com|edu|gob|gov|go|mil|ne|net|nom|or|org)\.[a-z]{2})$/u
export const isShared = (domain: string): boolean => shared.test(domain)

/** Why the parts, each right by itself, make no cookie. */
export const conflict = (cookie: PlainCookie): "size" | "prefix" | "address" | "shared" | undefined => {
  if (Buffer.byteLength(cookie.name) + Buffer.byteLength(cookie.value) > limits.cookieBytes) return "size"
  if (cookie.path.length > 1024 || cookie.domain.length > 253) return "size"
  // Browsers compare the prefix without regard to case, since servers do.
  const [prefix] = /^__(?:host|secure)-/iu.exec(cookie.name) ?? []
  if (prefix !== undefined && !cookie.secure) return "prefix"
  if (prefix?.length === 7 && !(cookie.hostOnly && cookie.path === "/")) return "prefix"
  if (cookie.hostOnly) return undefined
  if (address.test(cookie.domain)) return "address"
  return isShared(cookie.domain) ? "shared" : undefined
}

/** Whether a cookie is one that may be kept and sent. */
export const isSound = (cookie: PlainCookie): boolean =>
  name.test(cookie.name) &&
  value.test(cookie.value) &&
  path.test(cookie.path) &&
  domain.test(cookie.domain) &&
  conflict(cookie) === undefined

/** Whether a domain is `parent` or lies below it. */
export const isBelow = (domain: string, parent: string): boolean => domain === parent || domain.endsWith(`.${parent}`)
