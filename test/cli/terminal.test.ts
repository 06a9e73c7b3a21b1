import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as LoginError from "webqq-login/LoginError"
import * as Site from "webqq-login/Site"
import { fromJson, type SessionJson } from "webqq-login/Session"
import { usage } from "../../src/cli/process/CommandFailed.ts"
import { tellFailure } from "../../src/cli/process/tellFailure.ts"
import { jsonText, printable } from "../../src/cli/terminal/printable.ts"
import { next, summary } from "../../src/cli/terminal/sessionSummary.ts"
import { span, table } from "../../src/cli/terminal/table.ts"
import { qzone } from "../support/savedSessions.ts"
import { screen } from "./screen.ts"

const secrets = { ptwebqq: "Secret-ptwebqq", vfwebqq: "Secret-vfwebqq", psessionid: "Secret-psessionid" }
const sessionOf = (more: Partial<SessionJson>) =>
  Effect.runSync(
    fromJson({
      site: "webqq",
      uin: 123456789,
      nickname: "椰\u001b[2J子\u202e\n",
      obtainedAt: "2018-11-20T08:30:00.000Z",
      cookies: [],
      ...more
    })
  )
const session = sessionOf({ ...secrets, clientid: 53999199 })

describe("the summary", () => {
  it("tells of a secret only how long it is", () => {
    assert.deepEqual(summary(session, "en", false).map(printable), [
      "site        webqq",
      "uin         123456789",
      "nickname    椰\ufffd[2J子\ufffd\ufffd",
      "ptwebqq     (hidden, 14 characters)",
      "vfwebqq     (hidden, 14 characters)",
      "psessionid  (hidden, 17 characters)",
      "clientid    53999199"
    ])
    assert.include(summary(session, "zh", false), "ptwebqq     （已隐藏，14 个字符）")
  })

  it("shows the secrets where that is asked for", () => {
    const text = summary(session, "en", true).join("\n")
    for (const [name, secret] of Object.entries(secrets)) assert.match(text, new RegExp(`^${name} +${secret}$`, "m"))
  })

  it("hides the keys of a site without tokens, and prints them where that is asked for", () => {
    assert.deepEqual(summary(qzone, "en", false).slice(-3), [
      "skey        (hidden, 10 characters)",
      "p_skey      (hidden, 15 characters)",
      "p_skey      (hidden, 15 characters)"
    ])
    assert.include(summary(qzone, "en", true), "p_skey      Secret*p-skey_1")
    assert.deepEqual(next(qzone, Site.qzone), [
      {
        en: "next: webqq-login token gtk --site qzone, or webqq-login cookies --site qzone",
        zh: "接下来：webqq-login token gtk --site qzone 或 webqq-login cookies --site qzone"
      }
    ])
    assert.deepEqual(next(session, Site.webqq), [])
  })

  it.each([
    [Site.qun, "bkn"],
    [Site.game, "bkn"],
    [Site.pd, "bkn"],
    [Site.vip, "gtk"]
  ] as const)("names the number that signs the calls of this site: $0.name", (site, name) => {
    const [line] = next(sessionOf({ site: site.name, gtk: 1, bkn: 2 }), site)
    assert.include(line?.en, `token ${name} --site ${site.name}`)
  })

  it("names the code, where that is what the login was for", () => {
    assert.include(next(sessionOf({ gtk: 5381, code: "Secret*code" }), Site.music)[0]?.en, "token code ")
  })

  it("leaves out what a site does not have, and says what is empty", () => {
    const other = summary(sessionOf({ gtk: 5381 }), "en", true)
    assert.notInclude(other.join(), "psessionid")
    assert.include(other, "gtk         5381")
    const empty = sessionOf({ ptwebqq: "" })
    assert.include(summary(empty, "en", true), "ptwebqq     (empty)")
    assert.include(summary(empty, "zh", false), "ptwebqq     （空）")
  })
})

describe("a table", () => {
  it("keeps its columns apart whatever alphabet they are in", () => {
    assert.deepEqual(
      table([
        ["名称", "a"],
        ["x", "状态"],
        ["\u001b[2J", "b"]
      ]),
      ["名称   a", "x      状态", "\ufffd[2J  b"]
    )
  })

  const spans = [
    [0, "0 min"],
    [59.4 * 60_000, "59 min"],
    [90 * 60_000, "2 h"],
    [47 * 3_600_000, "47 h"],
    [49 * 3_600_000, "2 d"],
    [-5, "0 min"]
  ] as const
  it.each(spans)("tells %d ms as %s", (millis, text) => {
    assert.strictEqual(span(millis, "en"), text)
  })
})

describe("a failure", () => {
  const fail = (error: unknown, options: { json?: boolean; debug?: boolean; zh?: boolean } = {}) => {
    const language = options.zh ? "zh" : "en"
    const { streams, stderr, stdout } = screen({}, {}, language)
    const cause = error instanceof Error && "_tag" in error ? Cause.fail(error as never) : Cause.die(error)
    const around = {
      streams,
      language,
      env: options.debug ? { WEBQQ_DEBUG: "1" } : {}
    } as const
    const code = tellFailure(cause, options.json === true, around)
    return { code, stderr: stderr(), stdout: stdout() }
  }

  it("is told with its cure, in the language of the reader", () => {
    const refused = new LoginError.QrRefused({ step: "ScanStatus" })
    assert.deepEqual(fail(refused), {
      code: 5,
      stdout: "",
      stderr: `error: the login was refused on the phone, says ssl.ptlogin2.qq.com\n→ ${LoginError.describe(refused).cure}\n`
    })
    assert.include(
      fail(refused, { zh: true }).stderr,
      "错误：ssl.ptlogin2.qq.com 表示手机上拒绝了本次登录\n→ 请重新开始"
    )
  })

  it("is the last line of the JSON output", () => {
    const { stdout } = fail(new LoginError.QrRefused({ step: "ScanStatus" }), { json: true })
    assert.deepEqual(JSON.parse(stdout), {
      _tag: "Failed",
      error: {
        _tag: "QrRefused",
        step: "ScanStatus",
        message: "the login was refused on the phone, says ssl.ptlogin2.qq.com",
        cure: LoginError.describe(new LoginError.QrRefused({ step: "ScanStatus" })).cure
      },
      exitCode: 5
    })
  })

  it("holds every field of its error, and 7 where the rejection is ours to mend", () => {
    const rejected = new LoginError.LoginRejected({
      step: "ScanStatus",
      code: "7",
      serverMessage: "提交参数错误",
      kind: "ours"
    })
    const { code, stdout } = fail(rejected, { json: true })
    assert.strictEqual(code, 7)
    assert.deepInclude(JSON.parse(stdout).error, {
      _tag: "LoginRejected",
      code: "7",
      serverMessage: "提交参数错误",
      kind: "ours"
    })
    assert.strictEqual(fail(new LoginError.LoginRejected({ ...rejected, kind: "wait" })).code, 8)
  })

  it("of usage writes nothing to stdout", () => {
    const { code, stdout } = fail(usage({ en: "m", zh: "m" }, { en: "c", zh: "c" }), { json: true })
    assert.deepEqual([code, stdout], [2, ""])
  })

  it("of this program keeps its text to itself, and its stack but for debugging", () => {
    const url = "https://ptlogin2.web2.qq.com/check_sig?ptsigx=Secret-ptsigx"
    const defect = new TypeError(`Invalid URL: ${url}\n    at nowhere (${url})`)
    for (const debug of [false, true]) {
      const { code, stderr, stdout } = fail(defect, { debug, json: true })
      assert.strictEqual(code, 1)
      assert.include(
        stderr,
        "error: unexpected fault (TypeError)\n→ start again; if it stays so, look for a newer version"
      )
      assert.strictEqual(stderr.includes("terminal.test"), debug)
      assert.notInclude(stderr + stdout, "Secret")
    }
  })

  it("may be anything that was thrown", () => {
    for (const defect of [undefined, null, "text", 1, {}, Symbol("s")]) {
      assert.include(fail(defect).stderr, `error: unexpected fault (${typeof defect})`)
    }
  })
})

/** To the start of the line, and away with it. */
const again = "\r\u001b[K"

describe("the streams", () => {
  it("rewrites the state on a terminal, and keeps other lines apart from it", () => {
    const { streams, stderr } = screen({ isTTY: true })
    streams.status("one")
    streams.status("two")
    streams.tell("note")
    streams.status("three")
    streams.settle()
    streams.settle()
    assert.strictEqual(stderr(), `one${again}two${again}note\ntwo${again}three\n`)
  })

  it("leaves the state where it is when it is settled, and begins no other", () => {
    const { streams, stderr } = screen({ isTTY: true })
    streams.status("waiting")
    streams.settle()
    streams.insist("error")
    streams.refresh()
    streams.remark(undefined)
    assert.strictEqual(stderr(), "waiting\nerror\n")
  })

  it("puts what holds the state up in its place until it is over", () => {
    const { streams, stderr } = screen({ isTTY: true })
    let left = 3
    streams.status(() => `waiting ${left}`)
    streams.remark("slow")
    streams.refresh()
    left = 2
    streams.remark(undefined)
    streams.remark(undefined)
    assert.strictEqual(stderr(), `waiting 3${again}slow${again}slow${again}waiting 2`)
    const other = screen({ isTTY: true })
    other.streams.remark("slow")
    other.streams.remark(undefined)
    other.streams.tell("note")
    assert.strictEqual(other.stderr(), `slow${again}note\n`)
  })

  it("writes what holds it up as a line where there is no terminal", () => {
    const { streams, stderr } = screen()
    streams.status(() => "waiting")
    streams.remark("slow")
    streams.remark(undefined)
    streams.refresh()
    assert.strictEqual(stderr(), "waiting\nslow\n")
  })

  it("cuts a state that would break its line, by the columns that letters take", () => {
    const { streams, stderr } = screen({ isTTY: true, columns: 10 })
    for (const text of ["123456789", "1234567890", "等待扫码中啊"]) streams.status(text)
    assert.strictEqual(stderr(), `123456789${again}12345678…${again}等待扫码…`)
  })

  it("says nothing to whoever wants quiet but what has to be said, asked or shown", () => {
    const { streams, stderr, stdout } = screen({ isTTY: true }, {}, "en", true)
    streams.tell("note")
    streams.status("state")
    streams.remark("slow")
    streams.settle()
    assert.strictEqual(stderr(), "")
    streams.ask("passphrase: ")
    streams.settle()
    streams.insist("error")
    streams.print(["result"])
    assert.deepEqual([stderr(), stdout()], ["passphrase: \nerror\n", "result\n"])
  })

  it("writes a state a line where there is no terminal, or a dumb one", () => {
    for (const { streams, stderr } of [screen(), screen({ isTTY: true }, { TERM: "dumb" })]) {
      streams.status("one")
      streams.status("two")
      streams.settle()
      assert.strictEqual(stderr(), "one\ntwo\n")
      assert.isUndefined(streams.terminal())
    }
  })

  it("ends the state before stdout writes on the same terminal", () => {
    const { both, streams } = screen({ isTTY: true })
    streams.status("waiting")
    streams.print(["{}"])
    assert.strictEqual(both(), "waiting\n{}\n")
  })

  it("escapes in JSON what a terminal would act upon, and loses nothing", () => {
    const value = { nickname: "\u009b2J\u202e\u2028\u0000\n椰子💥\u007f" }
    const line = jsonText(value)
    assert.match(line, /^[^\p{Cc}\u2028-\u202e]*$/u)
    assert.deepEqual(JSON.parse(line), value)
  })
})
