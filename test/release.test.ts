import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { root } from "./support/documents.ts"
import { sentences } from "./support/sentences.ts"

const manifest = JSON.parse(Fs.readFileSync(`${root}package.json`, "utf8"))

describe("a release", () => {
  const address = { repository: "r", bugs: "b", homepage: "h" }
  const cases: ReadonlyArray<readonly [what: string, manifest: object, heading: string, said: string]> = [
    ["without any address", {}, "2026-12-01", "release: package.json has no repository, bugs, homepage\n"],
    [
      "without a place for faults",
      { ...address, bugs: undefined },
      "2026-12-01",
      "release: package.json has no bugs\n"
    ],
    ["without a date", address, "unreleased", "release: CHANGELOG.md has no date for 1.2.3\n"],
    ["with all of it", address, "2026-12-01", ""]
  ]
  it.each(cases)("%s", (_, fields, heading, said) => {
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    Fs.writeFileSync(Path.join(folder, "package.json"), JSON.stringify({ version: "1.2.3", ...fields }))
    Fs.writeFileSync(Path.join(folder, "CHANGELOG.md"), `# Changelog\n\n## [1.2.3] - ${heading}\n`)
    const { status, stderr } = spawnSync(process.execPath, [`${root}scripts/release.ts`, folder], { encoding: "utf8" })
    Fs.rmSync(folder, { recursive: true })
    assert.deepEqual([status, stderr], [said === "" ? 0 : 1, said])
  })

  it("is looked at before npm publishes it", () => {
    assert.strictEqual(manifest.scripts.prepublishOnly, "node scripts/release.ts")
  })

  it("asks nobody to report anything while there is no address", () => {
    const asks = /\breport (?:it|what)\b|提交问题|请报告/u
    const asking = sentences().filter(({ text }) => asks.test(text))
    assert.deepEqual(manifest.bugs === undefined ? asking : [], [])
  })
})
