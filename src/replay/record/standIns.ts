/**
 * Made-up values in the place of secrets: of the same length and alphabet, and such that nobody takes them for real. They
 * follow from the name, the length and the alphabet alone, so that the same login recorded twice gives the same file.
 */
import { hash33, time33 } from "../../protocol/Hash.ts"

const digits = "0123456789"
const hexDigits = "0123456789abcdef"
const letters = "abcdefghijklmnopqrstuvwxyz"

/** Every `step`th letter of a ring, from `start` on. */
const run = (ring: string, start: number, step: number, length: number): string =>
  Array.from({ length }, (_, i) => ring[(start + i * step) % ring.length]).join("")

const doubled = (start: number, step: number, length: number) =>
  run(hexDigits, start, step, Math.ceil(length / 2))
    .replaceAll(/./g, "$&$&")
    .slice(0, length)

const alternating = (text: string) =>
  text.replaceAll(/./g, (letter: string, at: number) => (at % 2 === 0 ? letter.toUpperCase() : letter))

/** Steps that visit the whole ring. */
const steps = (ring: string) => Array.from(ring, (_, i) => i).filter((step) => step > 0 && coprime(step, ring.length))
const coprime = (a: number, b: number): boolean => (b === 0 ? a === 1 : coprime(b, a % b))

const runs = function* (ring: string, make: (start: number, step: number) => string) {
  for (const step of steps(ring)) for (let start = 0; start < ring.length; start++) yield make(start, step)
}

/** Whether a text is one of the runs of a ring: its first two letters say which it would be. */
const isRun = (ring: string, text: string): boolean => {
  if (text === "") return true
  const start = ring.indexOf(text.charAt(0))
  const step = text.length === 1 ? 1 : (ring.indexOf(text.charAt(1)) - start + ring.length) % ring.length
  return start >= 0 && coprime(step, ring.length) && text === run(ring, start, step, text.length)
}

const isDoubledRun = (text: string): boolean => {
  const half = text.replaceAll(/(.)./gs, "$1")
  return isRun(hexDigits, half) && text === half.replaceAll(/./gs, "$&$&").slice(0, text.length)
}

// A p_skey that spells out its alphabet (PROTOCOL.md has its g_tk), and values that say nothing about anybody.
const literals: ReadonlySet<string> = new Set(["", "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789*-AbCdE_", "ctc", "3"])

/** Whether a value is one of ours: it says `Stand-In`, or it is a run of digits, hex digits or letters. */
export const isStandIn = (value: string): boolean => {
  if (literals.has(value) || /^[^A-Za-z0-9]?stand-?in(?![a-z]{40})[\w*+/=.@!~-]*$/i.test(value)) return true
  const number = /^o?\d*$/.test(value) ? value.replace(/^o?0*/, "") : undefined
  const body = value.replace(/^[^A-Za-z0-9]/, "").toLowerCase()
  return (
    (number !== undefined && isRun(digits, number)) ||
    (value.length >= 8 && isDoubledRun(value.toLowerCase())) ||
    isRun(letters, body)
  )
}

const isPlainHex = (value: string) =>
  value.length >= 8 && /^[0-9a-f]+$/.test(value) && /\d/.test(value) && /[a-f]/.test(value)

/** Stand-ins for a value, the plainest first. Only a nickname may hold letters beyond ASCII. */
const candidates = function* (name: string, value: string): Generator<string> {
  yield* likely(name, value)
  // A value without letters and digits has nothing to be changed in: it is another from end to end.
  if (/^[a-z0-9]+$/i.test(value)) return
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
  const ring = /[^\0-\x7f]/.test(value) ? han : letters
  yield* runs(ring, (start, step) => run(ring, start, step, value.length))
}

const likely = function* (name: string, value: string): Generator<string> {
  if (/^\d+$/.test(value)) {
    // Leading zeroes are padding: they stay.
    const zeroes = /^0*(?=\d)/.exec(value)?.[0] ?? ""
    for (const made of runs(digits, (start, step) => run(digits, (start + 1) % 10, step, value.length - zeroes.length)))
      if (!made.startsWith("0")) yield zeroes + made
    return
  }
  if (isPlainHex(value)) return yield* runs(hexDigits, (start, step) => doubled(start, step, value.length))
  if (isPlainHex(value.toLowerCase()) && !/[a-f]/.test(value)) {
    return yield* runs(hexDigits, (start, step) => doubled(start, step, value.length).toUpperCase())
  }
  // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
  if (name === "nickname" || /[^\0-\x7f]/.test(value)) return yield* names(value)
  yield* value.length < 12 ? shortTexts(value) : texts(name, value)
}

const caseOf = (value: string) => {
  if (!/[a-z]/.test(value)) return (text: string) => text.toUpperCase()
  return /[A-Z]/.test(value) ? (text: string) => text : (text: string) => text.toLowerCase()
}

const shortTexts = function* (value: string) {
  const first = /^[^A-Za-z0-9]/.exec(value)?.[0] ?? ""
  const inCase = caseOf(value)
  yield* runs(
    letters,
    (start, step) => first + inCase(alternating(run(letters, (start * 9) % 26, step, value.length - first.length)))
  )
}

const texts = function* (name: string, value: string) {
  const inCase = caseOf(value)
  const first = /^[^A-Za-z0-9]/.exec(value)?.[0] ?? ""
  const specials = [...new Set(value.replaceAll(/[A-Za-z0-9]/g, ""))].filter((special) => special !== first)
  const dash = specials.includes("-") ? "-" : ""
  const rest = specials.filter((special) => special !== "-").join("")
  const ring = /\d/.test(value) ? digits : letters
  const words = name.replaceAll(/[^A-Za-z]+/g, dash)
  for (let n = 1; n < 100; n++) {
    const number = /\d/.test(value) ? String(n) : run(letters, n, 1, 1 + Math.floor(n / 26))
    const start = inCase(`${first}Stand${dash}In${dash}`)
    const room = value.length - start.length - rest.length - number.length - 1
    const head = `${start}${inCase(words.slice(0, Math.max(0, room)))}${n === 1 ? "" : dash + inCase(number)}${rest}`
    const stride = steps(ring)[(n - 1) % steps(ring).length] ?? 1
    yield (head + inCase(run(ring, 0, stride, value.length))).slice(0, value.length)
  }
}

const han = "椰子张三李四王五赵六孙七周八吴九郑十"
const fruit = ["🍇", "🍈", "🍉", "🍊", "🍋", "🍌", "🍍", "🥭", "🍎", "🍏", "🍐", "🍑"]
const flag = 0x1f1e6

// Spaces and punctuation say nothing about a person, and are what a parser may stumble over: they stay.
const names = function* (value: string) {
  for (let n = 0; n < 60; n++) {
    let at = n
    yield value.replaceAll(/[\p{L}\p{N}\p{Extended_Pictographic}\u{1f1e6}-\u{1f1ff}]/gu, (symbol) => {
      at++
      const code = symbol.codePointAt(0) ?? 0
      if (/\d/.test(symbol)) return digits[at % 10] ?? ""
      if (/[a-z]/i.test(symbol)) return caseOf(symbol)(letters[at % 26] ?? "")
      if (code >= flag && code < flag + 26) return String.fromCodePoint(flag + (at % 26))
      return symbol.length > 1 ? (fruit[at % fruit.length] ?? "") : (han[(at - 1) % han.length] ?? "")
    })
  }
}

/**
 * The stand-in of a secret called `name`, or `undefined` where all that there are were turned down by `isFree`. Where hash33 and time33
 * are one number for the secret, they are for the stand-in, too, if any will do that: either may have been computed from it.
 */
export const make = (name: string, value: string, isFree: (candidate: string) => boolean): string | undefined => {
  const same = hash33(value) === time33(value)
  let first: string | undefined
  for (const candidate of candidates(name, value)) {
    if (!isFree(candidate)) continue
    if (!same || hash33(candidate) === time33(candidate)) return candidate
    first ??= candidate
  }
  return first
}

/** In the place of a value that is too short to be told from other text. */
export const makeShort = (name: string, value: string): string => make(name, value, (made) => made !== value) ?? value
