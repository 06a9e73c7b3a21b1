import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Site from "webqq-login/Site"
import * as Renewal from "webqq-login/steps/Renewal"
import type { Answer } from "../support/answers.ts"
import { inLogin } from "../support/inLogin.ts"
import { auth } from "../support/qqServer.ts"

const ptlogin2 = [
  "superuin=o0123456789; Path=/; Domain=ptlogin2.qq.com",
  "supertoken=123456789; Path=/; Domain=ptlogin2.qq.com"
]
const url = "https://ptlogin2.web2.qq.com/check_sig?uin=123456789&ptsigx=TICKET"
const redirect: Answer = { status: 302, headers: [["set-cookie", "p_skey=NEW; Path=/; Domain=web2.qq.com"]] }

const renewing = Effect.fnUntraced(function* (
  answers: ReadonlyArray<Answer>,
  { cookies = ptlogin2, site = Site.webqq }: { cookies?: ReadonlyArray<string>; site?: Site.Site } = {}
) {
  const { asked, jar, runVirtual } = inLogin(answers)
  yield* jar.store("https://ssl.ptlogin2.qq.com/ptqrlogin", cookies)
  yield* jar.store("https://ptlogin2.web2.qq.com/check_sig", ["p_skey=OLD; Path=/; Domain=web2.qq.com"])
  const outcome = yield* runVirtual(
    Effect.match(Renewal.renew(site), { onFailure: (error) => error, onSuccess: () => ({ _tag: "renewed" }) })
  )
  return { asked, outcome, header: yield* jar.header("https://s.web2.qq.com/") }
})

describe("Renewal.renew", () => {
  it.effect.each(["0", "2"])("exchanges the supertoken for new cookies when the server says %s", (code) =>
    Effect.gen(function* () {
      const { asked, header, outcome } = yield* renewing([auth(code, url), redirect])
      assert.strictEqual(outcome._tag, "renewed")
      assert.deepStrictEqual(
        asked.map(({ headers, url: address }) => [address, headers["cookie"], headers["referer"]]),
        [
          [
            // time33 of 123456789, which keeps the bit that hash33 drops.
            "https://ssl.ptlogin2.qq.com/pt4_auth?daid=164&appid=501004106&auth_token=1135685853",
            "superuin=o0123456789; supertoken=123456789",
            "https://xui.ptlogin2.qq.com/cgi-bin/xlogin?appid=501004106&daid=164&style=40&s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html%3Flogin2qq%3D1%26webqq_type%3D10&pt_3rd_aid=0"
          ],
          [
            `${url}&regmaster=&aid=501004106&s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html%3Flogin2qq%3D1%26webqq_type%3D10`,
            undefined,
            "https://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1"
          ]
        ]
      )
      assert.strictEqual(header, "p_skey=NEW")
    })
  )

  it.effect.each<readonly [string, ReadonlyArray<Answer>, Readonly<Record<string, unknown>>]>([
    ["code 1", [auth("1")], { _tag: "LoginRejected", code: "1", step: "Renewal" }],
    ["code 1 with an address", [auth("1", url)], { _tag: "LoginRejected", code: "1" }],
    ["no address", [auth("2")], { _tag: "RedirectMissing", step: "Renewal" }],
    ["a poll's answer", [{ body: "ptuiCB('0','0','','0','','')" }], { _tag: "BadCallback", step: "Renewal" }],
    ["a web page", [{ body: "<html>" }], { _tag: "BadCallback" }],
    ["403", [{ status: 403 }], { _tag: "AccessDenied", step: "Renewal" }],
    ["404", [{ status: 404 }], { _tag: "HttpFailed", status: 404, step: "Renewal" }],
    ["a bad certificate", [{ fails: "CERT_HAS_EXPIRED" }], { _tag: "HttpFailed", reason: "tls" }],
    ["200 in place of 302", [auth("2", url), { status: 200 }], { _tag: "RedirectMissing", status: 200 }],
    [
      "a 302 without cookies",
      [auth("2", url), { status: 302 }],
      { _tag: "CookieMissing", step: "Signature", name: "p_skey" }
    ]
  ])("does not renew: %s", ([, answers, expected]) =>
    Effect.gen(function* () {
      const { asked, outcome } = yield* renewing(answers)
      assert.deepInclude(outcome, expected)
      assert.strictEqual(asked.length, answers.length)
      assert.notMatch(JSON.stringify(outcome), /TICKET|123456789/)
    })
  )

  it.effect.each([
    ["https://evil.example/check_sig?ptsigx=TICKET", "host"],
    ["https://ptlogin2.web2.qq.com.evil.example/check_sig?", "host"],
    ["https://ptlogin2.web2.qq.com@evil.example/check_sig?", "user info"],
    ["https://ptlogin2.web2.qq.com/jump?", "path"],
    ["javascript:alert(1)", "scheme"]
  ] as const)("sends nothing to %s", ([hostile, reason]) =>
    Effect.gen(function* () {
      const { asked, outcome } = yield* renewing([auth("2", hostile)])
      assert.deepInclude(outcome, { _tag: "RedirectUntrusted", reason })
      assert.strictEqual(asked.length, 1)
    })
  )

  it.effect.each<readonly [string, ReadonlyArray<string>]>([
    ["supertoken", ptlogin2.slice(0, 1)],
    ["superuin", ptlogin2.slice(1)],
    ["supertoken", [ptlogin2[0]!, "supertoken=; Path=/; Domain=ptlogin2.qq.com"]]
  ])("asks nobody without %s", ([name, cookies]) =>
    Effect.gen(function* () {
      const { asked, outcome } = yield* renewing([], { cookies })
      assert.deepInclude(outcome, { _tag: "CookieMissing", name, host: "ssl.ptlogin2.qq.com" })
      assert.strictEqual(asked.length, 0)
    })
  )

  it.effect("uses the numbers and hosts of another site", () =>
    Effect.gen(function* () {
      const { asked, outcome } = yield* renewing(
        [auth("2", "https://ptlogin2.qzone.qq.com/check_sig?x=1"), { status: 302 }],
        { site: Site.qzone }
      )
      assert.strictEqual(outcome._tag, "renewed")
      assert.match(asked[0]!.url, /daid=5&appid=549000912&/)
      assert.match(asked[1]!.url, /x=1&regmaster=&aid=549000912&s_url=https%3A%2F%2Fqzs\.qzone\.qq\.com/)
    })
  )
})
