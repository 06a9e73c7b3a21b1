/**
 * The spellings under which a value travels: as it is, percent-encoded, in a form, in JSON, in JavaScript; and hidden in
 * base64 or hex, which cannot be listed because they depend on what stands around it.
 */

const percent = (text: string) => encodeURIComponent(text.toWellFormed())
const strict = (text: string) =>
  percent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
const lower = (text: string) => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
const form = (text: string) => new URLSearchParams([["", text]]).toString().slice(1)
const escaped = (text: string) => JSON.stringify(text).slice(1, -1)
const unicode = (text: string) =>
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
  escaped(text).replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
const upperUnicode = (text: string) =>
  unicode(text).replaceAll(/\\u([0-9a-f]{4})/g, (_, code: string) => `\\u${code.toUpperCase()}`)
// As `escape` writes it, and as HTML does.
const escapedUnits = (text: string) =>
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
  text.replaceAll(/[^\0-\x7f]/g, (unit) => `%u${unit.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`)
const entities = (text: string) =>
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
  text.replaceAll(/[^\0-\x7f]/gu, (char) => `&#${char.codePointAt(0)};`)
const hexEntities = (text: string) =>
  entities(text).replaceAll(/&#(\d+);/g, (_, code: string) => `&#x${Number(code).toString(16)};`)
const slashes = (text: string) => text.replaceAll("/", "\\/")

const spellers: ReadonlyArray<(text: string) => string> = [
  (text) => text,
  // The bytes of UTF-8, one letter a byte: how a decoded body looks.
  (text) => Buffer.from(text, "utf8").toString("latin1"),
  ...[percent, strict, form, (text: string) => percent(percent(text)), (text: string) => percent(form(text))].flatMap(
    (spell) => [spell, (text: string) => lower(spell(text))]
  ),
  escaped,
  unicode,
  upperUnicode,
  (text) => slashes(escaped(text)),
  (text) => slashes(unicode(text)),
  escapedUnits,
  entities,
  hexEntities,
  (text) => escaped(escaped(text)),
  (text) => text.replaceAll(/['\\]/g, "\\$&"),
  (text) => slashes(text.replaceAll(/['\\]/g, "\\$&"))
]

/** A value and what stands for it, in every spelling; the first of two that are the same counts. */
export const spellings = (value: string, standIn: string): ReadonlyMap<string, string> => {
  const pairs = new Map<string, string>()
  for (const spell of spellers) if (!pairs.has(spell(value))) pairs.set(spell(value), spell(standIn))
  // Hex may be written in capitals.
  if (/^[0-9a-f]{8,}$/.test(value)) pairs.set(value.toUpperCase(), standIn.toUpperCase())
  return pairs
}

/** A stretch of text that may be hex or base64, read from each place where it may begin. */
interface Reading {
  readonly text: string
  /** The stretch anew, with another text in the place of this one. */
  readonly rewrite: (text: string) => string
}

export const coded = /[A-Za-z0-9+/_-]{8,}/g

/** What a stretch of at least eight letters of base64 or hex may say, one letter a byte. */
export const readings = function* (stretch: string): Generator<Reading> {
  const base64 = /[-_]/.test(stretch) ? "base64url" : "base64"
  for (let start = 0; start < 4; start++) {
    const body = stretch.slice(start)
    // One letter over is no byte.
    const over = body.length % 4 === 1 ? body.slice(-1) : ""
    const text = Buffer.from(body.slice(0, body.length - over.length), "base64").toString("latin1")
    const write = (made: string) => {
      const written = Buffer.from(made, "latin1").toString(base64).replaceAll("=", "")
      return made.length === text.length ? keep(body, text, written, made) : written
    }
    yield { text, rewrite: (made) => stretch.slice(0, start) + write(made) + over }
  }
  for (const { 0: hex, index } of stretch.matchAll(/[0-9a-fA-F]{8,}/g)) {
    for (let start = 0; start < 2; start++) {
      const body = hex.slice(start)
      const over = body.length % 2 === 1 ? body.slice(-1) : ""
      const inCase = (text: string) => (/[A-F]/.test(hex) ? text.toUpperCase() : text)
      const text = Buffer.from(body, "hex").toString("latin1")
      const write = (made: string) => inCase(Buffer.from(made, "latin1").toString("hex"))
      const before = stretch.slice(0, index + start)
      const after = over + stretch.slice(index + hex.length)
      yield { text, rewrite: (made) => before + write(made) + after }
    }
  }
}

// What stands around it need not be base64 at all: letters of which no byte has changed stay as they were.
const keep = (old: string, text: string, written: string, made: string) =>
  Array.from(written, (letter, at) => {
    const [first, last] = [(at * 6) >> 3, (at * 6 + 5) >> 3]
    return text.slice(first, last + 1) === made.slice(first, last + 1) ? (old[at] ?? letter) : letter
  }).join("")

const unpercent = (text: string) =>
  text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (codes) => Buffer.from(codes.replaceAll("%", ""), "hex").toString("utf8"))
const simple: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", 0: "\0" }

/** Undoes the escapes of JavaScript and JSON, as `PtuiCallback.parse` does. */
export const unescape = (text: string): string =>
  text.replaceAll(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs,
    (escape, point?: string, four?: string, two?: string, char = "") => {
      const code = point ?? four ?? two
      if (code === undefined) return simple[char] ?? String(char)
      const value = Number.parseInt(code, 16)
      return value > 0x10ffff ? escape : String.fromCodePoint(value)
    }
  )

const unentity = (text: string) =>
  text.replaceAll(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));|%u([0-9a-f]{4})/gi, (whole, hex = "", decimal = "", unit = "") => {
    const code = decimal === "" ? Number.parseInt(`${hex}${unit}`, 16) : Number(decimal)
    return code > 0x10ffff ? whole : String.fromCodePoint(code)
  })

const depth = 3

/** Everything that a text may mean: itself, and what it says once decoded, up to three times over. */
export const views = (text: string): ReadonlySet<string> => {
  const seen = new Set([text])
  let last: ReadonlyArray<string> = [text]
  for (let round = 0; round < depth; round++) {
    const next = last.flatMap((view) => [
      unpercent(view),
      unpercent(view.replaceAll("+", " ")),
      unescape(view),
      unentity(view),
      ...Array.from(view.matchAll(coded), ([stretch]) =>
        Array.from(readings(stretch), (reading) => reading.text)
      ).flat()
    ])
    // Garbage of wrong guesses holds nothing to decode.
    last = next.filter(
      (view) => view.length >= 4 && !seen.has(view) && /[\x20-\x7e]{4}|[^\0-\xff]|[\xc0-\xf4][\x80-\xbf]/.test(view)
    )
    for (const view of last) seen.add(view)
  }
  return seen
}
