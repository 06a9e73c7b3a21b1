import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as LoginError from "webqq-login/LoginError"

const place = { step: "Vfwebqq", host: "s.web2.qq.com" } as const
const samples: ReadonlyArray<LoginError.LoginError> = [
  new LoginError.QrExpired({ step: "ScanStatus", codes: 6 }),
  new LoginError.QrRefused({ step: "ScanStatus" }),
  new LoginError.LoginRejected({ step: "ScanStatus", code: "19", serverMessage: "account frozen" }),
  new LoginError.RedirectMissing({ step: "Redirect" }),
  new LoginError.RedirectMissing({ step: "Redirect", status: 200 }),
  new LoginError.RedirectUntrusted({ step: "Redirect", host: "evil.example", reason: "host" }),
  new LoginError.RedirectUntrusted({ step: "Redirect", host: "ssl.ptlogin2.qzone.qq.com", reason: "host" }),
  new LoginError.SecondFactorNeeded({ step: "Redirect", host: "ssl.ptlogin2.qq.com" }),
  new LoginError.BadQrCode({ step: "QrCode", reason: "refused", code: "313", serverMessage: "later" }),
  new LoginError.CookieMissing({ step: "Signature", name: "p_skey", host: "qzone.qq.com" }),
  new LoginError.CookieMissing({ step: "Check", name: "p_skey", host: "qzone.qq.com" }),
  new LoginError.CookieMissing({ step: "Renewal", name: "supertoken", host: "ssl.ptlogin2.qq.com" }),
  new LoginError.CookieMissing({ step: "Signature", name: "p_skey", host: "vip.qq.com", forbidden: true }),
  new LoginError.SignedOut({ step: "Check", host: "club.vip.qq.com", status: 302 }),
  new LoginError.AccountMismatch({ step: "Check", host: "h5.qzone.qq.com", uin: 10_002 }),
  new LoginError.CheckUnclear({
    step: "Check",
    host: "h5.qzone.qq.com",
    kind: "later",
    status: 200,
    code: "-10000",
    serverMessage: "slow down"
  }),
  new LoginError.CheckUnclear({ step: "Check", host: "qun.qq.com", kind: "unknown", status: 200, serverMessage: "" }),
  ...(["login page", "refused", "risk control", "no code"] as const).map(
    (kind) =>
      new LoginError.AuthorizeRefused({
        step: "Authorize",
        host: "graph.qq.com",
        kind,
        code: "100010",
        serverMessage: "x"
      })
  ),
  ...[20_271, 20_272, 20_277, 20_279, 104_604, 1000, 40_000].map(
    (retcode) => new LoginError.ApiRefused({ step: "MusicKey", host: "u.y.qq.com", retcode, errmsg: "" })
  ),
  new LoginError.CookieMissing({ step: "Authorize", name: "", host: "h5.weishi.qq.com" }),
  new LoginError.ScanNeeded({ step: "Login", site: "qzone", profile: "" }),
  new LoginError.ScanNeeded({ step: "Login", site: "qzone", profile: "qzone-123456789" }),
  new LoginError.LoginRejected({ step: "Renewal", code: "1", serverMessage: "" }),
  new LoginError.LoginRejected({ step: "ScanStatus", code: "10008", serverMessage: "" }),
  new LoginError.BadCallback({ step: "Renewal", reason: "another start", expected: "ptui_auth_CB" }),
  new LoginError.NoSession({ step: "SessionStore", profile: "" }),
  new LoginError.NoSession({ step: "SessionStore", profile: "webqq-123456789" }),
  new LoginError.StoreFailed({ step: "SessionStore", path: "/home/me/x.json", reason: "it is not a saved session" }),
  new LoginError.BadQrCode({ step: "QrCode", reason: "the body is not a PNG picture" }),
  new LoginError.BadCallback({ step: "ScanStatus", reason: "unterminated string", at: 12 }),
  new LoginError.BadJson({ step: "Vfwebqq", reason: "not JSON" }),
  new LoginError.ApiRefused({ step: "Psession", retcode: 103, errmsg: "error!!!" }),
  new LoginError.ApiRefused({ step: "Psession", retcode: 100003, errmsg: "" }),
  new LoginError.ApiRefused({ step: "Psession", retcode: 100001, errmsg: "" }),
  new LoginError.AccessDenied(place),
  new LoginError.HttpFailed({ ...place, reason: "dns", code: "ENOTFOUND" }),
  new LoginError.HttpFailed({ ...place, reason: "tls", code: "CERT_HAS_EXPIRED" }),
  new LoginError.HttpFailed({ ...place, reason: "too large" }),
  new LoginError.HttpFailed({ ...place, reason: "too many open files", code: "EMFILE" }),
  new LoginError.HttpFailed({ ...place, reason: "status", status: 502 }),
  new LoginError.LoginTimeout({ step: "Login", seconds: 600 })
]

describe("LoginError", () => {
  it.each(samples.map((error) => [error._tag, error] as const))(
    "%s says what happened and what to do, in two languages",
    (_, error) => {
      const [en, zh] = [LoginError.describe(error, "en"), LoginError.describe(error, "zh")]
      assert.strictEqual(error.message, en.message)
      for (const text of [en.message, en.cure]) assert.notMatch(text, /\p{Script=Han}/u)
      for (const text of [zh.message, zh.cure]) assert.match(text, /\p{Script=Han}/u)
      assert.isTrue(en.cure.length > 10 && zh.cure.length > 5)
      // The name of a step is English.
      assert.notMatch(zh.message, /^[A-Z][a-z]+[A-Z]?[a-z]*：/u)
    }
  )

  it("takes no other host of Tencent's for a forged answer", () => {
    const cure = (host: string) =>
      LoginError.describe(new LoginError.RedirectUntrusted({ step: "Redirect", host, reason: "host" }), "en").cure
    assert.include(cure("ssl.ptlogin2.qzone.qq.com"), "the host is Tencent's")
    for (const host of ["evil.example", "evilqq.com", "qq.com.evil.example"]) assert.include(cure(host), "forged")
  })

  it("asks nobody to start again where a saved session's site answers with a status that nobody knows", () => {
    const cure = (step: "Check" | "QrCode") =>
      LoginError.describe(new LoginError.HttpFailed({ step, host: "qun.qq.com", reason: "status", status: 404 }), "en")
        .cure
    assert.match(cure("Check"), /try again later.*--fresh/)
    assert.match(cure("QrCode"), /^start again/)
  })

  it("has a sample of every error above", () => {
    assert.sameMembers([...new Set(samples.map((error) => error._tag))], Object.keys(LoginError.exitCodes))
  })

  it.each(samples.map((error) => [error._tag, error] as const))(
    "%s crosses a process boundary unchanged",
    (_, error) => {
      const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(LoginError.LoginError)(error)))
      const back = Schema.decodeUnknownSync(LoginError.LoginError)(json)
      assert.isTrue(LoginError.isLoginError(back))
      assert.deepStrictEqual({ ...back }, { ...error })
      assert.strictEqual(back.message, error.message)
    }
  )

  it.each([
    ["HTML", '您的帐号<a href="http://aq.qq.com/007" target="_blank">点击这里</a>恢复', "您的帐号点击这里恢复"],
    ["a terminal's escape", "a\u001b[2Jb\u0007c", "a\ufffd[2Jb\ufffdc"],
    ["a forged line", "a\r\nerror: b\u2028c", "a error: b c"],
    ["bidirectional marks", "a\u202eb\u2066c", "a\ufffdb\ufffdc"],
    ["half a character", "a\ud800b", "a\ufffdb"]
  ])("prints %s harmlessly", (_, serverMessage, expected) => {
    const error = new LoginError.LoginRejected({ step: "ScanStatus", code: "1", serverMessage })
    assert.isTrue(error.message.endsWith(`code 1: ${expected}`), error.message)
  })

  it("shortens what a server says at length, and does so at once", () => {
    for (const serverMessage of ["x".repeat(1_000_000), "<".repeat(1_000_000), " ".repeat(1_000_000)]) {
      const error = new LoginError.LoginRejected({ step: "ScanStatus", code: "1", serverMessage })
      assert.isTrue(error.message.length < 400)
    }
  })

  it.each([
    ["a reset", { reason: "reset" }, true],
    ["a timeout", { reason: "timeout" }, true],
    ["a name that does not resolve", { reason: "dns" }, true],
    ["429", { reason: "status", status: 429 }, true],
    ["502", { reason: "status", status: 502 }, true],
    ["404 from an API host", { reason: "status", status: 404 }, true],
    ["404 from elsewhere", { reason: "status", status: 404, step: "QrCode" }, false],
    ["301", { reason: "status", status: 301 }, false],
    ["what a recording does not hold", { reason: "transport", code: "ERR_REPLAY_MISMATCH" }, false],
    ["a bad certificate", { reason: "tls" }, false],
    ["an answer that is too large", { reason: "too large" }, false]
  ] as const)("knows whether to try again after %s", (_, fields, expected) => {
    assert.strictEqual(LoginError.isRetryable(new LoginError.HttpFailed({ ...place, ...fields })), expected)
  })
})
