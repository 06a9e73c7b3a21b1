/**
 * What may happen to a fleet of three machines and their database.
 */
import { request } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import type { Machine } from "./machine.ts"
import * as Network from "./network.ts"
import type { Postgres } from "./postgres.ts"
import type { Fault } from "./rounds.ts"

/** What a machine's wire answers to somebody who has not its secret. */
const strangerIsTold = ({ name }: Machine, headers: Readonly<Record<string, string>>) =>
  new Promise<number | undefined>((resolve) => {
    const upgrade = {
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA=="
    }
    const asked = request(`http://${name}/wire`, { headers: { ...upgrade, ...headers } }, ({ statusCode }) => {
      asked.destroy()
      resolve(statusCode)
    })
    asked.on("upgrade", (_, socket) => {
      socket.destroy()
      resolve(101)
    })
    asked.on("error", () => resolve(undefined))
    asked.end()
  })

const nothing = async () => []

export const problemOf = (what: string, right: boolean) => (right ? [] : [what])

/** What is wrong with how a machine began: nothing where it serves. */
export const begun = async (machine: Machine, ...how: Parameters<Machine["start"]>) => {
  const ended = await machine.start(...how)
  return ended === undefined ? [] : [`${machine.name} did not start: ${ended.code} ${ended.said}`]
}

/** Told to stop, it hands over and says that all is well. */
export const stopped = async (machine: Machine) => {
  machine.signal("SIGTERM")
  const { code, said } = await machine.ended()
  return problemOf(`${machine.name} ended with ${code}: ${said}`, code === 0)
}

export const faults = (
  machines: readonly [Machine, Machine, Machine],
  stranger: Machine,
  postgres: Postgres,
  otherKeys: string
): ReadonlyArray<Fault> => {
  const [first, second, third] = machines
  return [
    {
      name: "nothing happens",
      victims: machines,
      spares: true,
      strike: async () => {},
      heal: nothing
    },
    ...machines.map((victim, i): Fault => ({
      name: `SIGKILL of machine ${i + 1}`,
      victims: [victim],
      through: machines[(i + 1) % 3]!,
      strike: async () => victim.signal("SIGKILL"),
      heal: async () => {
        await sleep(15_000)
        return begun(victim)
      }
    })),
    {
      name: "SIGTERM of machine 2",
      victims: [second],
      spares: true,
      through: first,
      strike: async () => second.signal("SIGTERM"),
      heal: async () => {
        const { code, said } = await second.ended()
        return [...problemOf(`it ended with ${code}: ${said}`, code === 0), ...(await begun(second))]
      }
    },
    {
      name: "SIGSTOP of machine 2, SIGCONT after 25 s",
      victims: [second],
      through: third,
      strike: async () => second.signal("SIGSTOP"),
      heal: async () => {
        await sleep(25_000)
        second.signal("SIGCONT")
        return []
      }
    },
    {
      name: "machine 2 cut off from the database and the others for 25 s",
      victims: [second],
      through: first,
      strike: async () => void Network.setWire(2, "down"),
      heal: async () => {
        await sleep(25_000)
        Network.setWire(2, "up")
        return []
      }
    },
    {
      name: "machine 2 vanishes without a word, and is started 60 s later",
      victims: [second],
      through: first,
      strike: async () => {
        Network.setWire(2, "down")
        second.signal("SIGKILL")
      },
      heal: async () => {
        await sleep(60_000)
        // The others have its accounts by then, and wait for nothing that was asked of it.
        const [[left = ""] = []] = await postgres.query("SELECT count(*) FROM fleet_accounts WHERE next_at = 1")
        Network.setWire(2, "up")
        return [...problemOf(`${left} accounts waited for it`, left === "0"), ...(await begun(second))]
      }
    },
    {
      name: "Postgres restarted",
      victims: machines,
      strike: async () => {
        await postgres.stop("SIGINT")
        await postgres.start()
      },
      heal: nothing
    },
    {
      name: "Postgres crashed, back after 5 s",
      victims: machines,
      strike: async () => {
        await postgres.stop("SIGQUIT")
        await sleep(5000)
        await postgres.start()
      },
      heal: nothing
    },
    {
      name: "a stranger on the wire, with no secret and with a wrong one",
      victims: [],
      spares: true,
      strike: async () => {},
      heal: async () => {
        const wrong: Array<string> = []
        for (const headers of [{}, { authorization: "Bearer " }, { authorization: `Bearer ${"A".repeat(43)}` }]) {
          for (const machine of machines) {
            const status = await strangerIsTold(machine, headers)
            wrong.push(...problemOf(`${machine.name} tells a stranger ${status}`, status === 401))
          }
        }
        return wrong
      }
    },
    {
      name: "a fourth machine with a wrong key",
      victims: [stranger],
      spares: true,
      strike: async () => {},
      heal: async () => {
        const ended = await stranger.start({ keyFile: otherKeys })
        stranger.signal("SIGKILL")
        const refused = ended?.code === 9 && ended.said.includes("does not open the sessions of this database")
        return problemOf(`it ended with ${ended?.code}: ${ended?.said}`, refused)
      }
    },
    {
      name: "machine 2 with a clock 10 minutes fast, machine 3 with one 10 minutes slow",
      victims: [second, third],
      spares: true,
      strike: async () => {},
      heal: async () => [
        ...(await stopped(second)),
        ...(await begun(second, { clockOff: 600_000 })),
        ...(await stopped(third)),
        ...(await begun(third, { clockOff: -600_000 }))
      ]
    },
    {
      name: "rolling restart of all three",
      victims: machines,
      spares: true,
      strike: async () => {},
      heal: async () => {
        const wrong: Array<string> = []
        for (const machine of machines) wrong.push(...(await stopped(machine)), ...(await begun(machine)))
        return wrong
      }
    }
  ]
}
