/**
 * Which site a login is for where none is named: that of a saved session, one that somebody chooses, or none at all.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Site from "webqq-login/Site"
import { Session } from "webqq-login/Session"
import { qzone, webqq } from "../support/savedSessions.ts"
import { withSessions } from "./inProcess.ts"
import { keyboard } from "./keyboard.ts"

const living = Site.all.filter(({ closed }) => closed === undefined)
const names = living.map(({ name }) => name)

const qun = new Session({ ...qzone, site: "qun" })

const noNetwork = [{ fails: "CERT_HAS_EXPIRED" }]

/** The site whose code was asked for. */
const askedFor = (asked: ReadonlyArray<{ readonly url: string }>) => {
  const appid = new URL(asked[0]?.url ?? "https://nobody/").searchParams.get("appid")
  return Site.all.find((site) => site.appid === appid)?.name
}

describe("login without a site", () => {
  it.effect("takes the one of the session that was saved last", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ first: qzone, second: qun })
      const { asked, stderr } = yield* run("login", { answers: noNetwork })
      assert.include(asked[0]?.url, "qun.qq.com")
      assert.match(stderr, /^there is a saved session, second; looking whether it works …$/m)
    })
  )

  it.effect("takes the one of the profile, and says which where nothing else does", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ first: qzone, second: qun })
      const named = yield* run("login --profile first", { answers: noNetwork })
      assert.include(named.asked[0]?.url, "qzone.qq.com")
      for (const flags of ["--fresh", "--profile third"]) {
        const { asked, stderr } = yield* run(`login ${flags}`, { answers: noNetwork })
        assert.strictEqual(askedFor(asked), "qun")
        assert.match(stderr, /^note: at qun, as second, which was saved last; --site names another$/m)
      }
    })
  )

  it.effect("ends with 2 and the names where there is none and nobody to ask", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      for (const line of ["login", "login --fresh", "login --profile work --json"]) {
        const { asked, code, stderr, stdout } = yield* run(line)
        assert.deepEqual([code, stdout, asked.length], [2, "", 0])
        assert.strictEqual(
          stderr,
          `error: no site is named, and no session is saved\n→ name one with --site: ${names.join(", ")}\n`
        )
      }
      const json = yield* run("login --json", { input: keyboard().input })
      assert.strictEqual(json.code, 2)
      const { stderr } = yield* run("login", { language: "zh" })
      assert.include(stderr, `→ 请用 --site 指定：${names.join("、")}`)
    })
  )

  it.effect("asks nobody where only a saved session would do", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      const { code, stderr } = yield* run("login --no-scan", { input: keyboard().input })
      assert.strictEqual(code, 4)
      assert.include(stderr, "there is no saved session that works")
    })
  )

  it.effect("takes no session of a site that is closed for a choice", () =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({ old: webqq })
      assert.strictEqual((yield* run("login")).code, 2)
    })
  )

  const keys: ReadonlyArray<readonly [what: string, keys: ReadonlyArray<string>, site: string | undefined]> = [
    ["Enter", ["\r"], names[0]],
    ["two arrows down", ["\u001b[B", "\u001b[B", "\r"], names[2]],
    ["arrows as one text, as some terminals send them", ["\u001bOB\u001bOB\u001bOA\r"], names[1]],
    ["an arrow up from the first", ["\u001b[A", "\n"], names.at(-1)],
    ["keys that are none of these", ["\u001b[3~", "\u001b[1;5B", "\u001b", "\r"], names[1]],
    ["a number", ["3"], names[2]],
    ["a number that there is not, and then one", ["9", "0", "2"], names[1]],
    ["letters that say nothing", ["x", "q", "é", "4"], names[3]]
  ]
  it.effect.each(keys)("asks on a terminal: %s", ([, texts, site]) =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      const { input, modes, type } = keyboard()
      const fiber = yield* Effect.forkChild(run("login", { input, answers: noNetwork }))
      yield* type(...texts)
      const { asked, code, stderr } = yield* Fiber.join(fiber)
      assert.strictEqual(code, 6)
      assert.strictEqual(askedFor(asked), site)
      assert.deepEqual([modes, input.listenerCount("data")], [[true, false], 0])
      assert.include(stderr, "Which site?")
      for (const [index, name] of names.entries()) assert.include(stderr, `${index + 1}  ${name}`)
    })
  )

  it.effect.each([["Ctrl-C", "\u0003"] as const, ["Ctrl-D", "\u0004"] as const])("ends with 130 at %s", ([, key]) =>
    Effect.gen(function* () {
      const { run } = yield* withSessions({})
      const { input, modes, type } = keyboard()
      const fiber = yield* Effect.forkChild(run("login", { input, language: "zh" }))
      yield* type("\u001b[B", key)
      const { asked, code, stderr } = yield* Fiber.join(fiber)
      assert.deepEqual([code, asked.length, modes], [130, 0, [true, false]])
      assert.include(stderr, "登录哪个站点？")
      assert.include(stderr, "› 1  qzone     QQ 空间")
    })
  )
})
