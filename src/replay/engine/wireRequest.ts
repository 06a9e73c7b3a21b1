/**
 * A request taken apart, as far as fixtures speak of it.
 */
import { formPairs, leafText, leavesOf, parseJson } from "../data.ts"

/** A request as it would go over the wire, under its logical address. */
export interface WireRequest {
  readonly method: string
  /** Absolute, query included: `https://ssl.ptlogin2.qq.com/ptqrlogin?…`. */
  readonly url: string
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Uint8Array
}

/** Values by name, in their order. */
export type Values = ReadonlyMap<string, ReadonlyArray<string>>

/** A request in the parts that a fixture speaks of; each is taken apart when it is first asked for, and once. */
export interface ReadRequest {
  readonly method: string
  /** The address without its query. */
  readonly address: string
  readonly query: () => Values
  readonly headers: () => Values
  readonly cookies: () => Values
  readonly form: () => Values
  /** What stands in a field of the form as JSON. */
  readonly inForm: (name: string) => unknown
  /** The leaves of a body in JSON, by their paths, as texts. */
  readonly json: () => Values
  /** The same as they are. */
  readonly leaves: () => ReadonlyMap<string, unknown>
}

const collect = (pairs: Iterable<readonly [string, string]>): Values => {
  const values = new Map<string, Array<string>>()
  for (const [name, value] of pairs) {
    const known = values.get(name)
    if (known === undefined) values.set(name, [value])
    else known.push(value)
  }
  return values
}

const once = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => (made ??= { value: make() }).value
}

/** Takes a request apart, for as many comparisons as there may be. */
export const read = (request: WireRequest): ReadRequest => {
  const url = new URL(request.url)
  const { search } = new URL(url)
  url.search = ""
  url.hash = ""
  const headers = once(() => collect(request.headers.map(([name, value]) => [name.toLowerCase(), value] as const)))
  const form = once(() => {
    const boundary = boundaryOf(headers().get("content-type")?.[0])
    const text = new TextDecoder().decode(request.body)
    return collect(boundary === undefined ? formPairs(text) : parts(text, boundary))
  })
  const parsed = new Map<string, unknown>()
  const leaves = once(() => leavesOf(parseJson(new TextDecoder().decode(request.body))?.value))
  return {
    method: request.method,
    address: url.href,
    query: once(() => collect(formPairs(search.slice(1)))),
    headers,
    cookies: once(() => collect((headers().get("cookie") ?? []).flatMap(cookiePairs))),
    form,
    inForm: (name) => {
      if (!parsed.has(name)) parsed.set(name, parseJson(form().get(name)?.[0] ?? "")?.value)
      return parsed.get(name)
    },
    json: once(() => collect(leaves().map(([path, leaf]) => [path, leafText(leaf)] as const))),
    leaves: once(() => new Map(leaves()))
  }
}

const cookiePairs = (line: string) =>
  line
    .split(";")
    .filter((part) => part.includes("="))
    .map((part) => {
      const at = part.indexOf("=")
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const
    })

// RFC 7578: some clients send a form this way, and servers take it.
const boundaryOf = (type: string | undefined) =>
  type === undefined || !/^multipart\/form-data\b/i.test(type)
    ? undefined
    : /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i
        .exec(type)
        ?.slice(1)
        .find((text) => text !== undefined)

const parts = (text: string, boundary: string): ReadonlyArray<readonly [string, string]> =>
  text
    .split(`--${boundary}`)
    .slice(1)
    .flatMap((part) => {
      const end = part.indexOf("\r\n\r\n")
      const name = end < 0 ? undefined : /;\s*name="([^"]*)"/i.exec(part.slice(0, end))?.[1]
      return name === undefined ? [] : [[name, part.slice(end + 4).replace(/\r\n$/, "")] as const]
    })
