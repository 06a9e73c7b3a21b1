/**
 * Whom a server on this machine answers. It is meant for programs and pages of this machine, but a browser lets every web page send
 * requests to it: by its address, or by a name that was pointed here for that (DNS rebinding). A page can neither choose `Host`, nor
 * `Origin`, nor `Sec-Fetch-…`, so these tell it apart (Fetch standard, "Origin header"; W3C Fetch Metadata).
 */
import type { IncomingMessage } from "node:http"

/** What a server calls its own, beside the names of the loopback address. */
export interface Own {
  /**
   * Other names under which it is asked, without ports: whoever is led here by them, and the pages of these names, may ask. A name of this
   * machine is none of them: what else it serves, at another port, is a stranger.
   */
  readonly hosts?: ReadonlySet<string>
  /** Other names and addresses of this machine, without ports, where it listens for others too. What else they serve is a stranger. */
  readonly addresses?: ReadonlySet<string>
  /** Whether a person may come to this path from anywhere, by a link: it is then shown, alone in its tab. */
  readonly isPage?: (path: string) => boolean
}

/** Which header gave the request away. */
export type Refused = "host" | "origin" | "sec-fetch-site"

/** What is looked at of a request. */
export type Asked = Pick<IncomingMessage, "method" | "url" | "rawHeaders">

/** Why the request must not be answered, nor counted; `undefined` where it may be. */
export const refusal = ({ method, rawHeaders, url = "" }: Asked, scheme: "http" | "https", own: Own = {}) => {
  const values = (name: string) =>
    rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name)
  // One that is sent twice is nobody's: which of them counts is read in more than one way.
  const [host = "", ...hosts] = values("host")
  const name = nameOf(host)
  const isHere = (name: string | undefined) =>
    name !== undefined && (loopbackNames.has(name) || own.addresses?.has(name) === true)
  const isOwn = (name: string | undefined) => name !== undefined && own.hosts?.has(name) === true && !isHere(name)
  if (hosts.length > 0 || !(isHere(name) || isOwn(name))) return "host" satisfies Refused

  const origins = values("origin")
  const origin = origins.length > 1 ? "" : origins[0]
  const fromOwn = origin !== undefined && isOwn(nameOf(/^https?:\/\/(.*)$/s.exec(origin)?.[1] ?? ""))
  if (origin !== undefined && !fromOwn && origin !== `${scheme}://${host}`) return "origin" satisfies Refused

  const site = values("sec-fetch-site")
  const from = site.length > 1 ? "several" : site[0]
  // Another server of this machine is of the same site as we are, whoever runs it; the names of `own.hosts` belong together.
  const isHome =
    from === undefined || from === "none" || from === "same-origin" || (from === "same-site" && isOwn(name))
  const navigates =
    values("sec-fetch-mode").join() === "navigate" && values("sec-fetch-dest").join() === "document" && method === "GET"
  const isPage = navigates && origin === undefined && own.isPage?.(url) === true
  return isHome || fromOwn || isPage ? undefined : ("sec-fetch-site" satisfies Refused)
}

/** Nobody but this machine gives these a meaning. */
const loopbackNames: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"])

/** The name in `name` or `name:port`, in lower case. */
const nameOf = (authority: string) =>
  authority.length > 300 ? undefined : /^([a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d+)?$/.exec(authority.toLowerCase())?.[1]
