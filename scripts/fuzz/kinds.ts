/**
 * What comes from outside, as chance makes it: a generator for each kind.
 */
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import * as Site from "../../src/Site.ts"
import { type Given, type Name, read } from "./readers.ts"
import * as samples from "./samples.ts"

export const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    "",
    "\0",
    "\u001b[2J",
    "\u202e",
    "\ud800",
    "a\r\nb: c",
    "__proto__",
    "constructor",
    "o0012345678",
    "https://ssl.ptlogin2.qq.com/check_sig?ptsigx=a"
  )
)
const tree = fc.jsonValue({ maxDepth: 6 })
/** A tree that looks like what is wanted, with anything in some of its places. */
const like = (value: unknown): fc.Arbitrary<unknown> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: Array.isArray(value)
        ? fc.tuple(...value.map(like))
        : typeof value === "object" && value !== null
          ? fc.record(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, like(inner)])))
          : fc.constant(value)
    },
    { weight: 1, arbitrary: fc.oneof(text, tree, fc.double(), fc.constantFrom(null, 2 ** 53, -1, [])) }
  )
const jsonLike = (value: unknown): fc.Arbitrary<string> => like(value).map((made) => JSON.stringify(made) ?? "")

const attributes = ["a=b", "Domain=qq.com", "Path=/", "Secure", "Expires=Thu, 01 Jan 2099 00:00:00 GMT", "Max-Age=1"]

/** A generator for what the reader of each kind is given. */
const generators: { readonly [N in Name]: fc.Arbitrary<Given<N>> } = {
  "JSON of an answer": fc.oneof(
    text,
    tree.map((value) => JSON.stringify(value)),
    jsonLike({ retcode: 0, errmsg: "", result: { uin: 5, psessionid: "p" } })
  ),
  callbacks: fc.oneof(
    text,
    fc.array(text, { maxLength: 8 }).map((parts) => `ptuiCB(${parts.map((part) => `'${part}'`).join(",")})`)
  ),
  cookies: fc.array(
    fc.oneof(
      text,
      fc.array(fc.oneof(text, fc.constantFrom(...attributes)), { maxLength: 6 }).map((parts) => parts.join(";"))
    ),
    { maxLength: 6 }
  ),
  "saved sessions": fc.oneof(text, jsonLike(samples.kept())),
  "exported sessions": fc.oneof(text, fc.tuple(text, text, text).map(samples.exported)),
  HARs: like(samples.har([{}])),
  scenarios: like(samples.scenario([{}])),
  sites: jsonLike(Schema.encodeSync(Site.Site)(Site.qzone)),
  headers: fc.array(
    fc.tuple(
      fc.oneof(fc.constantFrom("Host", "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"), text),
      fc.oneof(
        text,
        fc.constantFrom("127.0.0.1:80", "localhost", "null", "cross-site", "same-origin", "http://127.0.0.1:80")
      )
    ),
    { maxLength: 6 }
  ),
  pictures: fc.array(
    fc.tuple(fc.constantFrom("IDAT", "PLTE", "tRNS", "IHDR", "abcd"), fc.uint8Array({ maxLength: 64 })),
    {
      maxLength: 5
    }
  )
}

export interface Kind {
  readonly name: Name
  readonly property: fc.IAsyncProperty<[unknown]>
}

const kind = <N extends Name>(name: N): Kind => ({
  name,
  property: fc.asyncProperty(generators[name], (value: Given<N>) => read(name, value)) as unknown as Kind["property"]
})

export const kinds: ReadonlyArray<Kind> = (Object.keys(generators) as ReadonlyArray<Name>).map((name) => kind(name))
