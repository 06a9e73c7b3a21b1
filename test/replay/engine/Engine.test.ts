import { assert, describe, it } from "@effect/vitest"
import { Engine } from "webqq-login/replay"
import type { Request } from "../../../src/replay/format/ScenarioFile.ts"
import { get, shop } from "../../support/scenarios.ts"

const api = "https://api.shop.example"

const ask = (url: string, more: Partial<Engine.WireRequest> = {}): Engine.WireRequest => ({
  method: "GET",
  url,
  headers: [],
  body: new Uint8Array(0),
  ...more
})

/** What an engine that expects `request` says to `got`. */
const compare = (request: Partial<Request>, got: Partial<Engine.WireRequest>, url = `${api}/items`) => {
  const scenario = shop([
    { ...get("items", `${api}/items`, ""), request: { method: "GET", url: `${api}/items`, ...request } }
  ])
  const answer = Engine.make(scenario).handle(ask(url, got))
  if (answer._tag === "Answer") return []
  const [lines, chinese] = [Engine.describe(answer).split("\n"), Engine.describe(answer, "zh").split("\n")]
  assert.strictEqual(chinese.length, lines.length)
  for (const line of chinese) assert.match(line, /\p{Script=Han}/u)
  return lines.slice(1).map((line) => line.trim())
}

const form = (text: string): Partial<Engine.WireRequest> => ({ method: "POST", body: Buffer.from(text) })

describe("what matches", () => {
  const cases: ReadonlyArray<
    readonly [name: string, request: Partial<Request>, got: Partial<Engine.WireRequest>, url?: string]
  > = [
    ["any query where none is given", {}, {}, `${api}/items?x=1`],
    ["a query in another order", { query: { a: "1", b: "2" } }, {}, `${api}/items?b=2&a=1`],
    ["a query in another encoding", { query: { u: "a b/c" } }, {}, `${api}/items?u=a+b%2Fc`],
    ["an empty value", { query: { dumy: "" } }, {}, `${api}/items?dumy`],
    ["a regular expression", { query: { t: { re: "0?\\.\\d+" } } }, {}, `${api}/items?t=.25`],
    ["alternatives from end to end", { query: { t: { re: "a|b" } } }, {}, `${api}/items?t=b`],
    ["a regular expression of characters, not of UTF-16 units", { query: { t: { re: "." } } }, {}, `${api}/items?t=🐧`],
    ["any value", { query: { t: { any: true } } }, {}, `${api}/items?t=`],
    ["an absent parameter", { query: { t: { absent: true } } }, {}],
    ["a header in other letters", { headers: { referer: "x" } }, { headers: [["ReFerer", "x"]] }],
    ["an absent header", { headers: { b3: { absent: true } } }, { headers: [["a", "b"]] }],
    [
      "a cookie without a value, which is none",
      { cookies: { a: { absent: true } } },
      { headers: [["cookie", "ab; c=1"]] }
    ],
    ["a cookie among others", { cookies: { b: "2=2" } }, { headers: [["cookie", "a=1; b=2=2;c=3"]] }],
    [
      "cookies in two headers",
      { cookies: { a: "1", b: "2" } },
      {
        headers: [
          ["Cookie", "a=1"],
          ["cookie", "b=2"]
        ]
      }
    ],
    ["a form", { method: "POST", form: { q: "a b", r: "ü" } }, form("r=%C3%BC&q=a+b")],
    [
      "JSON in a form, in another order",
      { method: "POST", form: { r: { json: { a: 1, b: [null] } } } },
      form(`r=${encodeURIComponent('{ "b": [null], "a": 1.0 }')}`)
    ]
  ]
  for (const [name, request, got, url] of cases) {
    it(name, () => assert.deepStrictEqual(compare(request, got, url), []))
  }
})

describe("what differs is said field by field", () => {
  const cases: ReadonlyArray<readonly [string, Partial<Request>, Partial<Engine.WireRequest>, string]> = [
    ["?token=2", { query: { token: "1" } }, {}, `query.token: expected "1", got "2"`],
    ["", { query: { token: "1" } }, {}, `query.token: expected "1", got nothing`],
    ["?x=1", { query: {} }, {}, `query.x: not in the fixture, got "1"`],
    ["?t=1", { query: { t: { absent: true } } }, {}, `query.t: expected absent, got "1"`],
    ["?t=1&t=2", { query: { t: { any: true } } }, {}, `query.t: expected any value once, got "1" and "2"`],
    ["?t=1&t=2", { query: { t: { absent: true } } }, {}, `query.t: expected absent, got "1" and "2"`],
    ["?x=1&x=2", { query: {} }, {}, `query.x: not in the fixture, got "1" and "2"`],
    ["?t=0.5x", { query: { t: { re: "0?\\.\\d+" } } }, {}, `query.t: expected a match of 0?\\.\\d+, got "0.5x"`],
    ["?t=xb", { query: { t: { re: "a|b" } } }, {}, `query.t: expected a match of a|b, got "xb"`],
    [
      "?u=http%253A%252F%252Fw",
      { query: { u: "http://w" } },
      {},
      `query.u: expected "http://w", got "http%3A%2F%2Fw" (percent-encoded once too often)`
    ],
    ["?u=100%25", { query: { u: "100" } }, {}, `query.u: expected "100", got "100%"`],
    ["", { headers: { referer: "a" } }, { headers: [["Referer", "b"]] }, `header referer: expected "a", got "b"`],
    [
      "",
      { headers: { traceparent: { absent: true } } },
      { headers: [["traceparent", "00"]] },
      `header traceparent: expected absent, got "00"`
    ],
    ["", { cookies: { a: "1" } }, { headers: [["cookie", "a=2"]] }, `cookie a: expected "1", got "2"`],
    ["", { cookies: { a: "1" } }, {}, `cookie a: expected "1", got nothing`],
    [
      "",
      { cookies: { a: "1" } },
      { headers: [["cookie", "a=1; a=0"]] },
      `cookie a: expected "1" once, got "1" and "0"`
    ],
    ["", { method: "POST", form: { a: "1" } }, form("a=1&b=2"), `form.b: not in the fixture, got "2"`],
    [
      "",
      { method: "POST", form: { r: { json: { a: 1 } } } },
      form("r={"),
      `form.r: expected the JSON {"a":1}, got "{", which is not JSON`
    ],
    [
      "",
      { method: "POST", form: { r: { json: { a: 1 } } } },
      form(`r={"a":"1"}`),
      `form.r: expected the JSON {"a":1}, got {"a":"1"}`
    ]
  ]
  it.each(cases)("%s: %o", (query, request, got, text) =>
    assert.deepStrictEqual(compare(request, got, `${api}/items${query}`), [text])
  )

  it("several at once, in the order of the fixture", () =>
    assert.deepStrictEqual(compare({ query: { b: "1" }, headers: { c: "1" } }, {}, `${api}/items?a=1`), [
      `query.b: expected "1", got nothing`,
      `query.a: not in the fixture, got "1"`,
      `header c: expected "1", got nothing`
    ]))
})

describe("verdicts", () => {
  const scenario = shop([
    get("list", `${api}/items`, "list", { request: { method: "GET", url: `${api}/items`, query: { page: "1" } } }),
    get("more", `${api}/items`, "more", {
      times: 2,
      request: { method: "GET", url: `${api}/items`, query: { page: "2" } }
    }),
    get("buy", `${api}/buy`, "bought", { request: { method: "POST", url: `${api}/buy` } })
  ])
  const list = ask(`${api}/items?page=1`)
  const more = ask(`${api}/items?page=2`)
  const buy = ask(`${api}/buy`, { method: "POST" })

  const play = (...requests: ReadonlyArray<Engine.WireRequest>) => {
    const engine = Engine.make(scenario)
    const answers = requests.map(engine.handle)
    return { engine, last: answers.at(-1) }
  }
  const textOf = (...requests: ReadonlyArray<Engine.WireRequest>) => {
    const { last } = play(...requests)
    return last?._tag === "Mismatch" ? [last.verdict, Engine.describe(last)] : [last?.exchange.id]
  }

  it("a scenario played as written has no problem", () => {
    const { engine, last } = play(list, more, more, buy)
    assert.deepStrictEqual(engine.verify(), [])
    assert.deepStrictEqual(engine.served(), ["list", "more", "more", "buy"])
    assert.strictEqual(engine.next(), undefined)
    assert.strictEqual(last?._tag === "Answer" && Buffer.from(last.body).toString(), "bought")
  })

  it("a field differs: the diff against the exchange that must come next", () =>
    assert.deepStrictEqual(textOf(list, ask(`${api}/items?page=3`)), [
      "differs",
      `GET ${api}/items differs from "more", which must come next:\n  query.page: expected "2", got "3"`
    ]))

  it("out of order: which exchange must come first", () =>
    assert.deepStrictEqual(textOf(list, buy), [
      "out of order",
      `POST ${api}/buy is out of order: it matches "buy", but "more" must come next`
    ]))

  it("out of order at the same address: also what was expected there", () =>
    assert.deepStrictEqual(textOf(more), [
      "out of order",
      `GET ${api}/items is out of order: it matches "more", but "list" must come next; compared with "list":\n` +
        `  query.page: expected "1", got "2"`
    ]))

  it("already served: how often, and what to do", () =>
    assert.deepStrictEqual(textOf(list, more, more, more), [
      "already served",
      `GET ${api}/items matches "more", already served twice; "buy" must come next` +
        ` (if the client is right to ask again, raise "times" of "more")`
    ]))

  it("after the end nothing more may come", () =>
    assert.deepStrictEqual(textOf(list, more, more, buy, buy), [
      "already served",
      `POST ${api}/buy matches "buy", already served once; the scenario is over: nothing more may come` +
        ` (if the client is right to ask again, raise "times" of "buy")`
    ]))

  it("an address that the scenario does not have", () =>
    assert.deepStrictEqual(textOf(ask("https://other.example/x?secret=1")), [
      "differs",
      `GET https://other.example/x is not in the scenario; "list" must come next:\n` +
        `  url: expected ${api}/items, got https://other.example/x`
    ]))

  it("an address that the scenario does not have, with another method", () =>
    assert.deepStrictEqual(textOf(ask("https://other.example/x", { method: "PUT" })), [
      "differs",
      `PUT https://other.example/x is not in the scenario; "list" must come next:\n` +
        `  method: expected GET, got PUT\n  url: expected ${api}/items, got https://other.example/x`
    ]))

  it("an address that the scenario has, with a method that it has not", () =>
    assert.deepStrictEqual(textOf(ask(`${api}/items?page=1`, { method: "PUT" })), [
      "differs",
      `PUT ${api}/items is not in the scenario; "list" must come next:\n  method: expected GET, got PUT`
    ]))

  it("after the end: what is new, and what is unlike anything before", () => {
    assert.deepStrictEqual(textOf(list, more, more, buy, ask("https://other.example/x")), [
      "differs",
      "GET https://other.example/x is not in the scenario; the scenario is over: nothing more may come"
    ])
    assert.deepStrictEqual(textOf(list, more, more, buy, ask(`${api}/items?page=3`)), [
      "differs",
      `GET ${api}/items differs from "more", and the scenario is over: nothing more may come:\n` +
        `  query.page: expected "2", got "3"`
    ])
  })

  it("a request like a later one is compared with that one, not with the next by position", () => {
    const strict = shop([
      get("a", `${api}/a`, ""),
      get("b", `${api}/b`, "", { request: { method: "GET", url: `${api}/b`, query: { x: "1", y: "1" } } }),
      get("c", `${api}/b`, "", { request: { method: "GET", url: `${api}/b`, query: { x: "2", y: "2" } } })
    ])
    const answer = Engine.make(strict).handle(ask(`${api}/b?x=2&y=3`))
    assert.strictEqual(
      answer._tag === "Mismatch" && Engine.describe(answer),
      `GET ${api}/b differs from "c", and "a" must come next:\n  query.y: expected "2", got "3"`
    )
  })

  const b = (id: string, query: Readonly<Record<string, string>>) =>
    get(id, `${api}/b`, "", { request: { method: "GET", url: `${api}/b`, query } })
  const other = (id: string) => get(id, `${api}/${id}`, "")

  it.each<readonly [what: string, ids: string, served: number, closest: string]>([
    ["the first that comes later", "a b1 b2 b3 c", 0, "b1"],
    ["one that comes later, though an earlier one is nearer", "a c b1 d b2", 3, "b2"],
    ["the last of those that came before", "a b1 b2 c d", 3, "b2"]
  ])("a request that is equally unlike several is compared with %s", (_what, ids, count, closest) => {
    const exchanges = ids.split(" ").map((id) => (id.startsWith("b") ? b(id, { x: id }) : other(id)))
    const engine = Engine.make(shop(exchanges))
    for (const { id, request } of exchanges.slice(0, count)) {
      engine.handle(ask(id.startsWith("b") ? `${request.url}?x=${id}` : request.url))
    }
    const answer = engine.handle(ask(`${api}/b?x=else`))
    assert.strictEqual(engine.served().length, count)
    assert.strictEqual(answer._tag === "Mismatch" && answer.exchange?.id, closest)
  })

  it.each([
    ["after", [b("next", { x: "1", y: "1" }), b("like", { x: "2", y: "2" })], []],
    ["before", [b("like", { x: "2", y: "2" }), b("next", { x: "1", y: "1" })], [`${api}/b?x=2&y=2`]]
  ] as const)(
    "what must come next is compared with, even where one %s it is more alike",
    (_where, exchanges, played) => {
      const engine = Engine.make(shop(exchanges))
      for (const url of played) engine.handle(ask(url))
      const answer = engine.handle(ask(`${api}/b?x=2&y=3`))
      assert.strictEqual(
        answer._tag === "Mismatch" && Engine.describe(answer),
        `GET ${api}/b differs from "next", which must come next:\n` +
          `  query.x: expected "1", got "2"\n  query.y: expected "1", got "3"`
      )
    }
  )

  it("an exchange that looks at nothing does not hide what is wrong with the next one", () => {
    const lax = shop([
      get("strict", `${api}/poll`, "", { request: { method: "GET", url: `${api}/poll`, query: { token: "1" } } }),
      get("lax", `${api}/poll`, "")
    ])
    const answer = Engine.make(lax).handle(ask(`${api}/poll?token=2`))
    assert.strictEqual(answer._tag === "Mismatch" && answer.verdict, "differs")
    assert.strictEqual(answer._tag === "Mismatch" && answer.exchange?.id, "strict")
  })

  it("a mismatch changes nothing: the right request is still served, and the mismatch is kept", () => {
    const { engine, last } = play(buy, list)
    assert.strictEqual(last?._tag === "Answer" && last.exchange.id, "list")
    assert.deepStrictEqual(
      engine.verify().map((problem) => [problem._tag, problem.exchange?.id]),
      [
        ["Mismatch", "buy"],
        ["Unused", "more"],
        ["Unused", "buy"]
      ]
    )
  })

  it("the report names every mismatch and everything unused", () => {
    const { engine } = play(list, more, ask(`${api}/items?page=3`))
    assert.strictEqual(
      Engine.report(scenario, engine.verify()),
      [
        `scenario "shop" was not played as written (3 problems):`,
        `- GET ${api}/items differs from "more", which must come next:`,
        `    query.page: expected "2", got "3"`,
        `- "more" was requested once, not twice (GET ${api}/items): the client stopped early, or "times" is too high`,
        `- "buy" was never requested (POST ${api}/buy): the client stopped early, or the scenario holds too much`
      ].join("\n")
    )
  })

  it("the report says where an address was asked by another scheme", () => {
    const engine = Engine.make(shop([get("items", `${api}/items`, "")]))
    engine.handle(ask(`${api}/items`.replace(/^https?/, (scheme) => (scheme === "https" ? "http" : "https"))))
    const [, line] = Engine.report(engine.scenario, engine.verify()).split("\n")
    assert.match(line ?? "", /was asked by another scheme than https?, by which "items" must come next/)
  })

  it("the report counts one problem, and three times, in words", () => {
    const thrice = shop([get("items", `${api}/items`, "", { times: 3 })])
    const engine = Engine.make(thrice)
    engine.handle(list)
    assert.strictEqual(
      Engine.report(thrice, engine.verify()),
      `scenario "shop" was not played as written (1 problem):\n` +
        `- "items" was requested once, not 3 times (GET ${api}/items): the client stopped early, or "times" is too high`
    )
  })

  it("what a client tried again and again is told once, with how often", () => {
    const { engine } = play(list, more, more, buy, list, buy, list, list)
    assert.strictEqual(
      Engine.report(scenario, engine.verify()).replaceAll(/already served.*/g, "…"),
      `scenario "shop" was not played as written (2 problems):\n` +
        `- 3 times: GET ${api}/items matches "list", …\n` +
        `- POST ${api}/buy matches "buy", …`
    )
  })

  it("there is no report of no problem", () => assert.strictEqual(Engine.report(scenario, []), ""))

  it("asking what is expected changes nothing", () => {
    const engine = Engine.make(scenario)
    assert.deepStrictEqual([engine.expects(list), engine.expects(more)], [true, false])
    assert.strictEqual(engine.next()?.id, "list")
    assert.deepStrictEqual(engine.served(), [])
    assert.strictEqual(engine.verify().length, 3)
    for (const request of [list, more, more, buy]) engine.handle(request)
    assert.isFalse(engine.expects(buy))
  })
})

describe("an exchange that is open", () => {
  const scenario = shop([
    get("list", `${api}/items`, "list"),
    get("poll", `${api}/state`, "wait", { times: 3, open: true }),
    get("sent", `${api}/sent`, "sent")
  ])
  const [list, poll, sent] = ["items", "state", "sent"].map((path) => ask(`${api}/${path}`)) as [
    Engine.WireRequest,
    Engine.WireRequest,
    Engine.WireRequest
  ]
  /** Which exchange answered each request, or how it was wrong; what is left undone; whether the last was expected. */
  const play = (...requests: ReadonlyArray<Engine.WireRequest>) => {
    const engine = Engine.make(scenario)
    const expected = requests.map((request) => {
      const said = engine.expects(request)
      const answer = engine.handle(request)
      assert.strictEqual(said, answer._tag === "Answer")
      return answer._tag === "Answer" ? answer.exchange.id : answer.verdict
    })
    const unused = engine.verify().flatMap((problem) => (problem._tag === "Unused" ? problem.exchange.id : []))
    return { expected, unused }
  }

  it.each([
    ["as often as it says", [poll, poll, poll]],
    ["less often", [poll]],
    ["more often", [poll, poll, poll, poll, poll]]
  ] as const)("may come %s", (_, polls) => {
    assert.deepEqual(play(list, ...polls, sent), {
      expected: ["list", ...polls.map(() => "poll"), "sent"],
      unused: []
    })
  })

  it("has to come once, in its place, and not again", () => {
    assert.deepEqual(play(list, sent), { expected: ["list", "out of order"], unused: ["poll", "sent"] })
    assert.deepEqual(play(list, poll), { expected: ["list", "poll"], unused: ["sent"] })
    assert.deepEqual(play(list, poll, sent, poll), {
      expected: ["list", "poll", "sent", "already served"],
      unused: []
    })
    assert.deepEqual(play(list, poll, list), {
      expected: ["list", "poll", "already served"],
      unused: ["sent"]
    })
  })
})
