import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import * as Os from "node:os"
import * as Path from "node:path"
import { NotPlain, now, soon } from "../../src/files/wholeFile.ts"
import { watchSystem } from "../support/systemCalls.ts"

let folder = ""
const at = (name: string) => Path.join(folder, name)
beforeAll(() => void (folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))))
afterAll(() => Fs.rmSync(folder, { recursive: true }))

const emptied = () => {
  for (const name of Fs.readdirSync(folder)) Fs.rmSync(at(name), { recursive: true })
}
const mode = (name: string) => (Fs.statSync(at(name)).mode & 0o777).toString(8)

const ways = [
  ["now", now.replace],
  ["soon", soon.replace]
] as const

describe.each(ways)("a file that is replaced %s", (_, replace) => {
  it("is there whole: its content is on the disk before it has its name, and its name before anybody is told", async () => {
    emptied()
    Fs.writeFileSync(at("it"), "old", { mode: 0o644 })
    const calls = await watchSystem(async () => replace(at("it"), "new"))
    assert.deepEqual(calls, ["sync a file", "rename to it", "sync a folder"])
    assert.deepEqual([Fs.readFileSync(at("it"), "utf8"), mode("it"), Fs.readdirSync(folder)], ["new", "600", ["it"]])
  })

  it("need not outlive the power where it is passing", async () => {
    emptied()
    assert.deepEqual(await watchSystem(async () => replace(at("it"), "new", { passing: true })), ["rename to it"])
  })

  it("is its owner's alone whatever the umask is, unless it is for others", async () => {
    for (const umask of [0, 0o022, 0o777]) {
      emptied()
      const before = process.umask(umask)
      try {
        await replace(at("own"), "x")
        if (umask !== 0o777) await replace(at("others"), "x", { mode: "as others" })
      } finally {
        process.umask(before)
      }
      assert.strictEqual(mode("own"), "600")
      if (umask !== 0o777) assert.strictEqual(mode("others"), (0o666 & ~umask).toString(8))
    }
  })

  it("takes the place of a link, and leaves alone what it points to", async () => {
    emptied()
    Fs.writeFileSync(at("victim"), "precious")
    Fs.symlinkSync(at("victim"), at("it"))
    await replace(at("it"), "new")
    assert.isFalse(Fs.lstatSync(at("it")).isSymbolicLink())
    assert.strictEqual(Fs.readFileSync(at("victim"), "utf8"), "precious")
  })

  it.skipIf(process.platform === "win32")("does not take the place of a pipe, a folder or a device", async () => {
    emptied()
    execFileSync("mkfifo", [at("pipe")])
    Fs.mkdirSync(at("folder"))
    const before = Fs.readdirSync(folder)
    for (const path of [at("pipe"), at("folder"), "/dev/null"]) {
      const failed = await Promise.resolve()
        .then(() => replace(path, "x"))
        .then(
          () => undefined,
          (cause: unknown) => cause
        )
      assert.instanceOf(failed, NotPlain, path)
    }
    assert.deepEqual(Fs.readdirSync(folder), before)
  })

  it("leaves no draft where it cannot be written or named", async () => {
    emptied()
    const fs = process.getBuiltinModule("node:fs")
    const { renameSync } = fs
    const { rename } = fs.promises
    const full = () => {
      throw Object.assign(new Error("full"), { code: "ENOSPC" })
    }
    fs.renameSync = full
    fs.promises.rename = async () => full()
    syncBuiltinESMExports()
    try {
      const failed = Promise.resolve().then(() => replace(at("it"), "x"))
      await failed.then(
        () => assert.fail("it was written"),
        ({ code }) => assert.strictEqual(code, "ENOSPC")
      )
    } finally {
      fs.renameSync = renameSync
      fs.promises.rename = rename
      syncBuiltinESMExports()
    }
    assert.deepEqual(Fs.readdirSync(folder), [])
  })
})

describe("a draft", () => {
  it("has a name that nobody can take before us", () => {
    emptied()
    const fs = process.getBuiltinModule("node:fs")
    const { renameSync } = fs
    const drafts: Array<string> = []
    fs.renameSync = (from, to) => {
      drafts.push(Path.basename(String(from)))
      renameSync(from, to)
    }
    syncBuiltinESMExports()
    try {
      for (let n = 0; n < 3; n++) now.replace(at("it"), "x")
    } finally {
      fs.renameSync = renameSync
      syncBuiltinESMExports()
    }
    assert.strictEqual(new Set(drafts).size, 3)
    for (const draft of drafts) assert.match(draft, /^\.it\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/)
  })
})

describe("a file that is new", () => {
  it("is on the disk with its name before anybody is told, and takes nobody's place", async () => {
    emptied()
    assert.deepEqual(await watchSystem(async () => now.create(at("it"), "x")), ["sync a file", "sync a folder"])
    assert.throws(() => now.create(at("it"), "y"), /EEXIST/)
    assert.strictEqual(Fs.readFileSync(at("it"), "utf8"), "x")
  })
})

describe("a file that is removed", () => {
  it("stays removed when the power goes", async () => {
    emptied()
    Fs.writeFileSync(at("it"), "x")
    assert.deepEqual(await watchSystem(() => soon.remove(at("it"))), ["remove it", "sync a folder"])
  })
})
