/**
 * What a fleet costs: many accounts renewed on three machines, beside the same renewal by the library alone, in one run and over the same
 * server; what the machines take when nothing is to be done, and what an account takes of memory that was just asked for.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { median } from "../bench/table.ts"
import * as Lab from "./lab.ts"
import { namespaceOf } from "./network.ts"
import { cpuOf, memoryOf } from "./processes.ts"
import { profileOf, round, settled, uinOf, until, type Verdict } from "./rounds.ts"
import * as Tencent from "./tencent.ts"

type Running = Awaited<ReturnType<typeof Lab.started>>

/** As many as the pacemaker has in hand. */
const atOnce = 48
const idleSeconds = 30
/** What nobody asks for is put away after a minute. */
const putAwayMillis = 150_000

interface Reached {
  readonly what: string
  readonly value: string
  readonly missed: boolean
  readonly atMost: string
}

export const measure = async (folder: string, accounts: number, profiles: string | undefined): Promise<number> => {
  const options = profiles === undefined ? "" : `--cpu-prof --cpu-prof-dir=${profiles}`
  const running = await Lab.started(folder, accounts, options)
  try {
    const table = await measured(folder, running, accounts)
    if (profiles !== undefined) await Promise.all(running.machines.map(stop))
    const width = Math.max(...table.map(({ what }) => what.length))
    for (const { atMost, missed, value, what } of table) {
      console.log(
        `${what.padEnd(width)}  ${value.padEnd(12)} to reach ${atMost.padEnd(12)} ${missed ? "missed" : "met"}`
      )
    }
    return table.some(({ missed }) => missed) ? 1 : 0
  } finally {
    await running.end()
  }
}

const stop = async (machine: Running["machines"][number]) => {
  machine.signal("SIGTERM")
  await machine.ended()
}

const measured = async (folder: string, running: Running, accounts: number): Promise<ReadonlyArray<Reached>> => {
  const { fleet, machines, postgres } = running
  const { database, tencent } = fleet
  /** CPU that something takes of the machines, of Postgres and of the emulator, in milliseconds an account. */
  const costs = async <A>(what: string, run: () => Promise<A>) => {
    const read = () => [
      machines.reduce((sum, { pid }) => sum + cpuOf(pid()), 0),
      cpuOf(postgres.pid()),
      process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6
    ]
    const [before, began] = [read(), performance.now()]
    const result = await run()
    const seconds = (performance.now() - began) / 1000
    const [nodes = NaN, sql = NaN, server = NaN] = read().map((value, i) => ((value - before[i]!) * 1000) / accounts)
    const each = (value: number) => `${value.toFixed(2)} ms`
    console.log(
      `${what}: ${seconds.toFixed(1)} s, ${(accounts / seconds).toFixed(0)} a second; CPU an account: machines ${each(nodes)}, Postgres ${each(sql)}, emulator and script ${each(server)}`
    )
    return { result, nodes }
  }

  await settled(fleet)
  const alone = await begin(folder, tencent, accounts)
  const say = (what: string, cpu: number) => {
    console.log(`    the library alone ${what}: CPU an account ${cpu.toFixed(2)} ms`)
    return cpu
  }
  await costs(`${accounts} accounts looked at, all good`, async () => {
    await takeIn(folder, running, accounts)
    await until("all are checked", 600_000, async () => {
      const [[left] = []] = await database.query("SELECT count(*) FROM fleet_accounts WHERE checked_at IS NULL")
      return left === "0"
    })
  })
  say("looks at them", await alone.check())
  const nothing = { name: "", victims: machines, spares: true, strike: async () => {}, heal: async () => [] }
  const verdicts: Array<Verdict> = []
  const costsOfRounds: Array<readonly [ours: number, alone: number]> = []
  // In turns, since what else a machine does meets both; the first time is that of programs that have just begun, and does not count.
  for (const what of ["renewed", "renewed again", "renewed a third time", "renewed a fourth time"]) {
    const { nodes, result } = await costs(`all ${what}`, () => round(fleet, nothing, 600_000))
    for (const text of result.wrong) console.log(`        ${text}`)
    verdicts.push(result)
    costsOfRounds.push([nodes, say("renews them", await alone.renew())])
  }
  alone.end()
  const [[shards] = []] = await database.query("SELECT count(DISTINCT node) FROM fleet_accounts")
  if (Number(shards) !== machines.length) console.log(`        only ${shards} machines had a share`)

  await until("nothing is resident", putAwayMillis, async () => (await residents(machines)) === 0)
  const idleFrom = machines.map(({ pid }) => cpuOf(pid()))
  await sleep(idleSeconds * 1000)
  const idle = machines.map(({ pid }, i) => ((cpuOf(pid()) - idleFrom[i]!) / idleSeconds) * 100)

  // Fresh ones, so that what a burst leaves behind does not hide what an account takes.
  for (const machine of machines) {
    await stop(machine)
    await machine.start()
  }
  await settled(fleet)
  const memory = () => machines.reduce((sum, { pid }) => sum + memoryOf(pid()), 0)
  const askAll = async (method: string, ...[path, body]: readonly [path: string, body?: object]) => {
    let next = 0
    const worker = async ({ ask }: Running["machines"][number]) => {
      for (let index = next++; index < accounts; index = next++) {
        await ask(method, `/accounts/${profileOf(index)}${path}`, body)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, (_, i) => worker(machines[i % machines.length]!)))
  }
  // Machines at work that hold no account: the row is read, and nobody is woken.
  await askAll("GET", "")
  const none = memory()
  await askAll("POST", "/ensure", { how: "due" })
  const [all, resident] = [memory(), await residents(machines)]
  console.log(`resident: ${resident}; memory of the machines ${mebibytes(none)} before, ${mebibytes(all)} with them`)

  const lost = Math.max(...verdicts.map(({ lost }) => lost))
  const twice = verdicts.reduce((sum, { askedTwice, savedTwice }) => sum + askedTwice + savedTwice, 0)
  const wrong = verdicts.flatMap(({ wrong }) => wrong)
  const warm = costsOfRounds.slice(1)
  const ratio = median(warm.map(([ours]) => ours)) / median(warm.map(([, alone]) => alone))
  const busiest = Math.max(...idle)
  const memoryOfEach = (all - none) / resident / 1024
  return [
    { what: "lost", value: String(lost), atMost: "0", missed: lost > 0 },
    {
      what: "asked for or saved twice",
      value: String(twice),
      atMost: "0",
      missed: twice > 0 || wrong.length > 0
    },
    {
      what: "CPU of the machines by that of the library alone",
      value: `× ${ratio.toFixed(2)}`,
      atMost: "≤ × 3",
      missed: ratio > 3
    },
    {
      what: "CPU of an idle machine",
      value: `${busiest.toFixed(1)} %`,
      atMost: "≤ 2 %",
      missed: busiest > 2
    },
    {
      what: "memory of a resident account, garbage included",
      value: `${memoryOfEach.toFixed(0)} KiB`,
      atMost: "≤ 64 KiB",
      missed: !(memoryOfEach <= 64)
    }
  ]
}

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`

/** Accounts in the memory of the machines. */
const residents = async (machines: Running["machines"]) => {
  let sum = 0
  for (const { ask } of machines) {
    const { text } = await ask("GET", "/metrics")
    for (const [, count] of text.matchAll(/^effect_cluster_entities\{[^}]*type="Account"[^}]*\} (\d+)/gm))
      sum += Number(count)
  }
  return sum
}

/** Writes the accounts into the database, all of them due: that they can be taken in by the API is tested elsewhere. */
const takeIn = async (folder: string, { fleet, seal }: Running, accounts: number) => {
  const rows = Array.from({ length: accounts }, (_, index) => {
    const profile = profileOf(index)
    const sealed = seal(profile, JSON.stringify(Tencent.sessionOf(uinOf(index))))
    return [profile, "qzone", "good", 1, Date.now(), sealed].join("\t")
  })
  const path = join(folder, "accounts.tsv")
  writeFileSync(path, `${rows.join("\n")}\n`)
  await fleet.database.query(
    `\\copy fleet_accounts (profile, site, state, next_at, obtained_at, sealed) FROM '${path}'`
  )
}

/** The library alone, with the same accounts. What it is told takes so many milliseconds of CPU an account. */
const begin = async (folder: string, tencent: Tencent.Tencent, accounts: number) => {
  // As far from the server as a machine is.
  const line = ["netns", "exec", namespaceOf(4), process.execPath, fileURLToPath(new URL("alone.ts", import.meta.url))]
  const child = spawn("ip", line, {
    env: { PATH: process.env["PATH"], NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") },
    stdio: ["ignore", "inherit", "inherit", "ipc"]
  })
  const told = async (message: object): Promise<number> => {
    child.send(message)
    const [{ cpu }] = await once(child, "message")
    return (cpu * 1000) / accounts
  }
  await told({ sessions: Array.from({ length: accounts }, (_, index) => Tencent.sessionOf(uinOf(index))) })
  return {
    check: () => told({ atOnce }),
    renew: async () => {
      tencent.nextRound()
      const cpu = await told({ atOnce })
      const asked = tencent.asked().filter(({ path }) => path === "pt4_auth").length
      if (asked !== accounts) throw new Error(`the library alone asked for ${asked} renewals`)
      return cpu
    },
    end: () => void child.kill()
  }
}
