import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import { runVirtual, Scenario } from "webqq-login/replay"
import * as LoginConfig from "webqq-login/LoginConfig"
import * as SessionStore from "webqq-login/SessionStore"
import * as SignIn from "webqq-login/SignIn"
import * as Site from "webqq-login/Site"
import { type Answer, answering, picture, ptuiCB } from "../support/answers.ts"

const site = Site.webqq
const { saved } = Effect.runSync(Scenario.load("session-still-good"))
const busy = (seconds: number): Answer => ({ status: 429, headers: [["retry-after", String(seconds)]] })

/** How the rung failed, after how many seconds, and how often the server was asked. */
const failing = <A, E, R>(rung: Effect.Effect<A, E, R>, answers: ReadonlyArray<Answer>) =>
  Effect.gen(function* () {
    const { asked, client, held } = answering(answers)
    const timed = Effect.gen(function* () {
      const begun = yield* Clock.currentTimeMillis
      const error = yield* Effect.flip(rung)
      return { error, took: ((yield* Clock.currentTimeMillis) - begun) / 1000 }
    })
    const { error, took } = yield* runVirtual(timed, { startAt: "2018-11-20T08:30:00Z", held }).pipe(
      Effect.provideService(HttpClient.HttpClient, client),
      Effect.provideService(LoginConfig.LoginConfig, LoginConfig.make({ timeout: "10 minutes" })),
      Effect.provide(SessionStore.layerMemory)
    )
    return [(error as { readonly _tag: string })._tag, took, asked.length]
  })

const rungs: ReadonlyArray<readonly [string, Effect.Effect<unknown, unknown, HttpClient.HttpClient>]> = [
  ["check", SignIn.check(site, saved!)],
  ["renewal", SignIn.renew(site, saved!)]
]
const signIn = SessionStore.SessionStore.use((store) => Effect.andThen(store.save(saved!), SignIn.signIn(site)))

describe("the limit of a login", () => {
  it.live.each(rungs)("ends a %s that is told to come back again and again", ([, rung]) =>
    Effect.gen(function* () {
      const end = yield* failing(
        rung,
        Array.from({ length: 9 }, () => busy(250))
      )
      assert.deepEqual(end, ["HttpFailed", 500, 3])
    })
  )

  it.live("ends a sign-in whose kept session is never told good or bad", () =>
    Effect.gen(function* () {
      const hangs = Array.from({ length: 99 }, (): Answer => ({ hangs: true }))
      const [tag, took] = yield* failing(signIn, hangs)
      assert.deepEqual(tag, "HttpFailed")
      assert.isAtMost(Number(took), 60)
    })
  )

  it.live("counts what was spent on the kept session: no code is shown for longer than what is left", () =>
    Effect.gen(function* () {
      // Refused after 500 s, not renewed; then a code that nobody scans.
      const answers: ReadonlyArray<Answer> = [
        busy(250),
        busy(250),
        { body: `{"retcode":100001}` },
        { body: "ptui_auth_CB('1','')" },
        picture("q".repeat(64)),
        ...Array.from({ length: 99 }, () => ptuiCB("66"))
      ]
      const [tag, took] = yield* failing(signIn, answers)
      assert.deepEqual([tag, took], ["LoginTimeout", 600])
    })
  )
})
