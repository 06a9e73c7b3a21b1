import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { read, type WireRequest } from "../../../src/replay/engine/wireRequest.ts"

const request = (more: Partial<WireRequest>) =>
  read({ method: "GET", url: "https://api.shop.example/", headers: [], body: new Uint8Array(0), ...more })

const listed = (values: ReadonlyMap<string, unknown>): ReadonlyArray<unknown> => [...values]

describe("an address", () => {
  it.each([
    ["https://api.shop.example/items", "https://api.shop.example/items", []],
    ["https://api.shop.example/items?", "https://api.shop.example/items", []],
    ["https://api.shop.example/items?a=1#b=2", "https://api.shop.example/items", [["a", ["1"]]]],
    ["https://api.shop.example/items#?a=1", "https://api.shop.example/items", []],
    ["HTTPS://API.Shop.Example:443/a/../b", "https://api.shop.example/b", []],
    [
      "http://api.shop.example:8080/?a=1&b=&c&a=%2B+x&d=e=f?",
      "http://api.shop.example:8080/",
      [
        ["a", ["1", "+ x"]],
        ["b", [""]],
        ["c", [""]],
        ["d", ["e=f?"]]
      ]
    ]
  ])("%s falls into itself and its query", (url, address, query) => {
    const found = request({ url })
    assert.strictEqual(found.address, address)
    assert.deepStrictEqual(listed(found.query()), query)
  })

  it("has the pairs of its query, in order, whatever they are", () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }))), (pairs) => {
        const search = new URLSearchParams(pairs)
        const found = request({ url: `https://api.shop.example/?${search}` }).query()
        const names = new Set(search.keys())
        assert.deepStrictEqual(
          listed(found),
          [...names].map((name) => [name, search.getAll(name)])
        )
      }),
      { numRuns: 200, seed: 1 }
    ))
})

describe("headers", () => {
  it("are known by their names in lower case, and each may come more than once", () =>
    assert.deepStrictEqual(
      listed(
        request({
          headers: [
            ["X-Mark", "1"],
            ["referer", "Here"],
            ["x-mark", "2"]
          ]
        }).headers()
      ),
      [
        ["x-mark", ["1", "2"]],
        ["referer", ["Here"]]
      ]
    ))

  it.each([
    [[], []],
    [
      ["a=1; b=2;c=3"],
      [
        ["a", ["1"]],
        ["b", ["2"]],
        ["c", ["3"]]
      ]
    ],
    [
      ["a=1", "b=2; a=3"],
      [
        ["a", ["1", "3"]],
        ["b", ["2"]]
      ]
    ],
    [
      ["  a =  x y ;;  b==;"],
      [
        ["a", ["x y"]],
        ["b", ["="]]
      ]
    ],
    [
      ["flag; a=", "; ="],
      [
        ["a", [""]],
        ["", [""]]
      ]
    ]
  ])("of cookies %j hold %j: a part without an equals sign is none, spaces around are not of it", (lines, cookies) =>
    assert.deepStrictEqual(listed(request({ headers: lines.map((line) => ["Cookie", line]) }).cookies()), cookies)
  )
})

describe("a form", () => {
  const form = (body: string | Uint8Array, ...types: ReadonlyArray<string>) =>
    listed(
      request({ method: "POST", body: Buffer.from(body), headers: types.map((type) => ["Content-Type", type]) }).form()
    )

  it("is read as the URL standard says, whatever type is said of it", () => {
    for (const type of [
      [],
      ["application/x-www-form-urlencoded"],
      ["text/plain; like=multipart/form-data; boundary=&"]
    ]) {
      assert.deepStrictEqual(form("r=%7B%7D&q=a+b&q=&%C3%BC", ...type), [
        ["r", ["{}"]],
        ["q", ["a b", ""]],
        ["ü", [""]]
      ])
    }
  })

  it("in parts is the same form", async () => {
    const name = fc.stringMatching(/^[^"\r\n]*$/)
    const value = fc.string({ unit: "binary" }).map((text) => text.toWellFormed().replaceAll(/\r\n?|\n/g, "\r\n"))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value)), async (pairs) => {
        const data = new FormData()
        for (const [one, text] of pairs) data.append(one, text)
        const sent = new Response(data)
        const found = form(await sent.bytes(), sent.headers.get("content-type") ?? "")
        assert.deepStrictEqual(
          found,
          [...new Set(data.keys())].map((one) => [one, data.getAll(one)])
        )
      }),
      { numRuns: 200, seed: 1 }
    )
  })

  const parts = [
    '--x y\r\ncontent-disposition: form-data; name="a"\r\n\r\n1--x\r\n--x y--\r\n',
    [["a", ["1--x"]]]
  ] as const

  it.each([
    ["multipart/form-data; boundary=xy"],
    ["multipart/form-data;boundary=xy"],
    ["Multipart/Form-Data;  Boundary=xy;charset=utf-8"],
    ['multipart/form-data; charset=utf-8; boundary="xy"'],
    ["multipart/form-data; boundary=xy charset=utf-8"]
  ])("in parts is told by %s", (type) => assert.deepStrictEqual(form(parts[0].replaceAll("x y", "xy"), type), parts[1]))

  it("in parts may have a boundary with spaces, in quotes", () =>
    assert.deepStrictEqual(form(parts[0], 'multipart/form-data; boundary="x y"'), parts[1]))

  it("whose boundary is not told is read as one without parts", () =>
    assert.deepStrictEqual(form("a=1", "multipart/form-data"), [["a", ["1"]]]))

  it.each([
    [
      "a file as its content",
      'Content-Disposition: form-data; filename="f.txt"; name="a"\r\nContent-Type: text/plain\r\n\r\n1',
      "1"
    ],
    [
      "a name that is written without spaces, and in other letters",
      'content-disposition:form-data;NAME="a"\r\n\r\n1',
      "1"
    ],
    [
      "line breaks and blank lines in a value",
      'Content-Disposition: form-data; name="a"\r\n\r\n\r\n1\r\n\r\n2\r\n',
      "\r\n1\r\n\r\n2\r\n"
    ],
    ["no value", 'Content-Disposition: form-data; name="a"\r\n\r\n', ""]
  ])("in parts has %s", (_, part, value) =>
    assert.deepStrictEqual(form(`--b\r\n${part}\r\n--b--\r\n`, "multipart/form-data; boundary=b"), [["a", [value]]])
  )

  it.each([
    ["what stands before the first", 'Content-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'],
    ["a part without a name", '--b\r\nContent-Disposition: form-data; filename="a"\r\n\r\n1\r\n--b--\r\n'],
    ["a part without a blank line", '--b\r\nContent-Disposition: form-data; name="a"\r\n--b--\r\n'],
    [
      "a part whose content looks like a name",
      '--b\r\nContent-Type: text/plain\r\n\r\n; name="a"\r\n\r\n1\r\n--b--\r\n'
    ]
  ])("has no pair of %s", (_, body) => assert.deepStrictEqual(form(body, "multipart/form-data; boundary=b"), []))
})

describe("a body in JSON", () => {
  it("has leaves as they are, and as texts", () => {
    const found = request({
      method: "POST",
      body: Buffer.from('{ "req": { "code": "24", "n": 24 }, "list": [true, null] }')
    })
    assert.deepStrictEqual(listed(found.leaves()), [
      ["req.code", "24"],
      ["req.n", 24],
      ["list.0", true],
      ["list.1", null]
    ])
    assert.deepStrictEqual(listed(found.json()), [
      ["req.code", ["24"]],
      ["req.n", ["24"]],
      ["list.0", ["true"]],
      ["list.1", ["null"]]
    ])
  })

  it.each(["", "a=1", "{", '"text"'])("has none where it is %j", (text) => {
    const found = request({ body: Buffer.from(text) })
    assert.deepStrictEqual([listed(found.json()), listed(found.leaves())], [[], []])
  })
})

describe("JSON in a form", () => {
  it("is read field by field: the first of each name, and nothing where it is none", () => {
    const found = request({ method: "POST", body: Buffer.from(`r={"a":[1]}&r={}&n=1&text=a&empty=`) })
    assert.deepStrictEqual(
      ["r", "n", "text", "empty", "missing"].map((name) => found.inForm(name)),
      [{ a: [1] }, 1, undefined, undefined, undefined]
    )
    assert.strictEqual(found.inForm("r"), found.inForm("r"))
  })
})

it("a request is taken apart when it is asked for, and once", () => {
  const asked: Array<string> = []
  const found = read({
    method: "POST",
    url: "https://api.shop.example/?a=1",
    get headers() {
      asked.push("headers")
      return [["cookie", "a=1"]] as const
    },
    get body() {
      asked.push("body")
      return Buffer.from("{}")
    }
  })
  const all = () => [found.query(), found.headers(), found.cookies(), found.form(), found.json(), found.leaves()]
  assert.deepStrictEqual(asked, [])
  const [first, again] = [all(), all()]
  for (const [at, one] of first.entries()) assert.strictEqual(one, again[at])
  assert.deepStrictEqual(asked, ["headers", "body", "body"])
})
