import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { exitCodes, type LoginError } from "webqq-login/LoginError"
import { Session } from "webqq-login/Session"
import * as Site from "webqq-login/Site"
import * as SessionCheck from "webqq-login/steps/SessionCheck"
import type { Answer } from "../support/answers.ts"
import { checkAnswers, unknownAnswers } from "../support/checkAnswers.ts"
import { inLogin, startAt } from "../support/inLogin.ts"
import { good } from "../support/qqServer.ts"

const secret = (label: string, value: string) => Redacted.make(value, { label })

const session = (site: Site.Site, obtainedAt = startAt) =>
  new Session({
    site: site.name,
    uin: 123456789,
    nickname: "椰子",
    ...(site.authorize?.redeem === "music" ? { musicid: 987_654_321 } : {}),
    ...(site.tokens ? { vfwebqq: secret("vfwebqq", "VF+WEBQQ"), psessionid: secret("psessionid", "PSESSION") } : {}),
    obtainedAt: DateTime.makeUnsafe(obtainedAt),
    cookies: []
  })

/** Cookies that every site's call is content with. */
const all = (site: Site.Site) => [
  "uin=o0123456789; Path=/; Domain=qq.com",
  "skey=@AbCdEfGhI; Path=/; Domain=qq.com",
  `p_uin=o0123456789; Path=/; Domain=${site.target}`,
  `p_skey=P; Path=/; Domain=${site.target}`,
  "qqmusic_key=K; Path=/; Domain=y.qq.com"
]

const checking = Effect.fnUntraced(function* (
  site: Site.Site,
  answers: ReadonlyArray<Answer>,
  cookies: ReadonlyArray<string> = all(site)
) {
  const { asked, jar, runVirtual } = inLogin(answers)
  yield* jar.store(
    "https://qq.com/",
    cookies.filter((line) => line.endsWith("Domain=qq.com"))
  )
  yield* jar.store(
    "https://y.qq.com/",
    cookies.filter((line) => line.endsWith("Domain=y.qq.com"))
  )
  yield* jar.store(`https://${site.target}/`, cookies)
  const outcome = yield* runVirtual(
    Effect.match(SessionCheck.check(site, session(site)), {
      onFailure: (error): LoginError | { readonly _tag: "good" } => error,
      onSuccess: () => ({ _tag: "good" }) as const
    })
  )
  return { asked, outcome }
})

/** QQ Music as a site of somebody's own has it, who knows where its answer names the account. */
const musicWithAccount = Schema.decodeUnknownSync(Site.Site)({
  ...Site.music,
  name: "my-music",
  check: { ...Site.music.check, account: "data.uin" }
})

const living = Site.all.filter(({ closed }) => closed === undefined)

describe("SessionCheck.check", () => {
  it("has a call, and answers to it, for every site that lives", () => {
    assert.deepStrictEqual(
      checkAnswers.map(({ site }) => site.name).toSorted(),
      living.map(({ name }) => name).toSorted()
    )
    for (const { check } of Site.all) assert.isDefined(check)
  })

  it.effect.each(checkAnswers.map((answers) => [answers.site.name, answers] as const))(
    "tells good, dead and later apart at %s, as its server says it",
    ([, { dead, good, later, site }]) =>
      Effect.gen(function* () {
        for (const answer of good) {
          const { asked, outcome } = yield* checking(site, [answer])
          assert.deepStrictEqual([outcome._tag, asked.length], ["good", 1], JSON.stringify(answer))
        }
        for (const [answer, code] of dead) {
          const { outcome } = yield* checking(site, [answer])
          if (outcome._tag === "ApiRefused") assert.strictEqual(outcome.retcode, code)
          else assert.deepInclude(outcome, { _tag: "SignedOut", status: code }, JSON.stringify(answer))
          assert.isTrue(outcome._tag !== "good" && SessionCheck.isDead(outcome))
        }
        for (const [answer, code] of later) {
          const { outcome } = yield* checking(site, [answer])
          assert.deepInclude(outcome, { _tag: "CheckUnclear", kind: "later", code }, JSON.stringify(answer))
          assert.isTrue(outcome._tag !== "good" && !SessionCheck.isDead(outcome))
        }
      })
  )

  const answering = (data: unknown): Answer => ({ body: JSON.stringify({ code: 0, data }) })

  it.effect.each<readonly [what: string, site: Site.Site, data: unknown, account?: number]>([
    ["another account", Site.qzone, { uin: 10_002 }, 10_002],
    ["another account in digits", Site.qzoneH5, { uin: "10002" }, 10_002],
    ["its own account", Site.qzone, { uin: "123456789" }],
    ["no account", Site.qzone, { nickname: "椰子" }],
    ["its own account at QQ Music, which numbers it anew", musicWithAccount, { uin: 987_654_321 }],
    ["an account of which the site's data do not know the place", Site.music, { uin: 10_002 }]
  ])("is content with an answer that does not name another account: %s", ([, site, data, account]) =>
    Effect.gen(function* () {
      const { outcome } = yield* checking(site, [answering(data)])
      if (account === undefined) return assert.strictEqual(outcome._tag, "good")
      assert.deepInclude(outcome, { _tag: "AccountMismatch", step: "Check", host: "h5.qzone.qq.com", uin: account })
      assert.isTrue(outcome._tag !== "good" && SessionCheck.isDead(outcome))
      assert.strictEqual(outcome._tag !== "good" && exitCodes[outcome._tag], 4)
    })
  )

  it.effect("takes no death, and no rate limit, for an answer about somebody", () =>
    Effect.gen(function* () {
      for (const [code, tag] of [
        [-3000, "ApiRefused"],
        [-10_000, "CheckUnclear"],
        [7, "CheckUnclear"]
      ] as const) {
        const body = JSON.stringify({ code, data: { uin: 10_002 } })
        assert.strictEqual((yield* checking(Site.qzone, [{ body }])).outcome._tag, tag)
      }
    })
  )

  it.effect.each(unknownAnswers)("takes %s for no death, at no site", ([, answer, tag]) =>
    Effect.gen(function* () {
      for (const site of Site.all) {
        // A page or another code ends it; what may pass is asked again.
        const { outcome } = yield* checking(
          site,
          Array.from({ length: 9 }, () => answer)
        )
        assert.strictEqual(outcome._tag, tag, site.name)
        if (outcome._tag === "CheckUnclear") assert.strictEqual(outcome.kind, "unknown")
        assert.isTrue(outcome._tag !== "good" && !SessionCheck.isDead(outcome), site.name)
        assert.notStrictEqual(outcome._tag !== "good" && exitCodes[outcome._tag], 4)
      }
    })
  )

  it.effect.each<readonly [Site.Site, string, string, string, string?]>([
    [
      Site.qzone,
      "GET",
      "https://h5.qzone.qq.com/proxy/domain/base.qzone.qq.com/cgi-bin/user/cgi_userinfo_get_all?uin=123456789&vuin=123456789&fupdate=1&rd=#&g_tk=177653",
      "https://user.qzone.qq.com/123456789"
    ],
    [
      Site.qun,
      "POST",
      "https://qun.qq.com/cgi-bin/qun_mgr/get_group_list",
      "https://qun.qq.com/member.html",
      "bkn=1358553458"
    ],
    [
      Site.vip,
      "POST",
      "https://club.vip.qq.com/api/trpc/qid_mall_server/GetMainPage?g_tk=177653",
      "https://club.vip.qq.com/qid/mine",
      "{}"
    ],
    [Site.game, "GET", "https://ams.game.qq.com/ams/userLoginSvr?callback=x&acctype=pt", "https://lol.qq.com/"],
    [
      Site.webqq,
      "GET",
      "https://d1.web2.qq.com/channel/get_online_buddies2?vfwebqq=VF%2BWEBQQ&clientid=53999199&psessionid=PSESSION&t=#",
      "https://d1.web2.qq.com/proxy.html?v=20151105001&callback=1&id=2"
    ],
    [
      Site.webqq2015,
      "GET",
      "http://d1.web2.qq.com/channel/get_online_buddies2?vfwebqq=VF%2BWEBQQ&clientid=53999199&psessionid=PSESSION&t=#",
      "http://d1.web2.qq.com/proxy.html?v=20151105001&callback=1&id=2"
    ]
  ])("asks as the clients do, with the number that signs it", ([site, method, url, referer, body = ""]) =>
    Effect.gen(function* () {
      const { asked } = yield* checking(site, [good])
      const [{ body: sent, headers, method: how, url: where } = assert.fail()] = asked
      assert.deepStrictEqual(
        [how, where.replace(/(rd|t)=0\.\d+/, "$1=#"), headers["referer"], sent],
        [method, url, referer, body]
      )
      assert.match(headers["cookie"] ?? "", /p_skey=P/)
    })
  )

  it.effect("sends the channels' call as JSON with the header that names it", () =>
    Effect.gen(function* () {
      const { asked } = yield* checking(Site.pd, [{ body: `{"retcode":0}` }])
      const [{ body, headers, url } = assert.fail()] = asked
      assert.match(url, /NewSearch\?bkn=177653$/)
      assert.strictEqual(headers["x-oidb"], '{"uint32_command":"0x9287","uint32_service_type":"2"}')
      assert.strictEqual(headers["content-type"], "application/json")
      assert.deepInclude(JSON.parse(body), { query: "test" })
    })
  )

  it.effect("asks nobody where the cookie that signs the call is gone: there is no session without it", () =>
    Effect.gen(function* () {
      for (const [site, name] of [
        [Site.qzone, "p_skey"],
        [Site.qun, "skey"],
        [Site.music, "qqmusic_key"]
      ] as const) {
        const cookies = all(site).filter((line) => !line.startsWith(`${name}=`))
        const { asked, outcome } = yield* checking(site, [], cookies)
        assert.deepInclude(outcome, { _tag: "CookieMissing", name, step: "Check" })
        assert.deepStrictEqual([asked.length, outcome._tag !== "good" && SessionCheck.isDead(outcome)], [0, true])
      }
    })
  )
})

describe("SessionCheck.check where there is nobody to ask", () => {
  const hour = 3_600_000
  const { check: _, ...site } = { ...Site.qzone, name: "my-site" }
  const cookies = ["p_skey=P; Path=/; Domain=qzone.qq.com", "p_uin=o0123456789; Path=/; Domain=qzone.qq.com"]

  it.effect.each<readonly [string, ReadonlyArray<string>, number, string]>([
    ["there and young", cookies, 35 * hour, "good"],
    ["there and old", cookies, 36 * hour, "p_skey"],
    ["there and of next year", cookies, -hour, "p_skey"],
    ["without the owner", cookies.slice(0, 1), 0, "uin"],
    ["never there", [], 0, "p_skey"],
    ["expired by their own life", [`${cookies[0]!}; Max-Age=60`, cookies[1]!], 61_000, "p_skey"]
  ])("looks at the cookies: %s", ([, lines, age, expected]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse(startAt))
      const { asked, jar, run } = inLogin([])
      yield* jar.store("https://ptlogin2.qzone.qq.com/check_sig", lines)
      yield* TestClock.adjust(Math.max(0, age))
      const obtainedAt = new Date(Date.parse(startAt) - Math.min(0, age)).toISOString()
      const outcome = yield* run(
        Effect.match(SessionCheck.check(site, session(site, obtainedAt)), {
          onFailure: (error) => (error._tag === "CookieMissing" ? error.name : error._tag),
          onSuccess: () => "good"
        })
      )
      assert.strictEqual(outcome, expected)
      assert.strictEqual(asked.length, 0)
    })
  )
})
