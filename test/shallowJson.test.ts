import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { shallowJson } from "../src/shallowJson.ts"
import * as Site from "../src/Site.ts"

/** A value around which so many lists and objects stand. */
const within = (depth: number): Schema.Json => {
  let value: Schema.Json = 1
  for (let n = 0; n < depth; n++) value = n % 2 === 0 ? [value] : { a: value }
  return value
}

describe("JSON of so many levels", () => {
  const takes = Schema.is(shallowJson(3))

  it("is taken up to them, the innermost value being one of them", () => {
    assert.isTrue(takes(1))
    assert.isTrue(takes(within(2)))
    assert.isFalse(takes(within(3)))
  })

  it("may be as wide as it likes, and be too deep at one place only", () => {
    assert.isTrue(takes(Array.from({ length: 10_000 }, () => [1])))
    assert.isFalse(takes([1, { a: 1, b: within(2) }, 2]))
  })

  it("is looked through without calling itself, so that a depth of 100,000 ends nothing", () =>
    assert.isFalse(takes(within(100_000))))
})

it("a site whose call nobody can write as JSON is refused", () => {
  const site = Schema.encodeSync(Site.Site)(Site.qzone)
  const withBody = (json: Schema.Json) => ({ ...site, check: { ...site.check, method: "POST", query: {}, json } })
  const isSite = (json: Schema.Json) => Schema.decodeUnknownResult(Site.Site)(withBody(json))._tag
  assert.deepStrictEqual([isSite(within(31)), isSite(within(32))], ["Success", "Failure"])
})
