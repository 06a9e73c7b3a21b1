/**
 * How what reads each kind fares when a structure of it grows: in length, in depth and in number, each by a generator of its own, doubled
 * four times (`attacks/measure.ts` says how that is judged). What is repeated is chance's, by the seed of the fuzzer. Where a kind does not
 * grow in one of the ways, the table says why.
 */
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import * as Site from "../../src/Site.ts"
import { measure, type Growth } from "../attacks/measure.ts"
import { text } from "./kinds.ts"
import { type Given, type Name, read } from "./readers.ts"
import * as samples from "./samples.ts"

type Way = Growth["grows"]

/** A structure of that size, with the part wherever a text is free. */
type Grown<N extends Name> = (size: number, part: string) => Given<N>
/** Why a kind cannot grow in that way. */
interface Without {
  readonly without: string
}
interface Limited<N extends Name> {
  readonly make: Grown<N>
  /** A larger one takes so long to make, and so much memory, that nobody learns anything from it. */
  readonly most: number
}

/** The largest size of each way: characters, levels, things. */
const most: Readonly<Record<Way, number>> = { length: 2 ** 20, depth: 200_000, number: 16_000 }

const long = (size: number, part: string) => part.repeat(Math.ceil(size / Math.max(1, part.length))).slice(0, size)
const deep = (size: number, inner = "1") => `${'{"a":['.repeat(size / 2)}${inner}${"]}".repeat(size / 2)}`
/** The same as a value, which no JSON was read for. */
const deepValue = (size: number): Schema.Json => {
  let value: Schema.Json = 1
  for (let n = 0; n < size; n++) value = n % 2 === 0 ? [value] : { a: value }
  return value
}
const times = <A>(size: number, make: (n: number) => A): ReadonlyArray<A> =>
  Array.from({ length: size }, (_, n) => make(n))
/** A part in letters that every terminal shows. */
const spelt = (part: string) =>
  JSON.stringify(part).replaceAll(/[^ -~]/gu, (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`)
/** JSON with a place for JSON that is too deep to be written by JSON.stringify. */
const place = "<here>"
const around = (value: unknown, inner: string) => JSON.stringify(value).replace(JSON.stringify(place), () => inner)
const site = (more: object) => ({ ...Schema.encodeSync(Site.Site)(Site.qzone), ...more })

const table: { readonly [N in Name]: Readonly<Record<Way, Grown<N> | Limited<N> | Without>> } = {
  "JSON of an answer": {
    length: (size, part) => JSON.stringify({ retcode: 1, errmsg: long(size, part) }),
    depth: (size) => `{"retcode":0,"result":${deep(size)}}`,
    number: (size, part) =>
      JSON.stringify({ retcode: 0, result: Object.fromEntries(times(size, (n) => [`${part}${n}`, n])) })
  },
  callbacks: {
    length: (size, part) => `ptuiCB('0','0','','0','${long(size, part)}', 'n')`,
    depth: { without: "its arguments are texts; nothing stands within another" },
    number: (size, part) => `ptuiCB(${times(size, () => `'${part}'`).join(",")})`
  },
  cookies: {
    length: (size, part) => [`a=${long(size, part)}`, `b=c; Expires=${long(size, part)}`],
    depth: (size) => [`a=b; Path=/${"a/".repeat(size)}`, `b=c; Domain=${"a.".repeat(size)}qq.com`],
    number: (size, part) => [...times(size, (n) => `c${n}=${part}`), times(size, () => part).join(";")]
  },
  "saved sessions": {
    length: (size, part) => JSON.stringify(samples.kept({ nickname: long(size, part) })),
    depth: (size) => around(samples.kept({ cookies: place }), deep(size)),
    number: (size, part) =>
      JSON.stringify(samples.kept({ cookies: times(size, (n) => ({ ...samples.cookie, name: `c${n}`, value: part })) }))
  },
  "exported sessions": {
    length: (size, part) => samples.exported([`"x":"a"}`, long(size, part), "y"]),
    depth: (size) => samples.exported([`"N":${deep(size)}}`, "x", "y"]),
    number: (size, part) => samples.exported(["}", ...times(size, () => part)])
  },
  HARs: {
    length: (size, part) => samples.har([{ text: long(size, part), form: long(size, part) }]),
    depth: (size) => samples.har([{ text: deep(size), form: `r=${deep(size)}`, more: { _x: deepValue(size) } }]),
    number: {
      make: (size, part) =>
        samples.har([
          ...times(size, (n) => ({ text: `ptuiCB('66','0','','0','${n}', '')` })),
          { headers: times(size, (n) => ({ name: "Set-Cookie", value: `c${n}=${part}` })) }
        ]),
      most: 4000
    }
  },
  scenarios: {
    length: (size, part) => samples.scenario([{ body: long(size, part) }]),
    depth: (size) => samples.scenario([{ json: deepValue(size) }]),
    number: {
      make: (size, part) =>
        samples.scenario([...times(size, () => ({})), { headers: times(size, () => ["Set-Cookie", part]) }]),
      most: 4000
    }
  },
  sites: {
    length: (size, part) => JSON.stringify(site({ u1: `https://qzs.qq.com/${long(size, part)}` })),
    depth: (size) =>
      around(site({ check: { ...Site.qzone.check, method: "POST", query: {}, json: place } }), deep(size)),
    number: (size, part) =>
      JSON.stringify(
        site({
          redirectHosts: times(size, (n) => `h${n}.qzone.qq.com`),
          check: { ...Site.qzone.check, headers: Object.fromEntries(times(size, (n) => [`h${n}`, part])) }
        })
      )
  },
  headers: {
    length: (size, part) => [
      ["Host", long(size, part)],
      ["Origin", `http://${long(size, part)}`]
    ],
    depth: { without: "a header is a name and a text" },
    number: (size, part) => times(size, (n) => [n % 2 === 0 ? "Host" : "Origin", part])
  },
  pictures: {
    length: (size, part) => [["IDAT", Buffer.from(long(size, part))]],
    depth: { without: "a picture is a row of chunks" },
    number: (size, part) => times(size, () => ["IDAT", Buffer.from(part)])
  }
}

/** Of each way of a kind, its steepest growth, or why there is none. */
export const growthOf = async (
  name: Name,
  seed: number
): Promise<ReadonlyArray<Growth | (Without & { grows: Way })>> => {
  // What chance makes, and always what quotes, opens, escapes and separates.
  const parts = [...fc.sample(text, { seed, numRuns: 4 }), "\\", "'\",", "a=b;", "&#1;http:"]
  const all: Array<Growth | (Without & { grows: Way })> = []
  // One after the other: what is measured is the time of this process.
  for (const grows of Object.keys(most) as ReadonlyArray<Way>) all.push(await steepest(name, grows, parts))
  return all
}

const steepest = async <N extends Name>(name: N, grows: Way, parts: ReadonlyArray<string>) => {
  const entry = table[name][grows]
  if ("without" in entry) return { ...entry, grows }
  const { make, most: largest } = "make" in entry ? entry : { make: entry, most: most[grows] }
  let worst: Growth | undefined
  for (const part of new Set(parts)) {
    const growth = await measure({
      name: `${name} of ${spelt(part)}`,
      grows,
      most: largest,
      ready: (size) => {
        const value = make(size, part)
        return () => read(name, value)
      }
    })
    if (worst === undefined || growth.power > worst.power || !growth.isLinear) worst = growth
  }
  return worst!
}
