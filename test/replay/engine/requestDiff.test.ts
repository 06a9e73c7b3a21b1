import { assert, describe, it } from "@effect/vitest"
import { type Difference, differences, fits, looksAt, otherTypes } from "../../../src/replay/engine/requestDiff.ts"
import { read } from "../../../src/replay/engine/wireRequest.ts"
import type { FormMatcher, Request } from "../../../src/replay/format/ScenarioFile.ts"

const url = "https://api.shop.example/items"

const sent = (query: string, { body = "", headers = {} }: { body?: string; headers?: Record<string, string> } = {}) =>
  read({ method: "POST", url: `${url}${query}`, headers: Object.entries(headers), body: Buffer.from(body) })

const inForm = (fields: Readonly<Record<string, unknown>>) => ({
  body: String(new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)])))
})
const inJson = (value: unknown) => ({ body: JSON.stringify(value) })

/** The places that differ, one a line, each with what was there. */
const places = (found: ReadonlyArray<Difference>) => found.map(({ field, got }) => [field, ...got].join(" | "))

describe("a matcher", () => {
  const absent = { absent: true } as const
  const any = { any: true } as const
  it.each<readonly [FormMatcher, ReadonlyArray<string>]>([
    ["1", ["1"]],
    ["", [""]],
    [any, [""]],
    [any, ["1"]],
    [absent, []],
    [{ re: "\\d+" }, ["12"]],
    [{ json: { a: 1, b: [2] } }, ['{ "b": [2.0], "a": 1 }']],
    [{ json: null }, ["null"]],
    [{ json: "1" }, ['"1"']]
  ])("%j takes %j", (matcher, values) => assert.isTrue(fits(matcher, values)))

  it.each<readonly [FormMatcher, ReadonlyArray<string>]>([
    ["1", []],
    ["1", ["2"]],
    ["1", ["1", "1"]],
    ["", []],
    [any, []],
    [any, ["1", "2"]],
    [absent, [""]],
    [absent, ["1", "2"]],
    [{ re: "\\d+" }, ["12x"]],
    [{ re: "\\d*" }, []],
    [{ re: "\\d+" }, ["1", "2"]],
    [{ json: { a: 1 } }, ['{"a":1,"b":2}']],
    [{ json: { a: 1 } }, ["{"]],
    [{ json: { a: 1 } }, []],
    [{ json: 1 }, ['"1"']]
  ])("%j does not take %j", (matcher, values) => assert.isFalse(fits(matcher, values)))
})

describe("a request and the one that a fixture tells of", () => {
  it("differ in nothing where all is as it has to be", () => {
    const expected: Request = {
      method: "POST",
      url,
      query: { t: { any: true } },
      headers: { referer: "here" },
      cookies: { id: "1" },
      form: { r: "2" }
    }
    const got = sent("?t=0", { body: "r=2", headers: { Referer: "here", cookie: "id=1; other=2", "x-more": "1" } })
    assert.deepStrictEqual(differences(expected, got), [])
    assert.deepStrictEqual(differences({ method: "POST", url, json: { a: "1" } }, sent("", inJson({ a: "1" }))), [])
  })

  it("differ in every part that is not, in the order of the format", () => {
    const expected: Request = {
      method: "GET",
      url: `${url}/1`,
      query: { t: "1" },
      headers: { referer: "here" },
      cookies: { id: "1" },
      form: { r: "2" },
      json: { a: "1" }
    }
    const got = sent("?t=0", { body: '{"a":"2"}', headers: { Referer: "there", cookie: "id=0" } })
    assert.deepStrictEqual(differences(expected, got), [
      { field: "method", expected: "GET", listed: true, got: ["POST"] },
      { field: "url", expected: `${url}/1`, listed: true, got: [url] },
      { field: "query.t", expected: "1", listed: true, got: ["0"] },
      { field: "header referer", expected: "here", listed: true, got: ["there"] },
      { field: "cookie id", expected: "1", listed: true, got: ["0"] },
      { field: "form.r", expected: "2", listed: true, got: [] },
      { field: 'form.{"a":"2"}', expected: { absent: true }, listed: false, got: [""] },
      { field: "json.a", expected: "1", listed: true, got: ["2"] }
    ])
  })

  it.each<readonly [keyof Request, string]>([
    ["query", "query.new | 1"],
    ["form", "form.new | 1"]
  ])("differ in what is not listed of its %s", (part, found) => {
    const got = sent("?new=1", { body: "new=1" })
    assert.deepStrictEqual(places(differences({ method: "POST", url, [part]: {} }, got)), [found])
    assert.deepStrictEqual(places(differences({ method: "POST", url }, got)), [])
  })

  it("differ in a leaf of JSON that is not listed", () =>
    assert.deepStrictEqual(
      places(differences({ method: "POST", url, json: { a: "1" } }, sent("", inJson({ a: "1", b: { c: 2 } })))),
      ["json.b.c | 2"]
    ))

  it("do not differ in headers and cookies that are not listed", () =>
    assert.deepStrictEqual(
      differences(
        { method: "POST", url, headers: {}, cookies: {} },
        sent("", { headers: { cookie: "a=1", "x-a": "1" } })
      ),
      []
    ))

  it("differ in what is not listed also where every object has something of that name", () =>
    assert.deepStrictEqual(places(differences({ method: "POST", url, query: {} }, sent("?toString=1"))), [
      "query.toString | 1"
    ]))

  it("differ in a leaf of JSON that is of another type, and in it once", () => {
    const expected: Request = {
      method: "POST",
      url,
      json: { n: { json: 24 }, t: "24", list: { json: [] }, text: { json: "t" }, any: { any: true } }
    }
    assert.deepStrictEqual(differences(expected, sent("", inJson({ n: 24, t: "24", list: [], text: "t", any: 1 }))), [])
    assert.deepStrictEqual(
      differences(expected, sent("", inJson({ n: "24", t: 24, list: "[]", text: "t", any: '{"any":true}' }))),
      [
        { field: "json.n", expected: { json: 24 }, listed: true, got: ['"24"'] },
        { field: "json.t", expected: { json: "24" }, listed: true, got: ["24"] },
        { field: "json.list", expected: { json: [] }, listed: true, got: ['"[]"'] }
      ]
    )
    assert.deepStrictEqual(places(differences(expected, sent("", inJson({ n: "25", t: 25, any: 1 })))), [
      "json.n | 25",
      "json.t | 25",
      "json.list",
      "json.text"
    ])
  })
})

describe("values of another type", () => {
  const of = (expected: Partial<Request>, got: Parameters<typeof sent>[1]) =>
    otherTypes({ method: "POST", url, ...expected }, sent("", got))

  it("are told of JSON in a form, member by member", () => {
    const recorded = { json: { id: 53999199, key: "", mark: "1", on: true } }
    assert.deepStrictEqual(
      of({ form: { r: recorded } }, inForm({ r: { id: "53999199", key: "", mark: 1, on: true } })),
      [
        { field: "form.r.id", expected: { json: 53999199 }, listed: true, got: ['"53999199"'] },
        { field: "form.r.mark", expected: { json: "1" }, listed: true, got: ["1"] }
      ]
    )
  })

  it.each<readonly [string, Partial<Request>, Parameters<typeof sent>[1]]>([
    ["a member with another value", { form: { r: { json: { id: 1 } } } }, inForm({ r: { id: "2" } })],
    ["a member that was not sent", { form: { r: { json: { id: 1 } } } }, inForm({ r: {} })],
    ["a form that was not sent", { form: { r: { json: { id: 1 } } } }, {}],
    ["what is no object where one is recorded", { form: { r: { json: { length: "2" } } } }, inForm({ r: [1, 2] })],
    [
      "an object where none is recorded",
      { form: { r: { json: ["1"] }, s: "text" } },
      inForm({ r: { 0: 1 }, s: { 0: "t" } })
    ],
    [
      "a field that may be anything",
      { form: { r: { any: true }, s: { re: ".*" } } },
      inForm({ r: { any: "true" }, s: { re: 1 } })
    ],
    // JSON.parse takes the name as any other; of every object there is something under it.
    ["what every object has", { form: { r: { json: JSON.parse('{"__proto__":"{}"}') } } }, inForm({ r: {} })],
    ["a leaf of a body that was not sent", { json: { a: "1" } }, inJson({ b: 1 })],
    [
      "a leaf that may be anything",
      { json: { a: { any: true }, b: { re: "1" } } },
      inJson({ a: '{"any":true}', b: '{"re":"1"}' })
    ],
    ["a fixture that does not speak of them", {}, inForm({ r: { id: "1" } })]
  ])("are not told of %s", (_, expected, got) => assert.deepStrictEqual(of(expected, got), []))
})

it("a fixture that lists a part looks at more than one that does not, and at more with every name", () =>
  assert.deepStrictEqual(
    [
      {},
      { query: {} },
      { query: { a: "1", b: "2" } },
      { query: { a: "1" }, headers: { b: "2" }, cookies: { c: "3" }, form: { d: "4" }, json: { e: "5" } }
    ].map((parts) => looksAt({ method: "GET", url, ...parts })),
    [0, 1, 3, 10]
  ))
