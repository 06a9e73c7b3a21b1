/**
 * Whatever the command writes, on a disk that takes nothing more: what was there stays, no half of anything is left, and it says so. Runs
 * itself again where it may mount.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { briefly, start, withFolder } from "./running.ts"

export const run = (entry: string): Promise<ReadonlyArray<string>> =>
  withFolder(async (folder) => {
    const again = [process.execPath, fileURLToPath(import.meta.url), entry, folder]
    const { status, stderr, stdout } = spawnSync("unshare", ["-rm", ...again], { encoding: "utf8" })
    return status === 0 ? stdout.split("\n").filter((line) => line !== "") : [`it broke off: ${stderr}`]
  })

/** How a disk takes nothing more, and the system's word for it. */
const ends: ReadonlyArray<readonly [what: string, end: (disk: string) => void, word: RegExp]> = [
  ["full", (disk) => fill(() => writeFileSync(join(disk, "fill"), Buffer.alloc(2 ** 20))), /ENOSPC/],
  [
    "out of names",
    (disk) =>
      fill(() => {
        for (let n = 0; ; n++) writeFileSync(join(disk, `fill${n}`), "")
      }),
    /ENOSPC/
  ],
  ["read-only", (disk) => void execFileSync("mount", ["-o", "remount,bind,ro", disk]), /EROFS/]
]

const fill = (write: () => void) => {
  try {
    write()
  } catch {
    // That is the aim.
  }
}

/** What is done there, the exit codes that it may have, and what it may take away. */
const lines: ReadonlyArray<readonly [line: string, codes: ReadonlyArray<number>, gone?: RegExp]> = [
  ["login --fresh --replay webqq --speed 20 --profile p --json", [9]],
  ["export DISK/new", [9]],
  ["export DISK/old --force", [9]],
  ["login --replay qzone --speed 100 --no-save --qr-file DISK/qr.png", [1, 2]],
  ["fixtures import-har HAR --out DISK/made", [9]],
  ["logout --profile p", [0], /p\.json/]
]

/** All that lies on the disk and is not there to fill it. */
const seen = (disk: string) =>
  readdirSync(disk, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile() && !found.name.startsWith("fill"))
    .map((found) => join(found.parentPath, found.name))
    .toSorted()
    .map((path) => [path, readFileSync(path, "latin1")] as const)

const inside = async (entry: string, folder: string) => {
  const env = { WEBQQ_PASSPHRASE: "long enough", TMPDIR: folder }
  const har = join(folder, "a.har")
  await start(entry, "fixtures export-har qzone", env).ended.then(({ stdout }) => writeFileSync(har, stdout))
  for (const [what, end, word] of ends) {
    const disk = join(folder, "disk")
    mkdirSync(disk)
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=128k,nr_inodes=64", "tmpfs", disk])
    const home = { ...env, XDG_STATE_HOME: disk }
    const made = [
      await start(entry, "login --replay webqq --speed 20 --profile p", home).ended,
      await start(entry, `export ${disk}/old`, home).ended
    ]
    for (const one of made) if (one.code !== 0) console.log(`nothing can be prepared: ${briefly(one)}`)
    end(disk)
    for (const [line, codes, gone] of lines) {
      const before = seen(disk)
      const ended = await start(entry, line.replaceAll("DISK", disk).replaceAll("HAR", har), home).ended
      const where = `${line} on a disk that is ${what}`
      const removes = gone !== undefined && what !== "read-only"
      const expected = gone !== undefined && !removes ? [9] : codes
      if (!expected.includes(ended.code ?? -1)) console.log(`${where}: ${briefly(ended)} and not ${expected}`)
      if (!expected.includes(0) && !word.test(ended.stderr))
        console.log(`${where}: it does not say why: ${ended.stderr}`)
      const stays = before.filter(([path]) => !(removes && gone.test(path)))
      if (JSON.stringify(seen(disk)) !== JSON.stringify(stays)) {
        console.log(
          `${where}: there lies ${seen(disk).map(([path]) => path)}, and there lay ${before.map(([path]) => path)}`
        )
      }
      if (line.includes("--json") && !ended.stdout.includes(`"_tag":"LoggedIn"`))
        console.log(`${where}: the session is lost`)
    }
    execFileSync("umount", [disk])
    rmSync(disk, { recursive: true })
  }
}

const [, self = "", entry = "", folder = ""] = process.argv
if (existsSync(self) && fileURLToPath(import.meta.url) === self) await inside(entry, folder)
