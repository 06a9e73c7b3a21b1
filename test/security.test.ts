import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { linksOf, root, rowsOf } from "./support/documents.ts"

/** The rows of both tables that begin with a number. */
const rows = rowsOf("SECURITY.md").filter(([no = ""]) => /^\d+$/.test(no))
const threats = rows.filter(({ length }) => length === 4)
const inChinese = rows.filter(({ length }) => length === 3)

// What a title says of each case: `%s`, `$name`, or code in a template.
const blank = (title: string) => title.replaceAll(/%[a-z]|\$\{[^}]*\}|\$[\w.]+/g, "…")

/** Titles of the tests in a file, without those that never run: the first text that `it(`, `it.each(…)(` and the like are given. */
const titlesOf = (file: string): ReadonlyArray<string> =>
  readFileSync(root + file, "utf8")
    .split(/^ *it(?=[.(])/m)
    .slice(1)
    .filter((test) => !/^[\w.]*\.(skip|todo|fails)\b/.test(test))
    .map((test) => /(?:^[\w.]*\(|\)\()\s*(["`])((?:(?!\1)[^\\\n]|\\.)+)\1,/.exec(test)?.[2] ?? "")
    .map(blank)

describe("SECURITY.md", () => {
  it("names a test for every threat", () => {
    assert.isAbove(threats.length, 15)
    for (const [no, , , proof = ""] of threats) {
      for (const named of proof.split("<br>")) {
        const [, file = "", title = ""] = /^`(test\/[\w./]+\.test\.ts)` › (.+)$/.exec(named) ?? []
        assert.isTrue(existsSync(root + file) && file !== "", `row ${no}: no test file in "${named}"`)
        assert.include(titlesOf(file), title, `row ${no}: ${file}`)
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
