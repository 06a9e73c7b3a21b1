import { assert, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import { runVirtual, Scenario } from "webqq-login/replay"
import * as SignIn from "webqq-login/SignIn"
import * as Site from "webqq-login/Site"
import { answering } from "../support/answers.ts"

// A kept session is looked at before the limit of the login begins to run: this slept for a day, and said nothing.
it.live("a server that wants to be left alone for a day is told of at once", () =>
  Effect.gen(function* () {
    const { saved } = yield* Scenario.load("session-still-good")
    const { asked, client } = answering([{ status: 429, headers: [["retry-after", "86400"]] }])
    const timed = Effect.gen(function* () {
      const begun = yield* Clock.currentTimeMillis
      const error = yield* Effect.flip(SignIn.check(Site.webqq, saved!))
      return { error, took: (yield* Clock.currentTimeMillis) - begun }
    })
    const { error, took } = yield* runVirtual(timed, { startAt: "2018-11-20T08:30:00Z" }).pipe(
      Effect.provideService(HttpClient.HttpClient, client)
    )
    assert.deepInclude(error, { _tag: "HttpFailed", step: "Check", status: 429, retryAfterMillis: 86_400_000 })
    assert.deepStrictEqual([took, asked.length], [0, 1])
  })
)
