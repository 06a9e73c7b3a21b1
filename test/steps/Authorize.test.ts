import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Authorize as Data } from "webqq-login/Site"
import * as Site from "webqq-login/Site"
import * as Authorize from "webqq-login/steps/Authorize"
import type { Answer } from "../support/answers.ts"
import { inLogin } from "../support/inLogin.ts"

const music = Site.music.authorize!
const own: Data = {
  clientId: "101483052",
  redirectUri: "https://access.video.qq.com/user/auth_login?vappid=1&raw=1",
  redeem: "location",
  redeemHosts: ["access.video.qq.com"]
}
const bare: Data = { clientId: "102013353", redirectUri: "https://wx.mail.qq.com/list/x.html", redeem: "code" }

const graph = (...cookies: ReadonlyArray<string>) => cookies.map((cookie) => `${cookie}; Path=/; Domain=graph.qq.com`)
const usual = graph("p_uin=o0123456789", "p_skey=@abc", "pt_oauth_token=OAUTH")
const to = (location: string, status = 302): Answer => ({ status, headers: [["location", location]] })
const withCode = (uri: string) => to(`${uri}${uri.includes("?") ? "&" : "?"}code=CODE-CANARY&state=state`)

const opening = Effect.fnUntraced(function* (
  authorize: Data,
  answers: ReadonlyArray<Answer>,
  cookies: ReadonlyArray<string> = usual
) {
  const { asked, jar, runVirtual } = inLogin(answers)
  yield* jar.store("https://ssl.ptlogin2.graph.qq.com/check_sig", cookies)
  const outcome = yield* runVirtual(
    Effect.match(Authorize.open(authorize), {
      onFailure: (error): Readonly<Record<string, unknown>> => ({
        ...error,
        text: JSON.stringify(error) + error.message
      }),
      onSuccess: (value): Readonly<Record<string, unknown>> => ({ _tag: "opened", ...value })
    })
  )
  return { asked, jar, outcome }
})

describe("Authorize.open", () => {
  it.effect("posts the form with Referer and Origin, and the cookies of graph.qq.com", () =>
    Effect.gen(function* () {
      const { asked, outcome } = yield* opening(bare, [withCode(bare.redirectUri)])
      const [{ body, headers, method, url } = assert.fail()] = asked
      assert.deepEqual([method, url], ["POST", "https://graph.qq.com/oauth2.0/authorize"])
      assert.strictEqual(headers["content-type"], "application/x-www-form-urlencoded")
      assert.strictEqual(headers["origin"], "https://graph.qq.com")
      assert.match(
        headers["referer"] ?? "",
        /^https:\/\/graph\.qq\.com\/oauth2\.0\/show\?which=Login&.*client_id=102013353&/
      )
      assert.strictEqual(headers["cookie"], "p_uin=o0123456789; p_skey=@abc; pt_oauth_token=OAUTH")
      const { auth_time, ui, ...form } = Object.fromEntries(new URLSearchParams(body))
      assert.deepEqual(form, {
        response_type: "code",
        client_id: "102013353",
        redirect_uri: bare.redirectUri,
        scope: "get_user_info",
        state: "state",
        switch: "",
        from_ptlogin: "1",
        src: "1",
        update_auth: "1",
        openapi: "1010",
        // g_tk of @abc (PROTOCOL.md, hashes).
        g_tk: "2088882539"
      })
      assert.match(auth_time ?? "", /^\d{13}$/)
      assert.match(ui ?? "", /^[\dA-F]{8}-[\dA-F]{4}-4[\dA-F]{3}-[89AB][\dA-F]{3}-[\dA-F]{12}$/)
      assert.strictEqual(Redacted.value(outcome["code"] as Redacted.Redacted), "CODE-CANARY")
      assert.notMatch(JSON.stringify(outcome), /CANARY/)
    })
  )

  it.effect("goes on without p_skey where pt_oauth_token came, with the hash of nothing", () =>
    Effect.gen(function* () {
      const withheld = graph("p_uin=o0123456789", "p_skey=", "p_skey_forbid=1", "pt_oauth_token=OAUTH")
      const { asked, outcome } = yield* opening(bare, [withCode(bare.redirectUri)], withheld)
      assert.strictEqual(new URLSearchParams(asked[0]?.body).get("g_tk"), "5381")
      assert.strictEqual(outcome["_tag"], "opened")
    })
  )

  it.effect.each<readonly [ReadonlyArray<string>, boolean | undefined]>([
    [graph("p_uin=o0123456789"), undefined],
    [graph("p_uin=o0123456789", "p_skey=", "p_skey_forbid=1"), true]
  ])("asks nobody where neither came", ([cookies, forbidden]) =>
    Effect.gen(function* () {
      const { asked, outcome } = yield* opening(music, [], cookies)
      assert.deepInclude(outcome, { _tag: "CookieMissing", step: "Authorize", name: "p_skey", host: "graph.qq.com" })
      assert.deepEqual([outcome["forbidden"], asked.length], [forbidden, 0])
    })
  )

  it.effect.each<readonly [string, Answer, Readonly<Record<string, unknown>>]>([
    [
      "the login page",
      to("https://graph.qq.com/oauth2.0/show?which=Login&display=pc&client_id=1"),
      { _tag: "AuthorizeRefused", kind: "login page" }
    ],
    [
      "the login page, relative",
      to("/oauth2.0/show?which=Login&display=pc"),
      { _tag: "AuthorizeRefused", kind: "login page" }
    ],
    [
      "graph's page of errors",
      to("https://graph.qq.com/oauth2.0/show?which=error&display=pc&error=100010"),
      { _tag: "AuthorizeRefused", kind: "refused", code: "100010" }
    ],
    [
      "an error_description",
      to(`${bare.redirectUri}?error=access_denied&error_description=user+denied&state=state`),
      { _tag: "AuthorizeRefused", kind: "refused", code: "access_denied", serverMessage: "user denied" }
    ],
    ["a page", { status: 200, body: "<html>" }, { _tag: "AuthorizeRefused", kind: "risk control", page: "web page" }],
    [
      "a captcha of any size",
      { status: 200, body: `<html><title>安全验证</title>${"x".repeat(100_000)}` },
      { _tag: "AuthorizeRefused", kind: "risk control", page: "captcha" }
    ],
    [
      "the login page of a network",
      { status: 200, body: "<html>WiFi login" },
      { _tag: "AuthorizeRefused", kind: "captive portal" }
    ],
    ["nothing", { status: 200, body: "" }, { _tag: "AuthorizeRefused", kind: "risk control" }],
    ["a redirect without a code", to(bare.redirectUri), { _tag: "AuthorizeRefused", kind: "no code" }],
    ["a redirect to nowhere", { status: 302 }, { _tag: "AuthorizeRefused", kind: "no code" }],
    ["403", { status: 403 }, { _tag: "AccessDenied", step: "Authorize" }],
    ["404", { status: 404 }, { _tag: "HttpFailed", status: 404, step: "Authorize" }]
  ])("tells apart how it may end badly: %s", ([, answer, expected]) =>
    Effect.gen(function* () {
      for (const authorize of [
        bare,
        { ...own, redirectUri: bare.redirectUri, redeemHosts: ["wx.mail.qq.com"] as const }
      ]) {
        const { asked, outcome } = yield* opening(authorize, [answer])
        assert.deepInclude(outcome, expected)
        assert.strictEqual(asked.length, 1)
      }
    })
  )

  it.effect.each([
    "https://evil.example/auth?code=CODE-CANARY",
    "https://wx.mail.qq.com.evil.example/list/x.html?code=CODE-CANARY",
    "http://wx.mail.qq.com/list/x.html?code=CODE-CANARY",
    "https://wx.mail.qq.com:8443/list/x.html?code=CODE-CANARY",
    "https://me@wx.mail.qq.com/list/x.html?code=CODE-CANARY",
    "javascript:alert(1)?code=CODE-CANARY"
  ])("takes no code from elsewhere, and sends nothing there: %s", (location) =>
    Effect.gen(function* () {
      const { asked, outcome } = yield* opening(bare, [to(location)])
      assert.deepInclude(outcome, { _tag: "RedirectUntrusted", step: "Authorize", reason: "host" })
      assert.strictEqual(asked.length, 1)
      assert.notMatch(String(outcome["text"]), /CANARY/)
    })
  )

  it.effect("redeems a code at its own address, once, and keeps the cookies that may be kept", () =>
    Effect.gen(function* () {
      const cookies: Answer = {
        status: 302,
        headers: [
          ["set-cookie", "vqq_vusession=V; Path=/; Domain=video.qq.com"],
          ["set-cookie", "stranger=S; Path=/; Domain=evil.example"],
          ["location", "https://evil.example/"]
        ]
      }
      const { asked, jar, outcome } = yield* opening(own, [withCode(own.redirectUri), cookies])
      assert.deepEqual(outcome, { _tag: "opened" })
      assert.deepEqual(
        asked.map(({ headers, method, url }) => [method, url, headers["referer"]?.slice(0, 21)]),
        [
          ["POST", "https://graph.qq.com/oauth2.0/authorize", "https://graph.qq.com/"],
          ["GET", `${own.redirectUri}&code=CODE-CANARY&state=state`, "https://graph.qq.com/"]
        ]
      )
      // Those of graph.qq.com stay there.
      assert.notProperty(asked[1]?.headers, "cookie")
      assert.strictEqual(yield* jar.header("https://access.video.qq.com/"), "vqq_vusession=V")
      assert.isUndefined(yield* jar.header("https://evil.example/"))
    })
  )

  it.effect.each<readonly [string, Answer, Readonly<Record<string, unknown>>]>([
    ["403", { status: 403 }, { _tag: "AccessDenied", host: "access.video.qq.com" }],
    ["404", { status: 404 }, { _tag: "HttpFailed", host: "access.video.qq.com", status: 404 }]
  ])("says who did not redeem it: %s", ([, answer, expected]) =>
    Effect.gen(function* () {
      const { outcome } = yield* opening(own, [withCode(own.redirectUri), answer])
      assert.deepInclude(outcome, { step: "Authorize", ...expected })
      assert.notMatch(String(outcome["text"]), /CANARY/)
    })
  )

  it.effect.each<readonly [string, Answer]>([
    ["a page", { status: 200, body: "<html>" }],
    ["cookies of others", { status: 200, headers: [["set-cookie", "a=b; Domain=evil.example"]] }]
  ])("takes no redemption for done that left no cookie: %s", ([, answer]) =>
    Effect.gen(function* () {
      const { outcome } = yield* opening(own, [withCode(own.redirectUri), answer])
      assert.deepInclude(outcome, { _tag: "CookieMissing", step: "Authorize", name: "", host: "access.video.qq.com" })
      assert.include(String(outcome["text"]), "set no cookie for the site's domains")
      assert.notMatch(String(outcome["text"]), /CANARY/)
    })
  )

  it.effect("redeems nowhere but at redeemHosts, whatever was registered", () =>
    Effect.gen(function* () {
      const { asked, outcome } = yield* opening({ ...own, redeemHosts: ["other.qq.com"] }, [withCode(own.redirectUri)])
      assert.deepInclude(outcome, { _tag: "RedirectUntrusted", host: "access.video.qq.com", reason: "host" })
      assert.strictEqual(asked.length, 1)
    })
  )
})
