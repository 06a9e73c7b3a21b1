import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import nock from "nock"
import { Readable } from "node:stream"
import * as CookieJar from "webqq-login/CookieJar"
import { met, type Met, systemErrors } from "../support/exchanges.ts"
import { exchange, nextHead, ways } from "../support/exchanging.ts"

const origin = "https://s.web2.qq.com"
const url = `${origin}/path`

/** What the table says, as a body of nock's: a stream that ends, stalls, breaks off, or never ends. */
const bodyOf = ({ answer, next }: Met) => {
  const begun = answer !== undefined && "body" in answer ? answer.body : "x"
  if (next === undefined) return answer !== undefined && "body" in answer ? answer.body : undefined
  let sent = false
  return new Readable({
    read() {
      if (!sent) this.push(begun)
      else if (next === "goes on for ever") this.push("x".repeat(16_384))
      else if (next === "is cut off") this.destroy(Object.assign(new Error("cut off"), { code: "ECONNRESET" }))
      sent = true
    }
  })
}

const play = (what: Met) => {
  const { answer, next } = what
  const { promise: arrived, resolve } = Promise.withResolvers<void>()
  const asked = nock(origin).get("/path").query(true)
  if (answer === undefined) {
    const scope =
      next === "is cut off"
        ? asked.replyWithError(Object.assign(new Error(`reset ${url}?SECRET`), { code: "ECONNRESET" }))
        : asked.reply(() => (resolve(), new Promise<never>(() => {})))
    return { scope, arrived }
  }
  if ("raw" in answer) throw new Error("only sockets can show it")
  const scope = asked.reply(answer.status, () => bodyOf(what), answer.headers?.flat() as unknown as nock.ReplyHeaders)
  return { scope, arrived }
}

beforeAll(() => {
  if (!nock.isActive()) nock.activate()
})
afterAll(() => nock.restore())

describe.each(ways)("an exchange in %s", (_, layer) => {
  it.effect.each(met.filter(({ socketsOnly }) => socketsOnly !== true))("under nock: $name", (what) =>
    Effect.gen(function* () {
      const { arrived, scope } = play(what)
      const head = what.answer === undefined ? Effect.promise(() => arrived) : yield* nextHead
      const exchanging = yield* Effect.forkChild(exchange(url, what.request, Duration.seconds(10)))
      if (what.next === "stalls") yield* Effect.andThen(head, TestClock.adjust("10 seconds"))
      const { became, kept } = yield* Fiber.join(exchanging)
      assert.deepEqual(became, what.becomes)
      assert.strictEqual(kept, what.kept)
      assert.isTrue(scope.isDone())
    }).pipe(Effect.provide(layer), Effect.ensuring(Effect.sync(() => nock.cleanAll())))
  )

  it.live.each(systemErrors)("names %s %s, and tells nothing of the address", ([code, reason]) =>
    Effect.gen(function* () {
      nock(origin)
        .get("/path")
        .query(true)
        .replyWithError(Object.assign(new Error(`${code} ${url}?ticket=SECRET`), { code }))
      const { became } = yield* exchange(url)
      assert.deepEqual(became, { _tag: "HttpFailed", reason, code } as never)
    }).pipe(Effect.provide(layer), Effect.ensuring(Effect.sync(() => nock.cleanAll())))
  )

  it.effect("under nock: ends at its deadline, by Effect's clock", () =>
    Effect.gen(function* () {
      const arrived = Promise.withResolvers<void>()
      nock(origin)
        .get("/path")
        .query(true)
        .reply(() => {
          arrived.resolve()
          return new Promise<never>(() => {})
        })
      const jar = CookieJar.make({ domains: ["qq.com"] })
      const fiber = yield* Effect.forkChild(exchange(url, {}, Duration.seconds(10), jar))
      yield* Effect.promise(() => arrived.promise)
      yield* TestClock.adjust("9999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepEqual((yield* Fiber.join(fiber)).became, { _tag: "HttpFailed", reason: "timeout" })
    }).pipe(Effect.provide(layer), Effect.ensuring(Effect.sync(() => nock.cleanAll())))
  )
})
