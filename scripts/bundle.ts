/**
 * One file out of many, as it is shipped: for the build, and for the tests that start the command. It is CommonJS, which Node reads
 * and starts faster than a module of its own (measured: 5 ms to the QR code).
 */
import { readFileSync, writeFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { OutputChunk, Plugin } from "rolldown"
import { rolldown } from "rolldown"

// Node's own modules are fetched when the code that wants them runs: importing node:http loads undici, 20 ms before our first
// line. node:module stays, since the bundler's own preamble needs it.
const builtinsAtRunTime: Plugin = {
  name: "builtins-at-run-time",
  resolveId: (id) => (isBuiltin(id) && id !== "node:module" ? `\0node:${id.replace(/^node:/, "")}` : undefined),
  load: (id) =>
    id.startsWith("\0node:") ? `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(1))})` : undefined
}

// What the agents of proxies bring along and we leave out: debug prints the password of a proxy where somebody set DEBUG for another
// program, and signing in to a proxy by Kerberos would load a package that nobody has.
const leftOut: Readonly<Record<string, string>> = {
  debug: "export default () => () => undefined",
  "proxy-agent-negotiate": "export const createNegotiateAuth = () => undefined"
}
const silent: Plugin = {
  name: "left-out",
  resolveId: (id) => (Object.hasOwn(leftOut, id) ? `\0${id}` : undefined),
  load: (id) => leftOut[id.slice(1)]
}

/**
 * What few runs of the command need, and what would cost all others milliseconds to read: it lies beside the command in a file
 * of its own name, and is loaded when it is asked for.
 */
const apart: Readonly<Record<string, string>> = {
  "cli/network/proxy.ts": "proxy.cjs",
  "cli/process/tracing.ts": "tracing.cjs",
  "cli/terminal/viewer.ts": "viewer.cjs",
  "fleet/node/client.ts": "fleetClient.cjs",
  "fleet/node/serve.ts": "fleetServe.cjs"
}

/** What needs packages that its user has installed lies among the plain modules of the library, and is loaded from there. */
const plain: Readonly<Record<string, string>> = { "fleet/node/serveShared.ts": "fleet/node/serveShared.js" }

const src = fileURLToPath(new URL("../src/", import.meta.url))

/**
 * Writes everything that `input` needs into `file`, and what lies apart beside it. Yields what is in each, that of `file` first. Throws where
 * one took more files.
 */
export const bundle = async (input: string, file: string): Promise<readonly [OutputChunk, ...Array<OutputChunk>]> => {
  const beside: Array<OutputChunk> = []
  for (const [module, name] of Object.entries(apart))
    beside.push(await oneFile(src + module, join(dirname(file), name)))
  return [await oneFile(input, file), ...beside]
}

/** The same without what lies apart, for a program that needs none of it. */
export const oneFile = async (input: string, file: string): Promise<OutputChunk> => {
  const leftApart: Plugin = {
    name: "left-apart",
    resolveId: (id, importer) => {
      const module = importer === undefined ? "" : join(dirname(importer), id).slice(src.length)
      const name = apart[module] ?? plain[module]
      return name === undefined ? undefined : { id: `./${name}`, external: true }
    }
  }
  const build = await rolldown({
    input,
    platform: "node",
    plugins: [builtinsAtRunTime, silent, leftApart],
    // In parentheses each module is compiled when the file is loaded, those that this run never starts as well.
    optimization: { pifeForModuleWrappers: false },
    // Effect looks for what bundlers of web pages put there.
    transform: { define: { "import.meta.env": "undefined" } }
  })
  const { output } = await build.write({
    file,
    format: "cjs",
    banner: `"use strict";`,
    codeSplitting: false,
    // What lies apart is required: kept code may not import, and Node sets up its loader of modules for none of it.
    dynamicImportInCjs: false,
    // Names stay, for readable stack traces.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } }
  })
  await build.close()
  const [chunk, ...others] = output
  if (others.length > 0) throw new Error(`one file expected, got ${output.map(({ fileName }) => fileName).join(", ")}`)

  // Node reads a file of ASCII faster (measured: 4 ms of the start). In strings, templates and regular expressions an escape means
  // the same.
  const ascii = readFileSync(file, "utf8").replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
  writeFileSync(file, ascii)
  return chunk
}
