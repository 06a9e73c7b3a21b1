/**
 * One round: every account of a fleet comes due with a dead session, a fault strikes in the middle of it, and when all is over the
 * server's own count and the database have to agree that each account was renewed, saved once, and asked for twice only where it was in
 * the hands of the machine that the fault struck.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { performance } from "node:perf_hooks"
import type { Machine } from "./machine.ts"
import type { Tencent } from "./tencent.ts"

/** What the script itself may ask of the database, past the fleet. */
export interface Database {
  readonly query: (sql: string) => Promise<ReadonlyArray<ReadonlyArray<string>>>
  /** The text of a sealed session. */
  readonly open: (profile: string, sealed: string) => string
}

export interface Fleet {
  readonly machines: ReadonlyArray<Machine>
  readonly database: Database
  readonly tencent: Tencent
  readonly accounts: number
}

export interface Fault {
  readonly name: string
  /** The machines that it strikes; renewals in their hands may be asked for twice, unless `spares` says otherwise. */
  readonly victims: ReadonlyArray<Machine>
  readonly spares?: boolean
  readonly strike: () => Promise<void>
  /** What is done while the fleet goes on; when it is over, the fleet is whole again. Yields what went wrong. */
  readonly heal: () => Promise<ReadonlyArray<string>>
  /** Through whom the accounts of the victims are asked for again; nobody measures it where this is left out. */
  readonly through?: Machine
}

export interface Verdict {
  readonly lost: number
  readonly savedTwice: number
  readonly askedTwice: number
  readonly inFlight: number
  readonly servedAgain: number | undefined
  readonly seconds: number
  readonly wrong: ReadonlyArray<string>
}

const firstUin = 10_000
export const profileOf = (index: number) => `a${String(index).padStart(6, "0")}`
export const uinOf = (index: number) => firstUin + index
const uinIn = (profile: string) => firstUin + Number(profile.slice(1))

/** What a request needs to arrive, and a row to be there, before or after the clock was read. */
const blurMillis = 100

export const until = async (what: string, limitMillis: number, holds: () => boolean | Promise<boolean>) => {
  const end = performance.now() + limitMillis
  while (performance.now() < end) {
    if (await holds()) return true
    await sleep(100)
  }
  console.log(`        not within ${limitMillis / 1000} s: ${what}`)
  return false
}

/** Whether the machines share the accounts among them, and all of these: so many shards. */
export const settled = ({ machines }: Pick<Fleet, "machines">, all = 300) =>
  until("the machines share the accounts", 90_000, async () => {
    const shards = await Promise.all(
      machines.map(async ({ ask }) => {
        try {
          const { text } = await ask("GET", "/metrics", undefined, 2000)
          return Number(/^effect_cluster_shards(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? 0)
        } catch {
          return 0
        }
      })
    )
    const fair = all / machines.length
    return shards.reduce((sum, count) => sum + count, 0) === all && shards.every((count) => count >= fair / 2)
  })

export const dueAgain = ({ database }: Fleet) => database.query("UPDATE fleet_accounts SET next_at = 1")

const renewedSince = async ({ database }: Fleet, event: number) =>
  (await database.query(`SELECT profile, at FROM fleet_events WHERE id > ${event} AND tag = 'renewed'`)).map(
    ([profile = "", at]) => ({ profile, at: Number(at) })
  )

const sameLonger = <A>(values: ReadonlyArray<A>): ReadonlySet<A> => {
  const [once, more] = [new Set<A>(), new Set<A>()]
  for (const value of values) (once.has(value) ? more : once).add(value)
  return more
}

/** How long until accounts of the victims answer again through another machine. */
const serveAgain = async (fleet: Fleet, { through, victims }: Fault, since: number) => {
  if (through === undefined) return undefined
  const names = victims.map(({ name }) => `'${name}'`).join()
  const owned = await fleet.database.query(
    `SELECT profile FROM fleet_accounts WHERE node IN (${names}) AND next_at > 1 ORDER BY profile LIMIT 16`
  )
  const answered = async (profile = "") => {
    try {
      return (await through.ask("POST", `/accounts/${profile}/ensure`, { how: "due" }, 1500)).status === 200
    } catch {
      return false
    }
  }
  await Promise.all(owned.map(([profile]) => until(`${profile} is served`, 60_000, () => answered(profile))))
  return (performance.now() - since) / 1000
}

/** How many accounts have a session that the server has given out for them in this round. */
export const keptBy = async ({ database, tencent }: Fleet) => {
  const rows = await database.query("SELECT profile, state, sealed FROM fleet_accounts WHERE sealed IS NOT NULL")
  return rows.filter(([profile = "", state, sealed = ""]) => {
    const { cookies, uin } = JSON.parse(database.open(profile, sealed)) as {
      readonly uin: number
      readonly cookies: ReadonlyArray<{ readonly name: string; readonly value: string }>
    }
    const key = cookies.find(({ name }) => name === "p_skey")?.value ?? ""
    return state === "good" && uin === uinIn(profile) && tencent.issued(uin).has(key)
  }).length
}

export const round = async (fleet: Fleet, fault: Fault, limitMillis = 120_000): Promise<Verdict> => {
  const { accounts, database, tencent } = fleet
  const began = performance.now()
  const wrong: Array<string> = []
  const [[last = "0"] = []] = await database.query("SELECT coalesce(max(id), 0) FROM fleet_events")
  tencent.nextRound()
  await dueAgain(fleet)
  const renewals = () => tencent.asked().filter(({ path }) => path === "pt4_auth")
  await until("a quarter is renewed", 60_000, () => renewals().length >= accounts / 4)

  const struck = { from: Date.now(), to: 0 }
  const since = performance.now()
  await fault.strike()
  struck.to = Date.now()
  const [servedAgain, problems] = await Promise.all([serveAgain(fleet, fault, since), fault.heal()])
  wrong.push(...problems)
  await until("all are renewed", limitMillis, async () => {
    const [[renewed] = []] = await database.query(
      `SELECT count(DISTINCT profile) FROM fleet_events WHERE id > ${last} AND tag = 'renewed'`
    )
    return Number(renewed) >= accounts
  })

  const saved = await renewedSince(fleet, Number(last))
  const askedTwice = sameLonger(renewals().map(({ uin }) => uin))
  const savedBefore = new Set(
    saved.filter(({ at }) => at < struck.from - blurMillis).map(({ profile }) => uinIn(profile))
  )
  const hands = new Set(fault.victims.map(({ out }) => out))
  const inFlight = new Set(
    tencent
      .asked()
      .filter(({ at, by, uin }) => hands.has(by) && at <= struck.to + blurMillis && !savedBefore.has(uin))
      .map(({ uin }) => uin)
  )
  const allowed = fault.spares === true ? 0 : inFlight.size
  if (askedTwice.size > allowed) wrong.push(`${askedTwice.size} asked twice, ${allowed} may be`)
  if (tencent.strange() > 0) wrong.push(`${tencent.strange()} requests that nobody should make`)
  return {
    lost: accounts - (await keptBy(fleet)),
    savedTwice: sameLonger(saved.map(({ profile }) => profile)).size,
    askedTwice: askedTwice.size,
    inFlight: inFlight.size,
    servedAgain,
    seconds: (performance.now() - began) / 1000,
    wrong
  }
}

/** Takes in the accounts, with sessions that are good. */
export const fill = async (fleet: Fleet, sessionOf: (uin: number) => unknown) => {
  const { accounts, machines } = fleet
  let next = 0
  const worker = async (machine: Machine) => {
    for (let index = next++; index < accounts; index = next++) {
      const session = sessionOf(uinOf(index))
      const { status, text } = await machine.ask("PUT", `/accounts/${profileOf(index)}`, { site: "qzone", session })
      if (status !== 200) throw new Error(`${profileOf(index)} was not taken in: ${status} ${text}`)
    }
  }
  await Promise.all(Array.from({ length: 24 }, (_, i) => worker(machines[i % machines.length]!)))
  await until("all are checked", 300_000, async () => {
    const [[left] = []] = await fleet.database.query("SELECT count(*) FROM fleet_accounts WHERE checked_at IS NULL")
    return left === "0"
  })
}
