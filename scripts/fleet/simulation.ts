/**
 * A fleet in virtual time: the real pacemaker, accounts, vault and SQLite, on a clock that leaps, and only the answers of Tencent's servers
 * replaced. It tells what falls due, what a due row costs, and whether the pace is kept, where a real day would be too long to wait for.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as MessageStorage from "effect/cluster/MessageStorage"
import * as RunnerHealth from "effect/cluster/RunnerHealth"
import * as Runners from "effect/cluster/Runners"
import * as RunnerStorage from "effect/cluster/RunnerStorage"
import * as Sharding from "effect/cluster/Sharding"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as HttpClient from "effect/http/HttpClient"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Accounts from "../../src/fleet/AccountLive.ts"
import * as Migrations from "../../src/fleet/database/migrations.ts"
import * as Sqlite from "../../src/fleet/database/Sqlite.ts"
import * as FleetConfig from "../../src/fleet/FleetConfig.ts"
import * as Keyring from "../../src/fleet/Keyring.ts"
import * as Outbox from "../../src/fleet/Outbox.ts"
import * as Pacemaker from "../../src/fleet/Pacemaker.ts"
import * as Vault from "../../src/fleet/Vault.ts"
import type { Exchange } from "../../src/http/Exchange.ts"
import * as LoginConfig from "../../src/LoginConfig.ts"
import * as FleetServer from "../../test/support/fleetServer.ts"
import * as VirtualClock from "./virtualClock.ts"

export interface Plan {
  readonly rows: number
  readonly hours: number
}

const hour = 3_600_000
/** Over days, what was asked is told by the day. */
const spanOf = (hours: number) => (hours > 48 ? { name: "day", millis: 24 * hour } : { name: "hour", millis: hour })
const latency = "150 millis"
const startAt = Date.parse("2026-11-20T08:00:00.000Z")

/** Of so many accounts one has a session that is dead at each check, and is renewed. */
const renewedOfEach = 6
/** When all are told 403, and for how long: a blocked address. */
const blocked = { from: 0.4, hours: 0.5 }
/** More than the rows need, so that what was late is made up for. */
const headroom = 1.25

const per = (value: number, unit: string) => `${Number(value.toPrecision(3))} ${unit}`
const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`

export const simulate = async ({ hours, rows }: Plan): Promise<boolean> => {
  const { checkEvery } = FleetConfig.defaults
  const span = spanOf(hours)
  // A row comes back after 0.9 to 1 of that.
  const needed = rows / (Duration.toSeconds(checkEvery) * 0.95)
  const rate = needed * headroom
  const folder = mkdtempSync(join(tmpdir(), "webqq-fleet-simulation-"))
  const time = VirtualClock.make(startAt)
  const end = startAt + hours * hour
  const block = {
    from: startAt + blocked.from * hours * hour,
    to: startAt + (blocked.from * hours + blocked.hours) * hour
  }
  const isBlocked = () => time.now() >= block.from && time.now() < block.to

  const server = FleetServer.make((uin) =>
    isBlocked()
      ? { check: "denied" }
      : uin % renewedOfEach === 0
        ? { check: "dead", renewal: "new" }
        : { check: "good" }
  )
  const asks = { all: 0, renewals: 0, blocked: 0, most: 0, inSecond: 0, second: 0, bySpan: [] as Array<number> }
  const count = (path: string) => {
    if (path === "pt4_auth") asks.renewals++
    if (path !== "cgi_userinfo_get_all") return
    asks.all++
    if (isBlocked()) asks.blocked++
    const second = Math.floor(time.now() / 1000)
    if (second !== asks.second) Object.assign(asks, { second, inSecond: 0 })
    asks.most = Math.max(asks.most, ++asks.inSecond)
    const at = Math.floor((time.now() - startAt) / span.millis)
    asks.bySpan[at] = (asks.bySpan[at] ?? 0) + 1
  }
  // As the client of `Transport`: one exchange from a request to the end of its body.
  const exchange: Exchange = ({ headers, url }, keep) =>
    Effect.flatMap(Effect.sleep(latency), () => {
      const { body, headers: fields = [], status = 200 } = server.answer(url, headers["cookie"] ?? "")!
      for (const { path } of server.asked.splice(0)) count(path)
      const setCookie = fields.flatMap(([name, value]) => (name === "set-cookie" ? [value] : []))
      const head = { status, setCookie, location: undefined, retryAfter: undefined, date: undefined }
      return Effect.as(keep(head), { ...head, body: Buffer.from(body ?? "") })
    })
  const direct = { client: server.client, exchange }
  const client = Object.assign(server.client, { direct })
  const told = new Map<string, number>()
  const outbox = {
    offer: ({ type }: Outbox.News) => Effect.sync(() => void told.set(type, (told.get(type) ?? 0) + 1))
  }
  const keyring = await Effect.runPromise(Effect.flatMap(Keyring.newKey, Keyring.make))
  const vault = Vault.layer("node-1").pipe(
    Layer.provide(Layer.succeed(Outbox.Outbox, outbox)),
    Layer.provide(Layer.succeed(Keyring.Keyring, keyring)),
    Layer.provide(Layer.effectDiscard(Migrations.run)),
    Layer.provide(Sqlite.layer(join(folder, "fleet.db")))
  )
  const cluster = Sharding.layer.pipe(
    Layer.provide(Runners.layerNoop),
    Layer.provide([MessageStorage.layerNoop, RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
    Layer.provide(ShardingConfig.layer({ simulateRemoteSerialization: false }))
  )
  const concurrency = Math.max(16, Math.ceil(rate))
  // The pacemaker begins when all rows are there.
  const filled = ManagedRuntime.make(Layer.provideMerge(vault, Layer.succeed(Clock.Clock, time.clock)))
  try {
    let cpu = process.cpuUsage()
    await filled.runPromise(
      Effect.gen(function* () {
        const { add } = yield* Vault.Vault
        for (let i = 0; i < rows; i++) {
          yield* add(`a${String(i).padStart(7, "0")}`, "qzone", FleetServer.sessionFor(10_000 + i))
        }
      })
    )
    const filling = process.cpuUsage(cpu)
    await filled.dispose()
    console.log(
      `${rows} rows over ${hours} virtual hours: taken in with ${per((filling.user + filling.system) / rows, "µs of CPU a row")}; rate ${per(rate, "a second")} (${per(needed, "needed")}), concurrency ${concurrency}`
    )

    const fleet = ManagedRuntime.make(
      Pacemaker.layer.pipe(
        Layer.provide(Accounts.layer),
        Layer.provideMerge(cluster),
        Layer.provideMerge(vault),
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
        Layer.provide(LoginConfig.layer({ retries: 0 })),
        Layer.provideMerge(FleetConfig.layer({ rate, concurrency })),
        Layer.provideMerge(Layer.succeed(Clock.Clock, time.clock))
      )
    )
    const memoryBefore = process.memoryUsage.rss()
    let memory = memoryBefore
    cpu = process.cpuUsage()
    const began = performance.now()
    const building = fleet.runPromise(Vault.Vault)
    await time.pass(1000)
    const { counts, events } = await building
    const degraded: Array<string> = []
    while (time.now() < end) {
      await time.pass(Math.min(60_000, end - time.now()))
      memory = Math.max(memory, process.memoryUsage.rss())
    }
    const { system, user } = process.cpuUsage(cpu)
    const left = await fleet.runPromise(counts)
    let after = 0
    for (
      let found = await fleet.runPromise(events(after, 1000));
      found.length > 0;
      found = await fleet.runPromise(events(after, 1000))
    ) {
      for (const { at, detail, id, tag } of found) {
        after = id
        if (tag === "degraded" || tag === "restored") {
          degraded.push(
            `${tag} ${per((at.epochMilliseconds - block.from) / 60_000, "min after the block")} (${detail})`
          )
        }
      }
    }
    const lines = [
      `${asks.all} rows were due and asked (${asks.renewals} renewed), by virtual ${span.name}: ${asks.bySpan.map((count = 0) => count).join(" ")}`,
      `rate kept: ${asks.most} in the busiest second of ${per(rate, "allowed")}`,
      `breaker: ${asks.blocked} asked in the ${blocked.hours * 60} minutes of a blocked address, where ${Math.round(rate * blocked.hours * 3600)} might have been; ${degraded.join("; ")}`,
      `told: ${Array.from(told, ([type, count]) => `${count} ${type}`).join(", ")}`,
      `at the end: ${(["good", "failing", "scan", "paused", "due"] as const).map((state) => `${left[state]} ${state}`).join(", ")}`,
      `memory ${mebibytes(memoryBefore)} before, ${mebibytes(memory)} at most; ${per((user + system) / asks.all, "µs of CPU a due row")}; ${((performance.now() - began) / 1000).toFixed(1)} s`
    ]
    console.log(lines.map((line) => `        ${line}`).join("\n"))
    void fleet.dispose()
    // What was begun may end a little into the next second.
    return asks.most <= Math.ceil(rate) * 2 && told.get("degraded") === 1 && (told.get("scan-needed") ?? 0) === 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
