import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import type * as LoginConfig from "webqq-login/LoginConfig"
import * as Site from "webqq-login/Site"
import { awaitConfirmation } from "webqq-login/steps/AwaitConfirmation"
import { type Answer, ptuiCB } from "../support/answers.ts"
import { inLogin } from "../support/inLogin.ts"

const [waiting, scanned, expired, refused] = [ptuiCB("66"), ptuiCB("67"), ptuiCB("65"), ptuiCB("68")] as const
const confirmed = ptuiCB("0", "https://ptlogin2.web2.qq.com/check_sig?x=1", "ok", "nick")
const reset: Answer = { fails: "ECONNRESET" }
const many = (answer: Answer, times: number) => Array.from({ length: times }, () => answer)

/** When each poll left (s), what was told, and how it ended. */
const polling = (answers: ReadonlyArray<Answer>, config?: Partial<LoginConfig.LoginConfig>) =>
  Effect.gen(function* () {
    const events: Array<string> = []
    const { runVirtual, times } = inLogin(answers, config)
    const exit = yield* Effect.exit(
      runVirtual(
        awaitConfirmation(Site.webqq, Redacted.make("abc"), (event) => Effect.sync(() => void events.push(event._tag)))
      )
    )
    const end = Exit.isSuccess(exit)
      ? exit.value._tag
      : exit.cause.reasons.map((reason) => (reason._tag === "Fail" ? reason.error._tag : reason._tag)).join()
    return { times: times(), events, end }
  })

describe("awaitConfirmation", () => {
  it.effect("waits first, polls every 2 s until the scan and every second after it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* polling([waiting, waiting, scanned, scanned, confirmed]), {
        times: [2, 4, 6, 7, 8],
        events: ["Waiting", "Scanned"],
        end: "Confirmed"
      })
    })
  )

  it.effect("goes back to the slow rhythm when the scan is withdrawn", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* polling([waiting, scanned, waiting, waiting, scanned, confirmed]), {
        times: [2, 4, 5, 7, 9, 10],
        events: ["Waiting", "Scanned", "ScanWithdrawn", "Scanned"],
        end: "Confirmed"
      })
    })
  )

  it.effect.each([
    ["expired", expired, "Expired"],
    ["refused", refused, "QrRefused"],
    ["rejected", ptuiCB("22009", "", "risk"), "LoginRejected"],
    ["no callback", { body: "<html>" }, "BadCallback"],
    ["denied", { status: 403 }, "AccessDenied"],
    ["a certificate that is not trusted", { fails: "CERT_HAS_EXPIRED" }, "HttpFailed"],
    ["a redirect", { status: 302 }, "HttpFailed"]
  ] as const)("never polls again after the end: %s", ([, last, end]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* polling([waiting, last]), { times: [2, 4], events: ["Waiting"], end })
    })
  )

  it.effect("rides out passing faults, asking ever less often", () =>
    Effect.gen(function* () {
      const { end, times } = yield* polling([waiting, ...many(reset, 5), { status: 502 }, confirmed])
      assert.strictEqual(end, "Confirmed")
      assert.deepStrictEqual(times, [2, 4, 8, 16, 32, 62, 92, 122])
    })
  )

  it.effect("counts faults in a row only, and keeps what was shown", () =>
    Effect.gen(function* () {
      const answers = [scanned, ...many(reset, 4), scanned, ...many(reset, 4), scanned, confirmed]
      const { end, events } = yield* polling(answers, { maxFaults: 4 })
      assert.strictEqual(end, "Confirmed")
      assert.deepStrictEqual(events, ["Scanned"])
    })
  )

  it.effect("gives up after maxFaults faults in a row", () =>
    Effect.gen(function* () {
      const { end, times } = yield* polling(many(reset, 10), { maxFaults: 3 })
      assert.strictEqual(end, "HttpFailed")
      assert.strictEqual(times.length, 4)
    })
  )

  it.effect("waits at least as long as Retry-After asks", () =>
    Effect.gen(function* () {
      const busy: Answer = { status: 429, headers: [["retry-after", "45"]] }
      const until: Answer = { status: 503, headers: [["retry-after", "Tue, 20 Nov 2018 08:02:00 GMT"]] }
      assert.deepStrictEqual((yield* polling([busy, until, confirmed])).times, [2, 47, 120])
    })
  )

  it.effect("treats a code as expired after its life, even if the server never says so", () =>
    Effect.gen(function* () {
      const { end, times } = yield* polling(many(waiting, 100), { codeLife: Duration.seconds(21) })
      assert.strictEqual(end, "Expired")
      assert.deepStrictEqual(times, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    })
  )

  it.effect("gives up on an answer that never comes and asks again", () =>
    Effect.gen(function* () {
      const { end, times } = yield* polling([{ hangs: true }, confirmed])
      assert.strictEqual(end, "Confirmed")
      // 2 s of waiting, 10 s of request timeout, 4 s of back-off.
      assert.deepStrictEqual(times, [2, 16])
    })
  )

  it.effect("lengthens each wait by the jitter and never shortens it", () =>
    Effect.gen(function* () {
      const { times } = yield* polling(many(waiting, 40), { jitter: 0.25, codeLife: Duration.seconds(60) })
      const waits = times.map((time, i) => time - (times[i - 1] ?? 0))
      assert.isTrue(waits.every((wait) => wait >= 2 && wait <= 2.5))
      assert.isTrue(new Set(waits).size > 5)
    })
  )
})
