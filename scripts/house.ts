/**
 * The order of the house: imports of `src/` go down this list, never up, and none goes in a circle. `npm run check` runs it.
 *
 * A room is a folder or a file of `src/`. Whoever opens a new one writes it here, at the height at which data passes it.
 */
import { globSync, readFileSync } from "node:fs"
import { dirname, join, normalize, sep } from "node:path"
import { fileURLToPath } from "node:url"

const src = fileURLToPath(new URL("../src/", import.meta.url))

const rooms = [
  "cli",
  "fleet",
  "page",
  "agent",
  "replay",
  "index.ts",
  "Facade.ts",
  "KeepSignedIn.ts",
  "SessionRequest.ts",
  "SignIn.ts",
  "Login.ts",
  "steps",
  "store",
  "http",
  "loopback",
  "protocol",
  "qr",
  "LoginEvent.ts",
  "Notice.ts",
  "errors",
  "files",
  "Session.ts",
  "Site.ts",
  "sites",
  "cookieRules.ts",
  "shallowJson.ts",
  "LoginConfig.ts",
  "Language.ts"
]

/** Rooms that are made of the library, and use it as anybody would: by what package.json exports, and by each other. */
const guests: ReadonlySet<string> = new Set(["cli", "fleet"])

/**
 * Rooms, and single files, that guests may enter by any door: what is said of errors, files that people name, logins in the background, what
 * stands between this machine and a browser, how a collector is reached, what a profile may be called, what a session from outside may hold, how a file with secrets is written, and how a
 * lock is held.
 */
const open: ReadonlySet<string> = new Set([
  "page",
  "agent",
  "loopback",
  "errors",
  "files",
  "http/collector.ts",
  "store/keptSession.ts",
  "store/profileName.ts",
  "store/secretFiles.ts",
  "store/processLock.ts"
])

const limits = { lines: 300, files: 18 }

const complaints: Array<string> = []

const read = (file: string) => readFileSync(src + file, "utf8")

const files = globSync("**/*.ts", { cwd: src }).map((file) => file.replaceAll(sep, "/"))

const roomOf = (file: string) => file.split("/")[0]!

const importsOf = (file: string): ReadonlyArray<string> =>
  Array.from(read(file).matchAll(/(?:\bfrom |\bimport\()"(\.[^"]+)"/gu), ([, target = ""]) =>
    normalize(join(dirname(file), target)).replaceAll(sep, "/")
  ).filter((target) => !target.startsWith("../"))

/** What package.json exports, and what its modules hand on as namespaces. */
const isPublic = (() => {
  const { exports } = JSON.parse(readFileSync(`${src}../package.json`, "utf8")) as { exports: Record<string, unknown> }
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === "object" && target !== null && "default" in target ? [String(target.default)] : []
  )
  const patterns = targets.map((target) => target.replace("./dist/", "").replace(/js$/u, "ts").split("*"))
  const named = files.filter((file) =>
    patterns.some(([before = "", after]) =>
      after === undefined ? file === before : file.startsWith(before) && file.endsWith(after)
    )
  )
  const known = new Set([...named, ...named.filter((file) => file.endsWith("index.ts")).flatMap(importsOf)])
  return (file: string) => known.has(file)
})()

for (const file of files) {
  const room = roomOf(file)
  const height = rooms.indexOf(room)
  if (height === -1) complaints.push(`src/${file}: ${room} is no room of scripts/house.ts`)
  const text = read(file)
  const lines = text.split("\n").length - 1
  if (lines > limits.lines) complaints.push(`src/${file}: ${lines} lines, more than ${limits.lines}`)
  if (!text.startsWith("/**")) complaints.push(`src/${file}: its first lines do not say what it is for`)
  for (const target of importsOf(file)) {
    const other = roomOf(target)
    if (other === room) continue
    if (rooms.indexOf(other) < height) complaints.push(`src/${file}: imports ${target}, which is above it`)
    if (guests.has(room) && !guests.has(other) && !open.has(other) && !open.has(target) && !isPublic(target)) {
      complaints.push(`src/${file}: imports ${target}, which is not public`)
    }
  }
}

const folders = Map.groupBy(files, dirname)
for (const [folder, inside] of folders) {
  if (inside.length > limits.files) complaints.push(`src/${folder}: ${inside.length} files, more than ${limits.files}`)
}

// oxlint finds circles of files; here, rooms are looked at, and the order above leaves none.
console.log(complaints.join("\n"))
if (complaints.length > 0) process.exitCode = 1
else console.log(`${files.length} files in ${folders.size} folders: every import goes down`)
