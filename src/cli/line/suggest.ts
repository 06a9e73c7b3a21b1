/**
 * Guesses at what was meant by a word that nobody knows.
 */
import type { Bilingual } from "../../Language.ts"

/** "Did you mean …?", where one of the words is near enough to be meant. */
export const suggest = (given: string, words: ReadonlyArray<string>, prefix: string): Bilingual | undefined => {
  const [best] = words
    .map((word) => ({ word, distance: word.startsWith(given) && given.length > 1 ? 1 : distance(given, word) }))
    .filter(({ distance, word }) => distance <= (word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3))))
    .sort((a, b) => a.distance - b.distance)
  return best && { en: `did you mean ${prefix}${best.word}?`, zh: `是否想输入 ${prefix}${best.word}？` }
}

/** Levenshtein's distance: how many letters have to be put in, taken out or changed. */
const distance = (a: string, b: string): number => {
  if (a.length > 60) return a.length
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, previous[j]! + 1, row[j - 1]! + 1))
    }
    previous = row
  }
  return previous[b.length]!
}
