import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Site from "webqq-login/Site"
import * as Redirect from "webqq-login/steps/Redirect"
import { inLogin } from "../support/inLogin.ts"

const query = "?pttype=1&uin=123456789&ptsigx=TICKET"
const good = `https://ptlogin2.web2.qq.com/check_sig${query}`

const hostile: ReadonlyArray<readonly [url: string, reason: string]> = [
  ["not a url", "not a URL"],
  ["//ptlogin2.web2.qq.com/check_sig", "not a URL"],
  ["/check_sig", "not a URL"],
  ["https://", "not a URL"],
  ["https:///", "not a URL"],
  ["https://[::1", "not a URL"],
  ["https://exa mple/check_sig", "not a URL"],
  ["https://ptlogin2.web2.qq.com:99999/check_sig", "not a URL"],
  ["https://%00/check_sig", "not a URL"],
  ["https://ptlogin2.web2.qq.com%2f.evil.example/check_sig", "not a URL"],
  ["https://ptlogin2.web2.qq.com<.evil.example/check_sig", "not a URL"],
  ["https://1.2.3.4.5/check_sig", "not a URL"],
  ["javascript:alert(1)", "scheme"],
  ["javascript://ptlogin2.web2.qq.com/check_sig%0aalert(1)", "scheme"],
  ["data:text/html,<script>", "scheme"],
  ["file:///etc/passwd", "scheme"],
  ["file://ptlogin2.web2.qq.com/check_sig", "scheme"],
  ["ftp://ptlogin2.web2.qq.com/check_sig", "scheme"],
  ["ws://ptlogin2.web2.qq.com/check_sig", "scheme"],
  ["wss://ptlogin2.web2.qq.com/check_sig", "scheme"],
  ["blob:https://ptlogin2.web2.qq.com/check_sig", "scheme"],
  ["view-source:https://ptlogin2.web2.qq.com/check_sig", "scheme"],
  ["about:blank", "scheme"],
  ["mailto:a@web2.qq.com", "scheme"],
  ["tencent://message/?uin=1", "scheme"],
  ["https://ptlogin2.web2.qq.com@evil.example/check_sig", "user info"],
  ["https://user:password@ptlogin2.web2.qq.com/check_sig", "user info"],
  ["https://evil.example:443@ptlogin2.web2.qq.com/check_sig", "user info"],
  ["https://:secret@ptlogin2.web2.qq.com/check_sig", "user info"],
  ["https://ptlogin2.web2.qq.com%40evil.example@ptlogin2.web2.qq.com/check_sig", "user info"],
  ["https://ptlogin2.web2.qq.com:8443/check_sig", "port"],
  ["http://ptlogin2.web2.qq.com:443/check_sig", "port"],
  ["https://ptlogin2.web2.qq.com:80/check_sig", "port"],
  ["https://evil.example/check_sig", "host"],
  ["https://evil.example/check_sig?https://ptlogin2.web2.qq.com/check_sig", "host"],
  ["https://evil.example/#@ptlogin2.web2.qq.com/check_sig", "host"],
  ["https://evil.example\\@ptlogin2.web2.qq.com/check_sig", "host"],
  ["https://evil.example\\.ptlogin2.web2.qq.com/check_sig", "host"],
  ["https://ptlogin2.web2.qq.com.evil.example/check_sig", "host"],
  ["https://ptlogin2.web2.qq.com.cn/check_sig", "host"],
  ["https://ptlogin2-web2.qq.com/check_sig", "host"],
  ["https://evilptlogin2.web2.qq.com/check_sig", "host"],
  ["https://x.ptlogin2.web2.qq.com/check_sig", "host"],
  ["https://ptlogin2.web2.evilqq.com/check_sig", "host"],
  ["https://ptlogin2.web2.qq.com./check_sig", "host"],
  ["https://ptlogin2.web2.qq.co/check_sig", "host"],
  ["https://web2.qq.com/check_sig", "host"],
  ["https://qq.com/check_sig", "host"],
  ["https://ptlogin2.qq.com/check_sig", "host"],
  ["https://ssl.ptlogin2.qq.com/check_sig", "host"],
  ["https://ptlogin3.web2.qq.com/check_sig", "host"],
  ["https://ptlogin2.web2.qq.com。evil.example/check_sig", "host"],
  ["https://рtlogin2.web2.qq.com/check_sig", "host"],
  ["https://ptlogin２.web2.qq.com.evil.example/check_sig", "host"],
  ["https://127.0.0.1/check_sig", "host"],
  ["https://2130706433/check_sig", "host"],
  ["https://0x7f.1/check_sig", "host"],
  ["https://0177.0.0.1/check_sig", "host"],
  ["https://[::1]/check_sig", "host"],
  ["https://[::ffff:127.0.0.1]/check_sig", "host"],
  ["https://169.254.169.254/check_sig", "host"],
  ["https://localhost/check_sig", "host"],
  ["https://connect.qq.com/proxy.html", "host"],
  ["https://ptlogin2.web2.qq.com/", "path"],
  ["https://ptlogin2.web2.qq.com/check_sig/", "path"],
  ["https://ptlogin2.web2.qq.com//check_sig", "path"],
  ["https://ptlogin2.web2.qq.com/check_sig/../jump", "path"],
  ["https://ptlogin2.web2.qq.com/CHECK_SIG", "path"],
  ["https://ptlogin2.web2.qq.com/check%5fsig", "path"],
  ["https://ptlogin2.web2.qq.com/jump?u=/check_sig", "path"],
  ["https://ptlogin2.web2.qq.com/check_sig;x", "path"],
  ["https://ptlogin2.web2.qq.com/cgi-bin/login", "path"]
]

describe("Redirect.follow", () => {
  it.effect.each(hostile)("sends nothing to %s", ([url, reason]) =>
    Effect.gen(function* () {
      const { asked, run } = inLogin([])
      const error = yield* Effect.flip(run(Redirect.follow(Site.webqq, Redacted.make(url))))
      assert.strictEqual(error._tag, "RedirectUntrusted")
      assert.strictEqual(error._tag === "RedirectUntrusted" ? error.reason : "", reason)
      assert.strictEqual(asked.length, 0)
    })
  )

  it.effect.each([
    [good, Site.webqq],
    [`http://ptlogin4.web2.qq.com/check_sig${query}`, Site.webqq2015],
    // What `new URL` cannot tell apart goes to the right host all the same.
    [`HTTPS://PTLOGIN2.WEB2.QQ.COM/check_sig${query}`, Site.webqq],
    [`https://ptlogin2.web2.qq.com:443/check_sig${query}`, Site.webqq]
  ] as const)("asks %s once, with the Referer and without following the Location", ([url, site]) =>
    Effect.gen(function* () {
      // At the test clock's own 1970 the deletion below would still be in the future.
      yield* TestClock.setTime(Date.parse("2018-11-20T00:00:00Z"))
      const { asked, jar, run } = inLogin([
        {
          status: 302,
          headers: [
            ["location", "https://connect.qq.com/proxy.html"],
            ["set-cookie", "p_skey=P; PATH=/; DOMAIN=web2.qq.com; ;"],
            ["set-cookie", "p_skey=; EXPIRES=Fri, 02-Jan-1970 00:00:00 GMT; PATH=/; DOMAIN=qq.com;"]
          ]
        }
      ])
      yield* run(Redirect.follow(site, Redacted.make(url)))
      assert.strictEqual(asked.length, 1)
      assert.match(
        asked[0]!.headers["referer"] ?? "",
        /^https?:\/\/s\.web2\.qq\.com\/proxy\.html\?v=20130916001&callback=1&id=1$/
      )
      assert.strictEqual(yield* jar.header("https://s.web2.qq.com/"), "p_skey=P")
    })
  )

  it.effect("sends the URL byte for byte", () =>
    Effect.gen(function* () {
      const odd = `${good}&s_url=http%3A%2F%2Fw.qq.com%2fproxy.html%3Flogin2qq%3D1&f_url=&x=a+b%20c*~'()`
      const { asked, run } = inLogin([{ status: 302 }])
      yield* run(Redirect.follow(Site.webqq, Redacted.make(odd)))
      assert.strictEqual(asked[0]!.url, new URL(odd).href)
    })
  )

  it.effect.each([
    ["no URL", "", [], undefined],
    ["200 in place of 302", good, [{ status: 200, body: "<html>" }], 200],
    ["301", good, [{ status: 301 }], 301],
    ["404", good, [{ status: 404 }], 404]
  ] as const)("misses the redirect: %s", ([, url, answers, status]) =>
    Effect.gen(function* () {
      const { run } = inLogin(answers)
      const error = yield* Effect.flip(run(Redirect.follow(Site.webqq, Redacted.make(url))))
      assert.strictEqual(error._tag, "RedirectMissing")
      assert.strictEqual(error._tag === "RedirectMissing" ? error.status : 0, status)
      assert.notInclude(`${error.message} ${JSON.stringify(error)}`, "TICKET")
    })
  )
})

describe("the hosts of check_sig", () => {
  it.each(Site.all.filter(({ closed }) => closed === undefined).map((site) => [site.name, site] as const))(
    "at %s are both forms below its target, and nothing else",
    (_, site) => {
      const trusts = (host: string) => Redirect.inspect(site, `https://${host}/check_sig?ptsigx=T`) === undefined
      const others = Site.all.map(({ target }) => target).filter((target) => target !== site.target)
      assert.deepStrictEqual([`ptlogin2.${site.target}`, `ssl.ptlogin2.${site.target}`].map(trusts), [true, true])
      for (const host of [
        site.target,
        `ptlogin4.${site.target}`,
        `xui.ptlogin2.${site.target}`,
        `ssl-ptlogin2.${site.target}`,
        "ssl.ptlogin2.qq.com",
        "ptlogin2.qq.com",
        `ptlogin2.${site.target}.evil.example`,
        ...others.flatMap((target) => [`ptlogin2.${target}`, `ssl.ptlogin2.${target}`])
      ]) {
        assert.isFalse(trusts(host), host)
      }
    }
  )
})

describe("Redirect.ptwebqq", () => {
  it.effect.each([
    ["set by the poll", "https://ssl.ptlogin2.qq.com/ptqrlogin", "ptwebqq=W; PATH=/; DOMAIN=qq.com;", "W"],
    ["set by check_sig", "https://ptlogin2.web2.qq.com/check_sig", "ptwebqq=W; PATH=/; DOMAIN=web2.qq.com;", "W"],
    [
      "set for ptlogin2 only",
      "https://ssl.ptlogin2.qq.com/ptqrlogin",
      "ptwebqq=W; PATH=/; DOMAIN=ptlogin2.qq.com;",
      ""
    ],
    ["never set", "https://ssl.ptlogin2.qq.com/ptqrlogin", "other=W; PATH=/; DOMAIN=qq.com;", ""]
  ] as const)("finds it where it was %s", ([, url, line, expected]) =>
    Effect.gen(function* () {
      const { jar, run } = inLogin([])
      yield* jar.store(url, [line])
      assert.strictEqual(Redacted.value(yield* run(Redirect.ptwebqq())), expected)
    })
  )
})
