import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Runner } from "effect/cluster/Runner"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import { RunnerStorage } from "effect/cluster/RunnerStorage"
import * as HttpClient from "effect/http/HttpClient"
import * as SqlClient from "effect/sql/SqlClient"
import { Account, Egress, type FleetConfig, Homes, Outbox, Pacemaker, Vault } from "webqq-login/fleet"
import * as Holding from "../../src/fleet/database/holding.ts"
import * as FleetServer from "../support/fleetServer.ts"
import { inFleet, pass, vaultLayer } from "../support/inFleet.ts"

const check = "cgi_userinfo_get_all"

/** A fleet of `alice`, who goes by an egress that machines hold, and `bob`, who does not; `tokyo` says whether such a machine is there. */
const withTokyo = <A, E, R>(
  body: (fleet: {
    readonly tokyo: { isThere: boolean; number: number }
    readonly held: ReturnType<typeof FleetServer.make>
    readonly direct: ReturnType<typeof FleetServer.make>
    readonly vault: Vault.Vault["Service"]
    readonly told: ReadonlyArray<string>
  }) => Effect.Effect<A, E, R>,
  options: Partial<FleetConfig.FleetConfig> = {}
) =>
  Effect.suspend(() => {
    const [direct, held] = [FleetServer.make(), FleetServer.make()]
    const tokyo = { isThere: true, number: 1 }
    const told: Array<string> = []
    const inside = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      yield* vault.add("alice", "qzone", FleetServer.sessionFor(10_001), "tokyo")
      yield* vault.add("bob", "qzone", FleetServer.sessionFor(10_002))
      return yield* body({ tokyo, held, direct, vault, told })
    })
    return inFleet(inside, direct, options, Egress.layer(new Map([["tokyo", held.client]]))).pipe(
      Effect.provideService(
        Homes.Homes,
        Effect.sync(() => new Map([["tokyo", { ...tokyo }]]))
      ),
      Effect.provideService(Outbox.Outbox, {
        offer: ({ profile, type }) => Effect.sync(() => void told.push(`${profile} ${type}`))
      })
    )
  })

describe("an account of an egress that machines hold", () => {
  it.effect("is asked where these machines are, by their way", () =>
    withTokyo(({ direct, held }) =>
      Effect.gen(function* () {
        const accountOf = yield* Homes.accounts
        for (const profile of ["alice", "bob"]) yield* (yield* accountOf(profile)).ensure({ how: "due", quiet: false })
        assert.deepStrictEqual([held.paths(10_001), direct.paths(10_001)], [[check], []])
        assert.deepStrictEqual([held.paths(10_002), direct.paths(10_002)], [[], [check]])
      })
    )
  )

  it.effect("is not asked by a machine that does not hold it, whoever sends it there", () =>
    withTokyo(({ held, tokyo, vault }) =>
      Effect.gen(function* () {
        const before = yield* vault.status("alice")
        const anybody = (yield* Account.Account.client)("alice")
        const refused = yield* Effect.flip(anybody.ensure({ how: "check", quiet: false }))
        assert.deepInclude(refused, { _tag: "NotNow", reason: "moving" })
        assert.strictEqual((yield* Effect.flip(Stream.runDrain(anybody.login())))._tag, "NotNow")
        // Nor by one that holds another.
        tokyo.number = 2
        const other = (yield* Account.Account.client)(Account.idOf("alice", 1))
        assert.deepInclude(yield* Effect.flip(other.ensure({ how: "check", quiet: false })), { reason: "moving" })
        assert.deepStrictEqual(held.asked, [])
        assert.deepStrictEqual(yield* vault.status("alice"), before)
      })
    )
  )

  it.effect("says so where none of them is there: somebody is told once, and it goes on as soon as one is back", () =>
    withTokyo(
      ({ direct, held, told, tokyo, vault }) =>
        Effect.gen(function* () {
          tokyo.isThere = false
          yield* pass("10 seconds")
          assert.deepInclude(yield* vault.status("alice"), { state: "good", failures: 1, lastError: "NoEgress" })
          yield* pass("10 minutes")
          assert.deepInclude(yield* vault.status("alice"), { state: "failing", lastError: "NoEgress" })
          assert.deepInclude(yield* vault.status("bob"), { state: "good", failures: 0 })
          assert.deepStrictEqual(told, ["alice failing"])
          assert.deepStrictEqual([held.asked, direct.paths(10_001)], [[], []])
          tokyo.isThere = true
          yield* pass("5 seconds")
          assert.deepInclude(yield* vault.status("alice"), { state: "good", failures: 0 })
          assert.deepStrictEqual(held.paths(10_001), [check])
          assert.deepStrictEqual(told, ["alice failing", "alice recovered"])
          assert.isDefined((yield* vault.read("alice")).session)
        }).pipe(Effect.provide(Pacemaker.layer)),
      { rate: 5 }
    )
  )

  it.effect("says so, too, where it was being asked when the last of them went away", () =>
    withTokyo(
      ({ held, tokyo, vault }) =>
        Effect.gen(function* () {
          held.state.isSilent = true
          yield* pass("3 seconds")
          assert.deepStrictEqual(held.paths(10_001), [check])
          assert.deepInclude(yield* vault.status("alice"), { state: "good", failures: 0 })
          tokyo.isThere = false
          yield* pass("6 seconds")
          assert.deepInclude(yield* vault.status("alice"), { failures: 1, lastError: "NoEgress" })
          // What was sent comes to its end by itself.
          yield* pass("1 minute")
        }).pipe(Effect.provide(Pacemaker.layer)),
      { rate: 5 }
    )
  )

  it.effect("cannot be asked or scanned for meanwhile, but paused and forgotten", () =>
    withTokyo(({ held, tokyo, vault }) =>
      Effect.gen(function* () {
        const accountOf = yield* Homes.accounts
        tokyo.isThere = false
        assert.deepInclude(yield* Effect.flip(accountOf("alice")), {
          _tag: "NoEgress",
          profile: "alice",
          egress: "tokyo"
        })
        const anywhere = yield* accountOf("alice", true)
        assert.deepInclude(yield* anywhere.pause(), { state: "paused" })
        yield* anywhere.forget()
        assert.strictEqual((yield* Effect.flip(vault.status("alice")))._tag, "NoAccount")
        assert.deepStrictEqual(held.asked, [])
      })
    )
  )
})

/** A fleet of `alice` and `bob`, who go by egresses that the database has as held; `groups` are those of the machines that are there. */
const withTable = <A, E, R>(
  groups: Array<string>,
  body: (fleet: {
    readonly tokyo: ReturnType<typeof FleetServer.make>
    readonly vault: Vault.Vault["Service"]
    readonly sql: SqlClient.SqlClient
  }) => Effect.Effect<A, E, R>
) =>
  Effect.suspend(() => {
    const [direct, tokyo] = [FleetServer.make(), FleetServer.make()]
    let known: (typeof Homes.Homes)["Service"] = Effect.succeed(new Map())
    const machines = Layer.mock(RunnerStorage)({
      getRunners: Effect.sync(() => [
        [Runner.make({ address: RunnerAddress.make("10.0.0.2", 7071), groups: [...groups], weight: 1 }), true]
      ])
    })
    const inside = Effect.gen(function* () {
      assert.deepStrictEqual(yield* Holding.numbersOf(["tokyo", "osaka"]), [1, 2])
      const vault = yield* Vault.Vault
      const sql = yield* SqlClient.SqlClient
      yield* vault.add("alice", "qzone", FleetServer.sessionFor(10_001), "tokyo")
      yield* vault.add("bob", "qzone", FleetServer.sessionFor(10_002), "osaka")
      known = yield* Effect.provide(Effect.service(Homes.Homes), Holding.layer.pipe(Layer.provide(machines)))
      const answer = yield* Effect.provide(body({ tokyo, vault, sql }), Pacemaker.layer)
      assert.deepStrictEqual(direct.asked, [])
      return answer
    })
    return inFleet(inside, direct, {}, Egress.layer(new Map([["tokyo", tokyo.client]]))).pipe(
      Effect.provideService(
        Homes.Homes,
        Effect.suspend(() => known)
      )
    )
  })

describe("an egress that is deleted from the table while machines run", () => {
  it.effect("is a proxy for any machine from then on: its accounts are asked for by that at once", () =>
    withTable(["default"], ({ sql, tokyo, vault }) =>
      Effect.gen(function* () {
        yield* pass("10 minutes", "5 seconds")
        for (const profile of ["alice", "bob"]) {
          assert.deepInclude(yield* vault.status(profile), { state: "failing", lastError: "NoEgress" })
        }
        yield* sql`DELETE FROM fleet_egresses WHERE name = 'tokyo'`
        yield* pass("6 seconds")
        assert.deepInclude(yield* vault.status("alice"), { state: "good", failures: 0 })
        assert.deepStrictEqual(tokyo.paths(10_001), [check])
        // That of `bob` is waited for still.
        assert.deepInclude(yield* vault.status("bob"), { state: "failing", lastError: "NoEgress" })
        assert.deepStrictEqual(tokyo.asked, [])
      })
    )
  )

  it.effect("though a machine holds it: whoever knows the way asks for its accounts, and nobody goes by another", () =>
    withTable(["default", "egress-01"], ({ sql, tokyo, vault }) =>
      Effect.gen(function* () {
        yield* sql`DELETE FROM fleet_egresses`
        yield* pass("10 seconds")
        assert.deepInclude(yield* vault.status("alice"), { state: "good", failures: 0 })
        assert.deepStrictEqual(tokyo.paths(10_001), [check])
        assert.deepInclude(yield* vault.status("bob"), { lastError: "NoEgress" })
        assert.isDefined((yield* vault.read("bob")).session)
        assert.deepStrictEqual(tokyo.asked, [])
        // It is held again as soon as a machine that holds it starts.
        assert.deepStrictEqual(yield* Holding.numbersOf(["osaka"]), [1])
      })
    )
  )
})

it.effect("an egress that is held and has no proxy is this machine's own way", () =>
  Effect.gen(function* () {
    const direct = FleetServer.make()
    const way = yield* Effect.provide(
      Effect.service(Egress.Egress),
      Egress.layerAgents({ osaka: undefined }, ["tokyo"]).pipe(
        Layer.provide(Layer.succeed(HttpClient.HttpClient, direct.client))
      )
    )
    assert.strictEqual(way("tokyo"), direct.client)
    assert.isDefined(way("osaka"))
    assert.notStrictEqual(way("osaka"), direct.client)
    assert.isUndefined(way("nara"))
  })
)

it.effect("an egress keeps its number, whichever machine comes first or again", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* Holding.numbersOf(["tokyo", "osaka"]), [1, 2])
    assert.deepStrictEqual(yield* Holding.numbersOf(["kyoto", "osaka"]), [3, 2])
    const both = yield* Effect.all([Holding.numbersOf(["nara"]), Holding.numbersOf(["nara"])], {
      concurrency: "unbounded"
    })
    assert.deepStrictEqual(both, [[4], [4]])
    // The engine takes the locks of a machine in one statement of Postgres, and Postgres has room for so many.
    assert.isAtMost((Holding.most.ofMachine + 1) * 300, 1664)
    assert.isAtMost(Holding.groups.length * 300, 6400)
    // The numbers of locks follow from their order.
    assert.deepStrictEqual(Holding.groups.toSorted(), [...Holding.groups])
  }).pipe(Effect.provide(vaultLayer()))
)
