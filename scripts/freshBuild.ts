/**
 * For scripts that measure what is shipped: a build that is never older than its sources.
 */
import { spawnSync } from "node:child_process"
import { existsSync, globSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const own = fileURLToPath(new URL("..", import.meta.url))

/** Builds where dist/ is missing, or older than what it is made of: here, or in another checkout. */
export const buildWhereOlder = (root = own): void => {
  const changedAt = (file: string) => statSync(join(root, file)).mtimeMs
  const sources = ["package-lock.json", "scripts/build.ts", ...globSync("src/**/*.ts", { cwd: root })]
  if (existsSync(join(root, "dist/cli.js")) && sources.every((file) => changedAt(file) <= changedAt("dist/cli.js")))
    return
  const { status } = spawnSync(process.execPath, [join(root, "scripts/build.ts")], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"]
  })
  if (status !== 0) throw new Error(`the build ended with ${status}`)
}
