import { assert, describe, it } from "@effect/vitest"
import { asRecorded, atRecorded, echoed, echoOf, joined } from "../../../src/replay/engine/echo.ts"
import { read } from "../../../src/replay/engine/wireRequest.ts"
import type { Request } from "../../../src/replay/format/ScenarioFile.ts"
import type { Exchange } from "../../../src/replay/Scenario.ts"
import { shop } from "../../support/scenarios.ts"

const recorded = "https://www.shop.example/back?a=1"

describe("what a client sends of its own", () => {
  it.each([
    ["another address", "https://mine.example/there?x=1"],
    ["an address of http", "http://mine.example/"],
    ["an address that is written in capitals", "HTTPS://MINE.EXAMPLE/"],
    ["an address of 2,000 letters", `https://mine.example/${"a".repeat(1979)}`]
  ])("comes back where it is %s", (_, own) => assert.deepStrictEqual(echoOf(recorded, own), { recorded, own }))

  it.each([
    ["is missing", undefined],
    ["is as recorded", recorded],
    ["is empty", ""],
    ["is no address", "mine.example"],
    ["is a path", "/there"],
    ["is a program", "javascript:alert(1)//https:"],
    ["is of a scheme that begins like http", "httpsx://mine.example/"],
    ["is of a scheme that ends like http", "xhttps://mine.example/"],
    ["is longer than 2,000 letters", `https://mine.example/${"a".repeat(1980)}`]
  ])("does not where it %s", (_, own) => assert.isUndefined(echoOf(recorded, own)))

  it.each([
    ["no address", "back"],
    ["any value", { any: true as const }],
    ["a pattern", { re: "https://.*" }],
    ["nothing", undefined]
  ])("does not where %s is recorded", (_, one) => assert.isUndefined(echoOf(one, "https://mine.example/")))
})

/** One exchange of a shop, asked with and answered with these. */
const exchange = (
  request: Partial<Request>,
  { body = "", headers = [] }: { body?: string; headers?: ReadonlyArray<readonly [string, string]> } = {}
): Exchange => {
  const [one] = shop([
    {
      id: "one",
      times: 2,
      request: { method: "GET", url: "https://www.shop.example/start", ...request },
      response: { status: 302, headers, body: { base64: Buffer.from(body).toString("base64") } }
    }
  ]).exchanges
  assert.isDefined(one)
  return one
}

const own = "https://mine.example/it's?x=(1)&y=ü#end"
const escaped = "https%3A%2F%2Fmine.example%2Fit%27s%3Fx%3D%281%29%26y%3D%C3%BC%23end"
const echo = { recorded, own }

const textOf = (one: Exchange) => Buffer.from(one.response.body).toString()

describe("in an answer", () => {
  it("a header that is the recorded address becomes the client's, as it would stand there", () =>
    assert.deepStrictEqual(
      echoed(
        exchange(
          {},
          {
            headers: [
              ["Location", recorded],
              ["Link", `<${recorded}>`],
              ["X-Back", recorded],
              ["X-Else", ""]
            ]
          }
        ),
        [echo]
      ).response.headers,
      [
        ["Location", "https://mine.example/it's?x=(1)&y=%C3%BC#end"],
        ["Link", `<${recorded}>`],
        ["X-Back", "https://mine.example/it's?x=(1)&y=%C3%BC#end"],
        ["X-Else", ""]
      ]
    ))

  it("it becomes the client's wherever it stands percent-encoded, in a way that ends no string around it", () => {
    const text = `ptuiCB('0','0','https://www.shop.example/check?s_url=${encodeURIComponent(recorded)}&t=${encodeURIComponent(recorded)}','ü')`
    const answered = echoed(exchange({}, { body: text, headers: [["X", encodeURIComponent(recorded)]] }), [echo])
    assert.strictEqual(
      textOf(answered),
      `ptuiCB('0','0','https://www.shop.example/check?s_url=${escaped}&t=${escaped}','ü')`
    )
    assert.deepStrictEqual(answered.response.headers, [["X", escaped]])
    assert.strictEqual(decodeURIComponent(escaped), own)
  })

  it.each([
    ["an exclamation mark", "!", "%21"],
    ["an apostrophe", "'", "%27"],
    ["brackets and a star", "(*)", "%28%2A%29"],
    ["half of a character", "\ud83d", "%EF%BF%BD"]
  ])("%s of the recorded address, or of the client's, stands encoded there", (_, text, code) => {
    const [one, other] = [`https://a.example/${text}`, `https://b.example/${text}`]
    const body = `https%3A%2F%2Fa.example%2F${code}`
    assert.strictEqual(
      textOf(echoed(exchange({}, { body }), [{ recorded: one, own: other }])),
      `https%3A%2F%2Fb.example%2F${code}`
    )
  })

  it("bytes that do not hold it stay the very bytes, also where they are no text", () => {
    const picture = exchange({})
    const bytes = Uint8Array.of(0x89, 0x50, 0xff, 0xfe)
    const { response } = echoed({ ...picture, response: { ...picture.response, body: bytes } }, [echo])
    assert.strictEqual(response.body, bytes)
    assert.strictEqual(response.status, 302)
  })

  it("what stands around it stays as it is, in whatever encoding", () => {
    const gbk = Uint8Array.of(0xd5, 0xc5, 0xff)
    const around = (text: string) => Buffer.concat([gbk, Buffer.from(text), gbk])
    const { response, ...one } = exchange({})
    const body = around(encodeURIComponent(recorded))
    assert.deepStrictEqual(echoed({ ...one, response: { ...response, body } }, [echo]).response.body, around(escaped))
  })

  it("several values each stand in their own place", () => {
    const other = { recorded: "https://www.shop.example/other", own: "https://mine.example/other" }
    const body = `${encodeURIComponent(recorded)} ${encodeURIComponent(other.recorded)}`
    const answered = echoed(exchange({}, { body, headers: [["Location", other.recorded]] }), [echo, other])
    assert.strictEqual(textOf(answered), `${escaped} https%3A%2F%2Fmine.example%2Fother`)
    assert.deepStrictEqual(answered.response.headers, [["Location", other.own]])
  })
})

describe("of a later request", () => {
  const requestOf = (request: Partial<Request>) => echoed(exchange(request), [echo]).request

  it("a parameter with the recorded value is expected with the client's; others are as recorded", () =>
    assert.deepStrictEqual(
      requestOf({ query: { back: recorded, t: { any: true }, text: `${recorded}x` }, headers: { referer: recorded } }),
      {
        method: "GET",
        url: "https://www.shop.example/start",
        query: { back: own, t: { any: true }, text: `${recorded}x` },
        headers: { referer: recorded }
      }
    ))

  it("one to the recorded address is expected at the client's, with its query", () => {
    const url = "https://www.shop.example/back"
    assert.deepStrictEqual(requestOf({ url, query: { a: "1" } }), {
      method: "GET",
      url: "https://mine.example/it's",
      query: { x: "(1)", y: "ü" }
    })
    // Where the scenario does not speak of a query, any will do.
    assert.deepStrictEqual(requestOf({ url }), { method: "GET", url: "https://mine.example/it's" })
  })

  it("the address counts without what stands behind a number sign", () =>
    assert.strictEqual(
      echoed(exchange({ url: "https://www.shop.example/back" }), [{ recorded: `${recorded}#here`, own }]).request.url,
      "https://mine.example/it's"
    ))

  it("one that has nothing of it stays as it is", () =>
    assert.deepStrictEqual(requestOf({ method: "POST", form: { back: recorded } }), {
      method: "POST",
      url: "https://www.shop.example/start",
      form: { back: recorded }
    }))
})

describe("what a client has said of its own", () => {
  const [a, b] = [
    { recorded: "https://www.shop.example/a", own: "https://mine.example/1" },
    { recorded: "https://www.shop.example/b", own: "https://mine.example/1" }
  ]

  it("is known by what was recorded: what it said last counts", () => {
    const known = joined(joined([], a), b)
    assert.deepStrictEqual(known, [a, b])
    const other = { ...a, own: "https://mine.example/2" }
    assert.deepStrictEqual(joined(known, other), [b, other])
  })

  it("is no news when it says so again", () => {
    const known = [a, b]
    for (const again of [a, b]) assert.strictEqual(joined(known, { ...again }), known)
  })

  it("is forgotten where it is more than any client has", () => {
    const many = Array.from({ length: 20 }, (_, at) => ({ ...a, recorded: `https://www.shop.example/${at}` }))
    assert.deepStrictEqual(many.reduce(joined, []), many.slice(4))
  })
})

describe("what a request with values of the client's own may have been recorded as", () => {
  const other = { recorded: "https://www.shop.example/other", own: "https://mine.example/other?y=1" }
  const asked = (url: string) => read({ method: "GET", url, headers: [], body: new Uint8Array(0) })
  const recordings = (url: string, echoes = [echo, other]) =>
    asRecorded(asked(url), echoes).map((one) => [one.method, one.address, ...one.query()])

  it("is nothing else, for one without values of its own", () => assert.deepStrictEqual(recordings(own, []), []))

  it("has the recorded value in the place of each of its own", () =>
    assert.deepStrictEqual(
      recordings(
        `https://www.shop.example/start?back=${encodeURIComponent(own)}&t=1&t=${encodeURIComponent(other.own)}`
      ),
      [["GET", "https://www.shop.example/start", ["back", [recorded]], ["t", ["1", other.recorded]]]]
    ))

  it("has each of those that were recorded, where one of its own stands for several", () =>
    assert.deepStrictEqual(
      recordings(`https://www.shop.example/start?back=${encodeURIComponent(own)}&t=${encodeURIComponent(other.own)}`, [
        echo,
        { recorded: other.recorded, own },
        { recorded: `${other.recorded}?z`, own: other.own }
      ]).map(([, , back, t]) => [back, t]),
      [
        [
          ["back", [recorded]],
          ["t", [`${other.recorded}?z`]]
        ],
        [
          ["back", [other.recorded]],
          ["t", [`${other.recorded}?z`]]
        ]
      ]
    ))

  it("is at the recorded address, where it is at the client's", () => {
    const addresses = (url: string) => atRecorded(asked(url), [echo, other]).map(({ address }) => address)
    assert.deepStrictEqual(addresses("https://mine.example/it's?x=else"), ["https://www.shop.example/back"])
    assert.deepStrictEqual(addresses("https://mine.example/other"), ["https://www.shop.example/other"])
    assert.deepStrictEqual(addresses("https://mine.example/"), [])
  })
})

it("everything else of an exchange stays, and all of it for a client without values of its own", () => {
  const one = exchange({})
  assert.strictEqual(echoed(one, []), one)
  const { id, provenance, times } = echoed(one, [echo])
  assert.deepStrictEqual({ id, provenance, times }, { id: "one", provenance: one.provenance, times: 2 })
})
