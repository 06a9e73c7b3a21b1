import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import * as TestClock from "effect/testing/TestClock"
import * as LoginConfig from "webqq-login/LoginConfig"
import * as LoginError from "webqq-login/LoginError"
import { LoginEventLine, type SignInEvent, toLine } from "webqq-login/LoginEvent"
import { runVirtual } from "webqq-login/replay"
import { Session } from "webqq-login/Session"
import * as SessionStore from "webqq-login/SessionStore"
import * as SignIn from "webqq-login/SignIn"
import * as Site from "webqq-login/Site"
import { type Answer, ptuiCB } from "./support/answers.ts"
import { startAt } from "./support/inLogin.ts"
import * as QqServer from "./support/qqServer.ts"

const scan = ["ptqrshow", "ptqrlogin"]
const open = ["check_sig", "getvfwebqq", "login2"]
const scanned = ["QrShown", "Confirmed", "Saved", "LoggedIn"]

/** One store, one server, and sign-ins one after the other. */
const house = Effect.fnUntraced(function* (behaviour: Partial<QqServer.Behaviour> = {}) {
  const server = QqServer.make(behaviour)
  const { SessionStore: tag, layerMemory } = SessionStore
  const store = yield* tag.pipe(Effect.provide(layerMemory))
  let events: Array<SignInEvent> = []
  yield* TestClock.setTime(Date.parse(startAt))
  const signIn = (options: SignIn.Options = {}, site = Site.webqq, shelf = store) =>
    Effect.gen(function* () {
      events = []
      const onEvent = (event: SignInEvent) => Effect.sync(() => void events.push(event))
      const result = yield* SignIn.signIn(site, { ...options, onEvent }).pipe(
        Effect.result,
        Effect.provideService(tag, shelf),
        Effect.provideService(HttpClient.HttpClient, server.client),
        Effect.provideService(LoginConfig.LoginConfig, LoginConfig.make({ retries: 0, pollInterval: 0 }))
      )
      const tags = events.map(({ _tag }) => _tag)
      return { result, events, tags, paths: server.paths() }
    })
  return { server, store, signIn }
})

describe("SignIn.signIn", () => {
  it.effect("shows one code for two sign-ins in a row", () =>
    Effect.gen(function* () {
      const { signIn } = yield* house()
      const first = yield* signIn()
      assert.deepStrictEqual(first.tags, scanned)
      assert.deepStrictEqual(first.paths, [...scan, ...open])
      const second = yield* signIn()
      assert.deepStrictEqual(second.tags, ["SessionFound", "SessionStillGood", "LoggedIn"])
      assert.deepStrictEqual(second.paths, ["get_online_buddies2"])
      assert.deepStrictEqual(second.result, first.result)
      assert.deepInclude(second.events[1], { profile: "webqq-123456789", asked: true })
    })
  )

  it.effect("renews without a scan where the server refuses the session but takes its cookies", () =>
    Effect.gen(function* () {
      const { server, signIn, store } = yield* house({ check: QqServer.refused })
      yield* signIn()
      yield* TestClock.adjust("2 hours")
      const { events, paths, result, tags } = yield* signIn()
      assert.deepStrictEqual(tags, ["SessionFound", "SessionRefused", "Renewed", "Saved", "LoggedIn"])
      assert.deepStrictEqual(paths, ["get_online_buddies2", "pt4_auth", ...open])
      const [, refused] = events
      assert.isTrue(refused?._tag === "SessionRefused" && refused.reason._tag === "ApiRefused")
      const kept = yield* store.load("webqq-123456789")
      assert.deepStrictEqual(result, yield* Effect.result(Effect.succeed(kept.session)))
      assert.strictEqual(kept.session.obtainedAt.epochMilliseconds, Date.parse(startAt) + 7_200_000)
      assert.strictEqual(kept.session.nickname, "椰子")
      server.state.check = QqServer.good
      assert.deepStrictEqual((yield* signIn()).paths, ["get_online_buddies2"])
    })
  )

  it.effect("keeps no renewed session that turns out to be another account's: its owner is asked to scan", () =>
    Effect.gen(function* () {
      const { server, signIn, store } = yield* house({ check: QqServer.refused })
      yield* signIn()
      server.state.uin = 10_002
      const { events, tags } = yield* signIn({ scan: false })
      assert.deepStrictEqual(tags, ["SessionFound", "SessionRefused", "RenewalRefused"])
      const refused = events.at(-1)
      assert.isTrue(refused?._tag === "RenewalRefused" && refused.reason._tag === "AccountMismatch")
      assert.strictEqual((yield* store.load("webqq-123456789")).session.uin, 123456789)
    })
  )

  it.effect.each([
    ["the server says no", { renewal: QqServer.auth("1") }, "LoginRejected"],
    ["the server says nothing that makes sense", { renewal: { body: "<html>" } }, "BadCallback"],
    ["the server denies access", { renewal: { status: 403 } }, "AccessDenied"]
  ] as const)("shows a code where both are refused, and says why: %s", ([, behaviour, reason]) =>
    Effect.gen(function* () {
      const { signIn } = yield* house({ check: QqServer.refused, ...behaviour })
      yield* signIn()
      const { events, paths, tags } = yield* signIn()
      assert.deepStrictEqual(tags, ["SessionFound", "SessionRefused", "RenewalRefused", ...scanned])
      assert.deepStrictEqual(paths, ["get_online_buddies2", "pt4_auth", ...scan, ...open])
      assert.deepStrictEqual(
        events.flatMap((event) => ("reason" in event ? [event.reason._tag] : [])),
        ["ApiRefused", reason]
      )
    })
  )

  it.effect("asks nobody to scan because the network is down", () =>
    Effect.gen(function* () {
      const { server, signIn } = yield* house()
      yield* signIn()
      server.state.down = "ENOTFOUND"
      const { paths, result, tags } = yield* signIn()
      assert.deepInclude(result._tag === "Failure" ? result.failure : {}, {
        _tag: "HttpFailed",
        step: "Check",
        reason: "dns"
      })
      assert.deepStrictEqual([tags, paths], [["SessionFound"], ["get_online_buddies2"]])
    })
  )

  it.effect("asks nobody to scan where the answer to the renewal may be forged", () =>
    Effect.gen(function* () {
      const { server, signIn } = yield* house({ check: QqServer.refused })
      yield* signIn()
      server.state.renewal = QqServer.auth("2", "https://evil.example/check_sig?ptsigx=CANARY")
      const { paths, result } = yield* signIn()
      assert.deepInclude(result._tag === "Failure" ? result.failure : {}, {
        _tag: "RedirectUntrusted",
        host: "evil.example"
      })
      assert.deepStrictEqual(paths, ["get_online_buddies2", "pt4_auth"])
    })
  )

  it.effect("scans whatever is kept when a fresh session is asked for", () =>
    Effect.gen(function* () {
      const { signIn } = yield* house()
      yield* signIn()
      assert.deepStrictEqual((yield* signIn({ fresh: true })).tags, scanned)
    })
  )

  it.effect("keeps nothing where it must not", () =>
    Effect.gen(function* () {
      const { signIn, store } = yield* house()
      assert.deepStrictEqual((yield* signIn({ save: false })).tags, ["QrShown", "Confirmed", "LoggedIn"])
      assert.deepStrictEqual((yield* store.list).saved, [])
    })
  )

  it.effect("keeps apart what has a profile of its own, and keeps its name after another scan", () =>
    Effect.gen(function* () {
      const { server, signIn, store } = yield* house()
      yield* signIn({ profile: "work" })
      assert.deepStrictEqual((yield* signIn({ profile: "home" })).tags, scanned)
      yield* store.remove("home")
      Object.assign(server.state, { check: QqServer.refused, renewal: QqServer.auth("1") })
      yield* TestClock.adjust("1 hour")
      assert.deepInclude((yield* signIn()).events.at(-2), { _tag: "Saved", profile: "work" })
      assert.deepStrictEqual(
        (yield* store.list).saved.map(({ profile }) => profile),
        ["work"]
      )
    })
  )

  it.effect("does not overwrite the session of another site", () =>
    Effect.gen(function* () {
      const { signIn } = yield* house()
      yield* signIn({ profile: "me" })
      const { paths, result } = yield* signIn({ profile: "me" }, Site.qzone)
      const error = result._tag === "Failure" ? result.failure : undefined
      assert.isTrue(error?._tag === "StoreFailed" && error.message.includes("a session of webqq"))
      assert.deepStrictEqual(paths, [])
    })
  )

  /** The place of a session that has just been renewed, changed before the new one is kept. */
  const whileRenewing = (change: (store: SessionStore.SessionStore["Service"]) => Effect.Effect<unknown, unknown>) =>
    Effect.gen(function* () {
      const { server, signIn, store } = yield* house()
      yield* signIn()
      server.state.check = QqServer.refused
      yield* TestClock.adjust("1 hour")
      const meddling: typeof store = {
        ...store,
        update: (profile, how) => Effect.andThen(Effect.ignore(change(store)), store.update(profile, how))
      }
      return { ...(yield* signIn({}, Site.webqq, meddling)), store }
    })

  it.effect("does not bring back what was forgotten while it was renewed", () =>
    Effect.gen(function* () {
      const { events, result, store, tags } = yield* whileRenewing((store) => store.remove("webqq-123456789"))
      assert.deepStrictEqual(tags.slice(-3), ["Renewed", "NotSaved", "LoggedIn"])
      assert.deepInclude(events.at(-2), { why: "forgotten" })
      assert.strictEqual(result._tag, "Success")
      assert.deepStrictEqual((yield* store.list).saved, [])
    })
  )

  it.effect("leaves alone what was saved while it was renewed", () =>
    Effect.gen(function* () {
      const { events, store } = yield* whileRenewing((store) =>
        store.modify("webqq-123456789", (session) => new Session({ ...session, nickname: "saved meanwhile" }))
      )
      assert.deepInclude(events.at(-2), { _tag: "NotSaved", why: "superseded" })
      assert.strictEqual((yield* store.load("webqq-123456789")).session.nickname, "saved meanwhile")
    })
  )

  it.effect(
    "keeps a scan under a name of its own where another account has the place, unless it is told to take it",
    () =>
      Effect.gen(function* () {
        const { signIn, store } = yield* house()
        const first = yield* signIn({ save: false })
        const mine = first.result._tag === "Success" ? first.result.success : assert.fail("no session")
        const theirs = new Session({ ...mine, uin: 987654321 })
        yield* store.save(theirs, "me")
        const { events } = yield* signIn({ profile: "me", fresh: true })
        assert.deepInclude(events.at(-2), { _tag: "Saved", profile: "webqq-123456789", instead: "me" })
        assert.strictEqual((yield* store.load("me")).session.uin, 987654321)
        // Even where its own name is taken, too.
        yield* store.save(theirs, "webqq-123456789")
        assert.deepInclude((yield* signIn({ profile: "me", fresh: true })).events.at(-2), {
          profile: "webqq-123456789-2"
        })
        yield* signIn({ profile: "me", fresh: true, force: true })
        assert.strictEqual((yield* store.load("me")).session.uin, 123456789)
        assert.strictEqual((yield* store.load("webqq-123456789")).session.uin, 987654321)
      })
  )

  it.effect("replaces an older session of the same account by the one that was scanned", () =>
    Effect.gen(function* () {
      const { signIn, store } = yield* house()
      yield* signIn({ profile: "me" })
      yield* TestClock.adjust("1 hour")
      const { events } = yield* signIn({ profile: "me", fresh: true })
      assert.deepInclude(events.at(-2), { _tag: "Saved", profile: "me" })
      assert.notProperty(events.at(-2), "instead")
      const { session } = yield* store.load("me")
      assert.strictEqual(session.obtainedAt.epochMilliseconds, Date.parse(startAt) + 3_600_000)
    })
  )

  it.effect("returns the session that could not be kept, and says so before it", () =>
    Effect.gen(function* () {
      const { signIn, store } = yield* house()
      const reason = new LoginError.StoreFailed({
        step: "SessionStore",
        path: "/home/me",
        reason: "the file system is read-only"
      })
      const { events, result, tags } = yield* signIn({}, Site.webqq, { ...store, update: () => Effect.fail(reason) })
      assert.strictEqual(result._tag, "Success")
      assert.deepStrictEqual(tags.slice(-2), ["NotSaved", "LoggedIn"])
      assert.deepStrictEqual(events.at(-2), { _tag: "NotSaved", reason, why: "unreachable" })
    })
  )

  it.effect("says before anybody scans that the store cannot be read, unless there is a session in hand", () =>
    Effect.gen(function* () {
      const { signIn, store } = yield* house()
      const { result } = yield* signIn()
      const reason = new LoginError.StoreFailed({ step: "SessionStore", path: "/home/me", reason: "it is not JSON" })
      const broken = { ...store, find: () => Effect.fail(reason) }
      const without = yield* signIn({}, Site.webqq, broken)
      assert.strictEqual(without.result._tag === "Failure" ? without.result.failure : undefined, reason)
      const known = result._tag === "Success" ? result.success : undefined
      assert.deepStrictEqual((yield* signIn({ known }, Site.webqq, broken)).tags, [
        "SessionFound",
        "SessionStillGood",
        "Saved",
        "LoggedIn"
      ])
    })
  )

  it.effect("asks nobody to scan where it was told not to, once the other ways are gone", () =>
    Effect.gen(function* () {
      const { server, signIn, store } = yield* house()
      const none = yield* signIn({ scan: false })
      assert.deepStrictEqual([none.paths, none.tags], [[], []])
      assert.deepInclude(none.result._tag === "Failure" ? none.result.failure : {}, {
        _tag: "ScanNeeded",
        site: "webqq",
        profile: ""
      })
      yield* signIn()
      assert.strictEqual((yield* signIn({ scan: false })).result._tag, "Success")
      Object.assign(server.state, { check: QqServer.refused, renewal: QqServer.auth("1") })
      const dead = yield* signIn({ scan: false })
      assert.deepStrictEqual(dead.tags, ["SessionFound", "SessionRefused", "RenewalRefused"])
      assert.deepStrictEqual(dead.paths, ["get_online_buddies2", "pt4_auth"])
      assert.deepInclude(dead.result._tag === "Failure" ? dead.result.failure : {}, {
        _tag: "ScanNeeded",
        profile: "webqq-123456789"
      })
      // What was kept stays: it may be renewed elsewhere.
      assert.lengthOf((yield* store.list).saved, 1)
    })
  )

  it.effect.each<readonly [string, Answer, string]>([
    ["a rate limit", { body: `{"retcode":100003}` }, "CheckUnclear"],
    ["an answer that nobody knows", { body: `{"retcode":424242}` }, "CheckUnclear"],
    ["a web page", { body: "<html>" }, "CheckUnclear"],
    ["403", { status: 403 }, "AccessDenied"],
    ["404", { status: 404 }, "HttpFailed"],
    ["502", { status: 502 }, "HttpFailed"]
  ])("neither renews nor scans because of %s, and says what it was", ([, answer, tag]) =>
    Effect.gen(function* () {
      const { server, signIn, store } = yield* house()
      yield* signIn()
      server.state.check = answer
      const { paths, result, tags } = yield* signIn()
      assert.deepStrictEqual([tags, paths], [["SessionFound"], ["get_online_buddies2"]])
      assert.strictEqual(result._tag === "Failure" ? result.failure._tag : "", tag)
      server.state.check = QqServer.good
      assert.deepStrictEqual((yield* signIn()).tags, ["SessionFound", "SessionStillGood", "LoggedIn"])
      assert.lengthOf((yield* store.list).saved, 1)
    })
  )

  it.effect("has a session from the future checked at once, and not renewed for its age", () =>
    Effect.gen(function* () {
      const { signIn, store } = yield* house()
      yield* signIn()
      yield* store.modify("webqq-123456789", (session) =>
        Object.assign(Object.create(Object.getPrototypeOf(session)), session, {
          obtainedAt: DateTime.makeUnsafe("2031-01-01T00:00:00Z")
        })
      )
      const { paths, tags } = yield* signIn({ renewAfter: LoginConfig.defaults.renewAfter })
      assert.deepStrictEqual(paths, ["get_online_buddies2"])
      assert.deepStrictEqual(tags, ["SessionFound", "SessionStillGood", "LoggedIn"])
    })
  )

  it.effect("renews an old session first when asked to, and uses it all the same where that is refused", () =>
    Effect.gen(function* () {
      const { server, signIn } = yield* house()
      const { renewAfter } = LoginConfig.defaults
      yield* signIn()
      assert.deepStrictEqual((yield* signIn({ renewAfter })).paths, ["get_online_buddies2"])
      yield* TestClock.adjust(renewAfter)
      assert.deepStrictEqual((yield* signIn({ renewAfter })).paths, ["pt4_auth", ...open])
      yield* TestClock.adjust(renewAfter)
      server.state.renewal = QqServer.auth("1")
      const { paths, tags } = yield* signIn({ renewAfter })
      assert.deepStrictEqual(paths, ["pt4_auth", "get_online_buddies2"])
      assert.deepStrictEqual(tags, ["SessionFound", "RenewalRefused", "SessionStillGood", "LoggedIn"])
    })
  )

  it.effect("lets no secret into events and logs, but for the session itself", () =>
    Effect.gen(function* () {
      const { signIn } = yield* house({ check: QqServer.refused, renewal: QqServer.auth("1", QqServer.checkSig) })
      const logs: Array<string> = []
      const logger = Logger.make(({ message }) => void logs.push(JSON.stringify(message)))
      yield* Effect.gen(function* () {
        yield* signIn()
        const { events } = yield* signIn()
        for (const event of events) {
          if (event._tag === "QrShown") continue
          const line = toLine(event)
          const text = JSON.stringify(line)
          assert.deepStrictEqual(
            Schema.encodeSync(LoginEventLine)(Schema.decodeUnknownSync(LoginEventLine)(line)),
            line
          )
          assert.strictEqual(/CANARY/.test(text), event._tag === "LoggedIn", text)
          assert.notMatch(JSON.stringify(event), /CANARY/)
        }
        assert.include(JSON.stringify(events), "SERVER-SAYS")
      }).pipe(Effect.provide(Layer.mergeAll(Logger.layer([logger]), Layer.succeed(References.MinimumLogLevel, "All"))))
      assert.notMatch(logs.join("\n"), /CANARY/)
    })
  )
})

describe("SignIn.events", () => {
  const streaming = (server: ReturnType<typeof QqServer.make>) =>
    runVirtual(
      SignIn.events(Site.webqq).pipe(
        Stream.map(({ _tag }) => _tag),
        Stream.runCollect,
        Effect.result
      ),
      { startAt }
    ).pipe(Effect.provideService(HttpClient.HttpClient, server.client), Effect.provide(SessionStore.layerMemory))

  it.effect("ends when the session is kept", () =>
    Effect.gen(function* () {
      const result = yield* streaming(QqServer.make())
      assert.deepStrictEqual(result._tag === "Success" ? result.success : [], scanned)
    })
  )

  it.effect("fails with the error of the sign-in", () =>
    Effect.gen(function* () {
      const result = yield* streaming(QqServer.make({ poll: ptuiCB("68") }))
      assert.strictEqual(result._tag === "Failure" ? result.failure._tag : "", "QrRefused")
    })
  )
})
