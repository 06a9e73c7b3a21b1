import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { formPairs, leavesOf, parseJson } from "../../src/replay/data.ts"

describe("a form", () => {
  it("has the pairs that the URL standard finds in it", () => {
    const part = fc.constantFrom(..."ab=&+?;# é%", "%22", "%e5%bc%a0", "%ff", "%2", "&&", "a=b&")
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const text = parts.join("")
        // Of a whole address, the question mark is none of its query.
        assert.deepStrictEqual(formPairs(text), [...new URLSearchParams(`&${text}`)])
      }),
      { numRuns: 2000, seed: 1 }
    )
  })
})

describe("JSON", () => {
  it("has leaves, each with its path", () => {
    const value = { a: { b: [1, "2", {}], c: null }, d: "", e: [] }
    assert.deepStrictEqual(leavesOf(value), [
      ["a.b.0", 1],
      ["a.b.1", "2"],
      ["a.b.2", {}],
      ["a.c", null],
      ["d", ""],
      ["e", []]
    ])
    assert.deepStrictEqual([leavesOf({}), leavesOf("x"), leavesOf(undefined)], [[], [], []])
    // Each of a million leaves would have a name of a million letters.
    assert.deepStrictEqual(leavesOf({ ["a".repeat(1_000_000)]: Array.from({ length: 1_000_000 }, () => 1) }), [])
  })

  it.each(["{}", "[]", "1", "null", '"[[["', '{"a":"\\"[","b":[{}]}', "[".repeat(100) + "]".repeat(100)])(
    "is read: %s",
    (text) => {
      assert.deepStrictEqual(parseJson(text), { value: JSON.parse(text) })
    }
  )

  it.each([
    "",
    "{",
    "[1,]",
    "undefined",
    "[".repeat(101) + "]".repeat(101),
    '[{"a":'.repeat(51) + "1" + "}]".repeat(51)
  ])("is none, or too deep: %#", (text) => {
    assert.isUndefined(parseJson(text))
  })
})
