/**
 * A scenario of ours as if it had happened to somebody: every stand-in becomes a random value of the same shape, and what is derived
 * is derived anew. It knows the stand-ins by how they are written, and shares no code with the scrubber that it is there to try.
 */
import { gtk, hash33, time33 } from "../../src/protocol/Hash.ts"

/** Numbers in [0, 1) that are the same for the same seed. */
export const chance = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const lower = "abcdefghijklmnopqrstuvwxyz"
const hanzi = "春眠不觉晓处闻啼鸟夜来风雨声花落知多少床前明月光疑是地上霜举头望低思故乡"

export interface Resecreted {
  readonly json: any
  /** Every value that nobody may see, and what it is. */
  readonly secrets: ReadonlyArray<{ readonly name: string; readonly value: string }>
}

/** `text` is the content of a scenario.json. */
export const resecret = (text: string, random: () => number): Resecreted => {
  const pick = (from: string) => Array.from(from)[Math.floor(random() * Array.from(from).length)] ?? ""
  const alike = (value: string, isHex: boolean) =>
    value.replaceAll(/[A-Za-z0-9]/g, (char) =>
      isHex
        ? pick("0123456789abcdef")
        : /\d/.test(char)
          ? pick("0123456789")
          : /[a-z]/.test(char)
            ? pick(lower)
            : pick(lower).toUpperCase()
    )
  const mapped = new Map<string, string>()
  const sessions = new Set(text.match(/83680467[0-9a-f]{100,}/g) ?? [])
  const hashes = new Set(Array.from(text.matchAll(/"sha256": "([0-9a-f]{64})"/g), ([, hash]) => hash))
  for (const [value] of text.matchAll(
    /(?<![0-9a-f])[0-9a-f]{64,}(?![0-9a-f])|Stand-?In[A-Za-z0-9*+/_-]*|@AbCdEfGhI|@JkLmNoPqR|AbCdEfGhIjKlMnOpQrStUvWxYz0123456789\*-AbCdE_|(?<!\d)1234567890(?!\d)/g
  )) {
    if (sessions.has(value) || hashes.has(value)) continue
    if (mapped.has(value)) continue
    let made = alike(value, /^[0-9a-f]{64,}$/.test(value))
    // The hashes of the old value are found by their digits: they must not be one number where the new ones are two.
    while ((hash33(made) === time33(made)) !== (hash33(value) === time33(value))) {
      made = alike(value, /^[0-9a-f]{64,}$/.test(value))
    }
    mapped.set(value, made)
  }
  const uin = String(100_000_000 + Math.floor(random() * 900_000_000))
  mapped.set("123456789", uin)
  mapped.set("23600812", String(10_000_000 + Math.floor(random() * 90_000_000)))
  mapped.set("987654321", String(100_000_000 + Math.floor(random() * 900_000_000)))
  const le = (number: string) => Buffer.from(Uint32Array.of(Number(number)).buffer).toString("hex")
  const hex = (value: string) => Buffer.from(value).toString("hex")
  for (const session of sessions) {
    let made = session.replaceAll(le("123456789"), le(uin))
    for (const [from, to] of mapped) {
      made = made.replaceAll(hex(from), hex(to))
      // A vfwebqq is in there as its bytes.
      if (/^[0-9a-f]{80}$/.test(from)) made = made.replaceAll(from, to)
    }
    mapped.set(session, made)
  }
  const secrets = Array.from(mapped, ([from, value]) => ({ name: from.slice(0, 24), value }))
  for (const [from, to] of Array.from(mapped)) {
    for (const hash of [hash33, time33, gtk]) mapped.set(String(hash(from)), String(hash(to)))
  }
  for (const from of nicknames(text)) {
    const to = from.replaceAll(/\p{Script=Han}/gu, () => pick(hanzi)).replaceAll(/[a-z]/g, () => pick(lower))
    mapped.set(hex(from), hex(to))
    mapped.set(from, to)
    if (to !== from) secrets.push({ name: "nickname", value: to })
    const quoted = (name: string) => name.replaceAll(/['\\]/g, "\\$&")
    mapped.set(quoted(from), quoted(to))
  }
  const literals = /(ptuiCB\((?:'[^']*', ?){5}')((?:[^'\\]|\\.)*\\(?:[^'\\]|\\.)*)'/g
  const spelled = (text: string) =>
    text.replaceAll(literals, (_, before: string, literal: string) => {
      const plain: string = JSON.parse(
        `"${literal
          .replaceAll('"', '\\"')
          .replaceAll("\\'", "'")
          .replaceAll(/\\x(..)/g, "\\u00$1")}"`
      )
      return `${before}${(mapped.get(plain) ?? plain).replaceAll(/['\\]/g, "\\$&")}'`
    })
  const longestFirst = [...mapped.keys()].sort((a, b) => b.length - a.length)
  const pattern = longestFirst.map((from) =>
    /^\d+$/.test(from) ? `(?<![1-9a-f])${from}(?!\\d)` : from.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
  )
  const all = new RegExp(pattern.join("|"), "g")
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return spelled(value).replaceAll(all, (found) => mapped.get(found) ?? found)
    if (typeof value === "number") return Number(mapped.get(String(value)) ?? value)
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [walk(key), ["sha256", "bytes"].includes(key) ? inner : walk(inner)])
    )
  }
  return { json: walk(JSON.parse(text)), secrets }
}

const nicknames = (text: string): ReadonlyArray<string> => {
  const file = JSON.parse(text)
  const literals = Array.from(text.matchAll(/ptuiCB\((?:'[^']*', ?){5}'((?:[^'\\]|\\.)+)'/g), ([, name = ""]) => name)
  const plain = [
    file.saved?.nickname,
    file.outcome.session?.nickname,
    ...literals.filter((name) => !name.includes("\\"))
  ]
  return [...new Set(plain.filter((name): name is string => typeof name === "string" && name !== ""))]
}

const percent = (text: string) => encodeURIComponent(text)
const lowered = (text: string) => text.replaceAll(/%../g, (code) => code.toLowerCase())
const unicode = (text: string) =>
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
  JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** The ways in which a secret is hidden, and in which it is looked for. */
export const encodings: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  percent,
  "percent in small letters": (text) => lowered(percent(text)),
  form: (text) => new URLSearchParams({ x: text }).toString().slice(2),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  "JSON in ASCII": unicode,
  base64: (text) => Buffer.from(text).toString("base64"),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "base64 in a text": (text) => Buffer.from(`a=1;t=${text};z`).toString("base64"),
  hex: (text) => Buffer.from(text).toString("hex"),
  HEX: (text) => Buffer.from(text).toString("hex").toUpperCase(),
  "percent twice": (text) => percent(percent(text)),
  hash33: (text) => String(hash33(text)),
  time33: (text) => String(time33(text)),
  g_tk: (text) => String(gtk(text))
}
