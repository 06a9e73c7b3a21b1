/**
 * One machine on SQLite whose disk fills up, is taken away and comes back in the middle of a round: it says so, its health turns bad, nobody
 * is signed in whose session could not be kept, and nothing is lost that was acknowledged.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { setTimeout as sleep } from "node:timers/promises"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Keyring from "../../src/fleet/Keyring.ts"
import { problemOf } from "./faults.ts"
import * as Machine from "./machine.ts"
import { type Database, dueAgain, fill, type Fleet, keptBy, settled, until } from "./rounds.ts"
import * as Tencent from "./tencent.ts"

const accounts = 200
const concurrency = 16

const mount = (...args: ReadonlyArray<string>) => void execFileSync("mount", args)
const umount = (...args: ReadonlyArray<string>) => void execFileSync("umount", args)

/** Asked by a connection of its own, and only while the disk is there. */
const databaseOf = async (folder: string, keyFile: string): Promise<Database> => {
  const { readFileSync } = await import("node:fs")
  const keyring = await Effect.runPromise(Keyring.make(Redacted.make(readFileSync(keyFile, "utf8"))))
  return {
    query: async (sql) => {
      const database = new DatabaseSync(join(folder, "fleet.db"), { timeout: 5000 })
      try {
        const statement = database.prepare(sql)
        statement.setReturnArrays(true)
        return (statement.all() as unknown as ReadonlyArray<ReadonlyArray<unknown>>).map((row) => row.map(String))
      } finally {
        database.close()
      }
    },
    open: (profile, sealed) => Effect.runSync(keyring.open(profile, sealed))
  }
}

export const disk = {
  name: "a SQLite disk that fills up, goes away and comes back",
  prove: async (
    folder: string,
    tencent: Tencent.Tencent,
    args: ReadonlyArray<string>,
    env: Readonly<Record<string, string>>
  ): Promise<ReadonlyArray<string>> => {
    const wrong: Array<string> = []
    const [real, place] = [join(folder, "disk"), join(folder, "mounted")]
    mkdirSync(real)
    mkdirSync(place)
    mount("-t", "tmpfs", "-o", "size=16m", "none", real)
    const plug = () => mount("--bind", real, place)
    plug()
    const home = join(place, "fleet")
    const machine = Machine.make({
      host: "127.0.0.1",
      name: "this machine",
      out: "",
      env,
      args: [...args, "--folder", home, "--rate", "100", "--concurrency", String(concurrency)]
    })
    const begun = await machine.start()
    if (begun !== undefined) return [`it did not start: ${begun.code} ${begun.said}`]
    const database = await databaseOf(home, join(home, "fleet.key"))
    const fleet: Fleet = { machines: [machine], tencent, accounts, database }
    const renewals = () => tencent.asked().filter(({ path }) => path === "pt4_auth")
    const health = async () => (await machine.ask("GET", "/health")).status
    await settled(fleet)
    await fill(fleet, (uin) => Tencent.sessionOf(uin))

    const strike = async (
      what: string,
      { how, says, undo }: { readonly how: () => Promise<void>; readonly undo: () => void; readonly says: string }
    ) => {
      tencent.nextRound()
      await dueAgain(fleet)
      await until("a quarter is renewed", 60_000, () => renewals().length >= accounts / 4)
      await how()
      const before = renewals().length
      const isBad = await until(`its health is bad while ${what}`, 20_000, async () => (await health()) === 503)
      await sleep(3000)
      const more = renewals().length - before
      const { status } = await machine.ask("PUT", "/accounts/late", { site: "qzone" })
      undo()
      const isDone = await until(`all are renewed after ${what}`, 90_000, async () => {
        const [[left] = []] = await database.query("SELECT count(*) FROM fleet_accounts WHERE next_at = 1")
        return left === "0"
      })
      const twice = renewals().length - new Set(renewals().map(({ uin }) => uin)).size
      const lost = accounts - (await keptBy(fleet))
      const isWell = await until(`its health is good after ${what}`, 20_000, async () => (await health()) === 200)
      const [[late] = []] = await database.query("SELECT count(*) FROM fleet_accounts WHERE profile = 'late'")
      console.log(
        `        ${what}: ${more} asked in spite of it, ${twice} asked twice, ${lost} lost, a new account hears ${status}`
      )
      wrong.push(
        ...problemOf(`its health is good while ${what}`, isBad),
        ...problemOf(`it does not say "${says}"`, machine.said().includes(says)),
        ...problemOf(`${more} were asked while ${what}`, more <= concurrency),
        ...problemOf(`a new account hears ${status}, and ${late} is there`, (status === 200) === (late === "1")),
        ...problemOf(`not all are renewed after ${what}`, isDone),
        ...problemOf(`its health is bad after ${what}`, isWell),
        ...problemOf(`${lost} are lost after ${what}`, lost === 0),
        ...problemOf(`${twice} are asked twice after ${what}`, twice <= concurrency)
      )
      await machine.ask("DELETE", "/accounts/late")
    }
    const filler = join(real, "filler")
    const fillUp = async () => {
      // SQLite writes again where its log has been before: that needs no space.
      await database.query("PRAGMA wal_checkpoint(TRUNCATE)")
      try {
        writeFileSync(filler, Buffer.alloc(2 ** 25))
      } catch {
        // It is as full as can be.
      }
    }
    await strike("its disk is full", { how: fillUp, undo: () => rmSync(filler), says: "its disk is full" })
    await strike("its disk is away", {
      how: async () => umount("-l", place),
      undo: plug,
      says: "its file is not where it was"
    })

    await fillUp()
    machine.signal("SIGTERM")
    const ended = await machine.ended()
    wrong.push(...problemOf(`on a full disk it ended with ${ended.code}: ${ended.said}`, ended.code === 0))
    rmSync(filler)
    umount(place)
    mount("--bind", "-o", "ro", real, place)
    const refused = await machine.start()
    console.log(`        started where nothing can be written: ${refused?.code} ${refused?.said.trim()}`)
    wrong.push(
      ...problemOf(
        `it started where nothing can be written`,
        refused !== undefined && [6, 9].includes(refused.code ?? 0)
      )
    )
    umount(place)
    plug()
    const again = await machine.start()
    wrong.push(
      ...problemOf(`it did not start again: ${again?.code} ${again?.said}`, again === undefined),
      ...problemOf("not all are there when it starts again", (await keptBy(fleet)) === accounts)
    )
    machine.signal("SIGTERM")
    await machine.ended()
    umount(place)
    umount(real)
    return wrong
  }
}
