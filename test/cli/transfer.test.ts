import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { execFileSync, spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { inject } from "vitest"
import { Session, toJson } from "webqq-login/Session"
import * as CookieFormat from "webqq-login/CookieFormat"
import { gtk } from "webqq-login/protocol/Hash"
import * as SessionExport from "webqq-login/SessionExport"
import * as Site from "webqq-login/Site"
import { cheapKeys } from "../support/cheapKeys.ts"
import { cookie, cookies, qzone, sessionOf, webqq } from "../support/savedSessions.ts"
import { watched } from "../support/systemCalls.ts"
import { withSessions } from "./inProcess.ts"
import { keyboard } from "./keyboard.ts"

cheapKeys()

const WEBQQ_PASSPHRASE = "correct horse"

const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
  (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
)

describe("export", () => {
  it.effect("writes a file that only its owner may read, and that opens with the passphrase only", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ home: webqq, mine: qzone })
      const path = Path.join(yield* folder, "session.webqq")
      const { code, lines, stderr } = yield* run(`export ${path} --offline --json`, { env: { WEBQQ_PASSPHRASE } })
      assert.deepEqual([code, lines()], [0, [{ _tag: "Exported", profile: "mine", file: path }]])
      assert.include(stderr, "webqq-login import session.webqq")
      assert.strictEqual(Fs.statSync(path).mode & 0o777, 0o600)
      const opened = yield* SessionExport.open(Fs.readFileSync(path, "utf8"), WEBQQ_PASSPHRASE)
      assert.deepEqual([opened.profile, toJson(opened.session)], ["mine", toJson(qzone)])
    })
  )

  it.effect("says where others can read the file with the passphrase", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ mine: qzone })
      const here = yield* folder
      const word = Path.join(here, "word")
      Fs.writeFileSync(word, WEBQQ_PASSPHRASE)
      for (const mode of [0o600, 0o640, 0o622]) {
        Fs.chmodSync(word, mode)
        const { code, stderr } = yield* run(
          `export ${Path.join(here, String(mode))} --offline --passphrase-file ${word}`
        )
        assert.strictEqual(code, 0)
        assert.strictEqual(stderr.includes(`note: others on this machine can read or change ${word}`), mode !== 0o600)
      }
    })
  )

  it.effect("overwrites only when it is told to, and never through a link or with the mode of the older file", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ mine: qzone })
      const here = yield* folder
      const [path, victim] = [Path.join(here, "session.webqq"), Path.join(here, "victim")]
      Fs.writeFileSync(victim, "precious", { mode: 0o644 })
      Fs.symlinkSync(victim, path)
      const env = { WEBQQ_PASSPHRASE }
      // Before a passphrase is asked for.
      const refused = yield* run(`export ${path} --offline`)
      assert.strictEqual(refused.code, 2)
      assert.match(refused.stderr, /exists already\n→ .*--force\n$/)
      assert.strictEqual((yield* run(`export ${path} --offline --force`, { env })).code, 0)
      assert.strictEqual(Fs.lstatSync(path).mode & 0o777, 0o600)
      assert.isTrue(Fs.lstatSync(path).isFile())
      assert.strictEqual(Fs.readFileSync(victim, "utf8"), "precious")
      assert.deepEqual(Fs.readdirSync(here).toSorted(), ["session.webqq", "victim"])
    })
  )

  it.effect("does not replace a pipe or a folder, and leaves no draft", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ mine: qzone })
      const here = yield* folder
      const [pipe, inner] = [Path.join(here, "pipe"), Path.join(here, "inner")]
      execFileSync("mkfifo", [pipe])
      Fs.mkdirSync(inner)
      for (const path of [pipe, inner]) {
        const { code, stderr } = yield* run(`export ${path} --offline --force`, { env: { WEBQQ_PASSPHRASE } })
        assert.strictEqual(code, 9)
        assert.include(stderr, "not a plain file")
      }
      assert.isTrue(Fs.lstatSync(pipe).isFIFO())
      assert.deepEqual(Fs.readdirSync(here).toSorted(), ["inner", "pipe"])
    })
  )

  it.effect.each(["export", "export --force"])(
    "%s is on the disk before it says so, the name and the content",
    (line) =>
      Effect.gen(function* () {
        const { run } = yield* withSessions({ mine: qzone })
        const path = Path.join(yield* folder, "session.webqq")
        const [name = "", ...more] = line.split(" ")
        const written = run([name, path, "--offline", ...more].join(" "), { env: { WEBQQ_PASSPHRASE } })
        const { calls, result } = yield* watched(written)
        assert.strictEqual(result.code, 0)
        const named = line === "export" ? [] : ["rename to session.webqq"]
        assert.deepEqual(calls, ["sync a file", ...named, "sync a folder"])
      })
  )

  const refusals: ReadonlyArray<
    readonly [why: string, line: string, env: Readonly<Record<string, string>>, code: number]
  > = [
    ["no passphrase and no terminal", "export out", {}, 2],
    ["an empty passphrase", "export out", { WEBQQ_PASSPHRASE: "" }, 2],
    ["a short passphrase", "export out", { WEBQQ_PASSPHRASE: "1234567" }, 2],
    ["a passphrase file that is missing", "export out --passphrase-file missing", { WEBQQ_PASSPHRASE }, 2],
    ["no such session", "export out --profile nobody", { WEBQQ_PASSPHRASE }, 4],
    ["a folder that is missing", "export missing/out", { WEBQQ_PASSPHRASE }, 9]
  ]
  it.effect.each(refusals)("with %s writes nothing", ([, line, env, code]) =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ mine: qzone })
      const here = yield* folder
      const placed = line.replaceAll(/\b(out|missing)/g, (name) => Path.join(here, name))
      const result = yield* run(`${placed} --offline`, { env })
      assert.deepEqual([result.code, result.stdout, Fs.readdirSync(here)], [code, "", []])
      assert.match(result.stderr, /^error: .+\n→ .+\n$/)
    })
  )
})

describe("import", () => {
  /** A folder with the session of Qzone in a file, sealed cheaply. */
  const sealed = Effect.gen(function* () {
    const here = yield* folder
    const text = yield* SessionExport.seal({ profile: "mine", session: qzone }, WEBQQ_PASSPHRASE, 1)
    const path = Path.join(here, "session.webqq")
    Fs.writeFileSync(path, text)
    return { here, path, text }
  })

  it.effect("saves the session of another machine under its name, or the one that is given", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withSessions({})
      const { here, path } = yield* sealed
      const word = Path.join(here, "word")
      Fs.writeFileSync(word, `${WEBQQ_PASSPHRASE}\r\nsecond line\n`)
      const first = yield* run(`import ${path} --json`, { env: { WEBQQ_PASSPHRASE } })
      assert.deepEqual([first.code, first.lines()[0].profile], [0, "mine"])
      assert.notMatch(first.stdout + first.stderr, /Secret/)
      assert.strictEqual((yield* run(`import ${path} --profile copy --passphrase-file ${word}`)).code, 0)
      for (const profile of ["mine", "copy"]) {
        assert.deepEqual(toJson((yield* store.load(profile)).session), toJson(qzone))
      }
      // The same account once more is no loss.
      assert.strictEqual((yield* run(`import ${path}`, { env: { WEBQQ_PASSPHRASE } })).code, 0)
    })
  )

  it.effect("brings the description of a site of one's own, and says whom that leads to", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withSessions({})
      const { path } = yield* sealed
      const session = sessionOf({ ...toJson(qzone), site: "my-site", ownSite: { ...Site.qzone, name: "my-site" } })
      Fs.writeFileSync(path, yield* SessionExport.seal({ profile: "mine", session }, WEBQQ_PASSPHRASE, 1))
      const { code, stderr } = yield* run(`import ${path}`, { env: { WEBQQ_PASSPHRASE } })
      assert.strictEqual(code, 0)
      assert.include(
        stderr,
        "note: it brings the description of a site, my-site: its session is used at ptlogin2.qzone.qq.com, ssl.ptlogin2.qzone.qq.com,"
      )
      assert.include(stderr, "h5.qzone.qq.com, its cookies are those of qq.com\n")
      assert.deepEqual(toJson((yield* store.load("mine")).session), toJson(session))
      const status = yield* run("status", { answers: [{ body: `_Callback({"code":0,"data":{"uin":123456789}});` }] })
      assert.include(status.stdout, "works; its server was asked")
    })
  )

  it.effect("does not silently replace the session of another account", () =>
    Effect.gen(function* () {
      const { run, store } = yield* withSessions({ mine: webqq })
      const { path } = yield* sealed
      const refused = yield* run(`import ${path}`, { env: { WEBQQ_PASSPHRASE } })
      assert.strictEqual(refused.code, 2)
      assert.include(refused.stderr, "mine holds the session of another account (4000000000 at webqq)")
      assert.strictEqual((yield* store.load("mine")).session.site, "webqq")
      assert.strictEqual((yield* run(`import ${path} --force`, { env: { WEBQQ_PASSPHRASE } })).code, 0)
      assert.strictEqual((yield* store.load("mine")).session.site, "qzone")
    })
  )

  it.effect("does not silently replace a newer session of the same account, and says whose it has saved", () =>
    Effect.gen(function* () {
      const later = new Session({ ...qzone, obtainedAt: DateTime.add(qzone.obtainedAt, { days: 1 }) })
      const { run, store } = yield* withSessions({ mine: later })
      const { path } = yield* sealed
      const refused = yield* run(`import ${path}`, { env: { WEBQQ_PASSPHRASE } })
      assert.strictEqual(refused.code, 2)
      assert.include(refused.stderr, "mine holds a newer session of this account")
      assert.deepEqual(toJson((yield* store.load("mine")).session), toJson(later))
      const forced = yield* run(`import ${path} --force --json`, { env: { WEBQQ_PASSPHRASE } })
      assert.strictEqual(forced.code, 0)
      assert.include(forced.stderr, "椰子 (123456789) at qzone")
      assert.deepInclude(forced.lines()[0], { site: "qzone", uin: 123456789, nickname: "椰子" })
      assert.deepEqual(toJson((yield* store.load("mine")).session), toJson(qzone))
    })
  )

  const damages: ReadonlyArray<readonly [what: string, change: (text: string) => string, says: string]> = [
    ["another passphrase", (text) => text, "not the passphrase"],
    [
      "a changed letter",
      (text) => text.replace(/\n./, (found) => (found === "\nA" ? "\nB" : "\nA")),
      "damaged or cut off"
    ],
    ["a lost end", (text) => text.slice(0, -100), "damaged or cut off"],
    ["another file", () => "hello\n", "not an exported session"],
    ["no text at all", () => "", "not an exported session"],
    ["a newer version", (text) => text.replace("session/1", "session/3"), "newer version"]
  ]
  it.effect.each(damages)("with %s changes nothing and says so", ([what, change, says]) =>
    Effect.gen(function* () {
      const { run, store } = yield* withSessions({ home: webqq })
      const { path, text } = yield* sealed
      Fs.writeFileSync(path, change(text))
      const word = what === "another passphrase" ? "wrong" : WEBQQ_PASSPHRASE
      const result = yield* run(`import ${path}`, { env: { WEBQQ_PASSPHRASE: word } })
      assert.deepEqual([result.code, result.stdout], [9, ""])
      assert.include(result.stderr, says)
      assert.deepEqual(
        (yield* store.list).saved.map(({ profile }) => profile),
        ["home"]
      )
    })
  )
})

describe("a session from one machine to another", () => {
  it.live("goes through a pipe, in which nothing else is", () =>
    Effect.gen(function* () {
      const here = yield* folder
      const script = `
        command() { '${process.execPath}' '${inject("command")}' "$@"; }
        export XDG_STATE_HOME=$PWD/one
        command login --replay qzone --profile me --speed 100 --qr none >/dev/null 2>&1
        command export --offline - | XDG_STATE_HOME=$PWD/two command import --json -
        XDG_STATE_HOME=$PWD/two command token gtk --offline
        command export --offline --json -; echo "exit $?"
        command import - </dev/null; echo "exit $?"
        printf 'correct horse\\n' | command export --offline copy --passphrase-file - && command import copy --profile copy --json`
      const { stderr, stdout } = spawnSync("bash", ["-c", script], {
        cwd: here,
        env: { ...process.env, WEBQQ_PASSPHRASE, LC_ALL: "C" },
        encoding: "utf8"
      })
      const [imported = "", gtk, contradiction, empty, copied = ""] = stdout.split("\n")
      assert.deepInclude(JSON.parse(imported), { _tag: "Imported", profile: "me", uin: 123456789 }, stderr)
      assert.deepEqual([gtk, contradiction, empty], ["1881399958", "exit 2", "exit 9"])
      assert.deepInclude(JSON.parse(copied), { profile: "copy" })
      assert.include(stderr, "exported me; on the other machine: webqq-login import -\n")
      assert.include(stderr, "error: -: this is not an exported session")
      assert.deepEqual(Fs.readdirSync(here).toSorted(), ["copy", "one", "two"])
    })
  )
})

describe("import --from", () => {
  const good = { body: `_Callback({"code":0,"data":{"uin":123456789}});` }
  const dead = { body: `_Callback({"code":-3000,"message":"请先登录空间"});` }

  /** A file with cookies of a browser: the site's, and others. */
  const exported = Effect.fnUntraced(function* (write: (cookies: CookieFormat.Cookies) => string) {
    yield* TestClock.setTime(Date.parse("2018-11-20T08:30:00Z"))
    const { run, store } = yield* withSessions({})
    const path = Path.join(yield* folder, "cookies")
    Fs.writeFileSync(path, write([...cookies, cookie("secret", "CANARY-of-a-bank", "bank.example")]))
    return { path, run, store }
  })

  const ways: ReadonlyArray<readonly [what: string, write: (cookies: CookieFormat.Cookies) => string]> = [
    ["a cookies.txt", CookieFormat.netscape],
    ["a storage state", (all) => JSON.stringify(CookieFormat.playwright(all))]
  ]
  it.effect.each(ways)("makes a session of %s that its site calls good, without a scan", ([, write]) =>
    Effect.gen(function* () {
      const { path, run, store } = yield* exported(write)
      const { asked, code, lines, stderr } = yield* run(`import --from ${path} --site qzone --json`, {
        answers: [good]
      })
      assert.deepEqual([code, asked.length], [0, 1])
      assert.deepInclude(lines()[0], { _tag: "Imported", profile: "qzone-123456789", site: "qzone", uin: 123456789 })
      assert.include(stderr, "saved as qzone-123456789 in memory: 123456789 at qzone;")
      const { session } = yield* store.load("qzone-123456789")
      assert.isUndefined(session.nickname)
      assert.deepInclude(toJson(session), {
        gtk: gtk("Secret*p-skey_1"),
        bkn: gtk("@AbCdEfGhI"),
        obtainedAt: "2018-11-20T08:30:00.000Z"
      })
      assert.notInclude(JSON.stringify(toJson(session)), "CANARY")
      // It serves as any other, and was found good a moment ago.
      assert.deepInclude(yield* run("token skey"), { code: 0, asked: [], stdout: "@AbCdEfGhI\n" })
      const status = yield* run("status", { answers: [good] })
      assert.include(status.stdout, "works; its server was asked")
      const login = yield* run("login --site qzone", { answers: [good] })
      assert.include(login.stderr, "logged in as 123456789\n")
    })
  )

  const refusals: ReadonlyArray<
    readonly [what: string, line: string, answer: typeof good | { readonly fails: string }, code: number, says: string]
  > = [
    ["are dead", "--from FILE --site qzone", dead, 4, "the cookies in FILE are no session that works"],
    ["nobody can be asked about", "--from FILE --site qzone", { fails: "CERT_HAS_EXPIRED" }, 6, "no usable answer"],
    ["lack what the site needs", "--from FILE --site vip", good, 4, "FILE has no cookie p_skey for vip.qq.com"],
    ["are of no named site", "--from FILE", good, 2, "--from needs --site"],
    ["would have to be more", "--from FILE --site webqq", good, 2, "a session of webqq is more than cookies"],
    ["come with an export", "FILE --from FILE --site qzone", good, 2, "is needed, or one behind --from"],
    ["are missing", "--from FILE/none --site qzone", good, 2, "cannot read FILE/none (ENOTDIR)"],
    ["nobody names", "--site qzone", good, 2, "is needed, or one behind --from"]
  ]
  it.effect.each(refusals)("keeps nothing where the cookies %s", ([, line, answer, code, says]) =>
    Effect.gen(function* () {
      const { path, run, store } = yield* exported(CookieFormat.netscape)
      for (const language of ["en", "zh"] as const) {
        const result = yield* run(`import ${line.replaceAll("FILE", path)}`, { answers: [answer, answer], language })
        assert.deepEqual([result.code, (yield* store.list).saved], [code, []])
        if (language === "en") assert.include(result.stderr, says.replaceAll("FILE", path))
        assert.notMatch(result.stderr, /Secret|CANARY/)
      }
    })
  )

  it.effect("says what it takes where the file is something else", () =>
    Effect.gen(function* () {
      const { path, run } = yield* exported(() => "hello")
      const { code, stderr } = yield* run(`import --from ${path} --site qzone`)
      assert.strictEqual(code, 2)
      assert.include(
        stderr,
        "is neither a cookies.txt nor a storage state\n→ log in at https://qzone.qq.com/ in a browser"
      )
    })
  )

  it.effect("does not silently replace another account's session, nor a newer one of its own", () =>
    Effect.gen(function* () {
      const { path, run, store } = yield* exported(CookieFormat.netscape)
      yield* store.save(webqq, "mine")
      const refused = yield* run(`import --from ${path} --site qzone --profile mine`, { answers: [good] })
      assert.deepEqual([refused.code, (yield* store.load("mine")).session.site], [2, "webqq"])
      const forced = yield* run(`import --from ${path} --site qzone --profile mine --force`, { answers: [good] })
      assert.deepEqual([forced.code, (yield* store.load("mine")).session.site], [0, "qzone"])
    })
  )

  it.effect("keeps the site's own cookies where a browser has more than a jar takes", () =>
    Effect.gen(function* () {
      const many = ["ads.qq.com", "qq.com"].flatMap((domain) =>
        Array.from({ length: 200 }, (_, index) => cookie(`c${index}`, "1", domain))
      )
      const { path, run, store } = yield* exported((all) => CookieFormat.netscape([...many, ...all]))
      assert.strictEqual((yield* run(`import --from ${path} --site qzone`, { answers: [good] })).code, 0)
      const { session } = yield* store.load("qzone-123456789")
      assert.isAtMost(session.cookies.length, 128)
      assert.includeMembers(
        session.cookies.map(({ name }) => name),
        ["uin", "skey", "p_skey", "superkey"]
      )
    })
  )
})

describe("the passphrase", () => {
  const sealedAt = Effect.gen(function* () {
    const path = Path.join(yield* folder, "session.webqq")
    Fs.writeFileSync(path, yield* SessionExport.seal({ profile: "mine", session: qzone }, "口令 horse", 1))
    return path
  })

  const keys: ReadonlyArray<readonly [typed: string, code: number]> = [
    ["口令 horse\r", 0],
    ["口令 horsx\u007fe\n", 0],
    ["never mind\u0015口令 horse\r", 0],
    ["口令 horse\u0004", 0],
    ["口令\r", 9],
    ["\r", 2],
    ["口令 hor\u0003", 130]
  ]
  it.effect.each(keys)("typed as %j ends with %i, is not shown, and leaves the terminal as it was", ([typed, code]) =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      const { input, modes, type } = keyboard()
      const fiber = yield* Effect.forkChild(run(`import ${yield* sealedAt}`, { input }))
      yield* type(typed)
      const result = yield* Fiber.join(fiber)
      assert.strictEqual(result.code, code)
      assert.match(result.stderr, /^passphrase \(not shown\): \n/)
      assert.notMatch(result.stderr, /horse|口令/)
      assert.deepEqual([modes, input.listenerCount("data")], [[true, false], 0])
    })
  )

  it.effect("of an export is typed twice, and has to be the same", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ mine: qzone })
      const { input, type } = keyboard()
      const path = Path.join(yield* folder, "out")
      const fiber = yield* Effect.forkChild(run(`export ${path} --offline`, { input, language: "zh" }))
      yield* type("correct horse\r", "correct house\r")
      const { code, stderr } = yield* Fiber.join(fiber)
      assert.deepEqual([code, Fs.existsSync(path)], [2, false])
      assert.match(stderr, /^口令（不显示）：\n再输入一次：\n错误：两次输入的口令不一致\n/)
    })
  )

  it.effect("is not asked for where nobody could see the question", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      const path = yield* sealedAt
      const { input } = keyboard()
      for (const options of [{}, { input: Object.assign(input, { isTTY: false }) }]) {
        const { code, stderr } = yield* run(`import ${path}`, options)
        assert.strictEqual(code, 2)
        assert.include(stderr, "no terminal to ask for it\n→ type it on a terminal, or give it with --passphrase-file")
      }
    })
  )
})
