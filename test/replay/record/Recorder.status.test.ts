import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Net from "node:net"
import type { AddressInfo } from "node:net"
import * as Facade from "../../../src/Facade.ts"
import * as Recorder from "../../../src/replay/record/Recorder.ts"

/** What a recorded client makes of an answer of these bytes. */
const ask = (status: number) =>
  Effect.gen(function* () {
    const server = yield* Effect.acquireRelease(
      Effect.callback<Net.Server>((resume) => {
        const server = Net.createServer((socket) => {
          socket
            .once("data", () => socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nno`))
            .on("error", () => {})
        })
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) => Effect.sync(() => server.close())
    )
    const recorder = Recorder.make()
    const client = recorder.record(yield* HttpClient.HttpClient)
    const result = yield* Effect.result(client.get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`))
    const [capture] = recorder.captures()
    return { result, kept: capture && [capture.status, capture.responseBody.length] }
  }).pipe(Effect.provide(Facade.httpClient), Effect.scoped)

describe("a recorder", () => {
  it.live("gives an answer without content as one, and a status that does not exist as a transport error", () =>
    Effect.gen(function* () {
      const reset = yield* ask(205)
      assert.strictEqual(reset.result._tag === "Success" && reset.result.success.status, 205)
      assert.deepStrictEqual(reset.kept, [205, 0])
      assert.deepStrictEqual((yield* ask(599)).kept, [599, 2])
      const { kept, result } = yield* ask(999)
      assert.strictEqual(result._tag === "Failure" && result.failure.reason._tag, "TransportError")
      assert.isUndefined(kept)
    })
  )
})
