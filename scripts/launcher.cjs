#!/usr/bin/env node
// The first code that runs: dist/cli.cjs. It has to be understood by every Node since 14, and is CommonJS since Node then sets up
// no loader of modules (measured: 4 ms).
const [major, minor] = process.versions.node.split(".").map(Number)
if (major < 22 || (major === 22 && minor < 20)) {
  console.error(
    "webqq-login needs Node 22.20 or newer, this is " + process.versions.node + " / 需要 Node 22.20 或更新的版本"
  )
  process.exit(1)
}
const builtin = process.getBuiltinModule
const fs = builtin("node:fs")
const Module = builtin("node:module")
const path = __dirname + "/command.cjs"

/** The folder that compiled code is kept in. It is used only where nobody else could have put any there. */
const codeFolder = () => {
  const { XDG_CACHE_HOME, HOME, LOCALAPPDATA } = process.env
  // A place that is relative means nothing (XDG base directories): it would be another one wherever this is started.
  const { isAbsolute } = builtin("node:path")
  const place = [XDG_CACHE_HOME, LOCALAPPDATA, HOME && HOME + "/.cache"].find((place) => place && isAbsolute(place))
  if (place === undefined) return
  const folder = place + "/webqq-login"
  const found = () => fs.lstatSync(folder, { throwIfNoEntry: false })
  if (found() === undefined) {
    // One after the other: Node's recursive mkdir may never return where a place takes nothing in.
    if (!fs.existsSync(place)) fs.mkdirSync(place, { mode: 0o700 })
    fs.mkdirSync(folder, { mode: 0o700 })
  }
  const { mode, uid } = found()
  const above = fs.statSync(place)
  const isOurs = uid === process.geteuid?.() && (mode & 0o022) === 0
  // Whoever may write to the folder above could put another in this one's place, unless it is sticky.
  const stays = (above.uid === uid || above.uid === 0) && ((above.mode & 0o002) === 0 || (above.mode & 0o1000) !== 0)
  if (!found().isDirectory() || (process.geteuid !== undefined && !(isOurs && stays))) return
  if (process.geteuid !== undefined && (mode & 0o077) !== 0) fs.chmodSync(folder, 0o700)
  return folder
}

// Node's own cache holds what is compiled before a file runs, and the half of a command is compiled while it runs (measured: 13 ms of a
// login). So what a command had compiled at its end is kept, a file for each command, until some runs have added to it.
const enough = 4

/** Bytes. A command has about one million. */
const longest = 2 ** 24

/** What is kept in a file. Throws where there is none, and yields nothing where it is no plain file, which might never end. */
const read = (file) => {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants
  const descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const stats = fs.fstatSync(descriptor)
    return stats.isFile() && stats.size <= longest ? fs.readFileSync(descriptor) : undefined
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Runs command.cjs with the code that earlier runs of this command compiled. */
const run = (folder) => {
  const { Script } = builtin("node:vm")
  const { crc32 } = builtin("node:zlib")
  // ASCII, as the build writes it.
  const source = fs.readFileSync(path, "latin1")
  const sum = crc32(source)
  const words = process.argv.slice(2)
  const name =
    words.includes("--help") || words.includes("-h") ? "help" : (/^[a-z]{1,16}$/.exec(words[0] ?? "")?.[0] ?? "command")
  // What a thread does of a command is not what the command does around it. To ask node:worker_threads takes a millisecond, and a thread may
  // not change the folder of the process: Node marks what it may not.
  const thread = process.chdir.disabled === true ? ".thread" : ""
  // A newer version that is installed in the same place takes the place of the older one's code.
  const own = `${name}${thread}-${crc32(path).toString(16)}-${process.arch}-${process.version}.code`
  const file = `${folder}/${own}`

  // Before the code: how many runs added to it, of which source it is, and whether it is as it was written.
  let runs = 0
  let cachedData
  try {
    const kept = read(file)
    if (kept?.readUInt32LE(4) === sum && kept.readUInt32LE(8) === crc32(kept.subarray(12))) {
      runs = kept.readUInt32LE(0)
      cachedData = kept.subarray(12)
    }
  } catch {
    // The first run has none.
  }
  const script = new Script(Module.wrap(source), { filename: path, cachedData })
  if (script.cachedDataRejected) runs = 0
  if (runs < enough) {
    process.once("exit", (code) => {
      // One that failed compiled little of what this command needs.
      if (code !== 0) return
      const draft = `${file}.${process.pid}`
      try {
        const compiled = script.createCachedData()
        const head = Buffer.alloc(12)
        head.writeUInt32LE(runs + 1, 0)
        head.writeUInt32LE(sum, 4)
        head.writeUInt32LE(crc32(compiled), 8)
        fs.writeFileSync(draft, Buffer.concat([head, compiled]), { mode: 0o600, flag: "wx" })
        fs.renameSync(draft, file)
        // What is left of runs that were killed while they wrote.
        for (const other of fs.readdirSync(folder)) if (other.startsWith(`${own}.`)) fs.unlinkSync(`${folder}/${other}`)
      } catch {
        try {
          fs.unlinkSync(draft)
        } catch {
          // There is none. The next run compiles again.
        }
      }
    })
  }
  const command = { exports: {} }
  script.runInThisContext()(command.exports, Module.createRequire(path), command, path, __dirname)
}

let folder
try {
  folder = codeFolder()
} catch {
  // It starts without one, a little later.
}
if (folder !== undefined) Module.enableCompileCache(folder)
// NODE_DISABLE_COMPILE_CACHE turns off Node's cache and ours. NODE_COMPILE_CACHE gives Node one, and us no folder.
if (folder === undefined || Module.getCompileCacheDir() === undefined) require(path)
else run(folder)
