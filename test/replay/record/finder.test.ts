import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { finder } from "../../../src/replay/record/finder.ts"

/** The same, as anybody would write it who has time. */
const slowly = (values: ReadonlyArray<string>, text: string) => {
  const found: Array<readonly [number, string]> = []
  for (let at = 0; at < text.length;) {
    const [longest = ""] = values.filter((value) => text.startsWith(value, at)).sort((a, b) => b.length - a.length)
    if (longest !== "") found.push([at, longest])
    at += longest.length || 1
  }
  return found
}

const places = (values: ReadonlyArray<string>, text: string, letters: "as written" | "of any case" = "as written") =>
  Array.from(finder(values, letters)(text), ({ index, text }) => [index, text] as const)

const word = (parts: ReadonlyArray<string>, constraints: { minLength?: number; maxLength: number }) =>
  fc.array(fc.constantFrom(...parts), constraints).map((all) => all.join(""))

describe("the finder", () => {
  it("finds the leftmost values, and of those the longest", () => {
    const parts = ["a", "b", "ab", "é"]
    fc.assert(
      fc.property(
        fc.array(word(parts, { minLength: 1, maxLength: 5 }), { maxLength: 8 }),
        word(parts, { maxLength: 40 }),
        (values, text) => assert.deepStrictEqual(places(values, text), slowly(values, text))
      ),
      { numRuns: 1000, seed: 1 }
    )
  })

  it.each([
    [
      "a number, with zeroes in front",
      ["12345"],
      "x0012345 912345 123456 12345",
      [
        [1, "0012345"],
        [23, "12345"]
      ]
    ],
    [
      "a number behind an escape",
      ["12345"],
      "%2212345 \\u002212345 \\x2212345 2212345",
      [
        [3, "12345"],
        [15, "12345"],
        [25, "12345"]
      ]
    ],
    ["what is no number, also beside digits", ["12a45"], "912a459", [[1, "12a45"]]],
    ["percent-encoding in letters of any case", ["a%E5%BC%A0"], "a%e5%Bc%a0", [[0, "a%e5%Bc%a0"]]],
    ["nothing among nothing", [], "abc", []]
  ] as const)("finds %s", (_, values, text, found) => {
    assert.deepStrictEqual(
      places(values, text),
      found.map(([index, text]) => [index, text])
    )
  })

  it("finds values in letters of any case, whatever stands around them", () => {
    assert.deepStrictEqual(places(["sTand-É"], "\u0130 STAND-é \u0130", "of any case"), [[2, "STAND-é"]])
  })

  it("goes through texts and values of many letters that are alike", () => {
    const value = `${"a".repeat(100_000)}b`
    assert.deepStrictEqual(places([value, "aa"], "a".repeat(100_000)).length, 50_000)
  })
})
