import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import * as TestClock from "effect/testing/TestClock"
import { answered } from "../../src/fleet/database/answered.ts"

/** A fault of Postgres, as its driver has it: of these codes it knows none. */
const fault = (code: string) =>
  new SqlError({
    reason: new UnknownError({ cause: Object.assign(new Error("CANARY"), { code }), message: "", operation: "" })
  })

describe("a database", () => {
  const after = (seconds: number, code: string) =>
    Effect.gen(function* () {
      let tries = 0
      const asked = yield* Effect.suspend(() =>
        tries++ < seconds * 4 ? Effect.fail(fault(code)) : Effect.succeed("saved")
      ).pipe(answered, Effect.result, Effect.forkChild)
      yield* TestClock.adjust("1 minute")
      return yield* Fiber.join(asked)
    })

  it.effect.each(["57P01", "57P02", "57P03"])("that is stopped or starting (%s) is waited for", (code) =>
    Effect.map(after(5, code), (result) => assert.deepInclude(result, { _tag: "Success", success: "saved" }))
  )

  const sqlite = (errcode: number) =>
    new SqlError({ reason: new UnknownError({ cause: { errcode }, message: "", operation: "" }) })
  it.effect.each([
    ["another program holds", 5, "Locked", true],
    ["another program has written to since", 517, "Locked", true],
    ["is damaged", 11, "Damaged", false],
    ["is no database", 26, "Damaged", false]
  ] as const)("that %s is named so, and waited for where that passes", ([, errcode, detail, passes]) =>
    Effect.gen(function* () {
      let tries = 0
      const asked = yield* Effect.forkChild(
        Effect.flip(answered(Effect.suspend(() => (tries++, Effect.fail(sqlite(errcode))))))
      )
      yield* TestClock.adjust("1 minute")
      assert.deepInclude(yield* Fiber.join(asked), { _tag: "VaultFailed", detail })
      assert.strictEqual(tries > 1, passes)
    })
  )

  it.effect("that says nothing any more is asked again, and given up within a minute", () =>
    Effect.gen(function* () {
      let tries = 0
      const silentFor = (times: number) =>
        Effect.suspend(() => (tries++ < times ? Effect.never : Effect.succeed("saved"))).pipe(answered, Effect.result)
      const asked = yield* Effect.forkChild(Effect.all([silentFor(1), silentFor(Infinity)], { concurrency: 1 }))
      yield* TestClock.adjust("75 seconds")
      const [once, always] = yield* Fiber.join(asked)
      assert.deepInclude(once, { _tag: "Success", success: "saved" })
      assert.deepInclude(always._tag === "Failure" && always.failure, { _tag: "VaultFailed", reason: "database" })
    })
  )

  it.effect.each([
    ["57P01", 20],
    ["22P02", 1]
  ] as const)("that stays away, or refuses what is asked (%s), is told of without its words", ([code, seconds]) =>
    Effect.map(after(seconds, code), (result) => {
      assert.strictEqual(result._tag, "Failure")
      assert.notInclude(JSON.stringify(result), "CANARY")
    })
  )
})
