import { assert, describe, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { inspect } from "node:util"
import { MemoryReplay, runVirtual, Scenario } from "webqq-login/replay"
import * as SessionStore from "webqq-login/SessionStore"
import * as SignIn from "webqq-login/SignIn"
import * as Site from "webqq-login/Site"
import { encodings, newSearch, search, secretsOf, watch } from "../support/canaries.ts"
import { playCommand } from "../support/playCommand.ts"

const all = Effect.runSync(Effect.flatMap(Scenario.list, (names) => Effect.forEach(names, Scenario.load)))
const named = (name: string) => all.find((scenario) => scenario.name === name)!

const signIn = (scenario: Scenario.Scenario) =>
  Effect.gen(function* () {
    const store = yield* SessionStore.SessionStore
    if (scenario.saved !== undefined) yield* store.save(scenario.saved)
    return yield* SignIn.signIn(Site.find(scenario.site)!)
  }).pipe(Effect.provide(SessionStore.layerMemory))

class Leaky extends Data.TaggedError("Leaky")<{ readonly message: string }> {}

describe("the search for secrets", () => {
  it("knows those of Web QQ by heart", () => {
    const { outcome } = named("webqq")
    const secrets = secretsOf(named("webqq"))
    const { cookies = [], psessionid, ptwebqq, vfwebqq } = "session" in outcome ? outcome.session : {}
    for (const value of [ptwebqq, vfwebqq, psessionid]) assert.include(secrets, value)
    for (const { name, value } of cookies) {
      if (/skey|token|qrsig|superkey|RK/.test(name) && value) assert.include(secrets, value)
    }
    for (const pattern of [/^https:.*ptsigx=/, /^[0-9a-f]{128}/, /^Stand-In-qrsig/, /^\d{10}$/]) {
      assert.isTrue(
        secrets.some((secret) => pattern.test(secret)),
        String(pattern)
      )
    }
    assert.isAtLeast(secrets.length, 15)
  })

  const ways: ReadonlyArray<readonly [encoding: string, write: (text: string) => string]> = [
    ["raw", (text) => text],
    ["percent", encodeURIComponent],
    ["percent, lower case", (text) => encodeURIComponent(text).replaceAll(/%../g, (found) => found.toLowerCase())],
    ["percent, every byte", (text) => text.replaceAll(/[^]/g, (unit) => `%${unit.charCodeAt(0).toString(16)}`)],
    ["form", (text) => new URLSearchParams({ r: text }).toString()],
    ["JSON", (text) => JSON.stringify({ r: text })],
    ["base64", (text) => Buffer.from(`/${text}?`).toString("base64")],
    ["base64url", (text) => Buffer.from(`??${text}>>>`).toString("base64url")],
    ["hex", (text) => Buffer.from(`>${text}<`).toString("hex")]
  ]
  it.each(ways)("finds one written as %s", (encoding, write) => {
    assert.deepEqual(
      ways.map(([name]) => name),
      Object.keys(encodings)
    )
    const secret = `@Ab"C/d+e\\F=g~?>:;<*H_${encoding.length}`
    const found = newSearch()
    search(found, "here", [secret], { log: `before ${write(secret)} after`, span: "nothing" })
    assert.include(found.hits, `here: ${secret} (${encoding}) in log`)
    assert.notInclude(inspect(found.hits), "in span")
    assert.strictEqual(found.checks, ways.length * 2)
  })

  it.effect("looks at logs, spans, errors and what is written", () =>
    Effect.gen(function* () {
      const secret = "Canary-of-this-test"
      const leaky = Effect.logTrace(secret).pipe(
        Effect.andThen(new Leaky({ message: secret })),
        Effect.withSpan("leaky", { attributes: { secret } }),
        Effect.onExit(() =>
          Effect.sync(() => {
            console.error(secret)
            process.stderr.write(`${secret}\n`)
          })
        )
      )
      const { sinks } = yield* watch(leaky)
      const found = newSearch()
      search(found, "", [secret], sinks)
      for (const sink of ["logs", "spans", "Cause.pretty", "util.inspect", "error.stack", "console", "stderr"]) {
        assert.include(found.hits, `: ${secret} (raw) in ${sink}`)
      }
    })
  )
})

describe("a secret of any scenario", () => {
  it.live("is in no log, span, metric, error, session or output, however it is written", () =>
    Effect.gen(function* () {
      const found = newSearch()
      for (const scenario of all) {
        const { exit, sinks } = yield* watch(
          runVirtual(signIn(scenario), { startAt: scenario.clock, step: "1 hour" })
        ).pipe((program) => MemoryReplay.withScenario(scenario, program))
        assert.strictEqual(exit._tag, "session" in scenario.outcome ? "Success" : "Failure", scenario.name)
        search(found, scenario.name, secretsOf(scenario), sinks)
      }
      assert.deepEqual(found.hits, [])
      assert.isAbove(found.checks, 30_000)
    })
  )

  it.live("is in nothing that the command writes for people, with all that it has to say", () =>
    Effect.gen(function* () {
      const found = newSearch()
      for (const scenario of all) {
        const people = yield* playCommand(scenario, { terminal: true })
        const { exitCode, stderr } = yield* playCommand(scenario, { json: true, language: "zh" })
        assert.strictEqual(exitCode === 0, "session" in scenario.outcome, scenario.name)
        assert.strictEqual(people.exitCode, exitCode, scenario.name)
        search(found, scenario.name, secretsOf(scenario), {
          "stdout, terminal": people.stdout,
          "stderr, terminal": people.stderr,
          stderr
        })
      }
      assert.deepEqual(found.hits, [])
      assert.isAbove(found.checks, 10_000)
    })
  )

  it.live.each(["webqq", "html-for-json", "hostile-redirect", "renewed-silently"])(
    "is in nothing that Node prints of a program that dies of what came out of %s",
    (name) =>
      Effect.gen(function* () {
        const crash = fileURLToPath(new URL("../support/crash.ts", import.meta.url))
        const output = yield* Effect.promise(
          () =>
            new Promise<string>((resolve) => {
              execFile(process.execPath, [crash, name], (_, stdout, stderr) => resolve(stdout + stderr))
            })
        )
        assert.match(output, /Session \{|BadJson: |RedirectUntrusted: /)
        const found = newSearch()
        search(found, name, secretsOf(named(name)), { crash: output })
        assert.deepEqual(found.hits, [])
      })
  )
})
