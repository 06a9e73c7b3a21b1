import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Redis from "effect/persistence/Redis"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as TestClock from "effect/testing/TestClock"
import * as LoginError from "webqq-login/LoginError"
import { Session, toJson } from "webqq-login/Session"
import * as SessionStore from "webqq-login/SessionStore"
import * as SignIn from "webqq-login/SignIn"
import * as redisServer from "../support/redisServer.ts"
import { aSession, counted, inFolder, inKeyValueMemory, inRows, type Texts } from "../support/sessionStores.ts"

const { SessionStore: Store } = SessionStore

interface Place {
  readonly layer: Layer.Layer<SessionStore.SessionStore, LoginError.StoreFailed>
  /** Undefined where nobody else can reach the texts. */
  readonly texts?: Texts
}

// Files and sockets are real, time is not.
const itOn = (place: Effect.Effect<Place, unknown, Scope.Scope>) => (name: string, test: (texts?: Texts) => Test) =>
  it.effect(name, () => Effect.flatMap(place, ({ layer, texts }) => Effect.provide(test(texts), layer)))
type Test = Effect.Effect<void, unknown, SessionStore.SessionStore>

const badNames = [
  "",
  ".",
  "..",
  "a/b",
  "../a",
  "a\\b",
  "-a",
  ".a",
  "a b",
  "a\nb",
  "a\0",
  "é",
  "x".repeat(65),
  "a.",
  "CON",
  "nul",
  "Com1",
  "lpt9.txt",
  "aux.a.b"
]

const brokenTexts: ReadonlyArray<readonly [what: string, text: (good: string) => string, reason: RegExp]> = [
  ["cut off", (good) => good.slice(0, -20), /not JSON/],
  ["empty", () => "", /not JSON/],
  ["somebody else's JSON", () => `{"SECRET-a":1}`, /not a saved session/],
  ["null", () => "null", /not a saved session/],
  ["of a newer version", (good) => good.replace(`"schema": 1`, `"schema": 3`), /format 3.*knows formats 1 and 2/],
  ["with a key that is not known", (good) => good.replace(`"uin"`, `"SECRET": 1, "uin"`), /not a saved session/],
  ["with a cookie key that is not known", (good) => good.replace(`"httpOnly"`, `"x": 1, "httpOnly"`), /cookies/],
  ["with a value of the wrong kind", (good) => good.replace(`"SECRET-skey"`, "7"), /cookies/],
  ...(
    [
      ["whose name is none", { name: "a b" }],
      ["without a name", { name: "" }],
      ["with a line end in its value", { value: "SECRET-a\nb: c" }],
      ["with a NUL in its value", { value: "SECRET-\0" }],
      ["with a value beyond a header", { value: "SECRET-日本" }],
      ["of 20 kB", { value: "S".repeat(20_000) }],
      ["of a bank", { domain: "bank.com" }],
      ["of a public suffix", { domain: "com" }],
      ["of a public suffix of a country", { domain: "com.cn" }],
      ["of a domain in capitals", { domain: "QQ.com" }],
      ["of a domain with a dot in front", { domain: ".qq.com" }],
      ["without a path", { path: "" }],
      ["with a line end in its path", { path: "/\n" }],
      ["whose prefix asks for Secure", { name: "__Secure-a" }],
      ["whose prefix asks for no Domain", { name: "__Host-a", secure: true }]
    ] as const
  ).map(
    ([what, more]) =>
      [
        `with a cookie ${what}`,
        (good: string) => {
          const file = JSON.parse(good)
          Object.assign(file.session.cookies[0], more)
          return JSON.stringify(file)
        },
        /not a saved session: .*cookies\[0\]/
      ] as const
  ),
  [
    "with more cookies than a jar holds",
    (good) => {
      const file = JSON.parse(good)
      file.session.cookies = Array.from({ length: 129 }, (_, i) => ({ ...file.session.cookies[0], name: `c${i}` }))
      return JSON.stringify(file)
    },
    /at most 128 cookies/
  ],
  ["of a site that steers a terminal", (good) => good.replace(`"webqq"`, `"x\\u001b[2J"`), /short name of a site/],
  ["of another profile", (good) => good.replace(`"profile": "p"`, `"profile": "q"`), /holds the profile q/]
]

const contract = (place: Effect.Effect<Place, unknown, Scope.Scope>, canPlant: boolean) => {
  const it = itOn(place)

  it("gives back what was saved, under site and uin where no profile is named", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* TestClock.adjust("7 seconds")
      const saved = yield* store.save(aSession())
      assert.strictEqual(saved.profile, "webqq-10001")
      const loaded = yield* store.load("webqq-10001")
      assert.deepStrictEqual(toJson(loaded.session), toJson(aSession()))
      assert.instanceOf(loaded.session, Session)
      assert.strictEqual(loaded.savedAt.epochMilliseconds, 7000)
      assert.deepStrictEqual(saved, { ...loaded })
    }))

  it("keeps one session a profile, the last", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* store.save(aSession(), "work")
      yield* store.save(aSession({ uin: 2 }), "work")
      yield* store.save(aSession({ uin: 3 }), "home")
      assert.strictEqual((yield* store.load("work")).session.uin, 2)
      assert.strictEqual((yield* store.load("home")).session.uin, 3)
    }))

  it("says which profile has no session", () =>
    Effect.gen(function* () {
      const store = yield* Store
      for (const operation of [store.load("none"), store.remove("none"), store.modify("none", counted)]) {
        const error = yield* Effect.flip<unknown, LoginError.LoginError, never>(operation)
        assert.deepStrictEqual(error, new LoginError.NoSession({ step: "SessionStore", profile: "none" }))
      }
      assert.deepStrictEqual(yield* store.list, { saved: [], broken: [] })
    }))

  it("lists by profile name", () =>
    Effect.gen(function* () {
      const store = yield* Store
      for (const profile of ["b", "a.json", "Z", "a", "10"]) yield* store.save(aSession(), profile)
      const { broken, saved } = yield* store.list
      assert.deepStrictEqual(
        saved.map(({ profile }) => profile),
        ["10", "Z", "a", "a.json", "b"]
      )
      assert.deepStrictEqual(broken, [])
    }))

  it("shows the same in portions, and none of it twice", () =>
    Effect.gen(function* () {
      const store = yield* Store
      for (let uin = 100; uin < 140; uin++) yield* store.save(aSession({ uin }))
      const portions: Array<ReadonlyArray<SessionStore.Saved>> = []
      const broken = yield* store.inPortions((some) => Effect.sync(() => void portions.push(some)))
      assert.deepStrictEqual({ saved: portions.flat(), broken }, yield* store.list)
      assert.isAbove(portions.length, 1)
      const seen: Array<number> = []
      const stopped = store.inPortions((some) => Effect.fail(seen.push(some.length)))
      assert.deepStrictEqual([yield* Effect.flip(stopped), seen.length], [1, 1])
    }))

  it("finds the session that was saved last, of a site or of all", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const found = (wanted?: SessionStore.Wanted) =>
        Effect.match(store.find(wanted), {
          onFailure: (error) => `${error._tag} ${"profile" in error ? error.profile : ""}`,
          onSuccess: ({ profile }) => profile
        })
      assert.strictEqual(yield* found(), "NoSession ")
      for (const [site, uin] of [
        ["qzone", 1],
        ["webqq", 3],
        ["webqq", 2],
        ["qzone-h5", 4]
      ] as const) {
        yield* store.save(aSession({ site, uin }))
        yield* TestClock.adjust("1 minute")
      }
      assert.strictEqual(yield* found(), "qzone-h5-4")
      assert.strictEqual(yield* found({ site: "webqq" }), "webqq-2")
      assert.strictEqual(yield* found({ site: "qzone" }), "qzone-1")
      assert.strictEqual(yield* found({ site: "qun" }), "NoSession ")
      assert.strictEqual(yield* found({ profile: "webqq-3" }), "webqq-3")
      assert.strictEqual(yield* found({ profile: "webqq-3", site: "webqq" }), "webqq-3")
      assert.strictEqual(yield* found({ profile: "webqq-3", site: "qzone" }), "NoSession webqq-3")
      yield* store.modify("webqq-3", counted)
      assert.strictEqual(yield* found({ site: "webqq" }), "webqq-3")
    }))

  it("lets what is kept decide whether it is replaced", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const seen: Array<number | undefined> = []
      const change = (uin: number, refuse = false) =>
        store.update("p", (kept) => {
          seen.push(kept?.session.uin)
          return refuse ? Result.fail(`no ${uin}`) : Result.succeed(aSession({ uin }))
        })
      assert.strictEqual(yield* Effect.flip(change(1, true)), "no 1")
      assert.deepStrictEqual((yield* store.list).saved, [])
      assert.strictEqual((yield* change(1)).session.uin, 1)
      assert.strictEqual(yield* Effect.flip(change(2, true)), "no 2")
      assert.strictEqual((yield* store.load("p")).session.uin, 1)
      yield* change(3)
      assert.deepStrictEqual(seen, [undefined, undefined, 1, 1])
    }))

  it("lets one of a hundred take an empty place", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const taken = yield* Effect.forEach(
        Array.from({ length: 100 }, (_, i) => i + 1),
        (uin) =>
          Effect.result(
            store.update("p", (kept) => (kept === undefined ? Result.succeed(aSession({ uin })) : Result.fail("taken")))
          ),
        { concurrency: "unbounded" }
      )
      assert.lengthOf(taken.filter(Result.isSuccess), 1)
    }))

  it("forgets", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* store.save(aSession(), "a")
      yield* store.save(aSession(), "b")
      yield* store.remove("a")
      assert.strictEqual((yield* Effect.flip(store.load("a")))._tag, "NoSession")
      assert.strictEqual((yield* store.list).saved.length, 1)
    }))

  it("loses none of a hundred changes at once", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* store.save(aSession(), "p")
      yield* Effect.forEach(Array.from({ length: 100 }), () => store.modify("p", counted), {
        concurrency: "unbounded"
      })
      assert.strictEqual((yield* store.load("p")).session.gtk, 100)
    }))

  it("takes no profile name that would be unsafe as a file name", () =>
    Effect.gen(function* () {
      const store = yield* Store
      for (const name of badNames) {
        const operations = [
          store.save(aSession(), name),
          store.load(name),
          store.modify(name, counted),
          store.remove(name),
          store.find({ profile: name })
        ]
        for (const operation of operations) {
          const error = yield* Effect.flip<unknown, LoginError.LoginError, never>(operation)
          assert.strictEqual(error._tag, "StoreFailed", JSON.stringify(name))
          assert.match(LoginError.describe(error).message, /cannot be the name of a profile/)
        }
      }
      assert.deepStrictEqual(yield* store.list, { saved: [], broken: [] })
    }))

  it("says where it keeps them", () => Store.use(({ where }) => Effect.sync(() => assert.isNotEmpty(where))))

  for (const [what, text, reason] of canPlant ? brokenTexts : []) {
    it(`names a text that is ${what}, and leaves it as it is`, (texts) =>
      Effect.gen(function* () {
        const store = yield* Store
        if (texts === undefined) return assert.fail("no way to put a text there")
        yield* store.save(aSession(), "p")
        yield* store.save(aSession(), "sound")
        const broken = text((yield* texts.get("p")) ?? "")
        yield* texts.put("p", broken)
        const operations = [
          store.load("p"),
          store.save(aSession(), "p"),
          store.modify("p", counted),
          store.find({ profile: "p" })
        ]
        for (const operation of operations) {
          const error = yield* Effect.flip<unknown, LoginError.LoginError, never>(operation)
          if (error._tag !== "StoreFailed") return assert.fail(`failed with ${error._tag}`)
          assert.match(error.message, reason)
          assert.match(error.path, /p/)
          assert.notInclude(JSON.stringify(error), "SECRET-")
        }
        assert.strictEqual(yield* texts.get("p"), broken)
        const { broken: named, saved } = yield* store.list
        assert.deepStrictEqual(
          named.map(({ _tag }) => _tag),
          ["StoreFailed"]
        )
        assert.deepStrictEqual(
          saved.map(({ profile }) => profile),
          ["sound"]
        )
        assert.deepStrictEqual(yield* store.inPortions(() => Effect.void), named)
        yield* store.remove("p")
        assert.isUndefined(yield* texts.get("p"))
      }))
  }

  if (canPlant) {
    it("tells of a broken session in the place of none, where it may be the one that is looked for", (texts) =>
      Effect.gen(function* () {
        const store = yield* Store
        yield* store.save(aSession(), "webqq-1")
        yield* texts?.put("webqq-1", "{") ?? Effect.void
        const tag = (wanted: SessionStore.Wanted) => Effect.map(Effect.flip(store.find(wanted)), ({ _tag }) => _tag)
        assert.strictEqual(yield* tag({ site: "webqq" }), "StoreFailed")
        assert.strictEqual(yield* tag({}), "StoreFailed")
        assert.strictEqual(yield* tag({ site: "qzone" }), "NoSession")
        yield* store.save(aSession(), "other")
        assert.strictEqual((yield* store.find({ site: "webqq" })).profile, "other")
      }))
  }
}

describe("a session store in memory", () => {
  contract(Effect.succeed({ layer: Layer.fresh(SessionStore.layerMemory) }), false)

  it.effect.prop(
    "gives back any session",
    [Arbitrary.schema(Session)],
    ([any]) =>
      Effect.gen(function* () {
        // A site that is described in it is the one that it is of, and the cookies are that site's.
        const { ownSite, site } = any
        const session =
          ownSite === undefined ? any : new Session({ ...any, cookies: [], ownSite: { ...ownSite, name: site } })
        const store = yield* Store
        yield* store.save(session, "p")
        // As text, in which -0 is 0.
        assert.strictEqual(JSON.stringify(toJson((yield* store.load("p")).session)), JSON.stringify(toJson(session)))
      }).pipe(Effect.provide(SessionStore.layerMemory, { local: true })),
    { arbitrary: { runs: 200, seed: 20181120 } }
  )
})

describe("a session store in a folder", () => contract(inFolder, true))

describe("layerRows", () => {
  contract(inRows, true)

  it.effect("puts a renewed session in the place of none that was saved while it was renewed", () =>
    Effect.gen(function* () {
      const { layer } = yield* inRows
      yield* Effect.gen(function* () {
        const store = yield* Store
        const before = yield* store.save(aSession(), "a")
        const other = counted(aSession())
        yield* store.save(other, "a")
        const failed = yield* Effect.flip(SignIn.keepRenewed(before, counted(counted(aSession()))))
        assert.strictEqual(SignIn.whyNot(failed), "superseded")
        assert.deepStrictEqual((yield* store.load("a")).session, other)
      }).pipe(Effect.provide(layer))
    })
  )
})

describe("a session store in a key-value store", () => {
  contract(inKeyValueMemory, true)

  const withKeys = (store: Partial<KeyValueStore.KeyValueStore>) =>
    SessionStore.layerKeyValue().pipe(
      Layer.provide(
        Layer.effect(
          KeyValueStore.KeyValueStore,
          Effect.map(KeyValueStore.KeyValueStore, (memory) => ({ ...memory, ...store }))
        )
      ),
      Layer.provide(Layer.fresh(KeyValueStore.layerMemory))
    )

  it.effect("keeps away from keys that are not its own, and names those that it does not know", () =>
    Effect.gen(function* () {
      const { layer, texts } = yield* inKeyValueMemory
      const store = yield* Effect.provide(Store, layer)
      yield* texts.put("a/b", "stray")
      yield* store.save(aSession(), "a")
      const { broken, saved } = yield* store.list
      assert.deepStrictEqual(
        saved.map(({ profile }) => profile),
        ["a"]
      )
      assert.deepStrictEqual(
        broken.map(({ path }) => path),
        ["test:a/b"]
      )
    })
  )

  it.effect("tells what the store says when it fails", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Store.use((store) => store.load("p")))
      assert.strictEqual(error._tag, "StoreFailed")
      assert.match(error.message, /webqq-login:session:p.*no route/)
    }).pipe(
      Effect.provide(
        withKeys({
          get: (key) => Effect.fail(new KeyValueStore.KeyValueStoreError({ method: "get", key, message: "no route" }))
        })
      )
    )
  )

  it.effect("waits ten seconds for an answer and no longer", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.flip(Store.use((store) => store.load("p"))))
      yield* TestClock.adjust("9 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.match((yield* Fiber.join(fiber)).message, /no answer within 10 s/)
    }).pipe(Effect.provide(withKeys({ get: () => Effect.never })))
  )

  it.effect("writes a session again that another machine removed while it was being replaced", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* store.save(aSession(), "p")
      assert.strictEqual((yield* store.load("p")).session.uin, 10001)
    }).pipe(
      Effect.provide(
        withKeys({
          modify: (_, f) => {
            f(`{"schema": 1}`)
            return Effect.undefined
          }
        })
      )
    )
  )
})

describe("what a Redis that goes away says", () => {
  class TimeoutError extends Error {}
  it.effect.each([
    [new Error("read ECONNRESET"), "Redis GET: read ECONNRESET"],
    [Object.assign(new Error(""), { code: "NR_CLOSED" }), "Redis GET: NR_CLOSED"],
    [new TimeoutError(), "Redis GET: TimeoutError"],
    ["a word", "Redis GET: a word"]
  ] as const)("is told, however little it is: %s", ([cause, words]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Store.use((store) => store.load("p")))
      assert.include(error.message, words)
    }).pipe(
      Effect.provide(
        SessionStore.layerRedis().pipe(
          Layer.provide(
            Layer.succeed(Redis.Redis, {
              send: () => Effect.fail(new Redis.RedisError({ cause }))
            } as unknown as Redis.Redis["Service"])
          )
        )
      )
    )
  )
})

describe.skipIf(!redisServer.isInstalled)(`a session store in Redis${redisServer.orSkipped}`, () => {
  const scope = Scope.makeUnsafe()
  let path = ""
  let stores = 0
  beforeAll(async () => {
    path = await Effect.runPromise(Scope.provide(redisServer.socket, scope))
  })
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  // The brackets and the star mean something to Redis's own search.
  const place = Effect.suspend(() => redisServer.inRedis(path, `test[${stores++}]*:`))

  contract(place, true)

  it.effect("loses no change that two machines make", () =>
    Effect.gen(function* () {
      const prefix = `shared-${stores++}:`
      const machines = yield* Effect.all([redisServer.inRedis(path, prefix), redisServer.inRedis(path, prefix)])
      const own = yield* Effect.forEach(machines, ({ layer }) => Effect.provide(Store, layer))
      yield* own[0]?.save(aSession(), "p") ?? Effect.void
      yield* Effect.forEach(
        own,
        (store) => Effect.forEach(Array.from({ length: 100 }), () => store.modify("p", counted), { discard: true }),
        { concurrency: "unbounded", discard: true }
      )
      for (const store of own) assert.strictEqual((yield* store.load("p")).session.gtk, 200)
    })
  )

  it.effect("neither lists nor touches what else lies in that Redis", () =>
    Effect.gen(function* () {
      const { layer, send, texts } = yield* redisServer.inRedis(path, "a*:")
      yield* send("SET", "ab:p", "not ours")
      yield* Effect.forEach(Array.from({ length: 2500 }), (_, i) => send("SET", `other:${i}`, "1"), {
        concurrency: 100
      })
      const { broken, saved } = yield* Effect.provide(
        Store.use((store) => Effect.andThen(store.save(aSession(), "p"), store.list)),
        layer
      )
      assert.deepStrictEqual([saved.length, broken.length], [1, 0])
      assert.isDefined(yield* texts.get("p"))
    })
  )
})
