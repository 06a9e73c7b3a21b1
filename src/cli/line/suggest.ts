/**
 * Guesses at what was meant by a word that nobody knows.
 */
import type { Bilingual } from "../../Language.ts"

/** "Did you mean …?", where one of the words is near enough to be meant. */
export const suggest = (given: string, words: ReadonlyArray<string>, prefix: string): Bilingual | undefined => {
  const best = nearest(given, words)
  return best === undefined ? undefined : didYouMean(`${prefix}${best}`)
}

export const didYouMean = (...any: ReadonlyArray<string>): Bilingual => ({
  en: `did you mean ${any.join(" or ")}?`,
  zh: `是否想输入 ${any.join(" 或 ")}？`
})

/** The word that is likely meant: of short ones one slip is forgiven, so that tcsh is not taken for bash. */
const nearest = (given: string, words: ReadonlyArray<string>): string | undefined =>
  words
    .map((word) => ({
      word,
      distance: word.startsWith(given) && given.length > 1 ? 1 : distance(given.toLowerCase(), word.toLowerCase())
    }))
    .filter(({ distance, word }) => distance <= (word.length < 6 ? 1 : Math.max(2, Math.floor(word.length / 3))))
    .sort((a, b) => a.distance - b.distance)[0]?.word

/** How many letters have to be put in, taken out, changed, or exchanged with the next. */
const distance = (a: string, b: string): number => {
  if (a.length > 60) return a.length
  let beforePrevious: ReadonlyArray<number> = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const exchanged = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? beforePrevious[j - 2]! + 1 : Infinity
      row.push(Math.min(change, exchanged, previous[j]! + 1, row[j - 1]! + 1))
    }
    ;[beforePrevious, previous] = [previous, row]
  }
  return previous[b.length]!
}
