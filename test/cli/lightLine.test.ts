/**
 * What every run of the command loads before it knows what it is asked for.
 */
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { root } from "../support/documents.ts"

/** What a module needs before its first line runs: what `import()` and types bring is not in it. */
const neededBy = (file: string): ReadonlyArray<string> =>
  Array.from(
    readFileSync(root + file, "utf8").matchAll(/^(?:import|export)(?! type)[^"'`;]*?from "([^"]+)"/gm),
    ([, target = ""]) => (target.startsWith(".") ? normalize(join(dirname(file), target)) : target)
  )

const everythingBelow = (entry: string): ReadonlySet<string> => {
  const found = new Set<string>()
  const visit = (file: string) => {
    if (found.has(file)) return
    found.add(file)
    if (file.startsWith("src/")) neededBy(file).forEach(visit)
  }
  visit(entry)
  return found
}

describe("the line, its help and its mistakes", () => {
  it("load nothing of the library but names and words, and of Effect what holds a language", () => {
    const found = [...everythingBelow("src/cli/main.ts")]
    assert.isAbove(found.length, 30)
    const others = found.filter((file) => !file.startsWith("src/cli/") && !file.startsWith("node:"))
    assert.deepEqual(others.toSorted(), ["effect/Context", "src/Language.ts", "src/store/profileName.ts"])
    assert.deepEqual(
      found.filter((file) => file.endsWith(".run.ts")),
      []
    )
  })
})
