/**
 * Attacks that need a machine: disks of few pages, crowds of processes, thousands of connections. Each says why it cannot be made here, or
 * what did not hold.
 */
import { spawnSync } from "node:child_process"

export interface Part {
  readonly name: string
  /** What this machine lacks; nothing where it can be made. */
  readonly lacks?: () => string | undefined
  /** What did not hold, of a command that is the file `entry`. */
  readonly run: (entry: string) => Promise<ReadonlyArray<string>>
}

const noMounts = () =>
  spawnSync("unshare", ["-rm", "true"]).status === 0 ? undefined : "this machine lets nobody mount"

const noLimits = () => (process.platform === "linux" ? undefined : "it is made for Linux")

export const parts: ReadonlyArray<Part> = [
  {
    name: "a disk that is full, out of names, or read-only",
    lacks: noMounts,
    run: async (entry) => (await import("./places/tinyDisk.ts")).run(entry)
  },
  {
    name: "forty commands at once on one profile",
    run: async (entry) => (await import("./places/crowd.ts")).run(entry)
  },
  {
    name: "four threads and two stores in one process",
    run: async () => (await import("./places/crowd.ts")).runThreads()
  },
  {
    name: "three thousand connections that say little",
    lacks: noLimits,
    run: async (entry) => (await import("./places/slowConnections.ts")).run(entry)
  },
  {
    name: "an export with the dearest key",
    lacks: noLimits,
    run: async (entry) => (await import("./places/dearKey.ts")).run(entry)
  },
  {
    name: "a name server that never answers",
    lacks: noMounts,
    run: async (entry) => (await import("./places/deafNames.ts")).run(entry)
  },
  {
    name: "a Redis that is killed in the midst of a change",
    lacks: () => (spawnSync("redis-server", ["--version"]).status === 0 ? undefined : "redis-server is not installed"),
    run: async () => (await import("./places/lostRedis.ts")).run()
  },
  {
    name: "what Node can be made to tell of itself",
    run: async (entry) => (await import("./places/nodeTalks.ts")).run(entry)
  }
]
