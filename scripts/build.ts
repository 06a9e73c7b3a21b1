/**
 * Makes dist/ anew: the library as plain modules with their types, and the command as the one file dist/command.js, behind
 * dist/cli.js, which looks at the version of Node and turns on its compile cache (measured: a fifth less to the QR code).
 * `npm run build`, or `node scripts/build.ts --entry other.ts` to bundle another program in the place of the command.
 */
import { spawnSync } from "node:child_process"
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { rolldown } from "rolldown"
import type { Plugin } from "rolldown"

const root = fileURLToPath(new URL("..", import.meta.url))
const { values } = parseArgs({ options: { entry: { type: "string", default: `${root}src/cli/main.ts` } } })

const fail = (message: string): never => {
  console.error(`build: ${message}`)
  process.exit(1)
}

// The first code that runs. It has to be understood by every Node that knows modules. The cache lies in the user's own
// folder: in a shared one, others could prepare the code that runs here.
const launcher = `#!/usr/bin/env node
const [major, minor] = process.versions.node.split(".").map(Number)
if (major < 22 || (major === 22 && minor < 20)) {
  console.error(
    "webqq-login needs Node 22.20 or newer, this is " + process.versions.node + " / 需要 Node 22.20 或更新的版本"
  )
  process.exit(1)
}
const { XDG_CACHE_HOME, HOME, LOCALAPPDATA } = process.env
const cache = XDG_CACHE_HOME || LOCALAPPDATA || (HOME && HOME + "/.cache")
if (cache) process.getBuiltinModule("node:module").enableCompileCache(cache + "/webqq-login")
import("./command.js")
`

rmSync(`${root}dist`, { recursive: true, force: true })
const tsc = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit"
})
if (tsc.status !== 0) fail("the library does not compile")

// Node's own modules are fetched when the code that wants them runs: importing node:http loads undici, 20 ms before our first
// line. node:module stays, since the bundler's own preamble needs it.
const builtinsAtRunTime: Plugin = {
  name: "builtins-at-run-time",
  resolveId: (id) => (id.startsWith("node:") && id !== "node:module" ? `\0${id}` : undefined),
  load: (id) =>
    id.startsWith("\0node:") ? `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(1))})` : undefined
}

const bundle = await rolldown({ input: values.entry, platform: "node", plugins: [builtinsAtRunTime] })
const { output } = await bundle.write({
  file: `${root}dist/command.js`,
  format: "esm",
  codeSplitting: false,
  // Names stay, for readable stack traces.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } }
})
await bundle.close()

const [chunk, ...others] = output
if (others.length > 0) fail(`one file expected, got ${output.map((file) => file.fileName).join(", ")} as well`)

const unwanted = chunk.moduleIds.filter((id) => /[\\/]node_modules[\\/](nock|undici|vitest|redis|ws)[\\/]/u.test(id))
if (unwanted.length > 0) fail(`the command contains ${unwanted.join(", ")}`)

const foreign = chunk.imports.filter((id) => id !== "node:module")
if (foreign.length > 0) fail(`the command imports ${foreign.join(", ")}`)

// Node reads a file of ASCII faster (measured: 4 ms of the start). In strings, templates and regular expressions an escape means
// the same.
const ascii = readFileSync(`${root}dist/command.js`, "utf8").replace(
  /[^\0-\x7f]/g,
  (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
)
writeFileSync(`${root}dist/command.js`, ascii)
writeFileSync(`${root}dist/cli.js`, launcher, { mode: 0o755 })
console.log(`dist/${chunk.fileName}: ${Math.round(statSync(`${root}dist/command.js`).size / 1000)} kB`)
