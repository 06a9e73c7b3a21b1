import { assert, describe, it } from "@effect/vitest"
import { isStandIn } from "../../../src/replay/record/standIns.ts"
import { chance } from "../../support/resecret.ts"

/** Every text of this length that goes round a ring in equal steps and visits all of it. */
const runsOf = (ring: string, length: number): ReadonlyArray<string> => {
  const visitsAll = (step: number) => new Set(Array.from(ring, (_, i) => (i * step) % ring.length)).size === ring.length
  return Array.from(ring, (_, step) => step)
    .filter(visitsAll)
    .flatMap((step) =>
      Array.from(ring, (_, start) => Array.from({ length }, (__, i) => ring[(start + i * step) % ring.length]).join(""))
    )
}

const doubled = (text: string, length: number) => text.replaceAll(/./g, "$&$&").slice(0, length)

describe("isStandIn", () => {
  it.each([1, 2, 3, 7, 8, 9, 16, 33])(
    "knows all runs of %i letters, and with one letter changed only those",
    (length) => {
      const digits = runsOf("0123456789", length)
      const letters = runsOf("abcdefghijklmnopqrstuvwxyz", length)
      const hex = length < 8 ? [] : runsOf("0123456789abcdef", Math.ceil(length / 2)).map((run) => doubled(run, length))
      const all = new Set([...digits, ...letters, ...hex])
      const random = chance(length)
      const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
      for (const text of all) {
        assert.isTrue(isStandIn(text), text)
        const at = Math.floor(random() * length)
        const changed = text.slice(0, at) + alphabet[Math.floor(random() * alphabet.length)] + text.slice(at + 1)
        // Zeroes before a number are padding, and so is the o of a cookie.
        const [padded, number = ""] = /^o?0*(\d*)$/.exec(changed) ?? []
        const shorter = padded !== undefined && (number === "" || runsOf("0123456789", number.length).includes(number))
        assert.strictEqual(
          isStandIn(changed),
          all.has(changed) || shorter || changed === "ctc" || changed === "3",
          changed
        )
      }
    }
  )
})
