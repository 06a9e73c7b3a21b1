/**
 * Whether this may be published: `npm publish` runs it first (`prepublishOnly`), and so may anybody, `node scripts/release.ts`.
 * Where there is no address, nobody who has the package can tell of a fault, and npm cannot sign where it was built.
 */
import { existsSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const folder = process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url))
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>
const changes = readFileSync(join(folder, "CHANGELOG.md"), "utf8")

const missing = ["repository", "bugs", "homepage"].filter((field) => manifest[field] === undefined)
const dated = new RegExp(`^## \\[${String(manifest["version"])}\\] - \\d{4}-\\d\\d-\\d\\d$`, "mu").test(changes)
/** What others publish under a name that they may give to something else tomorrow: actions without a commit, images without a digest. */
const named = ["Dockerfile", ...globSync(".github/workflows/*.yml", { cwd: folder })].flatMap((file) => {
  const text = existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : ""
  const names = text.matchAll(/^(?:FROM| *(?:- )?(?:uses|image):) +(\S+)/gmu)
  return Array.from(names, ([, name = ""]) => name)
    .filter((name) => !/@(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})$/u.test(name) && !name.startsWith("./"))
    .map((name) => `${file} names ${name} and not its digest`)
})
const complaints = [
  ...new Set(named),
  ...(missing.length === 0 ? [] : [`package.json has no ${missing.join(", ")}`]),
  ...(dated ? [] : [`CHANGELOG.md has no date for ${String(manifest["version"])}`])
]
for (const complaint of complaints) console.error(`release: ${complaint}`)
if (complaints.length > 0) process.exitCode = 1
