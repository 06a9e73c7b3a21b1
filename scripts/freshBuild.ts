/**
 * For scripts that measure what is shipped: a build that is never older than its sources.
 */
import { spawnSync } from "node:child_process"
import { existsSync, globSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const own = fileURLToPath(new URL("..", import.meta.url))

/** The built command of this checkout, or of another one. */
export const commandOf = (root = own): string =>
  join(root, JSON.parse(readFileSync(join(root, "package.json"), "utf8")).bin["webqq-login"])

/** Builds where dist/ is missing, or older than what it is made of: here, or in another checkout. */
export const buildWhereOlder = (root = own): void => {
  const changedAt = (file: string) => statSync(join(root, file)).mtimeMs
  const sources = ["package-lock.json", "scripts/build.ts", ...globSync("src/**/*.ts", { cwd: root })]
  const command = commandOf(root)
  if (existsSync(command) && sources.every((file) => changedAt(file) <= statSync(command).mtimeMs)) return
  const { status } = spawnSync(process.execPath, [join(root, "scripts/build.ts")], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"]
  })
  if (status !== 0) throw new Error(`the build ended with ${status}`)
}
