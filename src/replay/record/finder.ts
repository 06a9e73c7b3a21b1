/**
 * Looks for many values in a text at once, in one pass whatever they are: the leftmost, and of those that begin there the longest.
 */

export const isNumber = (text: string) => /^\d+$/.test(text)

// A number is one only where no digit stands beside it, but for that of an escape (%22, \u0022, \x22).
const number = /(?:(?<!\d)|(?<=%[\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}))\d+/g

export const withoutZeroes = (number: string) => number.replace(/^0+(?=\d)/, "")

/** A text, the letters of its percent-encoding large: they may be written either way. */
const upperCodes = (text: string) => text.replaceAll(/%[0-9a-fA-F]{2}/g, (code) => code.toUpperCase())

/** In small letters, as many as before. */
const lower = (text: string) =>
  text.replaceAll(/\p{Lu}/gu, (letter) => {
    const small = letter.toLowerCase()
    return small.length === letter.length ? small : letter
  })

export interface Found {
  readonly index: number
  readonly text: string
}

/**
 * The automaton of Aho and Corasick, of the values read from their ends: gone through a text from its end, it says of each place how long
 * the longest value is that begins there.
 */
const automaton = (values: ReadonlyArray<string>): ((text: string) => Int32Array) => {
  const edges = new Map<number, number>()
  const keyOf = (state: number, unit: number) => state * 0x10000 + unit
  const parents = [0]
  const units = [0]
  const depths = [0]
  const longest = [0]
  for (const value of values) {
    let state = 0
    for (let at = value.length - 1; at >= 0; at--) {
      const unit = value.charCodeAt(at)
      let to = edges.get(keyOf(state, unit))
      if (to === undefined) {
        to = parents.push(state) - 1
        units.push(unit)
        depths.push(depths[state]! + 1)
        longest.push(0)
        edges.set(keyOf(state, unit), to)
      }
      state = to
    }
    longest[state] = value.length
  }
  // Where to go on when a letter does not fit: at the longest other beginning that has been read as well.
  const others = new Int32Array(parents.length)
  const step = (state: number, unit: number): number => {
    for (let at = state; ; at = others[at]!) {
      const to = edges.get(keyOf(at, unit))
      if (to !== undefined || at === 0) return to ?? 0
    }
  }
  for (const state of Array.from(depths.keys()).sort((a, b) => depths[a]! - depths[b]!)) {
    const parent = parents[state]!
    if (parent !== 0) others[state] = step(others[parent]!, units[state]!)
    longest[state] = Math.max(longest[state]!, longest[others[state]!]!)
  }
  // Most of a text ends nothing: two letters tell.
  const ends = new Uint8Array(0x10000)
  const endOf = (before: number, last: number) => (last * 251 + before) & 0xffff
  for (const value of values) ends[endOf(value.charCodeAt(value.length - 2), value.charCodeAt(value.length - 1))] = 1
  if (values.some(({ length }) => length < 2)) ends.fill(1)
  return (text) => {
    const lengths = new Int32Array(text.length)
    for (let at = text.length - 1, state = 0; at >= 0; at--) {
      const unit = text.charCodeAt(at)
      if (state === 0 && ends[endOf(text.charCodeAt(at - 1), unit)] === 0) continue
      state = step(state, unit)
      lengths[at] = longest[state]!
    }
    return lengths
  }
}

/** Every place in a text where one of these values stands; a number may have zeroes in front. */
export const finder = (
  values: Iterable<string>,
  letters: "as written" | "of any case"
): ((text: string) => Generator<Found>) => {
  const alike = letters === "as written" ? upperCodes : (text: string) => lower(upperCodes(text))
  const all = [...values]
  const numbers = new Set(all.filter(isNumber))
  const lengthsIn = automaton(all.filter((value) => !isNumber(value)).map(alike))

  const numberFrom = (text: string, from: number): Found | undefined => {
    if (numbers.size === 0) return undefined
    for (let at = from; ;) {
      number.lastIndex = at
      const found = number.exec(text)
      if (found === null) return undefined
      const [digits] = found
      if (numbers.has(digits) || numbers.has(withoutZeroes(digits))) return { index: found.index, text: digits }
      // Behind an escape, another may begin in the midst of these digits.
      at = found.index + 1
    }
  }
  return function* (text) {
    const lengths = lengthsIn(alike(text))
    let asNumber = numberFrom(text, 0)
    for (let at = 0; at < text.length;) {
      const length = lengths[at]!
      if (length > 0) yield { index: at, text: text.slice(at, at + length) }
      else if (asNumber?.index === at) yield asNumber
      at += length || (asNumber?.index === at ? asNumber.text.length : 1)
      if (asNumber !== undefined && asNumber.index < at) asNumber = numberFrom(text, at)
    }
  }
}
