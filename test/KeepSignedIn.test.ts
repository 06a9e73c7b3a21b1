import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as HttpClient from "effect/http/HttpClient"
import * as KeepSignedIn from "webqq-login/KeepSignedIn"
import * as LoginConfig from "webqq-login/LoginConfig"
import { runVirtual } from "webqq-login/replay"
import { Session } from "webqq-login/Session"
import * as SessionStore from "webqq-login/SessionStore"
import * as SignIn from "webqq-login/SignIn"
import * as Site from "webqq-login/Site"
import { ptuiCB } from "./support/answers.ts"
import { startAt } from "./support/inLogin.ts"
import * as QqServer from "./support/qqServer.ts"

interface House {
  readonly server: ReturnType<typeof QqServer.make>
  /** When somebody was asked to scan, in hours after the start. */
  readonly scans: Array<number>
  readonly keep: KeepSignedIn.KeepSignedIn["Service"]
  /** Hours after the start at which a path was asked for. */
  readonly hours: (path: string) => ReadonlyArray<number>
}

const inHours = (at: number) => Math.round(((at - Date.parse(startAt)) / 3_600_000) * 100) / 100

/** A service that lives for the time of `story`, on a clock that runs as fast as it can. */
const living = <A, E>(
  story: (house: House) => Effect.Effect<A, E, SessionStore.SessionStore | HttpClient.HttpClient>,
  { jitter = 0, before = Effect.void }: Partial<{ jitter: number; before: typeof first }> = {}
) => {
  const server = QqServer.make()
  const scans: Array<number> = []
  const hours = (path: string) => server.asked.filter((asked) => asked.path === path).map(({ at }) => inHours(at))
  const service = KeepSignedIn.layer(Site.webqq, {
    onScanNeeded: ({ expiresAt }) =>
      Effect.sync(() => {
        scans.push(inHours(expiresAt.epochMilliseconds - Duration.toMillis(LoginConfig.defaults.codeLife)))
      })
  })
  const life = KeepSignedIn.KeepSignedIn.pipe(
    Effect.flatMap((keep) => story({ server, scans, keep, hours })),
    Effect.provide(service),
    (program) => Effect.andThen(before, program)
  )
  return runVirtual(life, {
    startAt,
    step: "1 hour",
    held: () => (server.state.gate === undefined ? 0 : 99)
  }).pipe(
    Random.withSeed("machine"),
    Effect.provide(SessionStore.layerMemory),
    Effect.provideService(LoginConfig.LoginConfig, LoginConfig.make({ jitter, retries: 0 })),
    Effect.provideService(HttpClient.HttpClient, server.client)
  )
}

/** Somebody has signed in before. */
const first: Effect.Effect<unknown, unknown, SessionStore.SessionStore | HttpClient.HttpClient> = Effect.suspend(() =>
  SignIn.signIn(Site.webqq)
)

describe("KeepSignedIn", () => {
  it.effect("signs in at once, checks every half hour, and renews at 36 and at 72 hours", () =>
    living(({ hours, keep, scans, server }) =>
      Effect.gen(function* () {
        const { uin } = yield* keep.session
        assert.strictEqual(uin, 123456789)
        const start = scans[0]!
        assert.deepStrictEqual(scans, [start])
        yield* Effect.sleep("3 days")
        yield* Effect.sleep("1 hour")
        assert.deepStrictEqual(hours("pt4_auth"), [36, 72])
        assert.strictEqual(hours("ptqrshow").length, 1)
        assert.deepStrictEqual(hours("get_online_buddies2").slice(0, 3), [0.5, 1, 1.5])
        assert.deepStrictEqual(
          (yield* keep.session).obtainedAt.epochMilliseconds - Date.parse(startAt) > 71 * 3_600_000,
          true
        )
        server.paths()
        yield* keep.session
        assert.deepStrictEqual(server.paths(), [])
      })
    )
  )

  it.effect("goes on with a session that was forgotten on this machine, and never saves it again", () =>
    living(({ hours, keep }) =>
      Effect.gen(function* () {
        const store = yield* SessionStore.SessionStore
        const { obtainedAt } = yield* keep.session
        yield* store.remove("webqq-123456789")
        yield* Effect.sleep("40 hours")
        assert.deepStrictEqual(hours("pt4_auth"), [36])
        assert.isAbove((yield* keep.session).obtainedAt.epochMilliseconds, obtainedAt.epochMilliseconds)
        assert.deepStrictEqual((yield* store.list).saved, [])
      })
    )
  )

  it.effect("does not let machines renew in step", () =>
    living(
      ({ keep, server }) =>
        Effect.gen(function* () {
          const { obtainedAt } = yield* keep.session
          yield* Effect.sleep("40 hours")
          const renewed = server.asked.find(({ path }) => path === "pt4_auth")!.at
          const late = renewed - obtainedAt.epochMilliseconds - 36 * 3_600_000
          assert.isTrue(late > 1000 && late <= 180_000, String(late))
        }),
      { jitter: 0.1 }
    )
  )

  it.effect("asks the server once, however many callers ask, and renews once for a thousand who were refused", () =>
    living(({ keep, server }) =>
      Effect.gen(function* () {
        const thousand = (ask: typeof keep.session) =>
          Effect.all(
            Array.from({ length: 1000 }, () => ask),
            { concurrency: "unbounded" }
          )
        const sessions = yield* thousand(keep.session)
        assert.strictEqual(new Set(sessions).size, 1)
        assert.deepStrictEqual(
          server.paths().filter((path) => path !== "ptqrlogin"),
          ["ptqrshow", "check_sig", "getvfwebqq", "login2"]
        )
        server.state.check = QqServer.refused
        const renewed = yield* thousand(keep.recheck)
        assert.strictEqual(new Set(renewed).size, 1)
        assert.notStrictEqual(renewed[0], sessions[0])
        assert.deepStrictEqual(server.paths(), ["get_online_buddies2", "pt4_auth", "check_sig", "getvfwebqq", "login2"])
      })
    )
  )

  it.effect("goes on for the others when whoever asked first stops waiting", () =>
    living(({ keep, server }) =>
      Effect.gen(function* () {
        yield* keep.session
        server.paths()
        const gate = yield* Deferred.make<void>()
        server.state.gate = gate
        const asker = yield* Effect.forkChild(keep.recheck, { startImmediately: true })
        const other = yield* Effect.forkChild(keep.session, { startImmediately: true })
        yield* Effect.yieldNow
        yield* Fiber.interrupt(asker)
        assert.isUndefined(other.pollUnsafe())
        yield* Deferred.succeed(gate, undefined)
        server.state.gate = undefined
        assert.strictEqual((yield* Fiber.join(other)).uin, 123456789)
        assert.deepStrictEqual(server.paths(), ["get_online_buddies2"])
      })
    )
  )

  it.effect("begins with the session that is kept", () =>
    living(
      ({ hours, keep, scans }) =>
        Effect.gen(function* () {
          yield* keep.session
          assert.deepStrictEqual(scans, [])
          assert.strictEqual(hours("get_online_buddies2").length, 1)
        }),
      { before: first }
    )
  )

  it.effect("uses what another process has signed in to meanwhile", () =>
    living(({ hours, keep }) =>
      Effect.gen(function* () {
        yield* keep.session
        yield* Effect.sleep("10 hours")
        const other = yield* SignIn.signIn(Site.webqq, { fresh: true })
        yield* Effect.sleep("30 hours")
        assert.deepStrictEqual(hours("pt4_auth"), [])
        assert.deepStrictEqual((yield* keep.session).obtainedAt, other.obtainedAt)
      })
    )
  )

  it.effect("stays with its account when another signs in to the same site", () =>
    living(({ keep }) =>
      Effect.gen(function* () {
        const own = yield* keep.session
        yield* Effect.sleep("10 hours")
        const store = yield* SessionStore.SessionStore
        yield* store.save(new Session({ ...own, uin: 42, obtainedAt: yield* DateTime.now }))
        yield* Effect.sleep("1 hour")
        assert.strictEqual((yield* keep.session).uin, own.uin)
      })
    )
  )

  it.effect("tells that a person must scan, and tells again while nobody does", () =>
    living(({ keep, scans, server }) =>
      Effect.gen(function* () {
        yield* keep.session
        Object.assign(server.state, {
          check: QqServer.refused,
          renewal: QqServer.auth("1"),
          poll: ptuiCB("66")
        } satisfies Partial<QqServer.Behaviour>)
        scans.length = 0
        yield* Effect.sleep("31 minutes")
        assert.deepStrictEqual(scans, [0.5])
        const error = yield* Effect.flip(keep.session)
        assert.strictEqual(error._tag, "LoginTimeout")
        const asked = scans.length
        yield* Effect.sleep("31 minutes")
        assert.isAbove(scans.length, asked)
        server.state.poll = QqServer.make().state.poll
        assert.strictEqual((yield* keep.session).uin, 123456789)
      })
    )
  )

  it.effect("asks nobody to scan while the network is down, and goes on when it is back", () =>
    living(({ keep, scans, server }) =>
      Effect.gen(function* () {
        yield* keep.session
        server.state.down = "ENETUNREACH"
        yield* Effect.sleep("5 hours")
        assert.strictEqual((yield* Effect.flip(keep.session))._tag, "HttpFailed")
        server.state.down = undefined
        assert.strictEqual((yield* keep.session).uin, 123456789)
        assert.strictEqual(scans.length, 1)
      })
    )
  )

  it.effect("offers a session whose renewal was refused no second time, and goes on with it while it works", () =>
    living(({ hours, keep, server }) =>
      Effect.gen(function* () {
        yield* keep.session
        server.state.renewal = QqServer.auth("1")
        yield* Effect.sleep("3 days")
        assert.deepStrictEqual(hours("pt4_auth"), [36])
        assert.strictEqual(hours("ptqrshow").length, 1)
        assert.isAbove(hours("get_online_buddies2").length, 140)
        yield* keep.session
      })
    )
  )

  it.effect("asks nobody to scan because of a rate limit, and is good again when it is over", () =>
    living(({ hours, keep, server }) =>
      Effect.gen(function* () {
        yield* keep.session
        server.state.check = { body: `{"retcode":100003}` }
        yield* Effect.sleep("5 hours")
        assert.strictEqual((yield* Effect.flip(keep.session))._tag, "CheckUnclear")
        server.state.check = QqServer.good
        yield* Effect.sleep("1 hour")
        yield* keep.session
        assert.deepStrictEqual([hours("ptqrshow").length, hours("pt4_auth").length], [1, 0])
      })
    )
  )

  it.effect("stops with its scope", () =>
    Effect.gen(function* () {
      const server = QqServer.make({ poll: ptuiCB("66") })
      const layer = KeepSignedIn.layer(Site.webqq, { onScanNeeded: () => Effect.void })
      yield* runVirtual(
        Effect.gen(function* () {
          yield* Effect.scoped(Effect.andThen(Layer.build(layer), Effect.sleep("5 seconds")))
          server.paths()
          yield* Effect.sleep("1 hour")
        }),
        { startAt }
      ).pipe(Effect.provideService(HttpClient.HttpClient, server.client), Effect.provide(SessionStore.layerMemory))
      assert.deepStrictEqual(server.paths(), [])
    })
  )
})
