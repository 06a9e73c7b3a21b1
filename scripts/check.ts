/**
 * Everything that can be said about the code without running it: `npm run check`. All parts run, side by side; the exit
 * code is 1 when one of them fails, and only the failing ones are quoted.
 */
import { spawn } from "node:child_process"
import { rmSync } from "node:fs"
import { delimiter } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { root, writePrograms } from "../test/support/documents.ts"

interface Part {
  readonly name: string
  readonly command: string
  /** A complaint about the output of a command that ended with 0. */
  readonly doubt?: (output: string) => string | undefined
}

const parts: ReadonlyArray<Part> = [
  { name: "types", command: "tsc --noEmit -p ." },
  {
    name: "effect diagnostics",
    command: "effect-tsgo diagnostics --project tsconfig.json --strict",
    // Without the plugin entry in tsconfig.json it reads no file at all and is content.
    doubt: (output) => (/Checked [1-9]\d* files/u.test(output) ? undefined : "it has read no file")
  },
  { name: "lint, cycles", command: "oxlint" },
  { name: "lock file", command: "node scripts/lockfile.ts" },
  { name: "format", command: "oxfmt --check" },
  { name: "order of the house", command: "node scripts/house.ts" },
  { name: "dead code", command: "knip --no-progress --treat-config-hints-as-errors" }
]

// The programs in the documents are compiled along with the code that they use.
const documents = `${root}.tmp/documents`
rmSync(documents, { recursive: true, force: true })
writePrograms(documents, ["ts", "ts clients", "ts fleet"])

const path = [`${root}node_modules/.bin`, process.env["PATH"]].join(delimiter)

const run = (part: Part) =>
  new Promise<boolean>((resolve) => {
    const start = performance.now()
    const [command = "", ...args] = part.command.split(" ")
    const child = spawn(command, args, { cwd: root, env: { ...process.env, PATH: path } })
    let output = ""
    const report = (failure: string | undefined) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      console.log(`${failure === undefined ? "ok    " : "FAILED"} ${part.name.padEnd(20)} ${seconds} s`)
      if (failure !== undefined)
        console.log(`${stripVTControlCharacters(output).trim()}\n${part.command}: ${failure}\n`)
      resolve(failure === undefined)
    }
    child.stdout.on("data", (data) => (output += String(data)))
    child.stderr.on("data", (data) => (output += String(data)))
    child.on("error", (error) => report(error.message))
    child.on("close", (code) =>
      report(code === 0 ? part.doubt?.(stripVTControlCharacters(output)) : `exit code ${code}`)
    )
  })

const results = await Promise.all(parts.map(run))
process.exitCode = results.every(Boolean) ? 0 : 1
