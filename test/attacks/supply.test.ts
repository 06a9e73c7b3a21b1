import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { root } from "../support/documents.ts"

const read = (file: string) => JSON.parse(readFileSync(root + file, "utf8"))

interface Entry {
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly hasInstallScript?: boolean
  readonly integrity?: string
  readonly link?: boolean
  readonly peer?: boolean
}
const packages = Object.entries<Entry>(read("package-lock.json").packages).filter(
  ([place, { link }]) => place !== "" && link !== true
)

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
      packages.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? "")).map(([place]) => place),
      []
    )
  })
})
