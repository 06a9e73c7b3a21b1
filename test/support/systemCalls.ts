/**
 * What is asked of the file system, as far as it decides what outlives the power, in order.
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import * as Path from "node:path"

/** Runs something and tells what it asked for: whatever way it takes, at once or by promises. */
export const watchSystem = async (run: () => unknown): Promise<ReadonlyArray<string>> => {
  const calls: Array<string> = []
  const fs = process.getBuiltinModule("node:fs")
  const probe = await fs.promises.open(new URL(import.meta.url))
  await probe.close()
  const handles = Object.getPrototypeOf(probe) as Fs.promises.FileHandle
  const { fsyncSync, renameSync, rmSync } = fs
  const { rename, rm } = fs.promises
  const { sync } = handles
  const synced = (stats: Fs.Stats) => calls.push(`sync a ${stats.isDirectory() ? "folder" : "file"}`)
  const named = (what: string, path: unknown) => calls.push(`${what} ${Path.basename(String(path))}`)
  fs.fsyncSync = (descriptor) => {
    synced(Fs.fstatSync(descriptor))
    fsyncSync(descriptor)
  }
  handles.sync = async function () {
    synced(await this.stat())
    return sync.call(this)
  }
  fs.renameSync = (from, to) => {
    named("rename to", to)
    renameSync(from, to)
  }
  fs.promises.rename = (from, to) => {
    named("rename to", to)
    return rename(from, to)
  }
  fs.rmSync = (path, options) => {
    if (fs.existsSync(path)) named("remove", path)
    rmSync(path, options)
  }
  fs.promises.rm = (path, options) => {
    if (fs.existsSync(path)) named("remove", path)
    return rm(path, options)
  }
  syncBuiltinESMExports()
  try {
    await run()
  } finally {
    Object.assign(fs, { fsyncSync, renameSync, rmSync })
    Object.assign(fs.promises, { rename, rm })
    handles.sync = sync
    syncBuiltinESMExports()
  }
  return calls
}

/** The same of an effect, with what it gives. */
export const watched = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    let exit: Exit.Exit<A, E> | undefined
    const calls = yield* Effect.promise(() =>
      watchSystem(async () => {
        exit = await Effect.runPromiseExit(effect)
      })
    )
    return { calls, result: yield* exit! }
  })
