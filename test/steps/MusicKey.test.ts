import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Session, toJson } from "webqq-login/Session"
import * as MusicKey from "webqq-login/steps/MusicKey"
import type { Answer } from "../support/answers.ts"
import { inLogin, startAt } from "../support/inLogin.ts"

const data = {
  musicid: 123456789,
  str_musicid: "123456789",
  musickey: "Q_H_L_CANARY-1",
  keyExpiresIn: 259_200,
  musickeyCreateTime: 1_790_000_000,
  refresh_key: "CANARY-refresh",
  openid: "CANARY-openid",
  unionid: "CANARY-union",
  access_token: "CANARY-access",
  refresh_token: "CANARY-token",
  expired_at: 1_797_000_000,
  nick: "椰子"
}
const answer = (req: unknown, code: unknown = 0): Answer => ({ body: JSON.stringify({ code, req }) })
const good = (changed: object = {}) => answer({ code: 0, data: { ...data, ...changed } })

type Fields = Readonly<Record<string, unknown>>

const outcomeOf = <A, E extends Error, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.match(effect, {
    onFailure: (error): Fields => ({ ...(error as object), text: JSON.stringify(error) + error.message }),
    onSuccess: (value): Fields => ({ ...(value as object) })
  })

const exchanging = Effect.fnUntraced(function* (answers: ReadonlyArray<Answer>) {
  const { asked, jar, runVirtual } = inLogin(answers)
  const outcome = yield* runVirtual(outcomeOf(MusicKey.exchange(Redacted.make("CODE"), 5381)))
  return { asked, outcome, header: yield* jar.header("https://u.y.qq.com/"), all: yield* jar.all }
})

const kept = new Session({
  site: "music",
  uin: 123456789,
  nickname: "椰子",
  gtk: 5381,
  musicid: 123456789,
  musickey: Redacted.make("Q_H_L_CANARY-0", { label: "musickey" }),
  refreshKey: Redacted.make("CANARY-refresh", { label: "refresh_key" }),
  openid: Redacted.make("CANARY-openid", { label: "openid" }),
  expiresAt: DateTime.makeUnsafe(startAt),
  obtainedAt: DateTime.makeUnsafe(startAt),
  cookies: []
})

describe("MusicKey.exchange", () => {
  it.effect("gives a code for musicid and musickey, and leaves at y.qq.com what belongs there", () =>
    Effect.gen(function* () {
      const { all, asked, header, outcome } = yield* exchanging([good()])
      const [{ body, headers, method, url } = assert.fail()] = asked
      assert.deepEqual([method, url], ["POST", "https://u.y.qq.com/cgi-bin/musicu.fcg"])
      assert.deepEqual([headers["referer"], headers["content-type"]], ["https://y.qq.com/", "application/json"])
      assert.deepEqual(JSON.parse(body), {
        comm: { g_tk: 5381, platform: "yqq", ct: 24, cv: 0, tmeLoginType: 2 },
        req: { module: "QQConnectLogin.LoginServer", method: "QQLogin", param: { code: "CODE" } }
      })
      assert.strictEqual(outcome["musicid"], 123456789)
      for (const [name, value] of Object.entries({
        musickey: data.musickey,
        refreshKey: data.refresh_key,
        openid: data.openid
      }))
        assert.strictEqual(Redacted.value(outcome[name] as Redacted.Redacted), value)
      assert.strictEqual(DateTime.formatIso(outcome["expiresAt"] as DateTime.Utc), "2018-11-23T08:00:00.000Z")
      assert.notMatch(JSON.stringify(outcome), /CANARY/)
      assert.strictEqual(
        header?.split("; ").toSorted().join("; "),
        [
          ["login_type=1", "psrf_access_token_expiresAt=1797000000", "psrf_musickey_createtime=1790000000"],
          ["psrf_qqaccess_token=CANARY-access", "psrf_qqopenid=CANARY-openid", "psrf_qqrefresh_token=CANARY-token"],
          ["psrf_qqunionid=CANARY-union", "qm_keyst=Q_H_L_CANARY-1", "qqmusic_key=Q_H_L_CANARY-1"],
          ["qqmusic_uin=123456789", "uin=123456789"]
        ]
          .flat()
          .join("; ")
      )
      for (const { domain, expires, secure } of all) {
        assert.deepEqual([domain, secure], ["y.qq.com", true])
        assert.strictEqual(expires && DateTime.formatIso(expires), "2018-11-23T08:00:00.000Z")
      }
    })
  )

  it.effect("does without what is not essential, and lets no value break out of its cookie", () =>
    Effect.gen(function* () {
      const least = { musicid: 1, musickey: "K" }
      const { header, outcome } = yield* exchanging([answer({ code: 0, data: least })])
      assert.strictEqual(header, "uin=1; qqmusic_uin=1; qm_keyst=K; qqmusic_key=K; login_type=1")
      assert.strictEqual(Redacted.value(outcome["refreshKey"] as Redacted.Redacted), "")
      const hostile = yield* exchanging([good({ openid: "a; Domain=qq.com", unionid: "a\nb", access_token: "a,b" })])
      assert.notMatch(hostile.header ?? "", /openid|unionid|qqaccess/)
      assert.deepEqual([...new Set(hostile.all.map(({ domain }) => domain))], ["y.qq.com"])
    })
  )

  it.effect.each<readonly [string, Answer, Readonly<Record<string, unknown>>]>([
    ["a used code", answer({ code: 104_400 }), { _tag: "ApiRefused", retcode: 104_400, host: "u.y.qq.com" }],
    ["a captcha", answer({ code: 20_271 }), { _tag: "ApiRefused", retcode: 20_271 }],
    ["a refusal of the whole", answer({}, 2000), { _tag: "ApiRefused", retcode: 2000 }],
    ["no inner code", answer({ data }), { _tag: "BadJson", reason: "no integer retcode" }],
    ["no data", answer({ code: 0 }), { _tag: "BadJson", reason: "no result" }],
    ["no key", good({ musickey: "" }), { _tag: "BadJson", reason: "another result" }],
    ["a number that would be rounded", good({ musicid: 2 ** 60 }), { _tag: "BadJson" }],
    ["a page", { body: "<html>CANARY" }, { _tag: "BadJson", reason: "not JSON" }],
    ["an array", { body: "[]" }, { _tag: "BadJson" }],
    ["404", { status: 404 }, { _tag: "HttpFailed", status: 404 }],
    ["403", { status: 403 }, { _tag: "AccessDenied" }]
  ])("says why there is no key: %s", ([, refusal, expected]) =>
    Effect.gen(function* () {
      const { header, outcome } = yield* exchanging([refusal])
      assert.deepInclude(outcome, { step: "MusicKey", ...expected })
      assert.notMatch(String(outcome["text"]), /CANARY|CODE"/)
      assert.isUndefined(header)
    })
  )
})

describe("MusicKey.refresh", () => {
  it.effect("exchanges a key for another that lasts three days more, and keeps what the answer does not name", () =>
    Effect.gen(function* () {
      const { asked, jar, runVirtual } = inLogin([
        good({ musickey: "Q_H_L_CANARY-2", refresh_key: "", openid: undefined })
      ])
      const session = yield* runVirtual(MusicKey.refresh(kept))
      assert.deepEqual(JSON.parse(asked[0]?.body ?? ""), {
        comm: {
          ct: 24,
          cv: 0,
          format: "json",
          tmeAppID: "qqmusic",
          tmeLoginType: 2,
          uin: 123456789,
          authst: "Q_H_L_CANARY-0"
        },
        req: {
          module: "music.login.LoginServer",
          method: "Login",
          param: {
            str_musicid: "123456789",
            musicid: 123456789,
            musickey: "Q_H_L_CANARY-0",
            refresh_key: "CANARY-refresh",
            loginMode: 2
          }
        }
      })
      const { cookies, ...json } = toJson(session)
      assert.deepInclude(json, {
        musickey: "Q_H_L_CANARY-2",
        refreshKey: "CANARY-refresh",
        openid: "CANARY-openid",
        expiresAt: "2018-11-23T08:00:00.000Z",
        nickname: "椰子"
      })
      assert.deepInclude(
        cookies.find(({ name }) => name === "qm_keyst")!,
        { value: "Q_H_L_CANARY-2", domain: "y.qq.com" }
      )
      assert.match((yield* jar.header("https://y.qq.com/")) ?? "", /qqmusic_key=Q_H_L_CANARY-2/)
      assert.notMatch(JSON.stringify(session), /CANARY/)
    })
  )

  it.effect("takes no key of another account's for a new one of this", () =>
    Effect.gen(function* () {
      const { jar, runVirtual } = inLogin([good({ musicid: 10_002, musickey: "Q_H_L_CANARY-2" })])
      const error = yield* runVirtual(Effect.flip(MusicKey.refresh(kept)))
      assert.deepInclude({ ...error }, { _tag: "AccountMismatch", step: "Renewal", host: "y.qq.com", uin: 10_002 })
      assert.notInclude((yield* jar.header("https://y.qq.com/")) ?? "", "CANARY-2")
    })
  )

  it.effect("asks nobody without a key, and says so", () =>
    Effect.gen(function* () {
      const { asked, runVirtual } = inLogin([])
      const { musickey: _, ...without } = kept
      const outcome = yield* runVirtual(outcomeOf(MusicKey.refresh(new Session(without))))
      assert.deepInclude(outcome, { _tag: "CookieMissing", step: "Renewal", name: "qm_keyst", host: "y.qq.com" })
      assert.strictEqual(asked.length, 0)
    })
  )

  it.effect("is refused as what it is, a renewal", () =>
    Effect.gen(function* () {
      const { runVirtual } = inLogin([answer({ code: 1000 })])
      const outcome = yield* runVirtual(outcomeOf(MusicKey.refresh(kept)))
      assert.deepInclude(outcome, { _tag: "ApiRefused", step: "Renewal", retcode: 1000 })
    })
  )
})
