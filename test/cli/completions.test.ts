import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Effect from "effect/Effect"
import { commands } from "../../src/cli/commands/table.ts"
import { everyCommand } from "../../src/cli/line/find.ts"
import { withSessions } from "./inProcess.ts"

const script = Effect.fnUntraced(function* (shell: string) {
  const { code, stdout } = yield* (yield* withSessions({})).run(`completions ${shell}`)
  assert.strictEqual(code, 0)
  return stdout
})

const installed = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0

describe("completions", () => {
  it.effect.each(["bash", "zsh", "fish", "powershell"])("of %s know every command and flag", (shell) =>
    Effect.gen(function* () {
      const text = yield* script(shell)
      for (const { command, path } of everyCommand(commands)) {
        for (const name of path) assert.match(text, new RegExp(`\\b${name}\\b`))
        for (const flag of Object.keys(command.flags)) assert.match(text, new RegExp(`(--|-l )${flag}\\b`))
      }
    })
  )

  for (const shell of ["bash", "zsh", "fish"]) {
    const skipped = installed(shell) ? "" : " (skipped: it is not installed)"
    it.effect.skipIf(skipped !== "")(`of ${shell} are understood by it${skipped}`, () =>
      Effect.gen(function* () {
        const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
        Fs.writeFileSync(Path.join(folder, "script"), yield* script(shell))
        const { status, stderr } = spawnSync(shell, ["-n", Path.join(folder, "script")], { encoding: "utf8" })
        Fs.rmSync(folder, { recursive: true })
        assert.deepEqual([status, stderr], [0, ""])
      })
    )
  }

  // There is no PowerShell here. A table of it that says a key twice, in whatever letters, is refused as a whole.
  it.effect("of powershell are one table, in which every line is a key and its words, and no key stands twice", () =>
    Effect.gen(function* () {
      const text = yield* script("powershell")
      const table = /^ {2}\$offers = @\{\n([^]*?)\n {2}\}\n/m.exec(text)?.[1]?.split("\n") ?? []
      const word = "'(?:[^'\u2018\u2019]|'')*'"
      const entry = new RegExp(`^ {4}(${word}) = @\\((?:${word}(?:, ${word})*)?\\)$`)
      assert.deepEqual(
        table.filter((line) => !entry.test(line)),
        []
      )
      const keys = table.map((line) => entry.exec(line)?.[1]?.toLowerCase())
      assert.isAbove(keys.length, 100)
      assert.deepEqual(
        keys.filter((key, at) => keys.indexOf(key) !== at),
        []
      )
    })
  )

  const lines: ReadonlyArray<readonly [words: ReadonlyArray<string>, offers: ReadonlyArray<string>]> = [
    [["lo"], ["login", "logout"]],
    [
      ["login", "--qr", ""],
      ["auto", "terminal", "image", "file", "open", "page", "url", "none"]
    ],
    [["login", "--qr", "=", "t"], ["terminal"]],
    [["login", "--qr-"], ["--qr-file"]],
    [["--lang", "zh", "stat"], ["status"]],
    [
      ["status", "--lang", ""],
      ["en", "zh"]
    ],
    [["token", "pt"], ["ptwebqq"]],
    [["cookies", "--format", "c"], ["curl"]],
    [["completions", "f"], ["fish"]],
    [["export", "package.j"], ["package.json"]],
    [["login", "--timeout", ""], []],
    [["fixtures", "ver"], ["verify"]],
    [["fixtures", "serve", "--po"], ["--port"]],
    [["fixtures", "diff", "package.j"], ["package.json"]],
    [["fixtures", "import-har", "--si"], ["--site"]],
    [["fixtures", "list", "--po"], []]
  ]
  const fish = installed("fish") ? "" : " (skipped: it is not installed)"
  it.effect.skipIf(fish !== "")(`offer in fish what fits${fish}`, () =>
    Effect.gen(function* () {
      const asked: ReadonlyArray<readonly [line: string, offers: ReadonlyArray<string>]> = [
        ["lo", ["login", "logout"]],
        ["login --qr t", ["terminal"]],
        ["token pt", ["ptwebqq"]],
        ["completions p", ["powershell"]],
        ["fixtures ver", ["verify"]],
        ["fixtures list --po", []]
      ]
      const tries = asked.map(([line]) => `complete -C "webqq-login ${line}" | string split -f 1 \\t; echo .`)
      const input = [yield* script("fish"), ...tries].join("\n")
      const { stderr, stdout } = spawnSync("fish", ["--no-config", "-c", input], { encoding: "utf8" })
      assert.strictEqual(stderr, "")
      assert.deepEqual(
        stdout.split(".\n").map((text) => text.split("\n").filter((word) => word !== "")),
        [...asked.map(([, offers]) => [...offers]), []]
      )
    })
  )

  it.effect("offer in bash what fits", () =>
    Effect.gen(function* () {
      const tries = lines.map(
        ([words]) =>
          `COMP_WORDS=(webqq-login ${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length}
           COMPREPLY=(); _webqq_login; echo "\${COMPREPLY[*]}"`
      )
      const input = [yield* script("bash"), ...tries].join("\n")
      const { stdout } = spawnSync("bash", ["--norc"], { input, encoding: "utf8" })
      assert.deepEqual(
        stdout.split("\n").map((line) => line.split(" ").filter((word) => word !== "")),
        [...lines.map(([, offers]) => [...offers]), []]
      )
    })
  )
})
