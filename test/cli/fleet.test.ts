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
