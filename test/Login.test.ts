import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import * as Login from "webqq-login/Login"
import * as LoginConfig from "webqq-login/LoginConfig"
import type { LoginEvent } from "webqq-login/LoginEvent"
import { runVirtual } from "webqq-login/replay"
import * as Session from "webqq-login/Session"
import * as Site from "webqq-login/Site"
import { type Answer, answering, picture, ptuiCB } from "./support/answers.ts"
import { startAt } from "./support/inLogin.ts"

const [waiting, scanned, expired] = [ptuiCB("66"), ptuiCB("67"), ptuiCB("65")] as const
const confirmed: Answer = {
  ...ptuiCB("0", "https://ptlogin2.web2.qq.com/check_sig?ptsigx=T", "登录成功！", "椰子"),
  headers: [["set-cookie", "ptwebqq=PTWEBQQ; PATH=/; DOMAIN=qq.com;"]]
}
const redirect: Answer = { status: 302, headers: [["set-cookie", "p_skey=P; PATH=/; DOMAIN=web2.qq.com;"]] }
const vfwebqq: Answer = { body: `{"retcode":0,"result":{"vfwebqq":"VFWEBQQ"}}` }
const login2: Answer = {
  body: `{"result":{"uin":123456789,"psessionid":"PSESSION","vfwebqq":"USELESS","status":"online"},"retcode":0}`
}
const end = [redirect, vfwebqq, login2]

const logging = (answers: ReadonlyArray<Answer>, config: Partial<LoginConfig.LoginConfig> = {}, site = Site.webqq) =>
  Effect.gen(function* () {
    const { asked, client, held } = answering(answers)
    const events: Array<LoginEvent> = []
    const result = yield* runVirtual(
      Login.login(site, { onEvent: (event) => Effect.sync(() => void events.push(event)) }).pipe(Effect.result),
      { startAt, held }
    ).pipe(
      Effect.provideService(LoginConfig.LoginConfig, { ...LoginConfig.defaults, jitter: 0, ...config }),
      Effect.provideService(HttpClient.HttpClient, client)
    )
    return { asked, events, tags: events.map((event) => event._tag), result }
  })

describe("Login.login", () => {
  it.effect("goes from a code to the five values, and tells of everything on the way", () =>
    Effect.gen(function* () {
      const { asked, events, result, tags } = yield* logging([picture("Q"), waiting, scanned, confirmed, ...end])
      assert.deepStrictEqual(tags, ["QrShown", "Waiting", "Scanned", "Confirmed", "LoggedIn"])
      assert.isTrue(result._tag === "Success")
      if (result._tag !== "Success") return
      const session = result.success
      assert.deepInclude(Session.toJson(session), {
        site: "webqq",
        uin: 123456789,
        nickname: "椰子",
        ptwebqq: "PTWEBQQ",
        vfwebqq: "VFWEBQQ",
        psessionid: "PSESSION",
        clientid: 53999199,
        obtainedAt: "2018-11-20T08:00:05.000Z"
      })
      assert.deepStrictEqual(
        session.cookies.map(({ domain, name }) => `${name}@${domain}`),
        ["qrsig@ptlogin2.qq.com", "ptwebqq@qq.com", "p_skey@web2.qq.com"].sort((a, b) =>
          a.split("@")[1]! < b.split("@")[1]! ? -1 : 1
        )
      )
      assert.notMatch(JSON.stringify(session), /PTWEBQQ|VFWEBQQ|PSESSION|"P"/)
      const [shown] = events
      assert.strictEqual(
        shown?._tag === "QrShown" ? shown.expiresAt.epochMilliseconds : 0,
        Date.parse(startAt) + 180_000
      )
      assert.deepStrictEqual(
        asked.slice(-3).map(({ headers, method, url }) => [method, new URL(url).host, headers["cookie"]]),
        [
          ["GET", "ptlogin2.web2.qq.com", "ptwebqq=PTWEBQQ"],
          ["GET", "s.web2.qq.com", "ptwebqq=PTWEBQQ; p_skey=P"],
          ["POST", "d1.web2.qq.com", "ptwebqq=PTWEBQQ; p_skey=P"]
        ]
      )
      assert.strictEqual(
        new URLSearchParams(asked.at(-1)!.body).get("r"),
        `{"ptwebqq":"PTWEBQQ","clientid":53999199,"psessionid":"","status":"online"}`
      )
    })
  )

  it.effect("needs three requests and not a moment more once the login is confirmed", () =>
    Effect.gen(function* () {
      const { asked } = yield* logging([picture("Q"), confirmed, ...end])
      assert.strictEqual(asked.length, 5)
      assert.strictEqual(asked.at(-1)!.at, asked[1]!.at)
    })
  )

  it.effect("replaces an expired code, and polls the new one with its own token and cookie", () =>
    Effect.gen(function* () {
      const { asked, tags } = yield* logging([picture("abc"), expired, picture("a"), waiting, confirmed, ...end])
      assert.deepStrictEqual(tags, ["QrShown", "Expired", "QrShown", "Waiting", "Confirmed", "LoggedIn"])
      const token = (index: number) => new URL(asked[index]!.url).searchParams.get("ptqrtoken")
      assert.deepStrictEqual([token(1), asked[1]!.headers["cookie"]], ["108966", "qrsig=abc"])
      assert.deepStrictEqual([token(3), asked[3]!.headers["cookie"]], ["97", "qrsig=a"])
    })
  )

  it.effect("replaces maxRefresh codes and then says QrExpired", () =>
    Effect.gen(function* () {
      const { asked, result, tags } = yield* logging(
        Array.from({ length: 20 }, (_, i) => [picture(`q${i}`), waiting, expired]).flat(),
        { maxRefresh: 2 }
      )
      assert.strictEqual(asked.length, 9)
      const each = ["QrShown", "Waiting", "Expired"]
      assert.deepStrictEqual(tags, [...each, ...each, ...each])
      assert.deepInclude(result._tag === "Failure" ? result.failure : {}, { _tag: "QrExpired", codes: 3 })
    })
  )

  it.effect("ends with LoginTimeout when the caller's limit has passed", () =>
    Effect.gen(function* () {
      const { result } = yield* logging([picture("Q"), ...Array.from({ length: 99 }, () => waiting)], {
        timeout: Duration.seconds(30)
      })
      assert.deepInclude(result._tag === "Failure" ? result.failure : {}, { _tag: "LoginTimeout", seconds: 30 })
    })
  )

  const late: ReadonlyArray<
    readonly [what: string, answers: ReadonlyArray<Answer>, waitingFor: string, host: string, says: string]
  > = [
    [
      "nobody scans",
      [picture("Q"), ...Array.from({ length: 99 }, () => waiting)],
      "scan",
      "ssl.ptlogin2.qq.com",
      "nobody has confirmed the code of ssl.ptlogin2.qq.com"
    ],
    [
      "no code comes",
      [{ hangs: true }],
      "answer",
      "ssl.ptlogin2.qq.com",
      "no usable answer of ssl.ptlogin2.qq.com had come"
    ],
    [
      "a poll is not answered",
      [picture("Q"), waiting, { hangs: true }],
      "answer",
      "ssl.ptlogin2.qq.com",
      "no usable answer of ssl.ptlogin2.qq.com had come"
    ],
    [
      "polls are answered with faults",
      [picture("Q"), waiting, ...Array.from({ length: 99 }, () => ({ status: 503 }))],
      "answer",
      "ssl.ptlogin2.qq.com",
      "no usable answer of ssl.ptlogin2.qq.com had come"
    ],
    [
      "check_sig is not answered",
      [picture("Q"), confirmed, { hangs: true }],
      "answer",
      "ptlogin2.web2.qq.com",
      "no usable answer of ptlogin2.web2.qq.com had come"
    ]
  ]
  it.effect.each(late)("says whom it waited for when the limit passes and %s", ([, answers, waitingFor, host, says]) =>
    Effect.gen(function* () {
      const { result } = yield* logging(answers, { timeout: Duration.seconds(9) })
      const error = result._tag === "Failure" ? result.failure : undefined
      assert.deepInclude(error ?? {}, { _tag: "LoginTimeout", host, waitingFor })
      assert.include(error?.message ?? "", says)
    })
  )

  it.effect("sends an empty ptwebqq where the server never set one", () =>
    Effect.gen(function* () {
      const { asked, result } = yield* logging([picture("Q"), { ...confirmed, headers: [] }, ...end])
      assert.strictEqual(new URL(asked.at(-2)!.url).searchParams.get("ptwebqq"), "")
      assert.strictEqual(
        result._tag === "Success" && result.success.ptwebqq !== undefined
          ? Redacted.value(result.success.ptwebqq)
          : null,
        ""
      )
    })
  )

  it.effect("follows the seed to the letter for webqq-2015: http, its hosts, its Referers, its constants", () =>
    Effect.gen(function* () {
      const seedConfirmed: Answer = {
        body: "ptuiCB ('66','0','','0','http://ptlogin4.web2.qq.com/check_sig?x=1','');",
        headers: [["set-cookie", "ptwebqq=W; PATH=/; DOMAIN=qq.com;"]]
      }
      const { asked, tags } = yield* logging([picture("Q"), seedConfirmed, ...end], {}, Site.webqq2015)
      assert.deepStrictEqual(tags.at(-1), "LoggedIn")
      assert.deepStrictEqual(
        asked.map(({ url }) => url).filter((url) => !url.includes("ptqrlogin")),
        [
          "https://ssl.ptlogin2.qq.com/ptqrshow?appid=501004106&e=0&l=M&s=5&d=72&v=4&t=0.1",
          "http://ptlogin4.web2.qq.com/check_sig?x=1",
          "http://s.web2.qq.com/api/getvfwebqq?ptwebqq=W&clientid=53999199&psessionid=&t=0.1",
          "http://d1.web2.qq.com/channel/login2"
        ]
      )
      assert.deepStrictEqual(
        asked.slice(2).map(({ headers }) => headers["referer"]),
        [
          "http://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1",
          "http://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1",
          "http://d1.web2.qq.com/proxy.html?v=20151105001&callback=1&id=2"
        ]
      )
    })
  )

  it.effect.each([
    ["a QR answer that is HTML", [{ body: "<html>" }], "BadQrCode"],
    ["a picture without its cookie", [{ ...picture("Q"), headers: [] }], "BadQrCode"],
    ["a QR code that is gone", [{ status: 404 }], "HttpFailed"],
    ["vfwebqq as HTML", [picture("Q"), confirmed, redirect, { body: "<html>" }], "BadJson"],
    ["vfwebqq of another shape", [picture("Q"), confirmed, redirect, { body: `{"retcode":0,"result":{}}` }], "BadJson"],
    ["vfwebqq refused", [picture("Q"), confirmed, redirect, { body: `{"retcode":100000}` }], "ApiRefused"],
    ["vfwebqq denied", [picture("Q"), confirmed, redirect, { status: 403 }], "AccessDenied"],
    ["an empty login2", [picture("Q"), confirmed, redirect, vfwebqq, { body: "" }], "BadJson"],
    ["login2 null", [picture("Q"), confirmed, redirect, vfwebqq, { body: "null" }], "BadJson"],
    [
      "login2 refused",
      [picture("Q"), confirmed, redirect, vfwebqq, { body: `{"errmsg":"","retcode":103}` }],
      "ApiRefused"
    ],
    ["login2 moved", [picture("Q"), confirmed, redirect, vfwebqq, { status: 301 }], "HttpFailed"],
    [
      "a uin beyond 2^53",
      [
        picture("Q"),
        confirmed,
        redirect,
        vfwebqq,
        { body: `{"retcode":0,"result":{"uin":9007199254740993,"psessionid":"P"}}` }
      ],
      "BadJson"
    ]
  ] as const satisfies ReadonlyArray<readonly [string, ReadonlyArray<Answer>, string]>)(
    "ends with a typed error for %s",
    ([, answers, tag]) =>
      Effect.gen(function* () {
        const { asked, result } = yield* logging(answers)
        assert.strictEqual(result._tag === "Failure" ? result.failure._tag : "LoggedIn", tag)
        assert.strictEqual(asked.length, answers.length)
      })
  )

  it.effect("keeps logins apart: each has a jar of its own", () =>
    Effect.gen(function* () {
      const both = yield* Effect.all(
        [logging([picture("abc"), confirmed, ...end]), logging([picture("a"), confirmed, ...end])],
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        both.map(({ asked }) => asked[1]!.headers["cookie"]),
        ["qrsig=abc", "qrsig=a"]
      )
    })
  )
})

describe("Login.events", () => {
  const streaming = (answers: ReadonlyArray<Answer>, take = 99) => {
    const { asked, client, held } = answering(answers)
    return runVirtual(Login.events(Site.webqq).pipe(Stream.take(take), Stream.runCollect, Effect.result), {
      startAt,
      held
    }).pipe(
      Effect.provideService(HttpClient.HttpClient, client),
      Effect.map((result) => ({ asked, result }))
    )
  }

  it.effect("ends with LoggedIn", () =>
    Effect.gen(function* () {
      const { result } = yield* streaming([picture("Q"), waiting, scanned, confirmed, ...end])
      assert.deepStrictEqual(result._tag === "Success" ? result.success.map((event) => event._tag) : [], [
        "QrShown",
        "Waiting",
        "Scanned",
        "Confirmed",
        "LoggedIn"
      ])
    })
  )

  it.effect("fails with the error of the login", () =>
    Effect.gen(function* () {
      const { result } = yield* streaming([picture("Q"), ptuiCB("68")])
      assert.strictEqual(result._tag === "Failure" ? result.failure._tag : "", "QrRefused")
    })
  )

  it.effect("stops polling when nobody listens any more", () =>
    Effect.gen(function* () {
      const { asked } = yield* streaming([picture("Q"), waiting, waiting, waiting], 2)
      assert.strictEqual(asked.length, 2)
    })
  )
})
