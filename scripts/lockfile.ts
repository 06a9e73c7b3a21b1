/**
 * Every package of the lock file has the hash of what `npm ci` may install, and none says from where: `npm run check` runs it.
 *
 *     node scripts/lockfile.ts --complete     asks the registry for the hashes that are missing
 *
 * npm leaves out what it did not download: the binaries of other platforms, which then come unchecked there.
 */
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

interface Entry {
  readonly version: string
  readonly link?: boolean
  readonly resolved?: string
  integrity?: string
}

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url))
const lock = JSON.parse(readFileSync(file, "utf8")) as { readonly packages: Readonly<Record<string, Entry>> }
const entries = Object.entries(lock.packages).filter(([place, { link }]) => place !== "" && link !== true)

const idOf = (place: string, { version }: Entry) => `${place.split("node_modules/").at(-1)}@${version}`

if (process.argv.includes("--complete")) {
  for (const [place, entry] of entries.filter(([, { integrity }]) => integrity === undefined)) {
    const { integrity: _, version, ...rest } = entry
    const integrity = execFileSync("npm", ["view", idOf(place, entry), "dist.integrity"])
      .toString()
      .trim()
    // Where npm puts it: behind the version.
    Object.assign(lock.packages, { [place]: { version, integrity, ...rest } })
  }
  writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`)
}

const complaints = Object.entries(lock.packages)
  .filter(([place, { link }]) => place !== "" && link !== true)
  .flatMap(([place, entry]) => [
    // SHA-512 in base64: 64 bytes.
    ...(/^sha512-[A-Za-z0-9+/]{86}==$/u.test(entry.integrity ?? "")
      ? []
      : [`${idOf(place, entry)} has no hash: node scripts/lockfile.ts --complete`]),
    ...(entry.resolved === undefined
      ? []
      : [`${idOf(place, entry)} says from where it was downloaded: leave "resolved" out`])
  ])
console.log(complaints.join("\n"))
if (complaints.length > 0) process.exitCode = 1
else console.log(`${entries.length} packages, each with its hash`)
