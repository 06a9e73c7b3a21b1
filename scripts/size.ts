/**
 * How large the package is and how fast its command starts, beside what both were at the last release: `npm run size`, after a
 * build where dist/ is older than src/.
 *
 * The release is kept in size-baseline.json; `--update` keeps today's, and is part of making a release. Times depend on the
 * machine, so they are ratios to `node -e 0`: medians of `--runs 9` runs in turn. A size that changed by more than 5 % is
 * marked, and a start by more than 15 %. Nothing here fails for being large or slow.
 */
import { spawnSync } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { gzipSync } from "node:zlib"
import { rolldown } from "rolldown"
import { buildWhereOlder } from "./freshBuild.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const baselineFile = `${root}scripts/size-baseline.json`
const { values } = parseArgs({
  options: { runs: { type: "string", default: "9" }, update: { type: "boolean", default: false } }
})

const npm = (...args: ReadonlyArray<string>) => {
  const { status, stdout } = spawnSync("npm", args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, npm_config_loglevel: "error" }
  })
  if (status !== 0) throw new Error(`npm ${args.join(" ")} ended with ${status}`)
  return stdout
}

buildWhereOlder()

/** Which modules end up in the command: ours, and those of others. */
const modulesOf = async (entry: string) => {
  const bundle = await rolldown({ input: root + entry, platform: "node", external: /^node:/ })
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false })
  await bundle.close()
  const ids = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []))
  const theirs = ids.filter((id) => /[\\/]node_modules[\\/]/.test(id)).length
  return { ours: ids.length - theirs, theirs }
}

const bytesOf = (files: ReadonlyArray<string>) =>
  Buffer.concat(files.map((file) => readFileSync(`${root}dist/${file}`)))
const isCommand = (file: string) => file.endsWith(".cjs")
// The service for many accounts lies in files of its own, which the plain command never loads.
const built = globSync("**/*.{js,cjs}", { cwd: `${root}dist` }).filter((file) => !/^fleet\w+\.cjs$/.test(file))
const command = bytesOf(built.filter(isCommand))
const library = built.filter((file) => !isCommand(file))
const modules = await modulesOf("src/cli/main.ts")
const [packed] = JSON.parse(npm("pack", "--dry-run", "--ignore-scripts", "--json")) as [
  { readonly size: number; readonly entryCount: number }
]

const sizes: Readonly<Record<string, number>> = {
  "command, bytes": command.length,
  "command, bytes gzipped": gzipSync(command).length,
  "command, modules of ours": modules.ours,
  "command, modules of others": modules.theirs,
  "library, bytes": bytesOf(library).length,
  "library, modules": library.length,
  "package, bytes": packed.size,
  "package, files": packed.entryCount
}

interface Release {
  readonly version: string
  readonly sizes: Readonly<Record<string, number>>
  /** Ratios to `node -e 0`. */
  readonly starts: Readonly<Record<string, number>>
}

const release = JSON.parse(readFileSync(baselineFile, "utf8")) as Release
console.log(`compared with version ${release.version}`)

const compare = (name: string, now: number, before: number | undefined, shown: string, tolerance: number) => {
  const change = before === undefined ? undefined : now / before - 1
  const said =
    change === undefined
      ? "new"
      : `${change < 0 ? "" : "+"}${(change * 100).toFixed(1)} %${Math.abs(change) > tolerance ? "  <--" : ""}`
  console.log(`${name.padEnd(28)} ${shown.padStart(9)}  ${said}`)
}
for (const [name, size] of Object.entries(sizes)) compare(name, size, release.sizes[name], String(size), 0.05)

const folder = mkdtempSync(join(tmpdir(), "webqq-login-size-"))
const env = { ...process.env, XDG_STATE_HOME: join(folder, "state"), XDG_CACHE_HOME: join(folder, "cache") }
const programs: Readonly<Record<string, ReadonlyArray<string>>> = {
  "node -e 0": ["-e", "0"],
  "--version": [`${root}dist/cli.cjs`, "--version"],
  "login --replay webqq": [`${root}dist/cli.cjs`, ..."login --replay webqq --json --speed 100 --qr none".split(" ")]
}
const median = (numbers: ReadonlyArray<number>) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN

try {
  const times = Object.keys(programs).map(() => [] as Array<number>)
  // The first run of each keeps compiled code and counts for nothing.
  for (let run = -1; run < Number(values.runs); run++) {
    for (const [index, args] of Object.values(programs).entries()) {
      const start = performance.now()
      const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" })
      if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`)
      if (run >= 0) times[index]!.push(performance.now() - start)
    }
  }
  const [floor = NaN, ...others] = times.map(median)
  const named = Object.keys(programs).slice(1)
  const starts = Object.fromEntries(named.map((name, index) => [name, Number((others[index]! / floor).toFixed(2))]))
  for (const [name, ratio] of Object.entries(starts)) {
    compare(`${name}, × node -e 0`, ratio, release.starts[name], ratio.toFixed(2), 0.15)
  }
  if (values.update) {
    const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { readonly version: string }
    writeFileSync(baselineFile, `${JSON.stringify({ version, sizes, starts } satisfies Release, null, 2)}\n`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
