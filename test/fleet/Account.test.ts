import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as TestClock from "effect/testing/TestClock"
import { Account, Egress, type Status, Vault } from "webqq-login/fleet"
import * as Session from "webqq-login/Session"
import * as Site from "webqq-login/Site"
import * as FleetServer from "../support/fleetServer.ts"
import { inFleet, pass } from "../support/inFleet.ts"

const check = "cgi_userinfo_get_all"

/** A fleet of one account, `alice`, and what it answers. */
const withAlice = <A, E, R>(
  behaviour: FleetServer.Behaviour,
  body: (alice: {
    readonly server: ReturnType<typeof FleetServer.make>
    readonly ensure: (how?: Account.How) => Effect.Effect<Status.Status, unknown>
    readonly vault: Vault.Vault["Service"]
    readonly account: ReturnType<Effect.Success<typeof Account.Account.client>>
    readonly tags: Effect.Effect<ReadonlyArray<string>, unknown>
  }) => Effect.Effect<A, E, R>
) =>
  Effect.suspend(() => {
    const server = FleetServer.make(() => behaviour)
    const inside = Effect.gen(function* () {
      const vault = yield* Vault.Vault
      yield* vault.add("alice", "qzone", FleetServer.sessionFor(10_001))
      const account = (yield* Account.Account.client)("alice")
      const ensure = (how: Account.How = "due") => account.ensure({ how, quiet: false })
      const tags = Effect.map(vault.events(0, 99), (events) => events.map(({ tag }) => tag))
      return yield* body({ server, ensure, vault, account, tags })
    })
    return inFleet(inside, server)
  })

const hours = ({ nextAt }: Status.Status, from: string) => (nextAt!.epochMilliseconds - Date.parse(from)) / 3_600_000

describe("an account that is due", () => {
  it.effect("is asked with the call of its site, and left alone for hours where that says good", () =>
    withAlice({ renewal: "new" }, ({ ensure, server, tags, vault }) =>
      Effect.gen(function* () {
        const { version } = yield* vault.status("alice")
        const status = yield* ensure()
        assert.deepInclude(status, { state: "good", failures: 0, version: version + 1, node: "node-1" })
        assert.deepStrictEqual(server.paths(10_001), [check])
        const wait = hours(status, "2026-11-20T08:00:00Z")
        assert.isTrue(wait >= 5.4 && wait <= 6, `${wait}`)
        // Nothing is due now, and nobody is asked.
        assert.deepStrictEqual(yield* ensure(), status)
        assert.deepStrictEqual(server.paths(10_001), [])
        assert.deepStrictEqual(yield* tags, ["added"])
        assert.deepStrictEqual((yield* vault.read("alice")).session, FleetServer.sessionFor(10_001))
      })
    )
  )

  it.effect("is renewed where the check says dead, and its new session kept", () =>
    withAlice({ check: "dead", renewal: "new" }, ({ ensure, server, tags, vault }) =>
      Effect.gen(function* () {
        assert.deepInclude(yield* ensure(), { state: "good", failures: 0 })
        assert.deepStrictEqual(server.paths(10_001), [check, "pt4_auth", "check_sig"])
        const { session } = yield* vault.read("alice")
        assert.notDeepEqual(session, FleetServer.sessionFor(10_001))
        assert.strictEqual(session?.uin, 10_001)
        assert.deepStrictEqual(yield* tags, ["added", "renewed"])
      })
    )
  )

  it.effect("waits for a person where its renewal is refused too; its session is not deleted", () =>
    withAlice({ check: "dead", renewal: "refused" }, ({ ensure, tags, vault }) =>
      Effect.gen(function* () {
        const status = yield* ensure()
        assert.deepInclude(status, { state: "scan", lastError: "LoginRejected" })
        assert.isUndefined(status.nextAt)
        assert.deepStrictEqual(yield* vault.due(9), [])
        assert.deepStrictEqual((yield* vault.read("alice")).session, FleetServer.sessionFor(10_001))
        yield* ensure("check")
        assert.deepStrictEqual(yield* tags, ["added", "scan-needed"])
      })
    )
  )

  it.effect.each(["down", "denied"] as const)(
    "is tried again, later each time, where nobody can tell (%s), and is never scanned for",
    (trouble) =>
      withAlice({ check: trouble, renewal: trouble === "down" ? "down" : "refused" }, ({ ensure, tags }) =>
        Effect.gen(function* () {
          const states: Array<string> = []
          let last = 0
          for (let i = 0; i < 12; i++) {
            const status = yield* ensure("check")
            states.push(status.state)
            const wait = hours(status, "2026-11-20T08:00:00Z") * 3600
            assert.isTrue(wait <= 3600 && (wait > last || wait >= 2700), `${wait} after ${last}`)
            last = wait
          }
          assert.deepStrictEqual(states, ["good", "good", ...Array.from({ length: 10 }, () => "failing")])
          assert.deepStrictEqual(yield* tags, ["added", "failing"])
        })
      )
  )

  it.effect("recovers, and says so once", () =>
    withAlice({ check: "down" }, ({ ensure, server, tags }) =>
      Effect.gen(function* () {
        for (let i = 0; i < 3; i++) yield* ensure("check")
        server.state.behaviourOf = () => ({})
        const status = yield* ensure("check")
        assert.deepInclude(status, { state: "good", failures: 0 })
        assert.isUndefined(status.lastError)
        yield* ensure("check")
        assert.deepStrictEqual(yield* tags, ["added", "failing", "recovered"])
      })
    )
  )

  it.effect("does not overwrite what another machine wrote while the server was asked", () =>
    withAlice({ check: "dead", renewal: "new" }, ({ ensure, server, vault }) =>
      Effect.gen(function* () {
        const other = FleetServer.sessionFor(10_001, "2026-11-20T09:00:00.000Z")
        server.state.behaviourOf = () => ({
          get check() {
            // The other machine, in the middle of it.
            Effect.runSync(
              Effect.flatMap(vault.status("alice"), (seen) =>
                vault.change(seen, { state: "good", wait: 1000, session: other })
              )
            )
            server.state.behaviourOf = () => ({ check: "dead", renewal: "new" })
            return "dead" as const
          },
          renewal: "new"
        })
        const { version } = yield* vault.status("alice")
        assert.deepInclude(yield* ensure(), { version: version + 1, state: "good" })
        assert.deepStrictEqual((yield* vault.read("alice")).session, other)
      })
    )
  )

  it.effect("is renewed now where that is asked for, and checked where the server does not renew", () =>
    withAlice({ renewal: "new" }, ({ ensure, server }) =>
      Effect.gen(function* () {
        yield* ensure("renew")
        assert.deepStrictEqual(server.paths(10_001), ["pt4_auth", "check_sig"])
        server.state.behaviourOf = () => ({ renewal: "refused" })
        assert.deepInclude(yield* ensure("renew"), { state: "good" })
        assert.deepStrictEqual(server.paths(10_001), ["pt4_auth", check])
      })
    )
  )

  it.effect("is left alone while it is paused, and due at once when it is resumed", () =>
    withAlice({}, ({ account, ensure, server, vault }) =>
      Effect.gen(function* () {
        assert.deepInclude(yield* account.pause(), { state: "paused" })
        yield* ensure("check")
        assert.deepStrictEqual(yield* vault.due(9), [])
        assert.deepStrictEqual(server.paths(10_001), [])
        yield* account.resume()
        assert.deepStrictEqual(yield* vault.due(9), ["alice"])
        yield* account.forget()
        assert.strictEqual(((yield* Effect.flip(ensure())) as Status.NoAccount)._tag, "NoAccount")
      })
    )
  )
})

describe("a login", () => {
  const steps = (account: ReturnType<Effect.Success<typeof Account.Account.client>>) =>
    Effect.map(Stream.runCollect(account.login()), (steps) => steps.map(({ _tag }) => _tag))

  it.effect("is one for all who watch it, from its beginning, and says nothing of the session", () =>
    withAlice({ check: "dead", renewal: "refused" }, ({ account, ensure, server, tags, vault }) =>
      Effect.gen(function* () {
        yield* ensure()
        const { scans } = yield* vault.read("alice")
        server.state.poll = "waiting"
        const first = yield* Effect.forkChild(Stream.runCollect(account.login()))
        yield* TestClock.adjust("5 seconds")
        const second = yield* Effect.forkChild(steps(account))
        yield* TestClock.adjust("5 seconds")
        assert.deepStrictEqual(server.paths(0).filter((path) => path === "ptqrshow").length, 1)
        server.state.poll = "confirmed"
        yield* TestClock.adjust("5 seconds")
        const told = yield* Fiber.join(first)
        const tags1 = told.map(({ _tag }) => _tag)
        assert.deepStrictEqual(tags1, ["QrShown", "Waiting", "Confirmed", "SignedIn"])
        assert.deepStrictEqual(yield* Fiber.join(second), tags1)
        assert.notInclude(JSON.stringify(told.map((step) => Schema.encodeSync(Account.LoginStep)(step))), "CANARY")
        assert.deepInclude(yield* vault.status("alice"), { state: "good", failures: 0 })
        assert.strictEqual((yield* vault.read("alice")).scans, scans + 1)
        assert.deepStrictEqual(yield* tags, ["added", "scan-needed", "signed-in"])
      })
    )
  )

  it.effect("by another account is refused, and leaves the row as it was", () =>
    withAlice({}, ({ account, server, vault }) =>
      Effect.gen(function* () {
        server.state.scanned = 10_002
        const before = yield* vault.status("alice")
        const failed = yield* Effect.forkChild(Effect.flip(Stream.runDrain(account.login())))
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual((yield* Fiber.join(failed))._tag, "OtherAccount")
        assert.deepStrictEqual(yield* vault.status("alice"), before)
        // The next one is a login of its own.
        server.state.scanned = 10_001
        const second = yield* Effect.forkChild(steps(account))
        yield* TestClock.adjust("5 seconds")
        assert.deepStrictEqual((yield* Fiber.join(second)).at(-1), "SignedIn")
      })
    )
  )

  it.effect("is not interrupted by what is due meanwhile", () =>
    withAlice({}, ({ account, ensure, server }) =>
      Effect.gen(function* () {
        server.state.poll = "waiting"
        const watching = yield* Effect.forkChild(steps(account))
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(((yield* Effect.flip(ensure())) as Account.NotNow).reason, "signing in")
        server.state.poll = "confirmed"
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual((yield* Fiber.join(watching)).at(-1), "SignedIn")
      })
    )
  )
})

describe("an account of somebody's own site", () => {
  it.effect("is checked, renewed and scanned for by the description that its session brings along", () =>
    Effect.suspend(() => {
      const server = FleetServer.make(() => ({ check: "dead", renewal: "new" }))
      const { site: _, ...rest } = Session.toJson(FleetServer.sessionFor(10_001))
      const own = { ...Site.find("qzone")!, name: "mine" }
      const inside = Effect.gen(function* () {
        const vault = yield* Vault.Vault
        const session = yield* Session.fromJson({ ...rest, site: "mine", ownSite: own })
        yield* vault.add("alice", "mine", session)
        const alice = (yield* Account.Account.client)("alice")
        assert.deepInclude(yield* alice.ensure({ how: "due", quiet: false }), { state: "good", site: "mine" })
        assert.deepStrictEqual(server.paths(10_001), [check, "pt4_auth", "check_sig"])
        assert.deepStrictEqual((yield* vault.read("alice")).session?.ownSite, own)
        server.state.behaviourOf = () => ({ check: "dead", renewal: "refused" })
        assert.deepInclude(yield* alice.ensure({ how: "check", quiet: false }), { state: "scan" })
        const login = yield* Effect.forkChild(Stream.runCollect(alice.login()))
        yield* pass("5 seconds")
        assert.strictEqual((yield* Fiber.join(login)).at(-1)?._tag, "SignedIn")
        assert.deepInclude(yield* vault.status("alice"), { state: "good", site: "mine" })
        assert.deepStrictEqual((yield* vault.read("alice")).session?.ownSite, own)
      })
      return inFleet(inside, server)
    })
  )
})

describe("an account with a way of its own", () => {
  const asked = (way: string) =>
    Effect.suspend(() => {
      const [direct, tokyo] = [FleetServer.make(), FleetServer.make()]
      const inside = Effect.gen(function* () {
        const vault = yield* Vault.Vault
        yield* vault.add("alice", "qzone", FleetServer.sessionFor(10_001), way)
        yield* vault.add("bob", "qzone", FleetServer.sessionFor(10_002))
        const accountOf = yield* Account.Account.client
        const alice = yield* accountOf("alice").ensure({ how: "due", quiet: false })
        const bob = yield* accountOf("bob").ensure({ how: "due", quiet: false })
        return { alice, bob, direct: direct.paths(10_001), tokyo: tokyo.paths(10_001), bobs: direct.paths(10_002) }
      })
      return inFleet(inside, direct, {}, Egress.layer(new Map([["tokyo", tokyo.client]])))
    })

  it.effect("goes by that, and others do not", () =>
    Effect.gen(function* () {
      const { alice, bob, ...paths } = yield* asked("tokyo")
      assert.deepInclude(alice, { state: "good", failures: 0, egress: "tokyo" })
      assert.notProperty(bob, "egress")
      assert.deepStrictEqual(paths, { direct: [], tokyo: [check], bobs: [check] })
    })
  )

  it.effect("goes by no other where this machine does not know it, and keeps its session", () =>
    Effect.gen(function* () {
      const { alice, bobs, direct, tokyo } = yield* asked("osaka")
      assert.deepInclude(alice, { state: "good", failures: 1, lastError: "NoEgress", egress: "osaka" })
      assert.deepStrictEqual([direct, tokyo, bobs], [[], [], [check]])
    })
  )
})

it.effect("a server that wants to be left alone for ages is left alone for a day", () => {
  const server = FleetServer.make()
  const client = HttpClient.make((request) =>
    Effect.succeed(
      HttpClientResponse.fromWeb(
        request,
        new Response(null, { status: 429, headers: { "retry-after": "99999999999999" } })
      )
    )
  )
  return inFleet(
    Effect.gen(function* () {
      const vault = yield* Vault.Vault
      yield* vault.add("alice", "qzone", FleetServer.sessionFor(10_001))
      const alice = (yield* Account.Account.client)("alice")
      const status = yield* alice.ensure({ how: "due", quiet: false })
      assert.deepInclude(status, { state: "good", lastError: "HttpFailed" })
      assert.strictEqual(hours(status, "2026-11-20T08:00:01Z"), 24)
      assert.lengthOf(yield* vault.list({ limit: 9 }), 1)
    }),
    { ...server, client }
  )
})
