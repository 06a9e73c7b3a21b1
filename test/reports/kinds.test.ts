/**
 * What people reported of logins from 2024 to 2026, each with the answer that they describe, and how it has to end.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Login from "webqq-login/Login"
import * as LoginConfig from "webqq-login/LoginConfig"
import * as LoginError from "webqq-login/LoginError"
import { runVirtual } from "webqq-login/replay"
import * as Site from "webqq-login/Site"
import { type Answer, answering, picture, ptuiCB } from "../support/answers.ts"
import { startAt } from "../support/inLogin.ts"

const [waiting, scanned] = [ptuiCB("66"), ptuiCB("67")] as const

/** How a login at Qzone ends after these answers, and how many requests it took. */
const loginAfter = (answers: ReadonlyArray<Answer>) =>
  Effect.gen(function* () {
    const { asked, client, held } = answering(answers)
    const events: Array<string> = []
    const error = yield* runVirtual(
      Login.login(Site.qzone, { onEvent: ({ _tag }) => Effect.sync(() => void events.push(_tag)) }).pipe(Effect.flip),
      { startAt, held }
    ).pipe(
      Effect.provideService(LoginConfig.LoginConfig, { ...LoginConfig.defaults, jitter: 0 }),
      Effect.provideService(HttpClient.HttpClient, client)
    )
    return { error, events, asked: asked.length, ...LoginError.describe(error), exitCode: LoginError.exitCodeOf(error) }
  })

const pages = [
  ["captcha", "<html><title>安全验证</title></html>", /pass the captcha.*wait a day.*another account/],
  ["captcha", `<!DOCTYPE html><script src='TCaptcha.js'></script>${" ".repeat(40_000)}`, /wait a day/],
  ["risk control", "<html>登录环境异常</html>", /another network/],
  ["captive portal", "<html><title>WiFi Portal</title></html>", /log in to this network/],
  ["web page", "<html>welcome to y.qq.com/portal</html>", /captcha or risk control.*login page of this network/]
] as const

const link = (code: string) =>
  `您的帐号暂时无法登录，请<a href="http://aq.qq.com/007?uin=10001" target="_blank">点击这里</a>恢复正常使用。(${code})`

describe("a code that nobody expects", () => {
  it.effect.each<
    readonly [code: string, kind: NonNullable<LoginError.LoginRejected["kind"]>, exitCode: number, cure: RegExp]
  >([
    ["7", "ours", 7, /waiting does not help: look for a newer version/],
    ["24", "ours", 7, /waiting does not help: look for a newer version/],
    ["4", "ours", 7, /waiting does not help: look for a newer version/],
    ["1", "wait", 8, /wait some minutes/],
    ["64", "network", 8, /no VPN, no proxy, no cloud server, no foreign address/],
    ["10009", "unknown", 8, /follow what the message says/]
  ])("%s is %s: exit code %s", ([code, kind, exitCode, cure]) =>
    Effect.gen(function* () {
      const end = yield* loginAfter([picture("Q"), scanned, ptuiCB(code, "", "提交参数错误，请检查。(1552982056)")])
      assert.deepInclude({ ...end.error }, { _tag: "LoginRejected", code, kind })
      assert.strictEqual(end.exitCode, exitCode)
      assert.include(end.message, "提交参数错误")
      assert.match(end.cure, cure)
    })
  )

  it.effect.each(["19", "22009"])("%s names the address that heals the account, without its query", (code) =>
    Effect.gen(function* () {
      const { cure, error, exitCode } = yield* loginAfter([picture("Q"), waiting, ptuiCB(code, "", link(code))])
      assert.deepInclude({ ...error }, { _tag: "LoginRejected", kind: "heal", link: "http://aq.qq.com/007" })
      assert.include(cure, "http://aq.qq.com/007")
      assert.strictEqual(exitCode, 8)
      assert.notInclude(JSON.stringify(error), "10001")
    })
  )

  it.effect.each([
    "http://aq.qq.com.evil.example/007",
    "https://user:password@aq.qq.com/007",
    "https://aq.qq.com:444/007",
    "javascript:alert(1)",
    "http://notqq.com/"
  ])("passes no address on that is not Tencent's: %s", (address) =>
    Effect.gen(function* () {
      const { cure, error } = yield* loginAfter([picture("Q"), ptuiCB("19", "", `<a href="${address}">x</a>`)])
      assert.notProperty({ ...error }, "link")
      assert.notInclude(cure, "evil")
      assert.match(cure, /heal it in QQ on the phone/)
    })
  )
})

describe("a code that is shown", () => {
  it.effect("and refused on the phone: QQ's camera wants it on another screen", () =>
    Effect.gen(function* () {
      const { cure, exitCode } = yield* loginAfter([picture("Q"), scanned, ptuiCB("68")])
      assert.strictEqual(exitCode, 5)
      assert.match(cure, /camera from another screen: QQ refuses pictures from the album/)
    })
  )

  it.effect("and denied for this address: the cure names what kind of network it should not be", () =>
    Effect.gen(function* () {
      const { cure, error } = yield* loginAfter([picture("Q"), { status: 403 }])
      assert.strictEqual(error._tag, "AccessDenied")
      assert.match(cure, /VPN.*proxy.*cloud.*foreign/)
    })
  )
})

describe("a code that is over at its first poll", () => {
  it.effect.each([
    ["65", ptuiCB("65")],
    ["empty", { body: "" }]
  ] as const)("is replaced once, and not again and again: %s", ([, answer]) =>
    Effect.gen(function* () {
      const { asked, error, exitCode, message } = yield* loginAfter([picture("Q"), answer, picture("R"), answer])
      assert.deepInclude({ ...error }, { _tag: "QrExpired", codes: 2, atOnce: true })
      assert.deepStrictEqual([asked, exitCode], [4, 3])
      assert.match(message, /each QR code at its first poll/)
    })
  )
})

describe("a poll of which some or all is missing", () => {
  const half: Answer = { body: "ptuiCB('66','0','','0','二维" }

  it.effect.each([
    ["empty", { body: "" }, "BadCallback"],
    ["blank", { body: " \r\n" }, "BadCallback"],
    ["half", half, "BadCallback"],
    ["a web page, once the code is scanned", { body: "<html>" }, "BadCallback"]
  ] as const)("is ridden out like a fault: %s", ([, answer, tag]) =>
    Effect.gen(function* () {
      const passes = yield* loginAfter([picture("Q"), scanned, answer, scanned, answer, ptuiCB("68")])
      assert.strictEqual(passes.error._tag, "QrRefused")
      const many = Array.from({ length: LoginConfig.defaults.maxFaults + 1 }, () => answer)
      const stays = yield* loginAfter([picture("Q"), scanned, ...many])
      assert.strictEqual(stays.error._tag, tag)
    })
  )

  it.effect("ends the login at once where it is a page and nobody has scanned", () =>
    Effect.gen(function* () {
      const { asked, error } = yield* loginAfter([picture("Q"), waiting, { body: "<html>" }])
      assert.deepStrictEqual([asked, error._tag], [3, "BadCallback"])
    })
  )
})

describe("a web page in the place of a picture, or of a poll's answer", () => {
  it.effect.each(pages)("is named by what it holds: %s in %s", ([page, body, says]) =>
    Effect.gen(function* () {
      const first = yield* loginAfter([{ body }])
      assert.deepInclude({ ...first.error }, { _tag: "BadQrCode", page })
      assert.match(first.cure, says)
      const { cure, error, exitCode } = yield* loginAfter([picture("Q"), { body }])
      assert.deepInclude({ ...error }, { _tag: "BadCallback", reason: "a page", page })
      assert.strictEqual(exitCode, 7)
      assert.match(cure, says)
    })
  )
})

describe("no picture", () => {
  it.effect("but a refusal in words: they are told", () =>
    Effect.gen(function* () {
      const body = `ptui_qrcode_CB({"ec":313,"em":"操作频繁，请稍后再试","qrcode":""})`
      const { error, exitCode, message } = yield* loginAfter([{ body }])
      assert.deepInclude({ ...error }, { _tag: "BadQrCode", reason: "refused", code: "313" })
      assert.include(message, "操作频繁，请稍后再试")
      assert.strictEqual(exitCode, 7)
    })
  )

  it.effect.each(["操作频繁，请稍后再试", "too many requests\r\n"])("and says why in words alone: %s", (body) =>
    Effect.gen(function* () {
      const { cure, error, message } = yield* loginAfter([{ body }])
      assert.deepInclude({ ...error }, { _tag: "BadQrCode", reason: "refused", serverMessage: body })
      assert.include(message, body.trim())
      assert.match(cure, /do what the message says/)
    })
  )

  it.effect("and says nothing at all: the answer is empty, and the protocol need not have changed", () =>
    Effect.gen(function* () {
      const { cure, error, message } = yield* loginAfter([{ body: "" }])
      assert.deepInclude({ ...error }, { _tag: "BadQrCode", reason: "the body is empty" })
      assert.include(message, "the body is empty")
      assert.match(cure, /wait some minutes/)
    })
  )

  it.effect.each([
    "ptui_qrcode_CB({})",
    "ptui_qrcode_CB(",
    "ptui_qrcode_CB(null)",
    `ptui_qrcode_CB({"ec":"1"})`,
    'ptui_qrcode_CB({"ec":1e400})',
    "<html>"
  ])("and no refusal that can be read: %s", (body) =>
    Effect.gen(function* () {
      const { error } = yield* loginAfter([{ body }])
      assert.deepInclude({ ...error }, { _tag: "BadQrCode", reason: "the body is not a PNG picture" })
    })
  )
})

describe("confirmed", () => {
  it.effect("but the account has a second factor: that is said, and nothing is sent there", () =>
    Effect.gen(function* () {
      const url = "https://ssl.ptlogin2.qq.com/cgi-bin/mibao_vry?lang=2052"
      const { asked, cure, error, exitCode } = yield* loginAfter([picture("Q"), scanned, ptuiCB("0", url)])
      assert.deepInclude({ ...error }, { _tag: "SecondFactorNeeded", host: "ssl.ptlogin2.qq.com" })
      assert.strictEqual(exitCode, 8)
      assert.strictEqual(asked, 3)
      assert.notMatch(cure, /forged/)
    })
  )

  it.effect.each(["http://ssl.ptlogin2.qq.com/cgi-bin/mibao_vry", "https://qq.com.evil.example/cgi-bin/mibao_vry"])(
    "and sent to a page that only looks like it: it is not trusted: %s",
    (url) =>
      Effect.gen(function* () {
        assert.strictEqual((yield* loginAfter([picture("Q"), ptuiCB("0", url)])).error._tag, "RedirectUntrusted")
      })
  )

  it.effect.each([
    ...pages.map(([page, body, says]) => [page, body, says] as const),
    [undefined, "", /captcha or risk control.*another account.*login page of this network/] as const
  ])("but a page comes in place of the redirect: what it is is named, as %s", ([page, body, says]) =>
    Effect.gen(function* () {
      const url = "https://ptlogin2.qzone.qq.com/check_sig?ptsigx=T"
      const { cure, error, message } = yield* loginAfter([picture("Q"), ptuiCB("0", url), { body }])
      const host = "ptlogin2.qzone.qq.com"
      assert.deepStrictEqual<object>(
        { ...error },
        { _tag: "RedirectMissing", step: "Redirect", host, status: 200, ...(page === undefined ? {} : { page }) }
      )
      assert.include(message, host)
      assert.match(cure, says)
    })
  )
})

describe("a renewal that is refused", () => {
  it("does not say that no session works", () => {
    const { cure, message } = LoginError.describe(new LoginError.NoSession({ step: "Renewal", profile: "mu" }))
    assert.strictEqual(message, "the session under mu was not renewed; it stays as it is")
    assert.include(cure, "webqq-login status")
  })
})

describe("a replay that does not match", () => {
  it("is no server in trouble", () => {
    const place = { step: "QrCode", host: "ssl.ptlogin2.qq.com" } as const
    for (const error of [
      new LoginError.HttpFailed({ ...place, reason: "status", status: 409 }),
      new LoginError.HttpFailed({ ...place, reason: "transport", code: "ERR_REPLAY_MISMATCH" })
    ]) {
      assert.match(LoginError.describe(error).cure, /asked of a replay/)
    }
  })
})
