/**
 * How the commands of a fleet find it: what is wrong with an address or a token file is said in words, and neither is said back.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { command } from "./child.ts"

const canary = "CANARY-word"

describe("a fleet that cannot be reached", () => {
  it.each<readonly [what: string, fleet: string, token: string, exitCode: number, says: RegExp]>([
    [
      "whose address has a password",
      `http://me:${canary}@127.0.0.1:9/a?k=${canary}`,
      "t".repeat(40),
      6,
      /at http:..127.0.0.1:9.a$/m
    ],
    ["whose address is none", `me:${canary}@x`, "t".repeat(40), 2, /WEBQQ_FLEET is no address/],
    ["whose address is no web page's", "javascript:1", "t".repeat(40), 2, /WEBQQ_FLEET is no address/],
    ["for which a file of lines is named", "http://127.0.0.1:9", `a\n${canary}`, 2, /token.txt holds no token/],
    ["for which a file of other letters is named", "http://127.0.0.1:9", `令牌${canary}`, 2, /token.txt holds no token/]
  ])("%s", async (_, fleet, token, exitCode, says) => {
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
    const file = Path.join(folder, "token.txt")
    Fs.writeFileSync(file, token)
    const { code, stderr, stdout } = await command(["fleet", "list", "--token-file", file], {
      env: { WEBQQ_FLEET: fleet }
    })
    Fs.rmSync(folder, { recursive: true })
    assert.strictEqual(code, exitCode, stderr)
    assert.match(stderr, says)
    assert.notInclude(stdout + stderr, canary)
  })
})

describe("a machine that is told nonsense", () => {
  const shared = ["--cluster-listen", "10.0.0.5:7071"]
  it.each<readonly [what: string, env: Readonly<Record<string, string>>, line: ReadonlyArray<string>, says: RegExp]>([
    ["of who is told", { WEBQQ_FLEET_WEBHOOK: canary }, [], /^error: WEBQQ_FLEET_WEBHOOK is no address$/m],
    [
      "of its database",
      { WEBQQ_FLEET_DATABASE: `mysql://me:${canary}@x` },
      shared,
      /^error: WEBQQ_FLEET_DATABASE is no/m
    ],
    ["of a database that is left empty", { WEBQQ_FLEET_DATABASE: "" }, shared, /need --database and --cluster-listen/],
    [
      "of where the others reach it",
      { WEBQQ_FLEET_DATABASE: `postgres://me:${canary}@127.0.0.1:9/x` },
      ["--cluster-listen", "0.0.0.0:7071"],
      /cannot reach this one at 0\.0\.0\.0/
    ]
  ])("%s says so, and repeats no secret", async (_, env, line, says) => {
    const { code, stderr, stdout } = await command(["fleet", "serve", ...line], { env })
    assert.strictEqual(code, 2, stderr)
    assert.match(stderr, says)
    assert.notInclude(stdout + stderr, canary)
  })
})
