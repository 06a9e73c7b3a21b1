/**
 * For scripts that measure what is shipped: a build that is never older than its sources.
 */
import { spawnSync } from "node:child_process"
import { existsSync, globSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const changedAt = (file: string) => statSync(root + file).mtimeMs

/** Builds where dist/ is missing, or older than what it is made of. */
export const buildWhereOlder = (): void => {
  const sources = ["package-lock.json", "scripts/build.ts", ...globSync("src/**/*.ts", { cwd: root })]
  if (existsSync(`${root}dist/cli.js`) && sources.every((file) => changedAt(file) <= changedAt("dist/cli.js"))) return
  const { status } = spawnSync(process.execPath, [`${root}scripts/build.ts`], {
    stdio: ["ignore", "ignore", "inherit"]
  })
  if (status !== 0) throw new Error(`the build ended with ${status}`)
}
