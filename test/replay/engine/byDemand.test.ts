import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Engine, Scenario } from "webqq-login/replay"
import type { ScenarioFile } from "../../../src/replay/format/ScenarioFile.ts"
import { get, shopFile } from "../../support/scenarios.ts"

const api = "https://api.shop.example"

const ask = (path: string, more: Partial<Engine.WireRequest> = {}): Engine.WireRequest => ({
  method: "GET",
  url: path.includes("://") ? path : `${api}${path}`,
  headers: [],
  body: new Uint8Array(0),
  ...more
})

const evidence = "it was refused"

/** A shop that looks at the key of a list, at the number of a page where there is one, and at nothing else. */
const file = (more: Partial<ScenarioFile> = {}) =>
  shopFile(
    [
      get("list", `${api}/list`, "list", {
        request: {
          method: "GET",
          url: `${api}/list`,
          query: { key: "secret-1", page: "1", lang: "en", back: `${api}/home?a=1` }
        }
      }),
      get("item", `${api}/item`, "ticket-for-the-basket", {
        times: 2,
        request: { method: "GET", url: `${api}/item`, query: {} }
      }),
      get("basket", `${api}/basket`, "ok", {
        request: { method: "GET", url: `${api}/basket`, query: { ticket: "ticket-for-the-basket" } },
        response: {
          status: 302,
          headers: [["Location", `${api}/home?a=1`]],
          body: { text: `go(${encodeURIComponent(`${api}/home?a=1`)})` }
        }
      })
    ],
    {
      format: "webqq-fixture/2",
      demands: [
        {
          url: `${api}/list`,
          required: { "query.key": { evidence } },
          checked: { "query.page": { evidence } },
          echoed: ["query.back"]
        },
        { url: `${api}/item` },
        { url: `${api}/basket`, required: { "query.ticket": { evidence } } }
      ],
      equal: [{ addresses: [`${api}/`, "http://old.shop.example/v1/"], evidence }],
      optional: [
        get("help", `${api}/help`, "help"),
        get("home", `${api}/home`, "home", { request: { method: "GET", url: `${api}/home`, query: { a: "1" } } })
      ],
      ...more
    }
  )

const start = (strictness: Engine.Strictness, more: Partial<ScenarioFile> = {}) =>
  Engine.make(Effect.runSync(Scenario.decode(file(more), { name: "shop" })), { strictness })

/** What answered each request, or why it was refused. */
const play = (engine: Engine.Engine, ...requests: ReadonlyArray<Engine.WireRequest>) =>
  requests.map((request) => {
    const answer = engine.handle(request)
    return answer._tag === "Answer" ? answer.exchange.id : Engine.describe(answer)
  })

const list = ask("/list?key=secret-1")
const item = ask("/item")
const basket = ask("/basket?ticket=ticket-for-the-basket")
const told = (engine: Engine.Engine) =>
  engine.warnings().map(({ about, field, kind }) => [kind, about, field].filter(Boolean).join(" "))

describe("as the server would", () => {
  it("what it did not look at is told once, whatever it is", () => {
    const engine = start("server")
    const other = ask("/list?key=secret-1&lang=zh&new=1", { headers: [["x-new", "1"]] })
    assert.deepStrictEqual(play(engine, other, item, item, basket), ["list", "item", "item", "basket"])
    assert.deepStrictEqual(engine.verify(), [])
    assert.deepStrictEqual(told(engine), ["as recorded list query.lang", "as recorded list query.new"])
    assert.deepStrictEqual(
      Engine.warned(engine.warnings()).map(({ en }) => en),
      ["list is not as recorded in query.lang, query.new: no server is known to look at that"]
    )
  })

  it.each([
    ["without what is required", "/list", `query.key: expected "secret-1", got nothing`],
    ["with another value than required", "/list?key=2", `query.key: expected "secret-1", got "2"`],
    ["with a wrong value of what is checked", "/list?key=secret-1&page=7", `query.page: expected "1", got "7"`]
  ])("a request %s is refused, and only that is said", (_, path, says) => {
    assert.deepStrictEqual(play(start("server"), ask(path)), [
      `GET ${api}/list differs from "list", which must come next:\n  ${says}`
    ])
  })

  it("HEAD is answered as GET is, and told", () => {
    const engine = start("server")
    const head = (one: Engine.WireRequest) => ({ ...one, method: "HEAD" })
    assert.deepStrictEqual(play(engine, list, item, head(item), basket, head(ask("/help")), head(item)), [
      "list",
      "item",
      "item",
      "basket",
      "help",
      "item"
    ])
    assert.deepStrictEqual(engine.verify(), [])
    assert.include(told(engine), "as recorded item method")
    // As recorded, it is another request.
    assert.match(play(start("exact"), head(list))[0] ?? "", /method: expected GET, got HEAD/)
  })

  it("of what is sent twice, the first counts", () =>
    assert.deepStrictEqual(play(start("server"), ask("/list?key=secret-1&key=2")), ["list"]))

  it("an address of which nothing is known is compared in full", () => {
    const engine = start("server", { demands: [] })
    assert.match(play(engine, list)[0] ?? "", /query\.lang: expected "en", got nothing/)
  })

  it("another order is taken where the client has all that it needs", () => {
    const engine = start("server")
    assert.deepStrictEqual(play(engine, item, list, item, basket), ["item", "list", "item", "basket"])
    assert.deepStrictEqual(engine.verify(), [])
    assert.deepStrictEqual(told(engine).slice(0, 1), ["odd order item"])
  })

  it("what comes out of an answer cannot be asked with before that answer", () => {
    const engine = start("server")
    assert.deepStrictEqual(play(engine, list, basket), [
      "list",
      `GET ${api}/basket is out of order: it matches "basket", but "item" must come next`
    ])
  })

  it("what is asked again is answered again, and told", () => {
    const engine = start("server")
    assert.deepStrictEqual(play(engine, list, list, item, item, basket, basket), [
      "list",
      "list",
      "item",
      "item",
      "basket",
      "basket"
    ])
    assert.deepStrictEqual(engine.verify(), [])
    assert.include(told(engine), "asked again list")
  })

  it("a number that came as a text, or the other way round, is told, and refused as recorded only", () => {
    const request = {
      method: "POST",
      url: `${api}/list`,
      json: { "a.b": { json: 24 }, "a.c": "2", "a.d": { any: true }, key: { json: true } }
    } as const
    const exchanges = [get("list", `${api}/list`, "list", { request })]
    const body = (json: unknown) => ({ method: "POST", body: Buffer.from(JSON.stringify(json)) })
    const [right, wrong] = [
      { a: { b: 24, c: "2", d: 1 }, key: true },
      { a: { b: "24", c: 2, d: "x" }, key: "true" }
    ]
    const demands = [{ url: `${api}/list`, required: { "json.a.b": { evidence } } }]
    const of = (strictness: Engine.Strictness) => {
      const json = JSON.parse(JSON.stringify(exchanges))
      return start(strictness, { exchanges: json, demands, optional: [] })
    }
    for (const degree of ["exact", "server"] as const) {
      const engine = of(degree)
      assert.deepStrictEqual(play(engine, ask("/list", body(right))), ["list"])
      assert.deepStrictEqual(engine.warnings(), [])
    }
    assert.deepStrictEqual(play(of("exact"), ask("/list", body(wrong))), [
      `POST ${api}/list differs from "list", which must come next:\n` +
        '  json.a.b: expected the JSON 24, got "24"\n  json.a.c: expected the JSON "2", got 2\n  json.key: expected the JSON true, got "true"'
    ])
    const engine = of("server")
    assert.deepStrictEqual(play(engine, ask("/list", body(wrong))), ["list"])
    assert.sameMembers(told(engine), [
      "as recorded list json.a.b",
      "as recorded list json.a.c",
      "as recorded list json.key"
    ])
    assert.match(
      play(of("server"), ask("/list", body({ ...wrong, a: { b: 25 } })))[0] ?? "",
      /json\.a\.b: expected "24", got "25"/
    )
  })

  it("the same holds inside of JSON in a form", () => {
    const request = { method: "POST", url: `${api}/list`, form: { r: { json: { id: 53_999_199, mark: "1" } } } }
    const more = {
      exchanges: JSON.parse(JSON.stringify([get("list", `${api}/list`, "list", { request: request as never })])),
      demands: [{ url: `${api}/list`, required: { "form.r.id": { evidence } } }],
      optional: []
    }
    const sent = ask("/list", {
      method: "POST",
      body: Buffer.from(`r=${encodeURIComponent('{"id":"53999199","mark":1}')}`)
    })
    const engine = start("server", more)
    assert.deepStrictEqual(play(engine, sent), ["list"])
    assert.sameMembers(told(engine), ["as recorded list form.r.id", "as recorded list form.r.mark"])
    assert.match(play(start("exact", more), sent)[0] ?? "", /form\.r: expected the JSON/)
  })

  it("equal addresses are one, and their pages follow", () => {
    const engine = start("server", {
      demands: [
        { url: `${api}/list`, required: { "header referer": { is: { re: `${api}/.*` }, evidence } } },
        { url: `${api}/item`, required: { "header referer": { is: { re: `${api}/.*` }, evidence } } }
      ]
    })
    const from = (path: string, referer: string) => ask(path, { headers: [["referer", referer]] })
    assert.deepStrictEqual(play(engine, from("http://old.shop.example/v1/list", "http://old.shop.example/v1/start")), [
      "list"
    ])
    assert.match(
      play(engine, from("http://old.shop.example/v1/item", `${api}/start`))[0] ?? "",
      /header referer: expected a match of/
    )
  })

  it("the client's own address comes back to it, and is known", () => {
    const engine = start("server")
    const own = "https://mine.example/it's?x=1&y=2"
    play(engine, ask(`/list?key=secret-1&back=${encodeURIComponent(own)}`), item, item)
    const answer = engine.handle(basket)
    assert.strictEqual(answer._tag, "Answer")
    if (answer._tag !== "Answer") return
    assert.deepStrictEqual(answer.headers, [["Location", "https://mine.example/it's?x=1&y=2"]])
    assert.strictEqual(Buffer.from(answer.body).toString(), "go(https%3A%2F%2Fmine.example%2Fit%27s%3Fx%3D1%26y%3D2)")
    assert.deepStrictEqual(play(engine, ask(own)), ["home"])
    assert.deepStrictEqual(engine.verify(), [])
  })

  it.each(["javascript:alert(1)", "no address", `https://${"a".repeat(2000)}.example/`])(
    "what is no address is not echoed: %s",
    (own) => {
      const engine = start("server")
      play(engine, ask(`/list?key=secret-1&back=${encodeURIComponent(own)}`), item, item)
      const answer = engine.handle(basket)
      assert.deepStrictEqual(answer._tag === "Answer" && answer.headers, [["Location", `${api}/home?a=1`]])
    }
  )

  it("what is optional may come at any place, and need not", () => {
    const engine = start("server")
    assert.deepStrictEqual(play(engine, ask("/help"), list, ask("/help"), item, item, basket, ask("/help")), [
      "help",
      "list",
      "help",
      "item",
      "item",
      "basket",
      "help"
    ])
    assert.deepStrictEqual(engine.verify(), [])
  })

  it("what is not in the scenario is refused, and is no more than a warning where the login went well", () => {
    const engine = start("server")
    const icon = ask("/favicon.ico")
    assert.match(play(engine, list, icon, item, item)[1] ?? "", /favicon\.ico is not in the scenario/)
    assert.deepStrictEqual(
      engine.verify().map(({ _tag }) => _tag),
      ["Mismatch", "Unused"]
    )
    play(engine, basket)
    assert.deepStrictEqual(engine.verify(), [])
    assert.include(told(engine), `not in the scenario ${api}/favicon.ico`)
  })

  it("where one may end, the rest need not come", () => {
    const [first, ...rest] = file().exchanges
    const engine = start("server", { exchanges: [{ ...first!, mayEnd: true }, ...rest] })
    assert.strictEqual(engine.verify().length, 3)
    play(engine, list)
    assert.deepStrictEqual(engine.verify(), [])
    assert.deepStrictEqual(told(engine).slice(-1), ["left list"])
    // Who goes on has to go on to the end.
    play(engine, item)
    assert.strictEqual(engine.verify().length, 2)
  })

  it("where one may end at an answer that comes twice, once is enough", () => {
    const [first, ...rest] = file().exchanges
    const engine = start("server", { exchanges: [{ ...first!, times: 2, mayEnd: true }, ...rest] })
    play(engine, list)
    assert.deepStrictEqual(engine.verify(), [])
    play(engine, item)
    assert.notDeepEqual(engine.verify(), [])
  })

  it("what is expected is said before it is asked", () => {
    const engine = start("server")
    assert.deepStrictEqual([list, item, basket, ask("/help"), ask("/list")].map(engine.expects), [
      true,
      true,
      false,
      false,
      false
    ])
    play(engine, list)
    assert.isFalse(engine.expects(list))
    assert.deepStrictEqual([engine.next()?.id, engine.served()], ["item", ["list"]])
  })
})

describe("loosely", () => {
  it("whatever comes in a possible order is answered, and told", () => {
    const engine = start("loose")
    assert.deepStrictEqual(play(engine, ask("/list?page=9"), item, ask("/item?x=1"), ask("/basket")), [
      "list",
      "item",
      "item",
      "basket"
    ])
    assert.deepStrictEqual(engine.verify(), [])
    assert.includeMembers(told(engine), [
      "as recorded list query.key",
      "as recorded list query.page",
      "as recorded basket query.ticket"
    ])
  })

  it("what is not in the scenario, or needs an answer that was not given, is refused", () => {
    const engine = start("loose")
    assert.match(
      play(engine, list, basket)[1] ?? "",
      /is (?:out of order|not in the scenario|differs)|differs from "basket"/
    )
    assert.match(play(engine, ask("/nothing"))[0] ?? "", /is not in the scenario/)
  })
})
