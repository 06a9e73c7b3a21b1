import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Tracer from "effect/Tracer"
import * as CookieJar from "webqq-login/CookieJar"
import { parse } from "webqq-login/protocol/PtuiCallback"
import * as QqHttp from "webqq-login/QqHttp"
import * as Site from "webqq-login/Site"
import * as ScanStatus from "webqq-login/steps/ScanStatus"
import { ptuiCB } from "../support/answers.ts"
import { inLogin } from "../support/inLogin.ts"

const url = "http://ptlogin4.web2.qq.com/check_sig?ptsigx=T"
const show = (status: ScanStatus.ScanStatus) =>
  status._tag === "Confirmed"
    ? `Confirmed ${Redacted.value(status.url)} ${status.nickname}`
    : status._tag === "Rejected"
      ? `Rejected ${status.code} ${status.message}`
      : status._tag

describe("ScanStatus.classify", () => {
  it.each([
    ["waiting", `ptuiCB('66','0','','0','二维码未失效。(3814721644)', '');\r\n`, "Waiting"],
    ["scanned", `ptuiCB('67','0','','0','二维码认证中。(1006641921)', '');\r\n`, "Scanned"],
    ["expired", `ptuiCB('65','0','','0','二维码已失效。(4171256442)', '');\r\n`, "Expired"],
    ["refused", `ptuiCB('68','0','','0','本次登录已被拒绝', '')`, "Refused"],
    ["confirmed", `ptuiCB('0','0','${url}','0','登录成功！', '椰子');\r\n`, `Confirmed ${url} 椰子`],
    [
      "confirmed for a page that navigates its top",
      `ptuiCB('0','0','${url}','1','登录成功！', 'a')`,
      `Confirmed ${url} a`
    ],
    [
      "confirmed with seven arguments",
      `ptuiCB('0','0','${url}','0','登录成功！', 'Viki ', '')`,
      `Confirmed ${url} Viki `
    ],
    ["confirmed without a URL", `ptuiCB('0','0','','0','登录成功！', 'a')`, "Confirmed  a"],
    ["the seed's waiting", "ptuiCB ('66','0','','0','二维码未失效。(3203423232)','');", "Waiting"],
    ["the seed's expired", "ptuiCB ('65','0','','0','二维码已失效。(4012918406)', '');", "Expired"],
    ["the seed's scanned", "ptuiCB ('66','0','','0','二维码认证中。(3203423232)','');", "Scanned"],
    ["the seed's confirmed", `ptuiCB ('66','0','','0','${url}','');`, `Confirmed ${url} `],
    ["66 with the URL in its third place", `ptuiCB('66','0','${url}','0','','')`, `Confirmed ${url} `],
    ["0 with the URL in the seed's place", `ptuiCB('0','0','','0','${url}','a')`, `Confirmed ${url} a`],
    [
      "wrong parameters",
      `ptuiCB('7','0','','0','提交参数错误，请检查。(1552982056)', '')`,
      "Rejected 7 提交参数错误，请检查。(1552982056)"
    ],
    ["a code nobody knows", `ptuiCB('22009','0','','0','对不起','')`, "Rejected 22009 对不起"],
    ["a code with other zeroes", `ptuiCB('00','0','${url}','0','','')`, "Rejected 00 "]
  ])("reads %s", (_, body, expected) => {
    assert.strictEqual(show(ScanStatus.classify(Result.getOrThrow(parse(body)))), expected)
  })
})

describe("ScanStatus.poll", () => {
  it.effect("polls with the token and the cookie of the code, and names no secret in what it returns", () =>
    Effect.gen(function* () {
      const { asked, jar, run } = inLogin([
        ptuiCB("0", "https://ptlogin2.web2.qq.com/check_sig?ptsigx=TICKET", "ok", "n")
      ])
      yield* jar.store("https://ssl.ptlogin2.qq.com/ptqrshow", ["qrsig=abc; PATH=/; DOMAIN=ptlogin2.qq.com;"])
      const status = yield* run(ScanStatus.poll(Site.webqq, Redacted.make("abc")))
      const query = new URL(asked[0]!.url).searchParams
      // The worked example of hash33: abc is 108966.
      assert.strictEqual(query.get("ptqrtoken"), "108966")
      assert.strictEqual(query.get("u1"), "http://w.qq.com/proxy.html?login2qq=1&webqq_type=10")
      assert.strictEqual(asked[0]!.headers["cookie"], "qrsig=abc")
      assert.match(asked[0]!.headers["referer"] ?? "", /^https:\/\/ui\.ptlogin2\.qq\.com\/cgi-bin\/login\?/)
      assert.notInclude(JSON.stringify(status), "TICKET")
    })
  )

  it.effect("sends the seed's own parameters for webqq-2015: no token, constants", () =>
    Effect.gen(function* () {
      const { asked, run } = inLogin([ptuiCB("66")])
      yield* run(ScanStatus.poll(Site.webqq2015, Redacted.make("abc")))
      assert.strictEqual(
        asked[0]!.url,
        "https://ssl.ptlogin2.qq.com/ptqrlogin?webqq_type=10&remember_uin=1&login2qq=1&aid=501004106" +
          "&u1=http%3A%2F%2Fw.qq.com%2Fproxy.html%3Flogin2qq%3D1%26webqq_type%3D10&ptredirect=0&ptlang=2052&daid=164" +
          "&from_ui=1&pttype=1&dumy=&fp=loginerroralert&action=0-0-157510&mibao_css=m_webqq&t=1&g=1&js_type=0" +
          "&js_ver=10143&login_sig=&pt_randsalt=0"
      )
      assert.strictEqual(
        asked[0]!.headers["referer"],
        "https://ui.ptlogin2.qq.com/cgi-bin/login?daid=164&target=self&style=16&mibao_css=m_webqq&appid=501004106" +
          "&enable_qlogin=0&no_verifyimg=1&s_url=http%3A%2F%2Fw.qq.com%2Fproxy.html&f_url=loginerroralert" +
          "&strong_login=1&login_state=10&t=20131024001"
      )
    })
  )

  it.effect.each([
    ["HTML", { body: "<html>captive portal</html>" }, "BadCallback"],
    ["nothing", { body: "" }, "BadCallback"],
    ["70,000 spaces", { body: " ".repeat(70_000) }, "HttpFailed"],
    ["403", { status: 403, body: "<html>403 Forbidden</html>" }, "AccessDenied"],
    ["a redirect", { status: 302, headers: [["location", "https://evil.example/"]] }, "HttpFailed"],
    ["502", { status: 502, body: "<html>" }, "HttpFailed"],
    ["a reset", { fails: "ECONNRESET" }, "HttpFailed"]
  ] as const)("fails with its own error for %s", ([, answer, tag]) =>
    Effect.gen(function* () {
      const { asked, run } = inLogin([answer])
      const error = yield* Effect.flip(run(ScanStatus.poll(Site.webqq, Redacted.make("abc"))))
      assert.strictEqual(error._tag, tag)
      assert.strictEqual(error.step, "ScanStatus")
      assert.strictEqual(asked.length, 1)
    })
  )

  it.effect("has a span where somebody traces, and none where nobody does", () =>
    Effect.gen(function* () {
      const spans: Array<string> = []
      const tracer = Tracer.make({
        span: (options) => {
          spans.push(options.name)
          return new Tracer.NativeSpan(options)
        }
      })
      const parents: Array<string> = []
      const { jar, run } = inLogin([ptuiCB("66"), ptuiCB("66")])
      const watched = CookieJar.CookieJar.of({
        ...jar,
        header: (to) =>
          Effect.flatMap(Effect.option(Effect.currentSpan), (span) => {
            parents.push(Option.match(span, { onNone: () => "none", onSome: ({ name }) => name }))
            return jar.header(to)
          })
      })
      const poll = ScanStatus.poll(Site.webqq, Redacted.make("abc")).pipe(
        Effect.provideServiceEffect(QqHttp.QqHttp, QqHttp.make),
        Effect.provideService(CookieJar.CookieJar, watched)
      )
      yield* run(poll)
      yield* run(Effect.withTracer(poll, tracer))
      assert.deepEqual([spans, parents], [["ScanStatus.poll"], ["none", "ScanStatus.poll"]])
    })
  )
})
