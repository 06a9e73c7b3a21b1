import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as TestClock from "effect/testing/TestClock"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as CollectorClient from "../../src/http/collector.ts"

it.effect.each(["says nothing", "never ends what it says"])("a collector that %s is given up, and let go", (how) =>
  Effect.gen(function* () {
    let begun = () => {}
    let closed = () => {}
    const isBegun = new Promise<void>((resolve) => (begun = resolve))
    const isClosed = new Promise<void>((resolve) => (closed = resolve))
    const server = createServer((request, response) => {
      request.socket.once("close", closed)
      if (how !== "says nothing") response.write("{")
      begun()
    })
    yield* Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)))
    const { port } = server.address() as AddressInfo
    const client = yield* HttpClient.HttpClient
    const sent = yield* Effect.forkChild(Effect.flip(client.post(`http://127.0.0.1:${port}/v1/traces`)))
    yield* Effect.promise(() => isBegun)
    yield* TestClock.adjust("11 seconds")
    assert.strictEqual((yield* Fiber.join(sent)).reason._tag, "TransportError")
    yield* Effect.promise(() => isClosed)
    server.close()
  }).pipe(Effect.provide(CollectorClient.layer))
)
