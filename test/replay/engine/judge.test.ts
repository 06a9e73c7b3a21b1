import { assert, describe, it } from "@effect/vitest"
import { noticed, refusals } from "../../../src/replay/engine/judge.ts"
import type { Difference } from "../../../src/replay/engine/requestDiff.ts"
import { read } from "../../../src/replay/engine/wireRequest.ts"
import type { Demand, Demands, FormMatcher, Request } from "../../../src/replay/format/ScenarioFile.ts"
import { gtk, hash33, time33 } from "../../../src/protocol/Hash.ts"

const url = "https://api.shop.example/items"
const evidence = "it was refused"

interface Sent {
  readonly query?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Said {
  readonly refused: ReadonlyArray<string>
  readonly noticed: ReadonlyArray<string>
}

const judged = (
  recorded: Partial<Request>,
  demands: Omit<Demands, "url"> | undefined,
  { body = "", headers = {}, query = "" }: Sent = {}
) => {
  const got = read({ method: "POST", url: `${url}${query}`, headers: Object.entries(headers), body: Buffer.from(body) })
  const args = [{ method: "POST", url, ...recorded } as const, demands && { url, ...demands }, got] as const
  return { refused: refusals(...args), noticed: noticed(...args) }
}

/** What a request is refused for, and what is merely told of it: a line each, with what was there. */
const said = (...asked: Parameters<typeof judged>): Said => {
  const { noticed, refused } = judged(...asked)
  const lines = (found: ReadonlyArray<Difference>) => found.map((one) => [one.field, ...one.got].join(" | "))
  return { refused: lines(refused), noticed: lines(noticed) }
}

const nothing: Said = { refused: [], noticed: [] }
const form = (r: unknown) => `r=${encodeURIComponent(JSON.stringify(r))}`

describe("an address without demands", () => {
  it("is asked as recorded, or refused for each part that is not", () =>
    assert.deepStrictEqual(
      said({ query: { a: "1", b: "2" }, headers: { referer: "here" } }, undefined, { query: "?a=1&b=3&c=4" }),
      { refused: ["query.b | 3", "query.c | 4", "header referer"], noticed: [] }
    ))

  it("is found by its address and method: neither is a reason", () =>
    assert.deepStrictEqual(said({ method: "GET", url: `${url}/1` }, undefined), nothing))
})

describe("an address of which the demands are known", () => {
  const recorded = { query: { key: "secret", page: "1", lang: "en" } }
  const demands = { required: { "query.key": { evidence } }, checked: { "query.page": { evidence } } }

  it.each<readonly [string, string, Said]>([
    ["as recorded", "?key=secret&page=1&lang=en", nothing],
    ["without what is only checked", "?key=secret&lang=en", nothing],
    [
      "with less, more and other than recorded",
      "?key=secret&page=1&new=1",
      { refused: [], noticed: ["query.lang", "query.new | 1"] }
    ],
    ["without what is required", "?lang=en", { refused: ["query.key"], noticed: [] }],
    ["with another value than required", "?key=2&lang=en", { refused: ["query.key | 2"], noticed: [] }],
    [
      "with another value of what is checked",
      "?key=secret&page=2&lang=en",
      { refused: ["query.page | 2"], noticed: [] }
    ],
    ["with everything wrong", "?key=&page=2", { refused: ["query.key | ", "query.page | 2"], noticed: ["query.lang"] }],
    // Servers read the first of them.
    ["with the right value first", "?key=secret&key=2&lang=en", nothing],
    ["with the right value second", "?key=2&key=secret&lang=en", { refused: ["query.key | 2"], noticed: [] }]
  ])("is asked %s", (_, query, found) => assert.deepStrictEqual(said(recorded, demands, { query }), found))

  it("says of what is refused what it has to be", () =>
    assert.deepStrictEqual(judged(recorded, demands, { query: "?key=2" }).refused, [
      { field: "query.key", expected: "secret", listed: true, got: ["2"] }
    ]))

  it("and demands nothing tells of what is not as recorded, and refuses none of it", () => {
    assert.deepStrictEqual(said(recorded, {}, { query: "?key=2" }), {
      refused: [],
      noticed: ["query.key | 2", "query.page", "query.lang"]
    })
    assert.deepStrictEqual(said({ method: "GET", url: `${url}/1` }, {}), nothing)
  })

  it("does not tell of what comes back to the client: it may be anything", () =>
    assert.deepStrictEqual(
      said(recorded, { echoed: ["query.lang"] }, { query: "?key=secret&page=1&lang=de" }),
      nothing
    ))
})

describe("what a part has to be", () => {
  const of = (demand: Omit<Demand, "evidence">, sent: Sent, recorded: Partial<Request> = {}) =>
    said({ query: { t: "1" }, ...recorded }, { required: { "query.t": { ...demand, evidence } } }, sent).refused

  it("is what was recorded, where the demand says nothing else", () => {
    assert.deepStrictEqual(of({}, { query: "?t=1" }), [])
    assert.deepStrictEqual(of({}, { query: "?t=2" }), ["query.t | 2"])
    assert.deepStrictEqual(of({}, { query: "?t=2" }, { query: { t: { any: true } } }), [])
  })

  it("is anything, where none was recorded either; but it has to be there", () => {
    assert.deepStrictEqual(of({}, { query: "?t=" }, { query: {} }), [])
    assert.deepStrictEqual(of({}, {}, { query: {} }), ["query.t"])
  })

  it.each<readonly [NonNullable<Demand["is"]>, string, string]>([
    ["2", "?t=2", "?t=1"],
    [{ re: "[0-9]+" }, "?t=12", "?t=x"],
    [{ any: true }, "?t=x", ""],
    [{ absent: true }, "", "?t=1"]
  ])("is %j, where the demand says so, whatever was recorded", (is, right, wrong) => {
    assert.deepStrictEqual(of({ is }, { query: right }), [])
    assert.lengthOf(of({ is }, { query: wrong }), 1)
  })

  it.each([
    ["hash33", hash33],
    ["time33", time33],
    ["g_tk", gtk]
  ] as const)("is the %s of another part of this very request", (hash, make) => {
    const is = { hash, of: "cookie qrsig" }
    const headers = { cookie: "qrsig=Stand-In; qrsig=other" }
    assert.deepStrictEqual(of({ is }, { headers, query: `?t=${make("Stand-In")}` }), [])
    assert.deepStrictEqual(of({ is }, { headers, query: "?t=1" }), ["query.t | 1"])
    // Of what is not there it is that of nothing.
    assert.deepStrictEqual(of({ is }, { query: `?t=${make("")}` }), [])
  })
})

describe("JSON in a form", () => {
  const recorded = { form: { r: { json: { id: 53999199, key: "", status: "online" } }, extra: "1" } }
  const demands = { required: { "form.r.id": { evidence } }, checked: { "form.r.key": { evidence } } }

  it.each<readonly [string, unknown, Said]>([
    ["as recorded", { status: "online", key: "", id: 53999199 }, nothing],
    ["without what is required", { status: "online" }, { refused: ["form.r.id"], noticed: [] }],
    [
      "with another value of what is checked",
      { id: 53999199, key: "1", status: "online" },
      { refused: ["form.r.key | 1"], noticed: [] }
    ],
    [
      "with less, more and other than recorded",
      { id: 53999199, status: "away", new: [1] },
      { refused: [], noticed: ["form.r.status | away", "form.r.new | [1]"] }
    ],
    [
      "with a number as a text, and a text as a number",
      { id: "53999199", status: "online" },
      { refused: [], noticed: ['form.r.id | "53999199"'] }
    ]
  ])("is looked at member by member: %s", (_, r, found) =>
    assert.deepStrictEqual(said(recorded, demands, { body: `extra=1&${form(r)}` }), found)
  )

  it("says of each member what was recorded of it, and that another was not", () =>
    assert.deepStrictEqual(
      judged(recorded, demands, { body: `extra=1&${form({ id: 53999199, key: "", new: 1 })}` }).noticed,
      [
        { field: "form.r.status", expected: "online", listed: true, got: [] },
        { field: "form.r.new", expected: { absent: true }, listed: false, got: ["1"] }
      ]
    ))

  it("that is no object is one value", () => {
    const list = { form: { r: { json: [1, 2] } } }
    assert.deepStrictEqual(said(list, {}, { body: form([1, 2]) }), nothing)
    assert.deepStrictEqual(said(list, {}, { body: form([1]) }), { refused: [], noticed: ["form.r | [1]"] })
  })

  it.each<readonly [string, FormMatcher, ReadonlyArray<string>]>([
    ["a text that is as recorded", '{"a":1}', []],
    ["another text than recorded", "{}", ['form.r | {"a":1}']],
    ["what may be anything", { any: true }, []],
    ["what a pattern takes", { re: ".*" }, []]
  ])("that nobody recorded as such is one text: %s", (_, r, noticed) =>
    assert.deepStrictEqual(said({ form: { r } }, {}, { body: form({ a: 1 }) }), { refused: [], noticed })
  )

  it("is told of where it did not come, or is no JSON, for each of its members", () => {
    const members = ["form.r.id", "form.r.key", "form.r.status"]
    for (const body of ["extra=1", "extra=1&r=text"])
      assert.deepStrictEqual(said(recorded, {}, { body }).noticed, members)
  })
})

describe("a body in JSON", () => {
  const recorded = { json: { "req.code": { json: 24 }, "req.mark": "1", "req.n": { json: 7 } } }
  const demands = { required: { "json.req.code": { evidence } } }
  const body = (req: unknown) => ({ body: JSON.stringify({ req }) })

  it.each<readonly [string, unknown, Said]>([
    ["as recorded", { code: 24, mark: "1", n: 7 }, nothing],
    ["without what is required", { mark: "1", n: 7 }, { refused: ["json.req.code"], noticed: [] }],
    [
      "with another value than required",
      { code: 25, mark: "1", n: 7 },
      { refused: ["json.req.code | 25"], noticed: [] }
    ],
    // The server reads a number and its text alike, and what is required is told as well as what is not.
    [
      "with values of another type",
      { code: "24", mark: 1, n: "7" },
      { refused: [], noticed: ["json.req.mark | 1", 'json.req.n | "7"', 'json.req.code | "24"'] }
    ]
  ])("is looked at leaf by leaf: %s", (_, req, found) =>
    assert.deepStrictEqual(said(recorded, demands, body(req)), found)
  )
})
