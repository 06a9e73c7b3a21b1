import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { linksOf, root, rowsOf } from "./support/documents.ts"
import { doubt } from "./support/proofs.ts"

/** The rows of both tables that begin with a number. */
const rows = rowsOf("SECURITY.md").filter(([no = ""]) => /^\d+$/.test(no))
const threats = rows.filter(({ length }) => length === 4)
const inChinese = rows.filter(({ length }) => length === 3)

describe("SECURITY.md", () => {
  it("names a test for every threat", () => {
    assert.isAbove(threats.length, 15)
    for (const [no, , , proof = ""] of threats) {
      for (const named of proof.split("<br>")) {
        assert.isUndefined(doubt(named), `row ${no}`)
      }
    }
  })

  it("says the same in both languages: threat by threat, point by point", () => {
    const numbers = (table: typeof rows) => table.map(([no]) => Number(no))
    assert.deepEqual(
      numbers(threats),
      threats.map((_, index) => index + 1)
    )
    assert.deepEqual(numbers(inChinese), numbers(threats))
    const [english, chinese] = readFileSync(`${root}SECURITY.md`, "utf8")
      .split(/^# 安全$/m)
      .map((part) => part.match(/^- \*\*/gm)?.length)
    assert.strictEqual(english, chinese)
  })

  it("is where a reader of either README looks for it", () => {
    for (const readme of ["README.md", "README.zh-CN.md"]) assert.include(linksOf(readme), "SECURITY.md")
  })
})
