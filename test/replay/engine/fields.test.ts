import { assert, describe, it } from "@effect/vitest"
import { asText, isObject, memberFields, membersOf, recordedOf, valuesOf } from "../../../src/replay/engine/fields.ts"
import { read } from "../../../src/replay/engine/wireRequest.ts"
import type { FormMatcher, Request } from "../../../src/replay/format/ScenarioFile.ts"

const form = (text: string) =>
  read({
    method: "POST",
    url: "https://api.shop.example/items?t=1&a.b=2&form=3",
    headers: [
      ["Referer", "here"],
      ["Cookie", "qrsig=4; qrsig=5; x y=6"]
    ],
    body: Buffer.from(text)
  })

const json = (value: unknown) =>
  read({ method: "POST", url: "https://api.shop.example/", headers: [], body: Buffer.from(JSON.stringify(value)) })

const recorded: Request = {
  method: "POST",
  url: "https://api.shop.example/items",
  query: { t: "1", "a.b": { any: true } },
  headers: { referer: "here" },
  cookies: { qrsig: { re: "\\d" } },
  form: {
    r: { json: { clientid: 53999199, key: "", list: [1], none: null, rr: 1 } },
    "r.key": "a field of its own",
    "a.b": { json: { c: true } },
    list: { json: [1] },
    nothing: { json: null },
    text: "text",
    any: { any: true },
    "": { json: { a: "of no name" } }
  },
  json: { "req.code": "24", "req.n": { json: 24 }, "req.list": { json: [] }, "req.text": { json: "t" } }
}

describe("a part of a request, by its name", () => {
  const sent = form(
    [
      `r=${encodeURIComponent('{"clientid":53999199,"key":"inside","list":[1],"none":null,"":1,"rr":1}')}`,
      "r.key=beside",
      `a.b=${encodeURIComponent('{"c":true}')}`,
      "list=[1]",
      "nothing=null",
      "text=text",
      "twice={}&twice=1",
      '={"a":"of+no+name"}'
    ].join("&")
  )

  it.each<readonly [string, ReadonlyArray<string> | undefined]>([
    ["query.t", ["1"]],
    ["query.a.b", ["2"]],
    ["query.qrsig", undefined],
    ["header referer", ["here"]],
    ["header t", undefined],
    ["cookie qrsig", ["4", "5"]],
    ["cookie x y", ["6"]],
    ["cookie referer", undefined],
    ["form.text", ["text"]],
    ["form.t", undefined],
    ["form.twice", ["{}", "1"]],
    ["form.r.clientid", ["53999199"]],
    ["form.r.list", ["[1]"]],
    ["form.r.none", ["null"]],
    ["form.r.", ["1"]],
    ["form.", ['{"a":"of no name"}']],
    ["form..a", ["of no name"]]
  ])("%s is %j", (field, values) => assert.deepStrictEqual(valuesOf(sent, field), values))

  it.each([
    ["what there is none of", "form.r.other"],
    ["what every object has", "form.r.toString"],
    ["a place of a list", "form.list.0"],
    ["the length of a list", "form.list.length"],
    ["what is in nothing", "form.nothing.a"],
    ["the length of a text", "form.text.length"],
    ["what is in a field that is not there", "form.missing.a"],
    ["what is in a field whose name is as long but for one letter", "form.rr"]
  ])("%s is not there: %s", (_, field) => assert.isUndefined(valuesOf(sent, field)))

  it("is a field of the form where there is one of that very name, and a member of another elsewhere", () => {
    assert.deepStrictEqual(valuesOf(sent, "form.r.key"), ["beside"])
    assert.deepStrictEqual(valuesOf(form('r={"key":"inside"}'), "form.r.key"), ["inside"])
    assert.deepStrictEqual(valuesOf(sent, "form.a.b"), ['{"c":true}'])
    assert.deepStrictEqual(valuesOf(sent, "form.a.b.c"), ["true"])
  })

  it("is a leaf of a body in JSON, by its path", () => {
    const body = json({ req: { code: "24", n: 24 } })
    assert.deepStrictEqual(
      ["json.req.code", "json.req.n", "json.req", "json.code"].map((field) => valuesOf(body, field)),
      [["24"], ["24"], undefined, undefined]
    )
  })
})

describe("what is recorded of a part, by its name", () => {
  it.each<readonly [string, FormMatcher | undefined]>([
    ["query.t", "1"],
    ["query.a.b", { any: true }],
    ["query.qrsig", undefined],
    ["header referer", "here"],
    ["header t", undefined],
    ["cookie qrsig", { re: "\\d" }],
    ["cookie referer", undefined],
    ["form.text", "text"],
    ["form.any", { any: true }],
    ["form.t", undefined],
    ["form.r", recorded.form?.["r"]],
    ["form.r.clientid", "53999199"],
    ["form.r.list", "[1]"],
    ["form.r.none", "null"],
    ["form.r.key", "a field of its own"],
    ["form.a.b.c", "true"],
    ["form.", { json: { a: "of no name" } }],
    ["form..a", "of no name"],
    ["json.req.code", "24"],
    ["json.req.n", "24"],
    ["json.req.list", "[]"],
    ["json.req", undefined]
  ])("%s is %j", (field, matcher) => assert.deepStrictEqual(recordedOf(recorded, field), matcher))

  it.each([
    "form.r.other",
    "form.r.toString",
    "form.list.0",
    "form.list.length",
    "form.nothing.a",
    "form.text.length",
    "form.any.any",
    "form.missing.a",
    "form.rr"
  ])("%s is nothing", (field) => assert.isUndefined(recordedOf(recorded, field)))

  it.each(["query.", "header ", "cookie ", "form.", "form.r.", "json."])(
    "of %sNAME, what every object has is nothing",
    (part) => {
      for (const name of ["constructor", "toString", "__proto__", "constructor.name"])
        assert.isUndefined(recordedOf(recorded, `${part}${name}`))
    }
  )

  it.each(["query.t", "header referer", "cookie qrsig", "form.r", "form.r.clientid", "json.req.code"])(
    "%s is nothing where the scenario does not speak of such parts",
    (field) => assert.isUndefined(recordedOf({ method: "GET", url: recorded.url }, field))
  )
})

it("a leaf of JSON is compared by its text, anything else as it is", () =>
  assert.deepStrictEqual(
    [{ json: 24 }, { json: "24" }, { json: { a: 1 } }, "24", { re: "24" }, { any: true as const }, undefined].map(
      asText
    ),
    ["24", "24", '{"a":1}', "24", { re: "24" }, { any: true }, undefined]
  ))

describe("the members of JSON in a form", () => {
  it("as recorded are matchers by their own names", () =>
    assert.deepStrictEqual(membersOf("form.r", { json: { id: 1, "a.b": "x", list: [], in: { a: 1 } } }), {
      "form.r.id": "1",
      "form.r.a.b": "x",
      "form.r.list": "[]",
      "form.r.in": '{"a":1}'
    }))

  it.each<FormMatcher>(["{}", { any: true }, { re: "{}" }, { json: [1] }, { json: null }, { json: "text" }])(
    "are none where %j is recorded",
    (matcher) => assert.isUndefined(membersOf("form.r", matcher))
  )

  it("as sent have names", () =>
    assert.deepStrictEqual(memberFields(form('r={"id":1,"list":[2]}&r={"x":1}'), "form.r"), [
      "form.r.id",
      "form.r.list"
    ]))

  it.each(["", "r=", "r=[1]", "r=null", "r=text", 'r={"id"', 's={"id":1}'])("have none where %j was sent", (text) =>
    assert.deepStrictEqual(memberFields(form(text), "form.r"), [])
  )
})

it("an object is no list, and not nothing", () =>
  assert.deepStrictEqual([{}, { a: 1 }, [], null, undefined, "text", 1].map(isObject), [
    true,
    true,
    false,
    false,
    false,
    false,
    false
  ]))
