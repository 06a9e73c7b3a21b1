/**
 * Texts in a scenario that look as if chance had made them, or as if they were somebody's: secrets look like that, and words do not.
 */
import { isStandIn } from "../record/standIns.ts"

/** Bits per letter, by how often each letter comes. */
const entropy = (text: string): number => {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}

/** Chance changes between small letters, capitals and digits all the time, or heaps consonants on each other. */
const looksRandom = (text: string): boolean => {
  const changes = text.match(/[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[A-Za-z])/g)?.length ?? 0
  if (entropy(text) < 2.75) return false
  return changes >= text.length * 0.25 || /[bcdfghjklmnpqrstvwxz]{8}/i.test(text) || /^\d{16,}$/.test(text)
}

// Split, not matched: a match of millions of letters is too much for the engine.
const between = /[^A-Za-z0-9*+/@_-]+/
// Nothing of this length is a word.
const always = /[A-Za-z0-9*_-]{32}/
/** What is longer is looked at no further. */
const readable = 4096
/** A place is known by its beginning: each of thousands of texts may stand in one as long as the file. */
const longest = 512

/** The stretches of a text that are looked at one by one. */
export const partsOf = (text: string): ReadonlyArray<string> => text.split(between)

const stretches = (text: string, known: ReadonlySet<string>): ReadonlyArray<string> =>
  partsOf(text).filter((part) => {
    if (part.length < 16 || known.has(part) || isStandIn(part.slice(0, readable))) return false
    if (part.length > readable) return true
    return !part.split(/[+/]/).every((piece) => isStandIn(piece)) && (always.test(part) || looksRandom(part))
  })

// An account, a phone, an address as a number; with the o of a cookie. What belongs to a longer word is no number, and messages end
// with the number of the request.
const number = /(?<![\w.*%/-]|。\()o?\d{8,16}(?![\w.*%-])/g
// The version of a script, and milliseconds.
const isDate = (digits: string) => /^20[0-2]\d[01]\d[0-3]\d\d{0,4}$/.test(digits) || /^1[3-9]\d{11}$/.test(digits)
const skey = /(?<![\w.@])@[A-Za-z0-9]{9}(?![\w.@])/g

/** Mail addresses: what stands around each @. */
const addresses = (text: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const name =
      text
        .slice(Math.max(0, at - 64), at)
        .split(/[^\w.+-]+/)
        .at(-1) ?? ""
    const [host] = /^[\w-]{1,64}\.[a-z]{2,12}(?!\w)/i.exec(text.slice(at + 1, at + 80)) ?? []
    if (name.length >= 2 && host !== undefined) found.push(`${name}@${host}`)
  }
  return found
}

const shapes = (text: string, known: ReadonlySet<string>): ReadonlyArray<string> =>
  [text.match(number), text.match(skey), addresses(text)]
    .flatMap((found): ReadonlyArray<string> => found ?? [])
    .filter((found) => !known.has(found.replace(/^o0*/, "")) && !isStandIn(found) && !isDate(found))

const decoded = (text: string): string => {
  if (!text.includes("%")) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * What looks like a secret, and is neither a stand-in nor among `known`: stretches of at least 16 letters, numbers of at least 8
 * digits, what has the form of an skey or of a mail address; as it stands, and percent-decoded.
 */
export const suspicious = (text: string, known: ReadonlySet<string>): ReadonlyArray<string> => {
  const texts = new Set([text, decoded(text)])
  return [...new Set(Array.from(texts, (one) => [...stretches(one, known), ...shapes(one, known)]).flat())]
}

/** Every text, number and key of a JSON value with its place; an exchange is named by its id, a body in base64 is read. */
export const leaves = function* (value: unknown, place: string): Generator<readonly [place: string, text: string]> {
  if (typeof value === "string" || typeof value === "number") yield [place, String(value)]
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const id = (inner as { readonly id?: unknown } | null)?.id
      const name = typeof id === "string" ? id : key
      const at = (place === "" || place === "exchanges" ? name : `${place}.${name}`).slice(0, longest)
      if (!Array.isArray(value)) yield [place, key]
      if (key === "base64" && typeof inner === "string") yield [at, Buffer.from(inner, "base64").toString("latin1")]
      else yield* leaves(inner, at)
    }
  }
}
