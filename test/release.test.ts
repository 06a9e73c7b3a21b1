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
  const digest = "sha256:".padEnd(71, "0")
  const cases: ReadonlyArray<
    readonly [what: string, manifest: object, heading: string, said: string, dockerfile?: string, workflow?: string]
  > = [
    ["without any address", {}, "2026-12-01", "release: package.json has no repository, bugs, homepage\n"],
    [
      "without a place for faults",
      { ...address, bugs: undefined },
      "2026-12-01",
      "release: package.json has no bugs\n"
    ],
    ["without a date", address, "unreleased", "release: CHANGELOG.md has no date for 1.2.3\n"],
    ["with all of it", address, "2026-12-01", ""],
    [
      "of images and actions by digest",
      address,
      "2026-12-01",
      "",
      `FROM a:1@${digest} AS b\n`,
      `- uses: a/b@${"0".repeat(40)} # v5\n`
    ],
    [
      "of an image by its tag",
      address,
      "2026-12-01",
      "release: Dockerfile names node:24-slim and not its digest\n",
      "FROM node:24-slim AS build\nRUN x\nFROM node:24-slim\n"
    ],
    [
      "of an action by its tag, and an image of a job",
      address,
      "2026-12-01",
      ["a/b@v5", "postgres:18"]
        .map((name) => `release: .github/workflows/ci.yml names ${name} and not its digest\n`)
        .join(""),
      `FROM a@${digest}\n`,
      "      - uses: a/b@v5\n        image: postgres:18\n"
    ]
  ]
  for (const [what, fields, heading, said, dockerfile, workflow] of cases) {
    it(what, () => {
      const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
      Fs.writeFileSync(Path.join(folder, "package.json"), JSON.stringify({ version: "1.2.3", ...fields }))
      Fs.writeFileSync(Path.join(folder, "CHANGELOG.md"), `# Changelog\n\n## [1.2.3] - ${heading}\n`)
      if (dockerfile !== undefined) Fs.writeFileSync(Path.join(folder, "Dockerfile"), dockerfile)
      if (workflow !== undefined) {
        Fs.mkdirSync(Path.join(folder, ".github/workflows"), { recursive: true })
        Fs.writeFileSync(Path.join(folder, ".github/workflows/ci.yml"), workflow)
      }
      const { status, stderr } = spawnSync(process.execPath, [`${root}scripts/release.ts`, folder], {
        encoding: "utf8"
      })
      Fs.rmSync(folder, { recursive: true })
      assert.deepEqual([status, stderr], [said === "" ? 0 : 1, said])
    })
  }

  it("names nothing of others by a tag", () => {
    const { stderr } = spawnSync(process.execPath, [`${root}scripts/release.ts`], { encoding: "utf8" })
    assert.notInclude(stderr, "digest")
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
