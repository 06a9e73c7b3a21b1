import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { root } from "../support/documents.ts"

const read = (file: string) => JSON.parse(readFileSync(root + file, "utf8"))

interface Entry {
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly hasInstallScript?: boolean
  readonly integrity?: string
  readonly link?: boolean
  readonly peer?: boolean
  /** Where an entry is not of the registry, or is another package than its place says. */
  readonly resolved?: string
  readonly name?: string
}
const packagesOf = (file: string) =>
  Object.entries<Entry>(read(file).packages).filter(([place, { link }]) => place !== "" && link !== true)
const packages = packagesOf("package-lock.json")
const ofRunners = packagesOf("test/runners/package-lock.json")

describe("packages", () => {
  it("that a user gets are few, exact, and run nothing when they are installed", () => {
    const { dependencies, scripts } = read("package.json")
    for (const [name, version] of Object.entries<string>(dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/, name)
    for (const name of ["preinstall", "install", "postinstall", "prepare"]) assert.notProperty(scripts, name)
    const got = packages.filter(([, { dev, devOptional, peer }]) => !(dev || devOptional || peer))
    assert.isBelow(got.length, 30)
    assert.deepEqual(
      got.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([place]) => place),
      []
    )
  })

  it("of the lock file have a hash each, those of other platforms too", () => {
    assert.deepEqual(
      [...packages, ...ofRunners]
        .filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ""))
        .map(([place]) => place),
      []
    )
  })

  it("come from the registry and nowhere else, under their own names", () => {
    const foreign = [...packages, ...ofRunners].filter(([, { resolved }]) => resolved !== undefined)
    assert.deepEqual(
      foreign.map(([place]) => place),
      []
    )
    const renamed = packages.filter(
      ([place, { name }]) => name !== undefined && !place.endsWith(`node_modules/${name}`)
    )
    assert.deepEqual(
      renamed.map(([place]) => place),
      []
    )
    for (const file of ["package.json", "test/runners/package.json"]) {
      const { dependencies = {}, devDependencies = {} } = read(file)
      for (const [name, version] of Object.entries<string>({ ...dependencies, ...devDependencies })) {
        assert.match(version, /^\d+\.\d+\.\d+(?:-[\w.]+)?$/, `${file}: ${name}`)
      }
    }
  })

  it("of tools that run something when they are installed are those that bring a binary for this machine", () => {
    const running = [...packages, ...ofRunners].filter(([, { hasInstallScript }]) => hasInstallScript === true)
    assert.deepEqual(
      running.map(([place]) => place.replace(/^node_modules\//, "")),
      ["esbuild", "node", "@parcel/watcher", "bun", "deno"]
    )
  })
})

describe("a workflow", () => {
  const files = readdirSync(`${root}.github/workflows`)
  it.each(files)("may read and nothing more, and runs no text of whoever asks for a change: %s", (file) => {
    const text = readFileSync(`${root}.github/workflows/${file}`, "utf8")
    assert.match(text, /^permissions:\n {2}contents: read\n(?! )/m)
    assert.notMatch(text, /pull_request_target|workflow_run|secrets\.|: write\b/)
    // Of expressions, those of the matrix alone: a title or a branch would be run as a script.
    assert.deepEqual(text.match(/\$\{\{(?! matrix\.\w+ \}\})[^}]*\}\}/g) ?? [], [])
    for (const checkout of text.split("actions/checkout@").slice(1))
      assert.match(checkout, /^.*\n +with:\n +persist-credentials: false\n/)
  })
})
