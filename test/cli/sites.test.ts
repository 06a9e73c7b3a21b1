import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Site from "webqq-login/Site"
import { resolve } from "../../src/cli/inputs/siteFile.ts"
import { withSessions } from "./inProcess.ts"

describe("sites", () => {
  it.effect("lists every site with its evidence, and says in plain words which are closed", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      for (const language of ["en", "zh"] as const) {
        const { code, stdout } = yield* run("sites", { language })
        assert.strictEqual(code, 0)
        for (const { closed, evidence, name, title } of Site.all) {
          const [, text = ""] = new RegExp(`^${name} +([^]+?)(?=^\\S|$(?!\\n))`, "m").exec(stdout) ?? []
          for (const part of [title[language], evidence.newest, evidence.source]) assert.include(text, part, name)
          assert.strictEqual(/closed: its hosts answer no more|已关闭/.test(text), closed !== undefined, name)
        }
      }
    })
  )

  it.effect("tells programs the same, an object a line", () =>
    Effect.gen(function* () {
      const { lines } = yield* (yield* withSessions({})).run("sites --json")
      assert.deepEqual(
        lines().map(({ closed, name }) => [name, closed]),
        Site.all.map(({ closed = null, name }) => [name, closed])
      )
    })
  )
})

const own = { ...Site.qzone, name: "my-site" }

const write = (text: string) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
      (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
    )
    const path = Path.join(folder, "site.json")
    Fs.writeFileSync(path, text)
    return path
  })

describe("--site", () => {
  it.effect("knows the sites by name, and reads one of the user's own from a file", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* resolve("qun"), Site.qun)
      assert.deepEqual(yield* resolve(yield* write(JSON.stringify(own))), own)
    })
  )

  const { appid: _, ...withoutAppid } = own
  const wrong: ReadonlyArray<readonly [text: string, says: string]> = [
    ["not json", "Expected a valid JSON string"],
    [JSON.stringify(withoutAppid), `Missing key at appid`],
    [JSON.stringify({ ...own, appid: 549000912 }), `at appid`],
    [JSON.stringify({ ...own, u1: "javascript:alert(1)" }), `at u1`],
    [JSON.stringify({ ...own, redirectHosts: ["https://x.example"] }), `at redirectHosts[0]`],
    [JSON.stringify({ ...own, redirectHosts: [] }), `at redirectHosts`],
    [JSON.stringify({ ...own, apid: "1" }), `at apid`],
    [JSON.stringify({ ...own, name: "qzone" }), "a site called qzone exists already"]
  ]
  it.effect.each(wrong)("says of the file %s what is wrong, where, and what it should look like", ([text, says]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(resolve(yield* write(text)))
      assert.strictEqual(error.exitCode, 2)
      const { cure, details = [], message } = error.said
      assert.include([message, ...details].map(({ en }) => en).join("\n"), says)
      assert.match(cure.en, /"name":"my-site"|change its "name"/)
    })
  )

  it.effect("gives an example that is right", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(resolve(yield* write("{}")))
      const { zh } = error.said.cure
      const example = zh.slice(zh.indexOf("{"))
      assert.strictEqual((yield* resolve(yield* write(example))).name, "my-site")
    })
  )

  it.effect("of a file that is not there says so", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(resolve("./no-such-site.json"))
      assert.deepEqual([error.exitCode, error.message], [2, "cannot read the site file ./no-such-site.json (ENOENT)"])
    })
  )
})
