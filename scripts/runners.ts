/**
 * Which runners of tests play recorded logins, and which are refused: each of them runs test/runners/cases.mjs against the package as it is
 * shipped, and what came of it has to be what the table in fixtures/README.md says.
 *
 *     npm run build && npm run runners
 *
 * The runners come from the npm registry, without their install scripts, as test/runners/package-lock.json has them.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root, rowsOf } from "../test/support/documents.ts"

const cases = ["MemoryReplay", "runVirtual", "ReplayServer", "replay/nock"]
const table = "fixtures/README.md"

const folder = mkdtempSync(join(tmpdir(), "webqq-login-runners-"))
const modules = join(folder, "node_modules")

const npm = (args: ReadonlyArray<string>, cwd: string) =>
  execFileSync("npm", ["--silent", "--no-audit", "--no-fund", ...args], { cwd, encoding: "utf8" }).trim()

const versionOf = (name: string, at = modules): string =>
  JSON.parse(readFileSync(join(at, name, "package.json"), "utf8")).version
const majorOf = (name: string, at?: string) => versionOf(name, at).split(".")[0] ?? ""

/** The program in the package for this platform, which is there without an install script. */
const binaryOf = (pattern: string): string => join(modules, globSync(pattern, { cwd: modules })[0] ?? pattern)

interface Runner {
  /** As the table calls it. */
  readonly name: string
  readonly command: ReadonlyArray<string>
  readonly options?: string
}

// A machine that does much else is slow, and wrong about nothing.
const patience = 60_000

const runners = (): ReadonlyArray<Runner> => {
  const node = process.execPath
  const jest = [node, join(modules, "jest/bin/jest.js"), "--rootDir", ".", `--testTimeout=${patience}`, "--testMatch"]
  const mocha = [node, join(modules, "mocha/bin/mocha.js"), `--timeout=${patience}`]
  const withModules = "--experimental-vm-modules"
  const ours = join(root, "node_modules")
  return [
    {
      name: `vitest ${majorOf("vitest", ours)}`,
      command: [
        node,
        join(ours, "vitest/vitest.mjs"),
        "run",
        "--root",
        ".",
        "--globals",
        `--testTimeout=${patience}`,
        "globals.test.mjs"
      ]
    },
    { name: `node --test, Node ${process.versions.node.split(".")[0]}`, command: [node, "--test", "node.mjs"] },
    { name: `mocha ${majorOf("mocha")}, import`, command: [...mocha, "globals.test.mjs"] },
    { name: `mocha ${majorOf("mocha")}, require`, command: [...mocha, "globals.test.cjs"] },
    {
      name: `jest ${majorOf("jest")} with NODE_OPTIONS=${withModules}, import`,
      command: [...jest, "**/globals.test.mjs"],
      options: withModules
    },
    {
      name: `jest ${majorOf("jest")} with NODE_OPTIONS=${withModules}, require`,
      command: [...jest, "**/globals.test.cjs"],
      options: withModules
    },
    { name: `jest ${majorOf("jest")} without`, command: [...jest, "**/globals.test.cjs"] },
    {
      name: `bun test, bun ${majorOf("bun")}`,
      command: [binaryOf("@oven/bun-*/bin/bun"), "test", `--timeout=${patience}`, "./bun.test.mjs"]
    },
    {
      name: `deno test -A, deno ${majorOf("deno")}`,
      command: [binaryOf("@deno/*/deno"), "test", "-A", "--no-check", "deno.mjs"]
    }
  ]
}

/** What became of each case: in its own words, `nothing` where the runner did not get as far. */
const play = ({ command, options }: Runner): { readonly outcomes: ReadonlyArray<string>; readonly said: string } => {
  const file = join(folder, "outcomes")
  rmSync(file, { force: true })
  const [program = "", ...args] = command
  const { NODE_OPTIONS: _, ...env } = process.env
  const { error, status, stderr, stdout } = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    timeout: cases.length * patience,
    env: { ...env, OUTCOMES: file, NO_COLOR: "1", ...(options === undefined ? {} : { NODE_OPTIONS: options }) }
  })
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []
  const ended = new Map(lines.map((line) => JSON.parse(line) as readonly [string, string]))
  const outcomes = cases.map((name) => ended.get(name) ?? "nothing")
  const fails = outcomes.every((outcome) => outcome === "nothing") ? status === 0 : status !== 0
  return {
    outcomes: fails ? [...outcomes, `exit code ${status}`] : outcomes,
    said: `${error?.message ?? ""}${stdout}${stderr}`
  }
}

let failed = 0
try {
  cpSync(join(root, "test/runners"), folder, { recursive: true })
  npm(["ci", "--ignore-scripts"], folder)
  const tarball = npm(["pack", "--pack-destination", folder], root).split("\n").at(-1) ?? ""
  npm(["install", "--ignore-scripts", "--no-save", join(folder, tarball)], folder)
  const all = runners()
  const told = new Map(
    rowsOf(table)
      .filter(({ length }) => length === cases.length + 1)
      .map(([name = "", ...cells]) => [name.replaceAll("`", ""), cells] as const)
  )
  for (const runner of all) {
    const { outcomes, said } = play(runner)
    const expected = told.get(runner.name) ?? []
    const fine = outcomes.join() === expected.join()
    if (!fine) failed++
    console.log(`${fine ? "ok    " : "FAILED"} ${runner.name}: ${outcomes.join(", ")}`)
    if (!fine) console.log(`       ${table} says: ${expected.join(", ") || "no such row"}\n${said.trim()}\n`)
  }
  const versions = ["bun", "deno", "jest", "mocha"].map((name) => `${name} ${versionOf(name)}`)
  console.log(`${all.length - failed} of ${all.length} runners are as ${table} says (${versions.join(", ")})`)
} finally {
  rmSync(folder, { recursive: true })
}
process.exitCode = failed === 0 ? 0 : 1
