/**
 * How large the package is and how fast its command starts: `npm run size`, after a build where dist/ is older than src/.
 *
 * Sizes are compared with those of the last release, kept in size-baseline.json; what changed by more than 5 % is marked.
 * `--update` keeps today's. Times depend on the machine, so they are not kept: they are ratios to `node -e 0`, medians of
 * `--runs 9` runs in turn. Nothing here fails for being large or slow.
 */
import { spawnSync } from "node:child_process"
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { gzipSync } from "node:zlib"
import { rolldown } from "rolldown"

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

const changedAt = (file: string) => statSync(root + file).mtimeMs
const sources = ["package-lock.json", "scripts/build.ts", ...globSync("src/**/*.ts", { cwd: root })]
if (!existsSync(`${root}dist/cli.js`) || sources.some((file) => changedAt(file) > changedAt("dist/cli.js"))) {
  npm("run", "-s", "build")
}

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
const isCommand = (file: string) => file === "cli.js" || file === "command.js"
const built = globSync("**/*.js", { cwd: `${root}dist` })
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

const baseline: Readonly<Record<string, number>> = existsSync(baselineFile)
  ? JSON.parse(readFileSync(baselineFile, "utf8"))
  : {}
for (const [name, size] of Object.entries(sizes)) {
  const before = baseline[name]
  const change = before === undefined ? undefined : size / before - 1
  const said =
    change === undefined
      ? "new"
      : `${change < 0 ? "" : "+"}${(change * 100).toFixed(1)} %${Math.abs(change) > 0.05 ? "  <--" : ""}`
  console.log(`${name.padEnd(28)} ${String(size).padStart(9)}  ${said}`)
}
if (values.update) writeFileSync(baselineFile, `${JSON.stringify(sizes, null, 2)}\n`)

const folder = mkdtempSync(join(tmpdir(), "webqq-login-size-"))
const env = { ...process.env, XDG_STATE_HOME: join(folder, "state"), XDG_CACHE_HOME: join(folder, "cache") }
const programs: Readonly<Record<string, ReadonlyArray<string>>> = {
  "node -e 0": ["-e", "0"],
  "--version": [`${root}dist/cli.js`, "--version"],
  "login --replay webqq": [`${root}dist/cli.js`, ..."login --replay webqq --json --speed 100 --qr none".split(" ")]
}
const median = (numbers: ReadonlyArray<number>) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN

try {
  const times = Object.keys(programs).map(() => [] as Array<number>)
  // The first run of each fills Node's compile cache and counts for nothing.
  for (let run = -1; run < Number(values.runs); run++) {
    for (const [index, args] of Object.values(programs).entries()) {
      const start = performance.now()
      const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" })
      if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`)
      if (run >= 0) times[index]!.push(performance.now() - start)
    }
  }
  const [floor = NaN, ...others] = times.map(median)
  for (const [index, name] of Object.keys(programs).slice(1).entries()) {
    console.log(`${name.padEnd(28)} ${`${(others[index]! / floor).toFixed(2)} ×`.padStart(9)}  node -e 0`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
