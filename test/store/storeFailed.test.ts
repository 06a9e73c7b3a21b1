/**
 * What the operating system says, as `StoreFailed` tells it: which place is wrong.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { join } from "node:path"
import * as SessionStore from "../../src/store/SessionStore.ts"
import { fromCause } from "../../src/store/storeFailed.ts"
import { aSession, temporaryFolder } from "../support/sessionStores.ts"

describe("a fault of the operating system", () => {
  it.effect.each<readonly [code: string, isOfPlace: boolean]>([
    ["EACCES", true],
    ["EPERM", true],
    ["EROFS", true],
    ["ENOSPC", true],
    ["EDQUOT", true],
    ["ENOTDIR", true],
    ["ENOENT", true],
    ["ENAMETOOLONG", false],
    ["EIO", false],
    ["EMFILE", false]
  ])("names the nearest place that is there where that is to blame: %s %s", ([code, isOfPlace]) =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "state", "sessions")
      const cause = Object.assign(new Error(code), { code, path: join(path, "p.json") })
      assert.strictEqual(fromCause(path, cause).above, isOfPlace ? folder : undefined)
    })
  )

  it.effect("blames no folder for a path below it that is too long", () =>
    Effect.gen(function* () {
      const directory = join(yield* temporaryFolder, "x".repeat(300))
      const saved = SessionStore.SessionStore.use((store) => store.save(aSession()))
      const error = yield* Effect.flip(Effect.provide(saved, Layer.fresh(SessionStore.layerFile({ directory }))))
      assert.deepInclude({ ...error }, { reason: "the path is too long", code: "ENAMETOOLONG", path: directory })
      assert.notProperty(error, "above")
    })
  )
})
