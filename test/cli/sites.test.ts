import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Scenario from "../../src/replay/Scenario.ts"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Site from "webqq-login/Site"
import { TestClock } from "effect/testing"
import { picture, ptuiCB } from "../support/answers.ts"
import { stranger } from "../support/strangerStory.ts"
// Loaded here, so that the clock does not run on while the command loads it.
import "../../src/cli/commands/login/login.run.ts"
import "../../src/cli/terminal/showCode.ts"
import { resolve } from "../../src/cli/inputs/siteFile.ts"
import { ended, withSessions } from "./inProcess.ts"

describe("sites", () => {
  it.effect("lists every site with its evidence, and says in plain words which are closed", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      for (const language of ["en", "zh"] as const) {
        const { code, stdout } = yield* run("sites", { language })
        assert.strictEqual(code, 0)
        for (const { closed, evidence, name, title } of Site.all) {
          const [, text = ""] = new RegExp(`^${name} +([^]+?)(?=^\\S|$(?!\\n))`, "m").exec(stdout) ?? []
          for (const part of [title[language], evidence.newest, evidence.source]) assert.include(text, part, name)
          assert.strictEqual(/closed: its hosts answer no more|已关闭/.test(text), closed !== undefined, name)
          assert.strictEqual(/whether a saved session works|查询已保存的会话/.test(text), closed === undefined, name)
          const proven = /its own renewal was seen to work|自有的续期/.test(text)
          const tried = /a renewal is tried, and may be refused|会尝试续期，但可能被拒绝/.test(text)
          assert.deepEqual([proven, tried], [name === "music", closed === undefined && name !== "music"], name)
        }
      }
    })
  )

  it("have names for sources, and no sentences, which would be of one language", () =>
    assert.deepStrictEqual(
      Site.all
        .flatMap(({ evidence }) => evidence.source.split(", "))
        .filter((one) => !/^[\w.-]+(?:\/[\w.-]+)*(?: [\w./-]+)?$/.test(one)),
      []
    ))

  it.effect("tells programs the same, an object a line", () =>
    Effect.gen(function* () {
      const { lines } = yield* (yield* withSessions({})).run("sites --json")
      assert.deepEqual(
        lines().map(({ closed, name }) => [name, closed]),
        Site.all.map(({ closed = null, name }) => [name, closed])
      )
      const p_skey = { name: "gtk", of: "p_skey" }
      assert.deepEqual(
        lines().flatMap(({ checkedAt, closed, name, renewal, signs }) =>
          closed === null ? [[name, checkedAt, renewal, signs]] : []
        ),
        [
          ["qzone", "h5.qzone.qq.com", "tried", [p_skey]],
          ["qzone-h5", "h5.qzone.qq.com", "tried", [p_skey]],
          ["qun", "qun.qq.com", "tried", [{ name: "bkn", of: "skey" }]],
          ["vip", "club.vip.qq.com", "tried", [p_skey]],
          ["music", "c6.y.qq.com", "own", []],
          ["game", "ams.game.qq.com", "tried", [{ name: "bkn", of: "skey" }]],
          ["pd", "pd.qq.com", "tried", [p_skey, { name: "bkn", of: "p_skey" }]]
        ]
      )
    })
  )
})

const own = { ...Site.qzone, name: "my-site" }

const write = (text: string) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
      (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
    )
    const path = Path.join(folder, "site.json")
    Fs.writeFileSync(path, text)
    return path
  })

describe("--site", () => {
  it.effect("knows the sites by name, and reads one of the user's own from a file", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* resolve("qun"), Site.qun)
      assert.deepEqual(yield* resolve(yield* write(JSON.stringify(own))), own)
    })
  )

  const { appid: _, ...withoutAppid } = own
  const wrong: ReadonlyArray<readonly [text: string, says: string]> = [
    ["not json", "Expected JSON"],
    [JSON.stringify(withoutAppid), `Missing key at appid`],
    [JSON.stringify({ ...own, appid: 549000912 }), `at appid`],
    [JSON.stringify({ ...own, u1: "javascript:alert(1)" }), `at u1`],
    [JSON.stringify({ ...own, redirectHosts: ["https://x.example"] }), `at redirectHosts[0]`],
    [JSON.stringify({ ...own, redirectHosts: [] }), `at redirectHosts`],
    [JSON.stringify({ ...own, apid: "1" }), `at apid`],
    [JSON.stringify({ ...own, name: "qzone" }), "a site called qzone exists already"]
  ]
  it.effect.each(wrong)("says of the file %s what is wrong, where, and what it should look like", ([text, says]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(resolve(yield* write(text)))
      assert.strictEqual(error.exitCode, 2)
      const { cure, details = [], message } = error.said
      assert.include([message, ...details].map(({ en }) => en).join("\n"), says)
      assert.match(cure.en, /"name":"my-site"|change its "name"/)
    })
  )

  const login = [
    picture("CANARY-qrsig"),
    ptuiCB("0", "https://ssl.ptlogin2.graph.qq.com/check_sig?ptsigx=CANARY-ticket", "登录成功！", "椰子"),
    {
      status: 302,
      headers: [
        ["set-cookie", "p_uin=o0123456789; Path=/; Domain=graph.qq.com"],
        ["set-cookie", "p_skey=CANARY-p_skey; Path=/; Domain=graph.qq.com"]
      ]
    }
  ] as const
  const sent = (location: string) => ({ status: 302, headers: [["location", location]] as const })
  const redeemed = {
    status: 200,
    headers: [["set-cookie", "ws_key=CANARY-key; Path=/; Domain=weishi.qq.com"]] as const
  }

  it.effect("logs in at a stranger's site with authorize in its file, and checks it there, without new code", () =>
    Effect.gen(function* () {
      const path = yield* write(JSON.stringify(stranger))
      const { run } = yield* withSessions({})
      const back = `${stranger.authorize.redirectUri}?code=CANARY-code&state=state`
      const first = yield* Effect.forkChild(
        run(`login --site ${path} --qr none --json`, { answers: [...login, sent(back), redeemed] })
      ).pipe(Effect.flatMap(ended))
      assert.strictEqual(first.code, 0, first.stderr)
      assert.strictEqual(first.asked.at(-1)?.url, back)
      assert.deepInclude(first.lines().at(-1).session, { site: "weishi", uin: 123456789 })
      assert.notMatch(first.stderr, /CANARY/)
      const cookies = yield* run(`cookies --site ${path}`)
      assert.strictEqual(cookies.stdout, "ws_key=CANARY-key\n")
      const status = yield* run(`status --site ${path}`, { answers: [{ body: `{"ret":0}` }] })
      assert.include(status.stdout, "works; its server was asked")
      assert.match(status.asked[0]?.url ?? "", /^https:\/\/h5\.weishi\.qq\.com\/check\?g_tk=\d+&u=123456789$/)
      for (const [ret, code] of [
        [-2, 6],
        [-7, 6]
      ] as const) {
        const busy = yield* run(`login --site ${path} --json`, { answers: [{ body: `{"ret":${ret}}` }] })
        assert.deepEqual([busy.code, busy.asked.length], [code, 1])
      }
      // The session remembers its site: no file is needed any more, and its name will do.
      Fs.rmSync(path)
      for (const which of ["", " --site weishi"]) {
        const again = yield* run(`cookies${which}`)
        assert.deepEqual([again.code, again.stdout], [0, "ws_key=CANARY-key\n"])
        const asked = yield* run(`status${which}`, { answers: [{ body: `{"ret":0}` }] })
        assert.include(asked.stdout, "works; its server was asked")
        assert.strictEqual((yield* run(`token ws_key${which}`)).stdout, "CANARY-key\n")
        const renewed = yield* run(`renew${which}`)
        assert.deepEqual([renewed.code, renewed.asked], [4, []])
        assert.include(renewed.stderr, "the cookie superuin")
      }
      yield* TestClock.adjust("6 minutes")
      const gone = yield* run("token ws_key", { answers: [{ body: `{"ret":-1}` }] })
      assert.deepEqual([gone.code, gone.stdout], [4, ""])
      Fs.writeFileSync(path, JSON.stringify(stranger))
      const dead = yield* run(`login --site ${path} --no-scan`, { answers: [{ body: `{"ret":-1}` }] })
      assert.strictEqual(dead.code, 4)
    })
  )

  it.effect("takes the name of a site of one's own only where a session knows it", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      for (const line of ["status", "token gtk", "cookies", "renew"]) {
        const { code, stderr } = yield* run(`${line} --site qzne`)
        assert.strictEqual(code, 2, line)
        assert.match(stderr, /^error: no site and no saved session is called qzne\n→ did you mean qzone\?\n$/)
      }
    })
  )

  it.effect("prints the code where the file says that it is the result", () =>
    Effect.gen(function* () {
      const { check: _, opens: __, ...rest } = stranger
      const authorize = { ...stranger.authorize, redeem: "code", redeemHosts: undefined }
      const path = yield* write(JSON.stringify({ ...rest, authorize }))
      const { run } = yield* withSessions({})
      const back = `${stranger.authorize.redirectUri}?code=CANARY-code&state=state`
      const line = `login --site ${path} --qr none`
      const first = yield* Effect.forkChild(run(line, { answers: [...login, sent(back)] })).pipe(Effect.flatMap(ended))
      assert.deepEqual([first.code, first.asked.length], [0, 4])
      assert.match(first.stdout, /^code +\(hidden, 11 characters\)$/m)
      assert.notMatch(first.stdout + first.stderr, /CANARY/)
      assert.strictEqual((yield* run(`token code --site ${path} --offline`)).stdout, "CANARY-code\n")
    })
  )

  it.effect("prints QQ Music's key and its cookies for y.qq.com where they are asked for, and nowhere else", () =>
    Effect.gen(function* () {
      const saved = Effect.runSync(Scenario.load("music-still-good")).saved!
      yield* TestClock.setTime(saved.obtainedAt.epochMilliseconds)
      const { run } = yield* withSessions({ mine: saved })
      const key = Redacted.value(saved.musickey!)
      assert.strictEqual((yield* run("token musickey --site music --offline")).stdout, `${key}\n`)
      assert.strictEqual((yield* run("token musicid --offline")).stdout, "123456789\n")
      assert.strictEqual((yield* run("token qm_keyst --offline")).stdout, `${key}\n`)
      assert.include((yield* run("cookies --offline")).stdout, `qm_keyst=${key}`)
      const status = yield* run("status", { answers: [{ body: `{"code":0}` }] })
      assert.include(status.stdout, "works; its server was asked")
      const login = yield* run("login --site music", { answers: [{ body: `{"code":0}` }] })
      assert.match(login.stdout, /^musickey +\(hidden, \d+ characters\)$/m)
      for (const { stderr, stdout } of [status, login]) assert.notInclude(stdout + stderr, key)
    })
  )

  it.effect("tells which of the bad ends a stranger's login met", () =>
    Effect.gen(function* () {
      const path = yield* write(JSON.stringify(stranger))
      const { run } = yield* withSessions({})
      for (const [answer, code, says] of [
        [
          sent("https://graph.qq.com/oauth2.0/show?which=error&error=100010"),
          8,
          /100010.*\n→ with a site of your own, check clientId, redirectUri and scope/
        ],
        [sent("https://graph.qq.com/oauth2.0/show?which=Login"), 8, /shows the login page again/],
        [{ status: 200, body: "<html>" }, 8, /risk control/],
        [sent("https://evil.example/?code=CANARY-code"), 7, /not trusted.*evil\.example/]
      ] as const) {
        const line = `login --site ${path} --qr none`
        const end = yield* Effect.forkChild(run(line, { answers: [...login, answer] })).pipe(Effect.flatMap(ended))
        assert.strictEqual(end.code, code)
        assert.match(end.stderr, says)
        assert.notMatch(end.stderr, /CANARY/)
      }
    })
  )

  const { authorize, check } = stranger
  const wrongParts: ReadonlyArray<readonly [change: object, place: string, en: string]> = [
    [{ authorize: { ...authorize, clientId: "x" } }, "authorize.clientId", "1 to 12 digits"],
    [{ authorize: { ...authorize, redirectUri: "http://x" } }, "authorize.redirectUri", "registered for the client id"],
    [{ authorize: { ...authorize, redeem: "never" } }, "authorize.redeem", `"code" | "location" | "music"`],
    [{ authorize: { ...authorize, redeemHosts: ["other.qq.com"] } }, "authorize.redeemHosts", `["h5.weishi.qq.com"]`],
    [{ authorize: { ...authorize, redeemHosts: undefined } }, "authorize.redeemHosts", `where redeem is "location"`],
    [{ authorize: { ...authorize, secret: "x" } }, "authorize.secret", "unknown key"],
    [{ check: { ...check, url: "http://h5.weishi.qq.com/check" } }, "check.url", "an https address without query"],
    [{ check: { ...check, url: `${check.url}?a=b` } }, "check.url", "an https address without query"],
    [{ check: { ...check, query: { a: "{{password}}" } } }, "check.query.a", "{{g_tk COOKIE}}"],
    [{ check: { ...check, json: {} } }, "check.method", "POST, where there is a form or json"],
    [{ check: { ...check, method: "POST", form: {}, json: {} } }, "check.json", "form or json, not both"],
    [{ check: { ...check, dead: [] } }, "check.dead[0]", "Missing key"],
    [{ check: { ...check, dead: [{}] } }, "check.dead[0]", "at least one of status, location, text, json"],
    [{ check: { ...check, dead: [{ status: 403 }] } }, "check.dead[0].status", "which tell nothing of a session"],
    [{ check: { ...check, later: [{ json: { a: [] } }] } }, "check.later[0].json.a[0]", "Missing key"],
    [{ signing: { gtk: "qrsig", bkn: "skey" } }, "signing.gtk", `"p_skey" | "skey"`],
    [{ needs: [""] }, "needs[0]", ""],
    [{ target: "qq.example" }, "cookieDomains", "a domain of qq.example, which is target"],
    [{ cookieDomains: ["graph.qq.com"] }, "cookieDomains", "the host of authorize.redirectUri"],
    [{ check: { ...check, url: "https://evil.example/check" } }, "cookieDomains", "the host of check.url"],
    [{ cookieDomains: ["qq.com", "com.cn"] }, "cookieDomains[1]", "a domain of one owner"]
  ]
  it.effect.each(wrongParts)("refuses %o, and names the place in both languages", ([change, place, en]) =>
    Effect.gen(function* () {
      const path = yield* write(JSON.stringify({ ...stranger, ...change }))
      const { said } = yield* Effect.flip(resolve(path))
      const [english, chinese] = (["en", "zh"] as const).map((language) =>
        (said.details ?? []).map((detail) => detail[language]).join("\n")
      )
      assert.include(english, `at ${place}`)
      assert.include(english, en)
      assert.match(chinese ?? "", /\p{Script=Han}/u)
      assert.include(chinese, `${place} 处`)
      // The example is right, and of the kind that is wanted.
      const example = said.cure.en.slice(said.cure.en.indexOf("{"))
      assert.strictEqual((yield* resolve(yield* write(example))).authorize !== undefined, "authorize" in change)
    })
  )

  it.effect("gives an example that is right", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(resolve(yield* write("{}")))
      const { zh } = error.said.cure
      const example = zh.slice(zh.indexOf("{"))
      assert.strictEqual((yield* resolve(yield* write(example))).name, "my-site")
    })
  )

  it.effect("of a file that is not there says so", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(resolve("./no-such-site.json"))
      assert.deepEqual([error.exitCode, error.message], [2, "cannot read the site file ./no-such-site.json (ENOENT)"])
    })
  )
})
