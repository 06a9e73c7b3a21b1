import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as HttpEffect from "effect/http/HttpEffect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import { readFileSync } from "node:fs"
import * as LoginError from "webqq-login/LoginError"
import type { SignInEvent } from "webqq-login/LoginEvent"
import * as Page from "webqq-login/page"
import * as PageState from "../../src/page/PageState.ts"
import { qzone } from "../support/savedSessions.ts"

const base = "/sign-in/kZ3w9fQ2/"
const png = new Uint8Array(readFileSync(new URL("../../fixtures/qr/s3e2.png", import.meta.url)))
const expiresAt = DateTime.makeUnsafe(120_000)
const shown = (attempt: number): SignInEvent => ({ _tag: "QrShown", attempt, png, expiresAt })

/** A page, what tells it of events, and what asks it. */
const mounted = Effect.gen(function* () {
  const events = yield* Queue.unbounded<SignInEvent, LoginError.LoginError | Cause.Done>()
  const asked = yield* Ref.make(0)
  const page = yield* Page.make({
    base,
    events: Stream.fromQueue(events),
    refresh: Ref.update(asked, (count) => count + 1)
  })
  // With the clock of the test.
  const web = HttpEffect.toWebHandlerWith<never, HttpServerRequest>(yield* Effect.context<never>())(page.handler)
  const ask = (place: string, init: RequestInit = {}) =>
    Effect.promise(() => web(new Request(`http://127.0.0.1${place}`, init)))
  const tell = Effect.fnUntraced(function* (...told: ReadonlyArray<SignInEvent>) {
    yield* Queue.offerAll(events, told)
    yield* Effect.yieldNow.pipe(Effect.repeat({ times: 20 }))
  })
  return { ask, asked, events, page, tell }
})

const textOf = (response: Response) => Effect.promise(() => response.text())

describe("the states of a page", () => {
  const phases = (...events: ReadonlyArray<SignInEvent>) => {
    let state = PageState.initial
    return events.map((event) => (state = PageState.next(state, event)))
  }

  it("follow what happens, and never leave a picture that cannot be scanned any more", () => {
    const states = phases(
      { _tag: "SessionFound", profile: "me", obtainedAt: expiresAt },
      shown(1),
      { _tag: "Waiting" },
      { _tag: "Scanned" },
      { _tag: "ScanWithdrawn" },
      { _tag: "Expired", attempt: 1 },
      shown(2),
      { _tag: "Confirmed", nickname: "椰子" },
      { _tag: "LoggedIn", session: qzone }
    )
    assert.deepEqual(
      states.map(({ code, phase, png }) => [phase, code, png !== undefined]),
      [
        ["asking", 0, false],
        ["waiting", 1, true],
        ["waiting", 1, true],
        ["scanned", 1, true],
        ["waiting", 1, true],
        ["expired", 1, false],
        ["waiting", 2, true],
        ["confirmed", 2, false],
        ["done", 2, false]
      ]
    )
  })

  it("end with what went wrong, in both languages, or with whoever ended it; a last word stays", () => {
    const wrong = PageState.failed(PageState.initial, new LoginError.QrRefused({ step: "ScanStatus" }))
    assert.strictEqual(wrong.message?.en, "the login was refused on the phone, says ssl.ptlogin2.qq.com")
    assert.match(wrong.message?.zh ?? "", /手机/)
    assert.isNotEmpty(wrong.cure?.en)
    assert.strictEqual(PageState.ended(wrong), wrong)
    assert.strictEqual(PageState.ended(PageState.initial).phase, "failed")
  })
})

describe("the page", () => {
  it.effect("shows the present code and no other", () =>
    Effect.gen(function* () {
      const { ask, tell } = yield* mounted
      assert.strictEqual((yield* ask(`${base}code/1`)).status, 404)
      yield* tell(shown(1))
      const picture = yield* ask(`${base}code/1`)
      assert.strictEqual(picture.headers.get("content-type"), "image/svg+xml")
      assert.match(yield* textOf(picture), /^<svg /)
      assert.include(yield* textOf(yield* ask(base)), `src="code/1?${expiresAt.epochMilliseconds}"`)
      yield* tell({ _tag: "Expired", attempt: 1 })
      assert.strictEqual((yield* ask(`${base}code/1`)).status, 404)
      yield* tell(shown(2))
      assert.strictEqual((yield* ask(`${base}code/1`)).status, 404)
      assert.strictEqual((yield* ask(`${base}code/2`)).status, 200)
    })
  )

  it.effect("tells a reader every state as it comes, the time that is left, and ends with the last word", () =>
    Effect.gen(function* () {
      const { ask, page, tell } = yield* mounted
      const response = yield* ask(`${base}events`)
      assert.strictEqual(response.headers.get("x-accel-buffering"), "no")
      const lines = yield* Effect.forkChild(textOf(response), { startImmediately: true })
      yield* tell()
      yield* tell(shown(1))
      yield* tell({ _tag: "Scanned" }, { _tag: "Confirmed", nickname: "椰子" })
      yield* tell({ _tag: "LoggedIn", session: qzone })
      const text = yield* Fiber.join(lines)
      yield* page.told
      const states = text
        .split("\n\n")
        .filter((part) => part.startsWith("data: "))
        .map((part) => JSON.parse(part.slice(6)) as { phase: string; left?: number })
      assert.deepEqual(
        states.map(({ phase }) => phase),
        ["asking", "waiting", "scanned", "confirmed", "done"]
      )
      assert.strictEqual(states[1]?.left, 120_000)
    })
  )

  it.effect("has nothing of the session but the nickname, and that as text", () =>
    Effect.gen(function* () {
      const { ask, tell } = yield* mounted
      yield* tell(shown(1), { _tag: "Confirmed", nickname: `<img src=x onerror=alert(1)>"'&` })
      const html = yield* textOf(yield* ask(base))
      assert.include(html, "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;")
      assert.notInclude(html, "<img src=x")
      assert.notInclude(html, "txz.qq.com")
    })
  )

  it.effect.each([
    ["", "GET", 200],
    ["style.css", "GET", 200],
    ["script.js", "GET", 200],
    ["script.js", "HEAD", 200],
    ["refresh", "POST", 204],
    ["refresh", "GET", 404],
    ["", "POST", 405],
    ["code/1", "DELETE", 405],
    ["no-such", "GET", 404]
  ] as const)("answers %j asked by %s with %i, closed to caches, frames and other sites", ([place, method, status]) =>
    Effect.gen(function* () {
      const { ask } = yield* mounted
      const response = yield* ask(base + place, { method })
      assert.strictEqual(response.status, status)
      assert.strictEqual(response.headers.get("cache-control"), "no-store")
      assert.match(response.headers.get("content-security-policy") ?? "", /^default-src 'none'/)
      assert.strictEqual(response.headers.get("x-frame-options"), "DENY")
      assert.strictEqual(response.headers.get("referrer-policy"), "no-referrer")
    })
  )

  it.effect("answers nothing outside of its own address", () =>
    Effect.gen(function* () {
      const { ask } = yield* mounted
      for (const place of ["/", "/sign-in/", "/sign-in/kZ3w9fQ3/", base.slice(0, -1)]) {
        assert.strictEqual((yield* ask(place)).status, 404, place)
      }
    })
  )

  it.effect(
    "asks for a new code when told to, and not where its owner may be confirming it, nor when all is over",
    () =>
      Effect.gen(function* () {
        const { ask, asked, tell } = yield* mounted
        yield* tell(shown(1))
        yield* ask(`${base}refresh`, { method: "POST" })
        assert.strictEqual(yield* Ref.get(asked), 1)
        for (const event of [{ _tag: "Scanned" }, { _tag: "LoggedIn", session: qzone }] as const) {
          yield* tell(event)
          yield* ask(`${base}refresh`, { method: "POST" })
        }
        assert.strictEqual(yield* Ref.get(asked), 1)
      })
  )

  it.effect.each([
    ["zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"],
    ["fr, en-GB", "en"],
    [undefined, "en"]
  ] as const)("speaks to a reader of %s in %s", ([accepted, lang]) =>
    Effect.gen(function* () {
      const { ask } = yield* mounted
      const headers: Record<string, string> = accepted === undefined ? {} : { "accept-language": accepted }
      assert.include(yield* textOf(yield* ask(base, { headers })), `<html lang="${lang}">`)
    })
  )
})
