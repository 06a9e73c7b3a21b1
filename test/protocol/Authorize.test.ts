import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { type Answer, read, redemption, request } from "../../src/protocol/Authorize.ts"

const authorize = { clientId: "1", redirectUri: "https://wx.mail.qq.com/list/x.html", redeem: "code" } as const
const reading = (status: number, location?: string, text = "") => read(authorize, { status, location, text })
const refused = (kind: string, rest: object = {}) => ({ _tag: "Refused", kind, message: "", ...rest })

describe("read", () => {
  it.each<readonly [number, string | undefined, object]>([
    [302, undefined, refused("no code")],
    [302, "", refused("no code")],
    [302, authorize.redirectUri, refused("no code")],
    [302, "/oauth2.0/show?which=Login", refused("login page")],
    [302, "/oauth2.0/show?which=error", refused("refused")],
    [302, "/oauth2.0/show?error=100010", refused("refused", { code: "100010" })],
    [302, "https://else.example/?error_description=no", refused("refused", { message: "no" })],
    [302, `${authorize.redirectUri}?error=1`, refused("no code")],
    [302, "https://[", { _tag: "Untrusted", host: "", reason: "not a URL" }],
    [302, "https://else.example/?code=C", { _tag: "Untrusted", host: "else.example", reason: "host" }],
    [302, "https://u@wx.mail.qq.com/?code=C", { _tag: "Untrusted", host: "wx.mail.qq.com", reason: "host" }],
    [302, "https://:p@wx.mail.qq.com/?code=C", { _tag: "Untrusted", host: "wx.mail.qq.com", reason: "host" }],
    [299, "/", { _tag: "Other" }],
    [300, "/", refused("login page")],
    [399, "/", refused("login page")],
    [400, "/", { _tag: "Other" }]
  ])("%i to %j", (status, location, answer) => {
    assert.deepStrictEqual<object>(reading(status, location), answer)
  })

  it.each<readonly [string, object]>([
    ["", refused("risk control")],
    ["<html>", refused("risk control", { page: "web page" })],
    ["<html>wlan", refused("captive portal")]
  ])("200 with %j", (text, answer) => {
    assert.deepStrictEqual<object>(reading(200, undefined, text), answer)
  })

  it("hides the code and the address that it came with", () => {
    const answer = reading(302, `${authorize.redirectUri}?code=C`) as Extract<Answer, { _tag: "Code" }>
    assert.deepStrictEqual(
      [
        answer._tag,
        Redacted.value(answer.code),
        Redacted.value(answer.location),
        String(answer.code),
        String(answer.location)
      ],
      ["Code", "C", `${authorize.redirectUri}?code=C`, "<redacted:code>", "<redacted:url>"]
    )
    const { method } = redemption(answer.location)
    assert.strictEqual(method, "GET")
  })
})

describe("request", () => {
  it("hides its form, and takes the beginning of a page for all of it", () => {
    const { form, maxBytes, redirects } = request(authorize, Redacted.make(""), { now: 0, ui: "" })
    assert.deepStrictEqual([String(form), maxBytes, redirects], ["<redacted:form>", 16_384, true])
  })
})
