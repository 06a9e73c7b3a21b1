import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Session } from "webqq-login/Session"
import * as Site from "webqq-login/Site"
import * as SessionCheck from "webqq-login/steps/SessionCheck"
import type { Answer } from "../support/answers.ts"
import { inLogin, startAt } from "../support/inLogin.ts"
import { good } from "../support/qqServer.ts"

const secret = (label: string, value: string) => Redacted.make(value, { label })

const session = (site: Site.Site) =>
  new Session({
    site: site.name,
    uin: 123456789,
    nickname: "椰子",
    ...(site.tokens ? { vfwebqq: secret("vfwebqq", "VF+WEBQQ"), psessionid: secret("psessionid", "PSESSION") } : {}),
    obtainedAt: DateTime.makeUnsafe(startAt),
    cookies: []
  })

describe("SessionCheck.check of Web QQ", () => {
  it.effect.each([
    [Site.webqq, "https"],
    [Site.webqq2015, "http"]
  ] as const)("asks d1 with the tokens of the session", ([site, scheme]) =>
    Effect.gen(function* () {
      const { asked, jar, run } = inLogin([good])
      yield* jar.store("https://ptlogin2.web2.qq.com/check_sig", ["p_skey=P; Path=/; Domain=web2.qq.com"])
      yield* run(SessionCheck.check(site, session(site)))
      assert.strictEqual(asked.length, 1)
      const { headers, method, url } = asked[0]!
      assert.isTrue(
        url.startsWith(
          `${scheme}://d1.web2.qq.com/channel/get_online_buddies2?vfwebqq=VF%2BWEBQQ&clientid=53999199&psessionid=PSESSION&t=0.`
        ),
        url
      )
      assert.deepStrictEqual(
        [method, headers["cookie"], headers["referer"]],
        ["GET", "p_skey=P", `${scheme}://d1.web2.qq.com/proxy.html?v=20151105001&callback=1&id=2`]
      )
    })
  )

  it.effect.each<readonly [string, Answer, Readonly<Record<string, unknown>>]>([
    ["an empty list", { body: `{"retcode":0,"result":[]}` }, { _tag: "good" }],
    [
      "retcode 103",
      { body: `{"errmsg":"error!!!","retcode":103}` },
      { _tag: "ApiRefused", retcode: 103, step: "Check" }
    ],
    ["retcode 0 that says error", { body: `{"result":"error","retcode":0}` }, { _tag: "ApiRefused", retcode: 0 }],
    ["a web page", { body: "<html>" }, { _tag: "BadJson", step: "Check" }],
    ["403", { status: 403 }, { _tag: "AccessDenied", step: "Check" }],
    ["no name server", { fails: "ENOTFOUND" }, { _tag: "HttpFailed", reason: "dns", step: "Check" }],
    ["a gateway in trouble", { status: 502 }, { _tag: "HttpFailed", status: 502 }]
  ])("tells the server's no from a network that is down: %s", ([, answer, expected]) =>
    Effect.gen(function* () {
      const { runVirtual } = inLogin(Array.from({ length: 9 }, () => answer))
      const outcome = yield* runVirtual(
        Effect.match(SessionCheck.check(Site.webqq, session(Site.webqq)), {
          onFailure: (error) => error,
          onSuccess: () => ({ _tag: "good" })
        })
      )
      assert.deepInclude(outcome, expected)
    })
  )
})

describe("SessionCheck.check of other sites", () => {
  const hour = 3_600_000
  const cookies = ["p_skey=P; Path=/; Domain=qzone.qq.com", "p_uin=o0123456789; Path=/; Domain=qzone.qq.com"]

  it.effect.each<readonly [string, ReadonlyArray<string>, number, string]>([
    ["there and young", cookies, 35 * hour, "good"],
    ["there and old", cookies, 36 * hour, "p_skey"],
    ["without the owner", cookies.slice(0, 1), 0, "uin"],
    ["never there", [], 0, "p_skey"],
    ["expired by their own life", [`${cookies[0]!}; Max-Age=60`, cookies[1]!], 61_000, "p_skey"]
  ])("looks at the cookies and asks nobody: %s", ([, lines, age, expected]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse(startAt))
      const { asked, jar, run } = inLogin([])
      yield* jar.store("https://ptlogin2.qzone.qq.com/check_sig", lines)
      yield* TestClock.adjust(age)
      const outcome = yield* run(
        Effect.match(SessionCheck.check(Site.qzone, session(Site.qzone)), {
          onFailure: (error) => (error._tag === "CookieMissing" ? error.name : error._tag),
          onSuccess: () => "good"
        })
      )
      assert.strictEqual(outcome, expected)
      assert.strictEqual(asked.length, 0)
    })
  )
})
