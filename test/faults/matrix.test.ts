import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import { newSearch } from "../support/canaries.ts"
import { exchangeNames, faults, table } from "../support/faults.ts"
import { spoilers } from "../support/faultServer.ts"
import { type Mode, play } from "../support/playFault.ts"

describe("the fault matrix", () => {
  it("has a verdict for each exchange, and a way to bring each fault about", () => {
    for (const { means, name, verdicts } of faults) {
      assert.strictEqual(verdicts.length, exchangeNames.length, name)
      assert.strictEqual("nock" in means, spoilers[name] === undefined, name)
    }
    assert.strictEqual(new Set(faults.map(({ name }) => name)).size, 22)
  })

  it.live.each(faults)("$name: the error that the matrix has, or none, and never a secret", (fault) =>
    Effect.gen(function* () {
      const found = newSearch()
      for (const [index, name] of exchangeNames.entries()) {
        // What ends a login at the first time, or does no harm, makes no difference there; of the others, each fault and each
        // exchange has both. `npm run faults`, a stage of CI, plays every cell in both.
        const passes = fault.verdicts[index]!.endsWith("↻") && (faults.indexOf(fault) + index) % 2 === 0
        const mode: Mode = passes ? "once" : "for ever"
        assert.deepEqual(yield* play(fault, name, mode, found), [], `in ${name}, ${mode}`)
      }
      assert.deepEqual(found.hits, [])
      assert.isAbove(found.checks, 4000)
    })
  )

  it.each([["GUIDE.md", "en"] as const, ["GUIDE.zh-CN.md", "zh"] as const])("is what %s shows", (guide, language) => {
    const text = Fs.readFileSync(new URL(`../../${guide}`, import.meta.url), "utf8")
    assert.include(text, table(language))
  })

  it("has every name in Chinese, but for the numbers of HTTP", () => {
    const names = table("zh")
      .split("\n")
      .slice(2)
      .map((row) => row.split("|")[1]!.trim())
    for (const name of names) assert.match(name, /\p{Script=Han}|^\d{3}(?:，Retry-After: 7)?$/u)
  })
})
