import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as LoginConfig from "webqq-login/LoginConfig"
import { read } from "../src/cli/inputs/limits.ts"

const reading = (env: Record<string, string>) =>
  Effect.provideService(read, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

describe("the environment", () => {
  it.effect("changes what it names, and nothing else", () =>
    Effect.gen(function* () {
      const env = { WEBQQ_POLL_INTERVAL: "5 seconds", WEBQQ_MAX_REFRESH: "0", WEBQQ_USER_AGENT: "Mozilla/5.0 (me)" }
      const { maxRefresh, pollInterval, userAgent, ...others } = yield* reading(env)
      assert.deepEqual([Duration.toMillis(pollInterval), maxRefresh, userAgent], [5000, 0, "Mozilla/5.0 (me)"])
      const { maxRefresh: _, pollInterval: __, userAgent: ___, ...defaults } = LoginConfig.defaults
      assert.deepEqual(others, defaults)
    })
  )

  it.effect.each([
    ["WEBQQ_POLL_INTERVAL", "soon"],
    ["WEBQQ_POLL_INTERVAL", "0 seconds"],
    ["WEBQQ_REQUEST_TIMEOUT", "-1 seconds"],
    ["WEBQQ_CODE_LIFE", "Infinity"],
    ["WEBQQ_JITTER", "-5"],
    ["WEBQQ_JITTER", "1.5"],
    ["WEBQQ_MAX_REFRESH", "-1"],
    ["WEBQQ_RETRIES", "two"],
    ["WEBQQ_MAX_FAULTS", "1.5"],
    ["WEBQQ_USER_AGENT", "椰"],
    ["WEBQQ_USER_AGENT", "a\r\nCookie: b"]
  ] as const)("is told that %s=%j makes no sense", ([name, value]) =>
    Effect.gen(function* () {
      const { exitCode, said } = yield* Effect.flip(reading({ [name]: value }))
      assert.deepEqual([exitCode, said.message], [2, { en: `${name}: bad value`, zh: `${name}：值无效` }])
      assert.notMatch(said.message.en + said.cure.en + said.cure.zh, /SchemaError|\ufffd/)
    })
  )
})

it("values that make no sense are refused in a program, too, but for polls without a wait, which tests want", () => {
  assert.throws(() => LoginConfig.make({ userAgent: "椰" }), /printable ASCII/)
  assert.throws(() => LoginConfig.make({ codeLife: "Infinity" }), /that ends/)
  assert.throws(() => LoginConfig.make({ maxRefresh: -1 }))
  assert.strictEqual(Duration.toMillis(LoginConfig.make({ pollInterval: 0 }).pollInterval), 0)
})
