/**
 * What the commands do with a fleet that takes what it is asked and says nothing: they give up, and a login only where nothing at all is
 * heard of it any more.
 */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as TestClock from "effect/testing/TestClock"
import type { LoginStep } from "../../src/fleet/Account.ts"
import { repeated } from "../../src/fleet/api/repeated.ts"
import { type Asked, asking, watching } from "../../src/fleet/node/client.ts"
import { pass } from "../support/inFleet.ts"

const where = { url: "http://127.0.0.1:7070", token: "t".repeat(43) }

/** A fleet that answers each question with the next of these, and the last one never. */
const answering = (...answers: ReadonlyArray<Response>) => {
  const left = [...answers]
  return Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.suspend(() => {
        const next = left.shift()
        return next === undefined ? Effect.never : Effect.succeed(HttpClientResponse.fromWeb(request, next))
      })
    )
  )
}

const status = (profile: string) => ({ profile, site: "qzone", state: "good", failures: 0, version: 1, node: "n" })

describe("a fleet that never answers", () => {
  const asked: ReadonlyArray<Asked> = [
    { what: "list" },
    ...(["status", "pause", "resume", "forget", "link"] as const).map((what) => ({ what, profile: "alice" })),
    { what: "ensure", profile: "alice", how: "renew" },
    { what: "add", profile: "alice", site: "qzone" }
  ]
  it.effect.each(asked)("is given up when it is asked for: $what", (asked) =>
    Effect.gen(function* () {
      const answer = yield* Effect.forkChild(asking(where, asked), { startImmediately: true })
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(answer.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const given = yield* Fiber.join(answer)
      assert.deepInclude((given as Extract<typeof given, { readonly failed: unknown }>).failed, {
        tag: "NoAnswer",
        exitCode: 6,
        message: {
          en: "the fleet takes what it is asked, and does not answer",
          zh: "服务接受了请求，但没有响应"
        }
      })
    }).pipe(Effect.provide(answering()))
  )

  it.effect("is given up in the middle of a list, too", () => {
    const accounts = Array.from({ length: 1000 }, (_, i) => status(`a-${i}`))
    return Effect.gen(function* () {
      const answer = yield* Effect.forkChild(asking(where, { what: "list" }), { startImmediately: true })
      yield* pass("61 seconds", "61 seconds")
      assert.nestedPropertyVal(yield* Fiber.join(answer), "failed.tag", "NoAnswer")
    }).pipe(Effect.provide(answering(Response.json({ accounts }))))
  })

  it.effect("has an hour for all sessions that a new key is put on", () =>
    Effect.gen(function* () {
      const answer = yield* Effect.forkChild(asking(where, { what: "rotate" }), { startImmediately: true })
      yield* TestClock.adjust("59 minutes")
      assert.isUndefined(answer.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      assert.nestedPropertyVal(yield* Fiber.join(answer), "failed.tag", "NoAnswer")
    }).pipe(Effect.provide(answering()))
  )
})

/** An answer that is told bit by bit. */
const telling = () => {
  let told!: ReadableStreamDefaultController<Uint8Array>
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (told = controller) })
  return {
    answer: new Response(body, { headers: { "content-type": "text/event-stream" } }),
    tell: (step: object) => told.enqueue(new TextEncoder().encode(`event: message\ndata: ${JSON.stringify(step)}\n\n`))
  }
}

describe("a login", () => {
  it.effect("is waited for as long as anything is heard of it, and each step is told once", () => {
    const { answer, tell } = telling()
    const told: Array<string> = []
    return Effect.gen(function* () {
      const ended = yield* Effect.forkChild(watching(where, "alice", ({ _tag }) => void told.push(_tag)))
      yield* pass("100 seconds", "10 seconds")
      for (const attempt of [1, 2]) {
        tell({ _tag: "QrShown", attempt, png: "", expiresAt: "2026-11-20T08:03:00.000Z" })
        for (let i = 0; i < 20; i++) {
          tell({ _tag: "Waiting" })
          yield* pass("15 seconds", "5 seconds")
        }
        tell({ _tag: "Expired", attempt })
      }
      yield* pass("119 seconds", "7 seconds")
      assert.isUndefined(ended.pollUnsafe())
      assert.deepStrictEqual(told, ["QrShown", "Waiting", "Expired", "QrShown", "Waiting", "Expired"])
      yield* pass("2 seconds")
      assert.nestedPropertyVal(yield* Fiber.join(ended), "failed.tag", "NoAnswer")
    }).pipe(Effect.provide(answering(answer)))
  })

  it.effect("is told of by the API while nothing happens: how far it is, and no picture twice", () =>
    Effect.gen(function* () {
      const steps = yield* Queue.unbounded<LoginStep, "over">()
      const told: Array<string> = []
      const listening = yield* Effect.forkChild(
        Effect.flip(
          Stream.runForEach(repeated(Stream.fromQueue(steps)), ({ _tag }) => Effect.sync(() => void told.push(_tag)))
        ),
        { startImmediately: true }
      )
      yield* pass("1 minute", "15 seconds")
      assert.deepStrictEqual(told.splice(0), ["Waiting", "Waiting", "Waiting", "Waiting"])
      const expiresAt = yield* DateTime.now
      yield* Queue.offer(steps, { _tag: "QrShown", attempt: 1, png: new Uint8Array(), expiresAt })
      yield* pass("30 seconds", "15 seconds")
      yield* Queue.offer(steps, { _tag: "Scanned" })
      yield* pass("30 seconds", "15 seconds")
      assert.deepStrictEqual(told, ["QrShown", "Waiting", "Waiting", "Scanned", "Scanned", "Scanned"])
      yield* Queue.fail(steps, "over")
      assert.strictEqual(yield* Fiber.join(listening), "over")
    })
  )
})
