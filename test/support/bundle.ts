/**
 * The command as it is shipped, which starts three times as fast as its sources; inside of the project, where it looks for its
 * fixtures and its version.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { bundle as bundleInto } from "../../scripts/bundle.ts"
import type { TestProject } from "vitest/node"

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export const bundle = async (): Promise<{ readonly entry: string; readonly remove: () => void }> => {
  Fs.mkdirSync(file("../../.tmp"), { recursive: true })
  const folder = Fs.mkdtempSync(file("../../.tmp/cli-"))
  const entry = Path.join(folder, "cli.cjs")
  await bundleInto(file("../../src/cli/main.ts"), Path.join(folder, "command.cjs"))
  Fs.copyFileSync(file("../../scripts/launcher.cjs"), entry)
  return { entry, remove: () => Fs.rmSync(folder, { recursive: true }) }
}

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the bundled command. */
    readonly command: string
  }
}

/** Once for all tests that start the command. */
export default async ({ provide }: TestProject): Promise<() => void> => {
  const { entry, remove } = await bundle()
  provide("command", entry)
  return remove
}
