#!/usr/bin/env node
// The first code that runs: dist/cli.js. It has to be understood by every Node that knows modules.
const [major, minor] = process.versions.node.split(".").map(Number)
if (major < 22 || (major === 22 && minor < 20)) {
  console.error(
    "webqq-login needs Node 22.20 or newer, this is " + process.versions.node + " / 需要 Node 22.20 或更新的版本"
  )
  process.exit(1)
}
// Code comes out of the cache: it is used only where nobody else could have put any there.
const { XDG_CACHE_HOME, HOME, LOCALAPPDATA } = process.env
// A place that is relative means nothing (XDG base directories): it would be another one wherever this is started.
const place = (XDG_CACHE_HOME?.startsWith("/") && XDG_CACHE_HOME) || LOCALAPPDATA || (HOME && HOME + "/.cache")
if (place) {
  const fs = process.getBuiltinModule("node:fs")
  const folder = place + "/webqq-login"
  const found = () => fs.lstatSync(folder, { throwIfNoEntry: false })
  try {
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
    if (found().isDirectory() && (process.geteuid === undefined || (isOurs && stays))) {
      if (process.geteuid !== undefined && (mode & 0o077) !== 0) fs.chmodSync(folder, 0o700)
      process.getBuiltinModule("node:module").enableCompileCache(folder)
    }
  } catch {
    // It starts without one, a little later.
  }
}
process.getBuiltinModule("node:module").createRequire(import.meta.url)("./command.cjs")
