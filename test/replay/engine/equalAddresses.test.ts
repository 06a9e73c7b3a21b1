import { assert, describe, it } from "@effect/vitest"
import { underEqual } from "../../../src/replay/engine/equalAddresses.ts"
import { read } from "../../../src/replay/engine/wireRequest.ts"

const evidence = "clients asked both"

const groups = [
  { addresses: ["https://api.shop.example/", "http://api.shop.example/", "http://old.shop.example/v1/"], evidence },
  { addresses: ["https://www.shop.example/", "http://www.shop.example/"], evidence }
]

/** The addresses of a request under its equals, each with the values of a header. */
const under = (url: string, name = "", ...values: ReadonlyArray<string>) => underGroups(groups, url, name, ...values)

const underGroups = (
  groups: Parameters<typeof underEqual>[0],
  url: string,
  name: string,
  ...values: ReadonlyArray<string>
) => {
  const headers = [...values.map((value) => [name, value] as const), ["accept", "https://api.shop.example/"] as const]
  return underEqual(groups, read({ method: "GET", url, headers, body: new Uint8Array(0) })).map((request) => {
    assert.deepStrictEqual(request.headers().get("accept"), ["https://api.shop.example/"])
    assert.strictEqual(request.method, "GET")
    return [request.address, ...(request.headers().get(name) ?? [])]
  })
}

describe("an address", () => {
  it("that is equal to others stands under each of them, its own first, with the rest of its path", () => {
    assert.deepStrictEqual(under("https://api.shop.example/a/b?x=1"), [
      ["https://api.shop.example/a/b"],
      ["http://api.shop.example/a/b"],
      ["http://old.shop.example/v1/a/b"]
    ])
    assert.deepStrictEqual(under("http://old.shop.example/v1/"), [
      ["http://old.shop.example/v1/"],
      ["https://api.shop.example/"],
      ["http://api.shop.example/"]
    ])
    assert.deepStrictEqual(under("http://www.shop.example/"), [
      ["http://www.shop.example/"],
      ["https://www.shop.example/"]
    ])
  })

  it.each(["https://other.example/", "http://old.shop.example/v2/", "https://other.example/https://api.shop.example/"])(
    "that is equal to none stands alone: %s",
    (url) => assert.deepStrictEqual(under(url), [[url]])
  )
})

describe("an address that two groups lead to", () => {
  const shared = [
    { addresses: ["http://a.example/", "https://a.example/", "https://b.example/"], evidence },
    { addresses: ["http://a.example/api/", "https://b.example/api/"], evidence }
  ]
  const [from, to] = ["http://a.example/api/x", "https://b.example/api/x"]

  it("is there once with each page that the request may come from: the first would not do for both", () => {
    assert.deepStrictEqual(underGroups(shared, from, "referer", "http://a.example/page"), [
      [from, "http://a.example/page"],
      ["https://a.example/api/x", "https://a.example/page"],
      [to, "https://b.example/page"],
      [to, "https://a.example/page"]
    ])
    assert.deepStrictEqual(underGroups(shared, from, "referer", "http://c.example/"), [
      [from, "http://c.example/"],
      ["https://a.example/api/x", "http://c.example/"],
      [to, "http://c.example/"]
    ])
  })

  it("stands once for the request itself, with the page that it names", () => {
    const twice = [
      { addresses: ["http://a.example/", "http://a.example/"], evidence },
      { addresses: ["http://b.example/", "https://b.example/"], evidence }
    ]
    assert.deepStrictEqual(underGroups(twice, from, "referer", "http://b.example/"), [[from, "http://b.example/"]])
  })
})

describe("the page that a request comes from", () => {
  it.each([
    // What is recorded of https is compared with what http has, and the other way round.
    ["of the same scheme", "http://api.shop.example/page?x=1", "https://api.shop.example/page?x=1"],
    [
      "of the same scheme, at another of the equal hosts",
      "http://www.shop.example/page",
      "https://www.shop.example/page"
    ],
    ["of the other scheme", "https://api.shop.example/page", "http://api.shop.example/page"],
    ["of the other scheme, at another of the equal hosts", "https://www.shop.example/", "http://www.shop.example/"],
    ["elsewhere", "http://other.example/http://api.shop.example/", "http://other.example/http://api.shop.example/"],
    ["without a path, of the same scheme", "http://www.shop.example", "https://www.shop.example"],
    ["without a path, of the other scheme", "https://www.shop.example", "http://www.shop.example"],
    ["without a path, elsewhere", "http://other.example", "http://other.example"],
    ["at an address that only begins like one of them", "http://www.shop.example.com", "http://www.shop.example.com"],
    ["unnamed", "", ""],
    ["hidden", "null", "null"]
  ])("follows it: %s", (_, sent, there) => {
    for (const name of ["referer", "origin"]) {
      assert.deepStrictEqual(under("http://api.shop.example/a", name, sent).slice(0, 2), [
        ["http://api.shop.example/a", sent],
        ["https://api.shop.example/a", there]
      ])
    }
  })

  it("follows it each time that it is named", () =>
    assert.deepStrictEqual(under("http://www.shop.example/a", "referer", "http://www.shop.example/", "x"), [
      ["http://www.shop.example/a", "http://www.shop.example/", "x"],
      ["https://www.shop.example/a", "https://www.shop.example/", "x"]
    ]))

  it("stays where it is, where its group has no such address", () => {
    const page = "http://www.shop.example/"
    assert.deepStrictEqual(
      under("http://old.shop.example/v1/a", "referer", page, "https://www.shop.example", "undefined"),
      [
        ["http://old.shop.example/v1/a", page, "https://www.shop.example", "undefined"],
        ["https://api.shop.example/a", page, "https://www.shop.example", "undefined"],
        ["http://api.shop.example/a", page, "https://www.shop.example", "undefined"]
      ]
    )
    assert.deepStrictEqual(under("https://api.shop.example/a", "referer", "https://www.shop.example/").at(-1), [
      "http://old.shop.example/v1/a",
      "https://www.shop.example/"
    ])
  })
})
