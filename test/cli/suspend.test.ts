import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { inject } from "vitest"
import { cacheOf } from "../support/compileCache.ts"
import { file } from "./child.ts"

const able = ["python3", "bash"].every((program) => spawnSync(program, ["--version"]).status === 0)

describe("Ctrl-Z", () => {
  it.skipIf(!able || process.platform !== "linux")("takes the code off the terminal, and fg brings it back", () => {
    const line = "login --replay webqq --poll-interval 20s --lang en".split(" ")
    const { PATH = "" } = process.env
    const { stderr, stdout } = spawnSync(
      "python3",
      [file("test/support/jobControl.py"), process.execPath, inject("command"), ...line],
      { encoding: "utf8", env: { PATH, TERM: "xterm-256color", XDG_CACHE_HOME: cacheOf(inject("command")) } }
    )
    assert.strictEqual(stderr, "")
    const [shown, stopped, again] = JSON.parse(stdout) as ReadonlyArray<string>
    const rows = (text = "") => text.split("\n").filter((line) => /[▀▄]/.test(line)).length
    // All of its rows go, with the line below it.
    assert.deepEqual([rows(shown), rows(stopped), rows(again)], [17, 0, 17])
    assert.include(stopped, "\u001b[22M")
  })
})
