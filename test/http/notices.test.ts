import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import type { QqRequest } from "webqq-login/protocol/Endpoints"
import * as Notice from "webqq-login/Notice"
import * as QqHttp from "webqq-login/QqHttp"
import * as Site from "webqq-login/Site"
import { awaitConfirmation } from "webqq-login/steps/AwaitConfirmation"
import { type Answer, ptuiCB } from "../support/answers.ts"
import { inLogin } from "../support/inLogin.ts"

const request: QqRequest = {
  step: "Vfwebqq",
  method: "GET",
  url: Redacted.make("https://s.web2.qq.com/api/getvfwebqq?ptwebqq=SECRET"),
  headers: { referer: "https://s.web2.qq.com/proxy.html" },
  maxBytes: 1024
}
const send = QqHttp.retryTransient(QqHttp.QqHttp.use((http) => http.send(request)))

/** What a listener hears of it, in words that say all but the exact times. */
const hearing = (heard: Array<string>) =>
  Notice.listener((notice) => {
    switch (notice._tag) {
      case "Slow":
        return heard.push(`slow ${Duration.format(notice.after)} of ${Duration.format(notice.limit)}`)
      case "Again":
        return heard.push(`again ${notice.count}/${notice.most} ${notice.error._tag}`)
      case "Answered":
        return heard.push(`${notice.step} ${notice.host} ${notice.status}`)
      case "Unanswered":
        return heard.push(`${notice.step} ${notice.host} ${notice.error.reason} after ${Duration.format(notice.took)}`)
    }
  })

describe("who listens", () => {
  const hear = (answers: ReadonlyArray<Answer>) =>
    Effect.gen(function* () {
      const heard: Array<string> = []
      const { runVirtual } = inLogin(answers)
      yield* runVirtual(Effect.exit(send)).pipe(Effect.provideService(Notice.Listener, hearing(heard)))
      return heard
    })

  it.effect("hears of each request how it ended, and when it is sent again", () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* hear([{ status: 502 }, { fails: "ECONNRESET" }, { body: "ok" }]), [
        "Vfwebqq s.web2.qq.com 502",
        "again 1/3 HttpFailed",
        "Vfwebqq s.web2.qq.com reset after 0",
        "again 2/3 HttpFailed",
        "Vfwebqq s.web2.qq.com 200"
      ])
    })
  )

  it.effect("hears of a request that takes long while it does, and only once", () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* hear([{ hangs: true }, { body: "ok" }]), [
        "slow 2s of 10s",
        "Vfwebqq s.web2.qq.com timeout after 10s",
        "again 1/3 HttpFailed",
        "Vfwebqq s.web2.qq.com 200"
      ])
    })
  )

  it.effect("hears of nothing that will not be done: after the last try there is no other", () =>
    Effect.gen(function* () {
      const heard = yield* hear(Array.from({ length: 4 }, () => ({ status: 503 })))
      assert.strictEqual(heard.at(-1), "Vfwebqq s.web2.qq.com 503")
      assert.strictEqual(heard.filter((text) => text.startsWith("again")).length, 3)
    })
  )

  it.effect("hears how long the polling stays away from a server in trouble", () =>
    Effect.gen(function* () {
      const waits: Array<string> = []
      const { runVirtual } = inLogin([ptuiCB("66"), { status: 502 }, { body: "" }, ptuiCB("65")])
      const listener = Notice.listener((notice) => {
        if (notice._tag !== "Again") return
        waits.push(
          `${notice.count}/${notice.most} ${Math.floor(Duration.toSeconds(notice.after))} ${notice.error._tag}`
        )
      })
      yield* runVirtual(awaitConfirmation(Site.qzone, Redacted.make("qrsig"), () => Effect.void)).pipe(
        Effect.provideService(Notice.Listener, listener)
      )
      assert.deepEqual(waits, ["1/6 4 HttpFailed", "2/6 8 BadCallback"])
    })
  )

  it.effect("hears of no request that was given up", () =>
    Effect.gen(function* () {
      const heard: Array<string> = []
      const { run } = inLogin([{ hangs: true }])
      const fiber = yield* run(send).pipe(
        Effect.provideService(Notice.Listener, hearing(heard)),
        Effect.forkChild({ startImmediately: true })
      )
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      assert.deepEqual(heard, [])
    })
  )
})
