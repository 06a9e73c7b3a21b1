import { assert, describe, it } from "@effect/vitest"
import { play } from "./play.ts"
import { rows } from "./rows.ts"

describe("what people report of logins today", () => {
  it("is 26 rows, of which two numbers are free", () => {
    const numbers = Array.from({ length: 28 }, (_, index) => index + 1).filter((row) => row !== 13 && row !== 17)
    assert.deepStrictEqual(
      rows.map(({ row }) => row),
      numbers
    )
  })

  for (const { cases, row, says } of rows) {
    describe(`row ${row}: ${says}`, () => {
      for (const one of cases) {
        const test = "proof" in one ? it.live : it.effect
        test(one.input, () => play(one))
      }
    })
  }
})
