import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { StoreFailed } from "webqq-login/LoginError"
import { Session, toJson } from "webqq-login/Session"
import { accepted, qzone, renewable, sessionOf, webqq } from "../support/savedSessions.ts"
import { withSessions } from "./inProcess.ts"

const hours = 3_600_000

/** The command lines of one test, two hours after the sessions were obtained. */
const withBoth = Effect.andThen(
  TestClock.setTime(qzone.obtainedAt.epochMilliseconds + 2 * hours),
  withSessions({ home: webqq, mine: qzone })
)

const online = { body: `{"result":[],"retcode":0}` }
const welcome = { body: `_Callback({"code":0,"data":{"uin":123456789}});` }
const offline = { body: `{"retcode":100001,"errmsg":""}` }

describe("status", () => {
  it.effect("tells of every session its site, number, age, expected end and whether it works", () =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      const { code, stderr, stdout } = yield* run("status", { answers: [online, welcome] })
      assert.deepEqual([code, stderr], [0, ""])
      assert.strictEqual(
        stdout,
        [
          "profile  site   uin         age  expected end  state",
          "home     webqq  4000000000  2 h  in 46 h       works; its server was asked",
          "mine     qzone  123456789   2 h  unknown       works; its server was asked",
          ""
        ].join("\n")
      )
    })
  )

  it.effect("tells programs the same, an object a line", () =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      const { code, lines } = yield* run("status --json", { answers: [offline, welcome] })
      assert.strictEqual(code, 0)
      const [home, mine] = lines()
      assert.deepInclude(home, {
        profile: "home",
        uin: 4000000000,
        obtainedAt: "2018-11-20T08:30:00.000Z",
        expectedEnd: "2018-11-22T08:30:00.000Z",
        good: false,
        asked: true
      })
      assert.deepInclude(home.reason, { _tag: "ApiRefused" })
      assert.deepInclude(mine, { profile: "mine", site: "qzone", expectedEnd: null, good: true, asked: true })
    })
  )

  it.effect("names the browser that the line names, in place of ours", () =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      const { asked } = yield* run("status --profile mine --user-agent Mozilla/5.0", { answers: [welcome] })
      assert.deepEqual(
        asked.map(({ headers }) => headers["user-agent"]),
        ["Mozilla/5.0"]
      )
    })
  )

  it.effect("prints no secret", () =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      for (const line of ["status", "status --json", "status --offline --json"]) {
        const { stderr, stdout } = yield* run(line, { answers: [online, welcome] })
        assert.notMatch(stdout + stderr, /Secret|@AbCdEfGhI|@0000000000/)
      }
    })
  )

  it.effect("asks no server with --offline, and trusts a session of Web QQ for two days", () =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      const young = yield* run("status --offline --profile home --json")
      assert.deepEqual([young.code, young.asked.length, young.lines()[0].good], [0, 0, true])
      yield* TestClock.adjust("46 hours")
      const old = yield* run("status --offline --profile home")
      assert.strictEqual(old.code, 4)
      assert.include(old.stdout, "does not work: too old; by its age, no server was asked")
      const mine = yield* run("status --offline --profile mine --json")
      assert.deepEqual([mine.code, mine.asked.length], [4, 0])
      assert.deepInclude(mine.lines()[0], { good: false, asked: false })
    })
  )

  it.effect("exits with 4 when none works, and 6 when the network does not tell", () =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      const none = yield* run("status --site webqq --json", { answers: [offline] })
      assert.strictEqual(none.code, 4)
      assert.deepInclude(none.lines().at(-1), { _tag: "Failed", exitCode: 4 })
      const untold = yield* run("status --site webqq", { answers: [{ fails: "CERT_HAS_EXPIRED" }] })
      assert.strictEqual(untold.code, 6)
      assert.include(untold.stdout, "unknown: Check: no usable answer")
      const empty = yield* (yield* withSessions({})).run("status")
      assert.deepEqual([empty.code, empty.stdout], [4, ""])
      assert.include(empty.stderr, "log in first")
    })
  )

  it.effect("tells a rate limit for what it is: neither works nor does not work, and no scan is advised", () =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      const busy = { body: `{"code":-10000,"subcode":0,"message":"使用人数过多，请稍后再试"}` }
      const { code, stderr, stdout } = yield* run("status --site qzone", { answers: [busy] })
      assert.strictEqual(code, 6)
      assert.include(stdout, "unknown: h5.qzone.qq.com")
      assert.include(stdout, "-10000: 使用人数过多")
      assert.include(stderr, "→ wait some minutes")
      const { lines } = yield* run("status --site qzone --json", { answers: [busy] })
      assert.deepInclude(lines()[0], { good: null, asked: true })
    })
  )

  it.effect("does not tell the age of a session from the future, and has its server asked all the same", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({
        mine: sessionOf({ ...toJson(qzone), obtainedAt: "2031-01-01T00:00:00.000Z" })
      })
      const { code, stdout } = yield* run("status", { answers: [welcome] })
      assert.strictEqual(code, 0)
      assert.match(stdout, /mine +qzone +123456789 +unknown +unknown +works; its server was asked/)
      const offline = yield* run("status --offline")
      assert.strictEqual(offline.code, 4)
      // Nothing is wrong with its cookies, as far as anybody knows.
      assert.include(offline.stdout, "unknown: saved while a clock was ahead, and no server was asked")
    })
  )

  it.effect("names what lies there and cannot be read, and goes on", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withBoth
      const broken = new StoreFailed({ step: "SessionStore", path: "sessions/x.json", reason: "it is not JSON" })
      const inPortions: typeof store.inPortions = (see) => Effect.as(store.inPortions(see), [broken])
      const result = yield* run("status --offline --json", { store: { inPortions } })
      assert.strictEqual(result.code, 0)
      assert.include(result.stderr, "sessions/x.json could not be used: it is not JSON")
      assert.deepEqual(result.lines().at(-1), { _tag: "Broken", path: "sessions/x.json", reason: "it is not JSON" })
    })
  )

  it.effect("reads no other than the one of --profile, and tells where that cannot be read", () =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      const broken = new StoreFailed({ step: "SessionStore", path: "sessions/x.json", reason: "it is not JSON" })
      const all = { list: Effect.die("list"), inPortions: () => Effect.die("inPortions") }
      const one = yield* run("status --offline --profile home --json", { store: all })
      assert.deepEqual([one.code, one.lines().length, one.lines()[0].profile], [0, 1, "home"])
      const other = yield* run("status --offline --profile home --site qzone", { store: all })
      assert.deepEqual([other.code, other.stdout], [4, ""])
      const unread = yield* run("status --profile x --json", { store: { ...all, load: () => Effect.fail(broken) } })
      assert.deepEqual([unread.code, unread.lines()[0]._tag], [4, "Broken"])
    })
  )

  it.effect("says what to do about a session of a site of one's own", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ own: sessionOf({ ...toJson(qzone), site: "my-site" }) })
      const { code, stderr } = yield* run("status")
      assert.strictEqual(code, 2)
      assert.include(stderr, "→ name its file with --site")
    })
  )
})

describe("cookies", () => {
  const table: ReadonlyArray<readonly [line: string, stdout: RegExp]> = [
    ["cookies --url https://i.qq.com/", /^uin=o0123456789; skey=@AbCdEfGhI; RK=a\/b\+c'd"e\$f; empty=\n$/],
    ["cookies", /^[^\n]*p_skey=Secret\*p-skey_1[^\n]*\n$/],
    ["cookies --site webqq", /^[^\n]*p_skey=Secret\*p-skey_2[^\n]*\n$/],
    ["cookies --profile home --format curl", /^curl -H 'cookie: [^']*' 'https:\/\/web2\.qq\.com\/'\n$/],
    ["cookies --format netscape", /^# Netscape HTTP Cookie File\n(.+\t.+\n){9}$/],
    ["cookies --format netscape --url http://i.qq.com/", /^# Netscape HTTP Cookie File\n(.+\t.+\n){4}$/],
    [
      "cookies --format playwright",
      /^\{"cookies":\[\{"name":"superkey","value":"[^"]+","domain":"\.ptlogin2\.qq\.com".*"origins":\[\]\}\n$/
    ],
    ["cookies --format playwright --url https://i.qq.com/", /^\{"cookies":\[(\{[^}]*\},?){4}\],/],
    ["cookies --json", /^\[\{"name":"superkey".*"RK".*\]\n$/],
    ["cookies --format json --url https://ssl.ptlogin2.qq.com/", /^\[.*"superkey".*\]\n$/]
  ]
  it.effect.each(table)("are printed by %s, and nothing else is", ([line, expected]) =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      const { code, stderr, stdout } = yield* run(`${line} --offline`)
      assert.deepEqual([code, stderr], [0, ""])
      assert.match(stdout, expected)
      assert.notInclude(stdout, "Secret-of-yesterday")
    })
  )

  it.effect("that do not go there are an error, and nothing is printed", () =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      for (const format of ["header", "netscape", "json", "curl", "playwright"]) {
        const result = yield* run(`cookies --format ${format} --url https://example.com/x --offline`)
        assert.deepEqual([result.code, result.stdout], [2, ""])
        assert.include(result.stderr, "no cookie of mine would be sent to example.com")
      }
      assert.strictEqual((yield* run("cookies --json --format curl")).code, 2)
      assert.strictEqual((yield* run("cookies --profile nobody")).code, 4)
    })
  )
})

describe("token", () => {
  const table: ReadonlyArray<readonly [line: string, value: string]> = [
    ["token uin", "123456789"],
    ["token gtk", "1881399958"],
    ["token bkn", "1358553458"],
    ["token nickname", "椰子"],
    ["token skey", "@AbCdEfGhI"],
    ["token p_skey", "Secret*p-skey_1"],
    ["token RK", `a/b+c'd"e$f`],
    ["token empty", ""],
    ["token p_skey --profile home", "Secret*p-skey_2"],
    ["token psessionid --site webqq", "Secret-psessionid"],
    ["token ptwebqq --site webqq", "Secret-ptwebqq"],
    ["token clientid --site webqq", "53999199"]
  ]
  it.effect.each(table)("%s prints %j and nothing else", ([line, value]) =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      const { code, stderr, stdout } = yield* run(`${line} --offline`)
      assert.deepEqual([code, stderr, stdout], [0, "", `${value}\n`])
    })
  )

  it.effect("prints nothing where there is no such value, and says what there is", () =>
    Effect.gen(function* () {
      const { run } = yield* withBoth
      // A cookie of another host, one that has expired, a token of another site, a slip, and names of our own code.
      for (const name of ["superkey", "gone", "psessionid", "nicknme", "cookies", "obtainedAt", "constructor"]) {
        const { code, stderr, stdout } = yield* run(`token ${name} --offline`)
        assert.deepEqual([code, stdout], [2, ""], name)
        assert.include(stderr, `error: mine has no ${name}\n→ `)
      }
      assert.include((yield* run("token nicknme --offline")).stderr, "did you mean nickname?")
    })
  )
})

describe("logout", () => {
  it.effect("forgets the one that is named, and says that it is local", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withBoth
      const { code, lines, stderr } = yield* run("logout --profile home --json")
      assert.deepEqual([code, lines()], [0, [{ _tag: "Forgotten", profile: "home" }]])
      assert.include(stderr, "the server was not told")
      assert.deepEqual(
        (yield* store.list).saved.map(({ profile }) => profile),
        ["mine"]
      )
    })
  )

  it.effect("does not guess among several, takes the only one, and all of them when told to", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withBoth
      const unclear = yield* run("logout")
      assert.strictEqual(unclear.code, 2)
      assert.include(unclear.stderr, "home, mine")
      assert.strictEqual((yield* run("logout --all --profile home")).code, 2)
      assert.lengthOf((yield* store.list).saved, 2)
      assert.strictEqual((yield* run("logout --all")).code, 0)
      assert.lengthOf((yield* store.list).saved, 0)
      assert.strictEqual((yield* run("logout")).code, 4)
      yield* store.save(qzone)
      assert.strictEqual((yield* run("logout")).code, 0)
    })
  )
})

describe("renew", () => {
  it.effect("puts a new session in the place of the old one without a scan, and prints no secret", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withSessions({ mine: renewable })
      const result = yield* run("renew --json", { answers: accepted })
      assert.deepEqual([result.code, result.lines().map(({ _tag }) => _tag)], [0, ["Renewed", "Saved"]])
      assert.notInclude(result.stdout + result.stderr, "Secret")
      assert.strictEqual((yield* store.load("mine")).session.gtk, 1881399958)
    })
  )

  it.effect("says why the server does not, exits with 4, and leaves the session as it is", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withSessions({ mine: renewable })
      const before = yield* store.load("mine")
      const refused = yield* run("renew", { answers: [{ body: "ptui_auth_CB('1','');" }] })
      assert.deepEqual([refused.code, refused.stdout], [4, ""])
      assert.match(refused.stderr, /^renewing it without a scan was tried, which a server may refuse: .*code 1/)
      const down = yield* run("renew", { answers: [{ fails: "CERT_HAS_EXPIRED" }] })
      assert.strictEqual(down.code, 6)
      assert.deepEqual(yield* store.load("mine"), before)
    })
  )

  it.effect.each([
    [
      "en",
      /^the cookie superuin for ssl\.ptlogin2\.qq\.com is missing, so the session cannot be renewed without a scan\n/
    ],
    ["zh", /^缺少 ssl\.ptlogin2\.qq\.com 的 superuin，无法免扫码续期\n/]
  ] as const)(
    "does not say that a renewal was tried where nobody was asked, since a cookie for it is missing: %s",
    ([language, words]) =>
      Effect.gen(function* () {
        const { run } = yield* withSessions({ mine: qzone })
        const refused = yield* run("renew", { answers: [], language })
        assert.deepEqual([refused.code, refused.stdout], [4, ""])
        assert.match(refused.stderr, words)
      })
  )

  it.effect("does not lose a new session that it cannot save: --json prints it", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ mine: renewable })
      const full = new StoreFailed({ step: "SessionStore", path: "/full", reason: "no space is left on the device" })
      const store = { update: () => Effect.fail(full) }
      const result = yield* run("renew --json", { answers: accepted, store })
      assert.deepEqual(
        [result.code, result.lines().map(({ _tag, why }) => why ?? _tag)],
        [9, ["Renewed", "unreachable", "LoggedIn", "Failed"]]
      )
      const plain = yield* run("renew", { answers: accepted, store })
      assert.strictEqual(plain.code, 9)
      assert.match(plain.stdout, /^# Netscape HTTP Cookie File\n# site +qzone\n/)
      assert.include(plain.stdout, "\tp_skey\tAbCdEfGhIjKlMnOpQrStUvWxYz0123456789*-AbCdE_\n")
      assert.notInclude(plain.stderr, "Secret")
    })
  )

  it.effect("stays forgotten where it was forgotten while it was renewed", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withSessions({ mine: renewable })
      // As if another process had been there between the read and the write.
      const forgetful: Partial<typeof store> = {
        update: (profile, change) => Effect.andThen(Effect.ignore(store.remove(profile)), store.update(profile, change))
      }
      const { code, lines, stderr } = yield* run("renew --json", { answers: accepted, store: forgetful })
      assert.deepEqual(
        [code, lines().map(({ _tag, why }) => why ?? _tag)],
        [9, ["Renewed", "forgotten", "LoggedIn", "Failed"]]
      )
      assert.include(stderr, "forgotten meanwhile")
      assert.deepEqual((yield* store.list).saved, [])
    })
  )

  it.effect("leaves alone what was saved there while it was renewed", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withSessions({ mine: renewable })
      const other = new Session({ ...renewable, nickname: "saved meanwhile" })
      const busy: Partial<typeof store> = {
        update: (profile, change) => Effect.andThen(store.save(other, profile), store.update(profile, change))
      }
      const { code, lines } = yield* run("renew --json", { answers: accepted, store: busy })
      assert.deepEqual([code, lines().map(({ _tag, why }) => why ?? _tag)], [0, ["Renewed", "superseded", "LoggedIn"]])
      assert.strictEqual((yield* store.load("mine")).session.nickname, "saved meanwhile")
    })
  )
})

describe("logout --all", () => {
  it.effect("goes on past what it cannot remove, tells of each, and fails at its end", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withSessions({ a: qzone, b: webqq, c: qzone })
      const broken = new StoreFailed({ step: "SessionStore", path: "/b", reason: "it is not a plain file" })
      const stubborn: Partial<typeof store> = {
        remove: (profile) => (profile === "b" ? Effect.fail(broken) : store.remove(profile))
      }
      const { code, lines, stderr } = yield* run("logout --all --json", { store: stubborn })
      assert.strictEqual(code, 9)
      assert.deepEqual(
        lines().map(({ _tag, profile }) => `${_tag} ${profile ?? ""}`.trim()),
        ["Forgotten a", "NotForgotten b", "Forgotten c", "Failed"]
      )
      assert.include(stderr, "it is not a plain file")
      assert.include(stderr, "1 of 3 saved sessions could not be forgotten")
      assert.deepEqual(
        (yield* store.list).saved.map(({ profile }) => profile),
        ["b"]
      )
    })
  )
})
