import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import * as SessionStore from "webqq-login/SessionStore"
import { aSession } from "../support/sessionStores.ts"

// Node's recursive mkdir never came back from there, at full speed.
it.live.skipIf(!existsSync("/proc/self"))("a place like /proc, where no folder can be made, is told of", () =>
  Effect.gen(function* () {
    const store = yield* SessionStore.SessionStore
    const error = yield* Effect.flip(store.save(aSession()))
    assert.deepInclude({ ...error }, { _tag: "StoreFailed", reason: "the place cannot be made", code: "ENOENT" })
  }).pipe(Effect.provide(SessionStore.layerFile({ directory: "/proc/webqq-login/sessions" })))
)
