/**
 * Makes dist/ anew: the library as plain modules with their types, and the command as the one file dist/command.cjs, behind
 * dist/cli.cjs, which looks at the version of Node and takes what earlier runs compiled (measured: a sixth less to the QR code).
 * `npm run build`, or `node scripts/build.ts --entry other.ts` to bundle another program in the place of the command.
 */
import { spawnSync } from "node:child_process"
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { bundle } from "./bundle.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const { values } = parseArgs({ options: { entry: { type: "string", default: `${root}src/cli/main.ts` } } })

const fail = (message: string): never => {
  console.error(`build: ${message}`)
  process.exit(1)
}

rmSync(`${root}dist`, { recursive: true, force: true })
const tsc = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit"
})
if (tsc.status !== 0) fail("the library does not compile")

const chunks = await bundle(values.entry, `${root}dist/command.cjs`)
const [chunk] = chunks

const unwanted = chunk.moduleIds.filter((id) => /[\\/]node_modules[\\/](nock|undici|vitest|redis|ws)[\\/]/u.test(id))
if (unwanted.length > 0) fail(`the command contains ${unwanted.join(", ")}`)

const foreign = chunk.imports.filter((id) => id !== "node:module")
if (foreign.length > 0) fail(`the command imports ${foreign.join(", ")}`)

// What the command carries along is in no bill of materials of npm, which knows only what is installed with it.
const packages = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8")).packages as Record<
  string,
  { readonly version: string; readonly license?: string; readonly integrity?: string }
>
const placeOf = (id: string) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//u.exec(id.replaceAll("\\", "/"))?.[1] ?? []
const inRoot = (place: string) => place.slice(root.replaceAll("\\", "/").length)
const places = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.flatMap(placeOf)).map(inRoot))
const bundled = [...places].toSorted().map((place) => {
  const { integrity, license, version } = packages[place] ?? fail(`${place} is not in the lock file`)
  return { name: place.replace(/^.*node_modules\//u, ""), version, license, integrity }
})
writeFileSync(`${root}dist/bundled.json`, `${JSON.stringify(bundled, undefined, 2)}\n`)

writeFileSync(`${root}dist/cli.cjs`, readFileSync(`${root}scripts/launcher.cjs`), { mode: 0o755 })
console.log(`dist/${chunk.fileName}: ${Math.round(statSync(`${root}dist/command.cjs`).size / 1000)} kB`)
