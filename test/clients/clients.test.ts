import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Engine, Scenario } from "webqq-login/replay"
import { recordAgain } from "../support/recordAgain.ts"
import { clients } from "./clients.ts"
import { play } from "./play.ts"
import { strangers } from "./strangers.ts"

const load = (name: string) => Effect.runSync(Scenario.load(name))

const pairs = clients.flatMap((client) => client.scenarios.map((name) => [client.name, name, client] as const))

describe("public clients, as they are", () => {
  it.each(pairs)("%s passes %s as the server took it", (_, name, client) => {
    const engine = Engine.make(load(name), { strictness: "server" })
    const answers = play(engine, client)
    assert.strictEqual(Engine.report(engine.scenario, engine.verify()), "")
    assert.deepStrictEqual(
      answers.filter(({ _tag }) => _tag === "Mismatch"),
      []
    )
    // What is merely not as recorded is told once for each part.
    const told = engine.warnings().map(({ about, fault, field, kind }) => [kind, about, field, fault?.name].join(" "))
    assert.deepStrictEqual(told, [...new Set(told)])
    const kinds = new Set(engine.warnings().map(({ kind }) => kind))
    assert.isTrue(kinds.has("as recorded"))
    assert.strictEqual(kinds.has("odd order"), client.name.startsWith("Yinzo"))
    assert.strictEqual(kinds.has("left"), client.givesUp === true)
  })

  it.each(strangers.flatMap((client) => client.scenarios.map((name) => [client.name, name, client] as const)))(
    "%s, which is not among them, passes %s",
    (_, name, client) => {
      const engine = Engine.make(load(name), { strictness: "server" })
      play(engine, client, client.interval === undefined ? {} : { interval: client.interval })
      assert.strictEqual(Engine.report(engine.scenario, engine.verify()), "")
      assert.isTrue(engine.warnings().some(({ kind }) => kind === "as recorded"))
    }
  )

  it.each([
    ["g_tk of another key", "g_tk", "5381", /form\.g_tk: expected "1881399958", got "5381"/],
    [
      "another code for the key",
      "code",
      "ffff",
      /json\.req\.param\.code: expected "00112233445566778899AABBCCDDEEFF", got "ffff"/
    ],
    ["another redirect_uri", "redirect_uri", "https://y.qq.com/", /form\.redirect_uri: expected .*, got "https:\/\/y/]
  ])("of what follows a login, %s is refused", (_, field, value, says) => {
    const engine = Engine.make(load("music"), { strictness: "server" })
    const client = strangers.find(({ scenarios }) => scenarios.includes("music"))!
    const request = (wire: Engine.WireRequest): Engine.WireRequest => {
      if (wire.url.endsWith("/musicu.fcg") && field === "code") {
        return {
          ...wire,
          body: Buffer.from(
            Buffer.from(wire.body)
              .toString()
              .replace(/(?<="code":")\w+/, value)
          )
        }
      }
      if (!wire.url.endsWith("/authorize") || field === "code") return wire
      const form = new URLSearchParams(Buffer.from(wire.body).toString())
      form.set(field, value)
      return { ...wire, body: Buffer.from(form.toString()) }
    }
    play(engine, client, { request })
    assert.match(Engine.report(engine.scenario, engine.verify()), says)
  })

  it.each(pairs)("%s is refused by %s exactly as recorded", (_, name, client) => {
    const engine = Engine.make(load(name))
    play(engine, client)
    assert.notDeepEqual(engine.verify(), [])
  })

  it.each(pairs)("%s is answered by %s in a possible order", (_, name, client) => {
    const engine = Engine.make(load(name), { strictness: "loose" })
    play(engine, client)
    assert.strictEqual(Engine.report(engine.scenario, engine.verify()), "")
  })

  it.live(
    "pass what our own client has recorded of the same logins, with other secrets, as they pass what we wrote down",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const passed: Array<string> = []
          for (const name of new Set(pairs.map(([, name]) => name))) {
            const recorded = yield* Scenario.load((yield* recordAgain(name, 11)).folder)
            for (const [who, , client] of pairs.filter(([, played]) => played === name)) {
              const engine = Engine.make(recorded, { strictness: "server" })
              play(engine, client)
              assert.strictEqual(Engine.report(recorded, engine.verify()), "", `${who}, ${name}`)
              passed.push(who)
            }
          }
          assert.lengthOf(passed, pairs.length)
        })
      )
  )
})
