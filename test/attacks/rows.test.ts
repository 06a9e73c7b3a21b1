import { assert, describe, it } from "@effect/vitest"
import { doubt } from "../support/proofs.ts"
import { attacks } from "./rows.ts"

describe("what was tried from outside", () => {
  it("is all there", () => assert.lengthOf(attacks, 67))

  it.each(attacks)("$no: $attack", ({ attack, notOurs, proofs }) => {
    assert.isTrue(proofs.length > 0 || notOurs !== undefined, attack)
    assert.deepEqual(
      proofs.map(doubt).filter((found) => found !== undefined),
      []
    )
  })
})
