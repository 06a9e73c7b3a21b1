import { assert, describe, it } from "@effect/vitest"
import { Engine } from "webqq-login/replay"
import { get, shop } from "../../support/scenarios.ts"

const api = "https://api.shop.example"
const ask = (path: string): Engine.WireRequest => ({
  method: "GET",
  url: `${api}/${path}`,
  headers: [],
  body: new Uint8Array(0)
})

describe("a scenario that is played exactly", () => {
  const start = () =>
    Engine.make(
      shop([
        get("list", `${api}/list`, "list", {
          response: {
            status: 302,
            headers: [
              ["Set-Cookie", "a=1"],
              ["set-cookie", "b=2"]
            ],
            body: { text: "é" }
          }
        }),
        get("item", `${api}/item`, "item")
      ])
    )

  it("is played exactly where nobody says otherwise, and says so", () => {
    const engine = start()
    assert.strictEqual(engine.strictness, "exact")
    assert.strictEqual(engine.scenario.name, "shop")
  })

  it("answers with the very status, headers and bytes that were recorded", () => {
    const engine = start()
    const [exchange] = engine.scenario.exchanges
    assert.deepStrictEqual(engine.handle(ask("list")), {
      _tag: "Answer",
      exchange: exchange!,
      status: 302,
      headers: [
        ["Set-Cookie", "a=1"],
        ["set-cookie", "b=2"]
      ],
      body: Buffer.from("é")
    })
  })

  it("tells what was wrong so far: each request that did not match, in order, and not what has yet to come", () => {
    const engine = start()
    assert.deepStrictEqual([engine.wrong(), engine.warnings()], [[], []])
    for (const path of ["item", "list", "other", "list"]) engine.handle(ask(path))
    assert.deepStrictEqual(
      engine.wrong().map((problem) => problem._tag === "Mismatch" && [problem.verdict, problem.url]),
      [
        ["out of order", `${api}/item`],
        ["differs", `${api}/other`],
        ["already served", `${api}/list`]
      ]
    )
    assert.deepStrictEqual(engine.verify().slice(0, 3), engine.wrong())
    // Here, what is not as written is no mere warning.
    assert.deepStrictEqual(engine.warnings(), [])
  })

  it("has told what it has told: what comes later changes no list that was given before", () => {
    const engine = start()
    const [served, wrong] = [engine.served(), engine.wrong()]
    for (const path of ["item", "list"]) engine.handle(ask(path))
    assert.deepStrictEqual([served, wrong], [[], []])
    assert.deepStrictEqual([engine.served().length, engine.wrong().length], [1, 1])
  })

  it("says how often each exchange came that came too seldom", () => {
    const engine = Engine.make(shop([get("list", `${api}/list`, "", { times: 3 }), get("item", `${api}/item`, "")]))
    engine.handle(ask("list"))
    engine.handle(ask("list"))
    assert.deepStrictEqual(
      engine.verify().map((problem) => problem._tag === "Unused" && [problem.exchange.id, problem.served]),
      [
        ["list", 2],
        ["item", 0]
      ]
    )
  })
})
