/**
 * A Redis that is killed in the midst of a change: whoever asked is told why, at once or after ten seconds.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import { SessionStore } from "../../../src/store/SessionStore.ts"
import * as redisServer from "../../../test/support/redisServer.ts"
import { aSession, counted } from "../../../test/support/sessionStores.ts"

const words = /Redis [A-Z]+: \S+|no answer within 10 s/

export const run = (): Promise<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const server = yield* Scope.make()
    const socket = yield* Scope.provide(redisServer.socket, server)
    const { layer } = yield* redisServer.inRedis(socket, "gone:")
    const store = yield* Effect.provide(SessionStore, layer)
    yield* store.save(aSession(), "p")
    const change = Effect.forEach(Array.from({ length: 1_000_000 }), () => store.modify("p", counted), {
      discard: true
    })
    const busy = yield* Effect.forkChild(change)
    yield* Effect.sleep("200 millis")
    yield* Scope.close(server, Exit.void)
    const errors = [yield* Effect.flip(Fiber.join(busy)), yield* Effect.flip(store.load("p"))]
    return errors.flatMap((error) =>
      error._tag === "StoreFailed" && words.test(error.message) ? [] : [`${error._tag}: ${error.message}`]
    )
  }).pipe(Effect.scoped, Effect.provide(Logger.layer([]).pipe(Layer.fresh)), Effect.runPromise)
