import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { egress } from "../../src/cli/inputs/egress.ts"

const folder = mkdtempSync(join(tmpdir(), "webqq-egress-"))
afterAll(() => rmSync(folder, { recursive: true }))

const read = (text: string) => {
  const file = join(folder, "egress.json")
  writeFileSync(file, text)
  return egress(file)
}

describe("the file with the proxies of a fleet", () => {
  it.effect("is read into an agent for each name", () =>
    Effect.gen(function* () {
      const agents = yield* read(`{"tokyo":"socks5://me:CANARY@127.0.0.1:1080","direct":"none"}`)
      assert.deepStrictEqual(Object.keys(agents), ["tokyo", "direct"])
      assert.notStrictEqual(agents["tokyo"]?.https, agents["direct"]?.https)
    })
  )

  it.effect.each([
    `{"tokyo":"ftp://me:CANARY@127.0.0.1"}`,
    `{"to kyo":"http://me:CANARY@127.0.0.1"}`,
    `{"CANARY":{}}`,
    `["CANARY"]`,
    "CANARY",
    ""
  ])("is refused, and nothing of it told: %s", (text) =>
    Effect.gen(function* () {
      const failed = yield* Effect.flip(read(text))
      assert.strictEqual(failed.exitCode, 2)
      assert.notInclude(JSON.stringify(failed), "CANARY")
    })
  )
})
