/**
 * Looks for many values in a text at once: the leftmost, and of those the longest.
 */

export const isNumber = (text: string) => /^\d+$/.test(text)

// A number is one only where no digit stands beside it, but for that of an escape (%22, \u0022, \x22).
const number = /(?:(?<!\d)|(?<=%[\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}))\d+/g

export const withoutZeroes = (number: string) => number.replace(/^0+(?=\d)/, "")

const quote = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")

/** A text, each code of its percent-encoding in letters of any case. */
const anyCase = (text: string) =>
  quote(text).replaceAll(/%[0-9A-F]{2}/g, (code) =>
    code.replaceAll(/[A-F]/g, (letter) => `[${letter}${letter.toLowerCase()}]`)
  )

export interface Found {
  readonly index: number
  readonly text: string
}

/** Every place in a text where one of these values stands; a number may have zeroes in front. With `gi`, the case of letters does not count. */
export const finder = (values: Iterable<string>, flags: "g" | "gi"): ((text: string) => Generator<Found>) => {
  const longestFirst = [...values].sort((a, b) => b.length - a.length)
  const numbers = new Set(longestFirst.filter(isNumber))
  const texts = longestFirst.filter((value) => !isNumber(value)).map(anyCase)
  const anyText = texts.length === 0 ? /(?!)/g : new RegExp(texts.join("|"), flags)

  const textFrom = (text: string, from: number): Found | undefined => {
    anyText.lastIndex = from
    const found = anyText.exec(text)
    return found === null ? undefined : { index: found.index, text: found[0] }
  }
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
    let [inText, asNumber] = [textFrom(text, 0), numberFrom(text, 0)]
    for (;;) {
      const isText = asNumber === undefined || (inText !== undefined && inText.index <= asNumber.index)
      const found = isText ? inText : asNumber
      if (found === undefined) return
      yield found
      const end = found.index + found.text.length
      if (inText !== undefined && inText.index < end) inText = textFrom(text, end)
      if (asNumber !== undefined && asNumber.index < end) asNumber = numberFrom(text, end)
    }
  }
}
