/**
 * An egress that machines hold: its accounts are asked for by these machines and from no other address, whatever happens to them.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { begun, problemOf, stopped } from "./faults.ts"
import type { Machine } from "./machine.ts"
import { dueAgain, type Fleet, profileOf, settled, uinOf, until } from "./rounds.ts"

const egress = "tokyo"
const size = 100

export const held = {
  name: "an egress held by machines 2 and 3",
  prove: async (fleet: Fleet, machines: readonly [Machine, Machine, Machine]): Promise<ReadonlyArray<string>> => {
    const [first, second, third] = machines
    const { database, tencent } = fleet
    const wrong: Array<string> = []
    const uins = new Set(Array.from({ length: size }, (_, index) => uinOf(index)))
    const renewals = () => tencent.asked().filter(({ path, uin }) => path === "pt4_auth" && uins.has(uin))
    const next = async () => {
      tencent.nextRound()
      await dueAgain(fleet)
    }
    /** All of them are renewed, and by nobody but these. */
    const renewedBy = async (when: string, ...by: ReadonlyArray<Machine>) => {
      const isDone = await until(
        `those of ${egress} are renewed ${when}`,
        120_000,
        () => new Set(renewals().map(({ uin }) => uin)).size === size
      )
      // One that is answered in the next round would be good in that, and not asked for again.
      await until(`those of ${egress} are saved ${when}`, 20_000, async () => {
        const [[left] = []] = await database.query(
          `SELECT count(*) FROM fleet_accounts WHERE egress = '${egress}' AND next_at = 1`
        )
        return left === "0"
      })
      const elsewhere = renewals().filter((asked) => !by.some(({ out }) => out === asked.by))
      wrong.push(
        ...problemOf(`those of ${egress} are not renewed ${when}`, isDone),
        ...problemOf(
          `${elsewhere.length} of ${egress} are renewed from another address ${when}`,
          elsewhere.length === 0
        )
      )
    }

    await database.query(`UPDATE fleet_accounts SET egress = '${egress}' WHERE profile < '${profileOf(size)}'`)
    for (const machine of [second, third]) wrong.push(...(await stopped(machine)))
    // At once: the egress gets one number.
    const both = await Promise.all([second, third].map((machine) => begun(machine, { egress })))
    wrong.push(...both.flat())
    await settled(fleet, 600)
    await next()
    await renewedBy("by both", second, third)
    wrong.push(...problemOf("one machine has all of them", new Set(renewals().map(({ by }) => by)).size === 2))

    second.signal("SIGKILL")
    await next()
    await renewedBy("after SIGKILL of one", second, third)

    wrong.push(...(await stopped(third)))
    await next()
    const waiting = `SELECT count(*) FROM fleet_accounts WHERE egress = '${egress}' AND last_error = 'NoEgress' AND state IN ('good', 'failing')`
    const areWaiting = await until("all of them say that nobody holds it", 60_000, async () => {
      const [[count] = []] = await database.query(waiting)
      return count === String(size)
    })
    wrong.push(...problemOf("not all of them say that nobody holds it", areWaiting))
    await sleep(5000)
    const { status, text } = await first.ask("POST", `/accounts/${profileOf(0)}/ensure`, { how: "renew" })
    wrong.push(
      ...problemOf(
        `while nobody holds it, one who asks hears ${status} ${text}`,
        status === 503 && text.includes("NoEgress")
      ),
      ...problemOf(`${renewals().length} are renewed while nobody holds it`, renewals().length === 0)
    )

    wrong.push(...(await begun(second, { egress })))
    await renewedBy("when one is back", second)
    const areGood = await until("all of them are good", 20_000, async () => {
      const [[count] = []] = await database.query(
        `SELECT count(*) FROM fleet_accounts WHERE egress = '${egress}' AND state = 'good' AND last_error IS NULL`
      )
      return count === String(size)
    })
    wrong.push(...problemOf("not all of them are good at the end", areGood))
    await database.query("UPDATE fleet_accounts SET egress = NULL")
    wrong.push(...(await stopped(second)), ...(await begun(second)), ...(await begun(third)))
    await settled(fleet)
    return wrong
  }
}
