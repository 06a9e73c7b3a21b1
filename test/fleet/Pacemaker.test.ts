import { assert, beforeEach, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type FleetConfig, Outbox, Pacemaker, Vault } from "webqq-login/fleet"
import * as Breaker from "../../src/fleet/Breaker.ts"
import * as FleetServer from "../support/fleetServer.ts"
import { inFleet, pass } from "../support/inFleet.ts"

/** A fleet of so many accounts with its pacemaker, and who was told what. */
const withFleet = <A, E, R>(
  size: number,
  behaviourOf: (uin: number) => FleetServer.Behaviour,
  options: Partial<FleetConfig.FleetConfig>,
  body: (fleet: {
    readonly server: ReturnType<typeof FleetServer.make>
    readonly vault: Vault.Vault["Service"]
    readonly told: ReadonlyArray<Outbox.News>
  }) => Effect.Effect<A, E, R>
) =>
  Effect.suspend(() => {
    const server = FleetServer.make(behaviourOf)
    const told: Array<Outbox.News> = []
    const inside = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      for (let i = 0; i < size; i++) {
        yield* vault.add(`a${String(i).padStart(4, "0")}`, "qzone", FleetServer.sessionFor(10_000 + i))
      }
      return yield* body({ server, vault, told })
    }).pipe(Effect.provide(Pacemaker.layer))
    return inFleet(inside, server, options).pipe(
      Effect.provideService(Outbox.Outbox, { offer: (news) => Effect.sync(() => void told.push(news)) })
    )
  })

describe("the pacemaker", () => {
  it.effect("asks each account once, no more a second than it may", () =>
    withFleet(
      30,
      () => ({}),
      { rate: 2 },
      ({ server, vault }) =>
        Effect.gen(function* () {
          yield* pass("10 seconds", "20 millis")
          const early = server.asked.length
          assert.isTrue(early >= 18 && early <= 24, `${early} in 10 seconds`)
          yield* pass("10 seconds")
          assert.strictEqual(server.asked.length, 30)
          assert.strictEqual(new Set(server.asked.map(({ uin }) => uin)).size, 30)
          assert.strictEqual((yield* vault.counts).due, 0)
        })
    )
  )

  it.effect("asks those whose turn is near together, so that what they take is sent and read for many at once", () =>
    withFleet(
      200,
      () => ({}),
      { rate: 100, concurrency: 200 },
      ({ server }) =>
        Effect.gen(function* () {
          let groups = 0
          for (let i = 0; i < 200; i++) {
            const before = server.asked.length
            yield* pass("10 millis", "10 millis")
            if (server.asked.length > before) groups++
          }
          assert.strictEqual(server.asked.length, 200)
          assert.isTrue(groups > 10 && groups <= 25, `${groups} groups`)
        })
    )
  )

  it.effect("asks whom a clock that was wrong for a while has put off for years", () =>
    withFleet(
      1,
      () => ({}),
      {},
      ({ server, vault }) =>
        Effect.gen(function* () {
          yield* pass("5 seconds")
          server.asked.length = 0
          const year = 365 * 86_400_000
          yield* vault.change(yield* vault.status("a0000"), { state: "good", wait: 4 * year })
          yield* pass("70 minutes", "1 minute")
          assert.strictEqual(server.asked.length, 1)
        })
    )
  )

  it.effect("goes on at its pace where the time of day is set back", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      let back = 0
      const now = () => clock.currentTimeMillisUnsafe() - back
      // Only the time of day: what has passed has passed.
      const set = { ...clock, currentTimeMillisUnsafe: now, currentTimeMillis: Effect.sync(now) }
      const fleet = withFleet(
        0,
        () => ({}),
        { rate: 2 },
        ({ server, vault }) =>
          Effect.gen(function* () {
            yield* pass("5 seconds")
            back = 600_000
            for (let i = 0; i < 5; i++) yield* vault.add(`late${i}`, "qzone", FleetServer.sessionFor(10_000 + i))
            yield* pass("5 seconds")
            assert.strictEqual(server.asked.length, 5)
          })
      )
      yield* Effect.provideService(fleet, Clock.Clock, set)
    })
  )

  it.effect("comes back to them spread out, and to each once a round", () =>
    withFleet(
      50,
      () => ({}),
      { rate: 50, checkEvery: Duration.minutes(10) },
      ({ server, vault }) =>
        Effect.gen(function* () {
          yield* pass("5 seconds", "20 millis")
          assert.strictEqual(server.asked.length, 50)
          const next = (yield* vault.list({ limit: 50 })).map(({ nextAt }) => nextAt!.epochMilliseconds)
          assert.isAbove(Math.max(...next) - Math.min(...next), 20_000)
          yield* pass("10 minutes")
          assert.strictEqual(server.asked.length, 100)
        })
    )
  )

  it.effect("where every renewal is refused: each person is told once, the pace falls, nothing is deleted", () =>
    withFleet(
      100,
      () => ({ check: "dead", renewal: "refused" }),
      { rate: 10 },
      ({ server, told, vault }) =>
        Effect.gen(function* () {
          yield* pass("10 seconds", "20 millis")
          const quick = server.asked.length / 2
          assert.isBelow(quick, 40, "the breaker has opened")
          yield* pass("3 minutes")
          const people = told.filter(({ type }) => type === "scan-needed").map(({ profile }) => profile)
          assert.strictEqual(people.length, 100)
          assert.strictEqual(new Set(people).size, 100)
          assert.strictEqual(told.filter(({ type }) => type === "degraded").length, 1)
          assert.deepInclude(yield* vault.counts, { good: 0, failing: 0, scan: 100, paused: 0, due: 0 })
          const sessions = yield* Effect.forEach(yield* vault.list({ limit: 100 }), ({ profile }) =>
            vault.read(profile)
          )
          assert.isTrue(sessions.every(({ session }) => session !== undefined))
          // Nobody is asked or told again.
          const [asked, news] = [server.asked.length, told.length]
          yield* pass("5 minutes")
          assert.deepStrictEqual([server.asked.length, told.length], [asked, news])
        })
    )
  )

  it.effect("takes a blocked address for what it is: nobody has to scan, one is told, and all recover", () =>
    withFleet(
      40,
      () => ({ check: "denied" }),
      { rate: 20, longestWait: Duration.minutes(1) },
      ({ server, told, vault }) =>
        Effect.gen(function* () {
          yield* pass("5 minutes")
          assert.deepStrictEqual(
            told.filter(({ type }) => type !== "failing").map(({ type }) => type),
            ["degraded"]
          )
          assert.deepStrictEqual(
            told.filter(({ type }) => type === "failing"),
            []
          )
          assert.strictEqual((yield* vault.counts).scan, 0)
          server.state.behaviourOf = () => ({})
          yield* pass("3 minutes")
          assert.strictEqual((yield* vault.counts).good, 40)
          const events = yield* vault.events(0, 1000)
          assert.deepStrictEqual(
            events.filter(({ profile }) => profile === "").map(({ tag }) => tag),
            ["degraded", "restored"]
          )
        })
    )
  )

  it.effect("goes on with others where one cannot be asked at all", () =>
    withFleet(
      5,
      () => ({}),
      { rate: 5 },
      ({ server, vault }) =>
        Effect.gen(function* () {
          server.state.behaviourOf = (uin) => {
            if (uin === 10_000) throw new Error("a defect")
            return {}
          }
          yield* pass("10 seconds", "20 millis")
          assert.strictEqual(new Set(server.asked.map(({ uin }) => uin)).size, 5)
          assert.strictEqual(server.asked.length, 5)
          assert.deepInclude(yield* vault.status("a0000"), { failures: 1, lastError: "Unexpected", state: "good" })
          server.state.behaviourOf = () => ({})
          yield* pass("2 minutes")
          assert.deepStrictEqual(yield* vault.due(9), [])
        })
    )
  )
})

describe("the breaker", () => {
  let breaker = Breaker.closed
  let now = 0
  const feed = (failed: boolean, times: number, everyMillis = 1000) => {
    for (let i = 0; i < times; i++) breaker = Breaker.next(breaker, failed, (now += everyMillis))
    return breaker.open
  }
  beforeEach(() => void (breaker = Breaker.closed))

  it("opens where most fail, and closes where few do", () => {
    assert.isFalse(feed(true, 19), "too few to say")
    assert.isTrue(feed(true, 1))
    assert.strictEqual(Breaker.pace(breaker), 0.1)
    assert.isTrue(feed(false, 30))
    assert.isFalse(feed(false, 20))
    assert.isFalse(feed(true, 20), "less than half of the last fifty")
  })

  it("knows nothing of what is long ago: in a small fleet, fifty accounts are days", () => {
    const minute = 60_000
    assert.isFalse(feed(true, 50, minute), "so few at a time are accounts and no address")
    assert.isTrue(feed(true, 20))
    assert.isTrue(feed(false, 1), "one that is good among many")
    now += 10 * minute
    assert.isFalse(feed(false, 1))
    assert.isTrue(feed(true, 30))
    now += 10 * minute
    assert.isTrue(feed(true, 1), "it goes on as it was")
  })
})
