/**
 * Long texts in a scenario that look as if chance had made them: secrets look like that, and words do not.
 */
import { isStandIn } from "../scrub/standIns.ts"

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

const stretch = /[A-Za-z0-9*+/=_@-]{16,}/g
// Nothing of this length is a word.
const always = /[A-Za-z0-9*_-]{32,}/

/** Stretches of at least 16 letters that are neither stand-ins nor among `known`, and look like secrets. */
export const suspicious = (text: string, known: ReadonlySet<string>): ReadonlyArray<string> =>
  Array.from(text.matchAll(stretch), ([found]) => found)
    .flatMap((found) => found.split("="))
    .filter((part) => part.length >= 16 && !known.has(part) && !part.split(/[+/]/).every((piece) => isStandIn(piece)))
    .filter((part) => !isStandIn(part) && (always.test(part) || looksRandom(part)))

/** Every text of a JSON value with its place; an exchange is named by its id. */
export const leaves = function* (value: unknown, place: string): Generator<readonly [place: string, text: string]> {
  if (typeof value === "string") yield [place, value]
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const id = (inner as { readonly id?: unknown } | null)?.id
      const name = typeof id === "string" ? id : key
      yield* leaves(inner, place === "" || place === "exchanges" ? name : `${place}.${name}`)
    }
  }
}
