import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { neededBefore } from "../../../src/replay/engine/possible.ts"
import type { Request } from "../../../src/replay/format/ScenarioFile.ts"
import { mutating } from "../../support/mutating.ts"
import { get, shop } from "../../support/scenarios.ts"

const url = "https://api.shop.example/"

/** The id of what has to be answered before the last of these, of which those at `served` were. */
const needed = (
  answers: ReadonlyArray<string>,
  request: Partial<Request>,
  { after = [], served = [] }: { readonly after?: ReadonlyArray<string>; readonly served?: ReadonlyArray<number> } = {}
) => {
  const { exchanges } = shop(
    [
      ...answers.map((text, at) => get(`e${at}`, url, text)),
      get("asked", url, "ticket-1", { request: { method: "POST", url, ...request } }),
      ...after.map((text, at) => get(`after${at}`, url, text))
    ],
    { format: "webqq-fixture/2" }
  )
  return neededBefore(exchanges, answers.length, (place) => served.includes(place))?.id
}

const ticket = { query: { t: "ticket-1" } }

describe("what is asked with something out of an answer needs that answer", () => {
  it.each<readonly [string, Partial<Request>]>([
    ["in the query", ticket],
    ["in a cookie", { cookies: { t: "ticket-1" } }],
    ["in a form", { form: { a: { any: true }, t: "ticket-1" } }],
    ["in a body in JSON", { json: { "a.t": "ticket-1" } }],
    ["beside much else", { query: { a: "1", b: "elsewhere" }, cookies: { c: "2" }, form: { t: "ticket-1" } }]
  ])("%s", (_, request) => {
    assert.strictEqual(needed(["nothing", "a ticket-1!"], request), "e1")
    assert.isUndefined(needed(["nothing", "a ticket-1!"], request, { served: [1] }))
    assert.strictEqual(needed(["nothing", "a ticket-1!"], request, { served: [0] }), "e1")
  })

  it("in a header of the answer as well as in its body", () => {
    const { exchanges } = shop([
      get("cookie", url, "", {
        response: {
          status: 200,
          headers: [
            ["X", "1"],
            ["Set-Cookie", "t=ticket-1; Path=/"]
          ]
        }
      }),
      get("asked", url, "", { request: { method: "GET", url, ...ticket } })
    ])
    assert.strictEqual(neededBefore(exchanges, 1, () => false)?.id, "cookie")
  })

  it("beside something else that stands in no answer", () =>
    assert.strictEqual(needed(["a ticket-1!"], { query: { a: "elsewhere", t: "ticket-1" } }), "e0"))

  it("also where it is so long that its beginning has to do", () => {
    const long = "0123456789".repeat(30)
    assert.strictEqual(needed([`"${long}"`], { query: { t: long } }), "e0")
    assert.strictEqual(needed([`"${long.slice(0, 256)}"`], { query: { t: long } }), "e0")
    assert.isUndefined(needed([`"${long.slice(0, 255)}"`], { query: { t: long } }))
  })

  it("the first one that holds it, and any of them will do", () => {
    const answers = ["ticket-1", "else", "ticket-1"]
    assert.strictEqual(needed(answers, ticket), "e0")
    assert.strictEqual(needed(answers, ticket, { served: [1] }), "e0")
    for (const served of [[0], [2], [0, 2]]) assert.isUndefined(needed(answers, ticket, { served }))
  })

  it("each thing that it is asked with, from wherever it comes", () => {
    const both = { query: { t: "ticket-1", u: "ticket-2" } }
    assert.strictEqual(needed(["ticket-1", "ticket-2"], both, { served: [0] }), "e1")
    assert.strictEqual(needed(["ticket-1", "ticket-2"], both, { served: [1] }), "e0")
    assert.isUndefined(needed(["ticket-1", "ticket-2"], both, { served: [0, 1] }))
    assert.isUndefined(needed(["ticket-1 ticket-2", "ticket-2"], both, { served: [0] }))
  })
})

it("what stands in which answer is found as by looking for each in each, however much one text is like another", () => {
  // Pieces of one text: many begin as others do, and some are too short to count.
  const whole = "abaabbabaabbbaaababb"
  const piece = fc
    .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 7, max: 13 }))
    .map(([from, length]) => whole.slice(from, from + length))
  const answer = fc.array(fc.oneof(piece, fc.constantFrom("a", "b", "|")), { maxLength: 6 }).map((all) => all.join(""))
  const recorded = fc.record({ asked: piece, answered: answer, served: fc.boolean() })
  let found = 0
  fc.assert(
    fc.property(fc.array(recorded, { minLength: 1, maxLength: 12 }), (all) => {
      const { exchanges } = shop(
        all.map(({ answered, asked }, at) =>
          get(`e${at}`, url, answered, { request: { method: "GET", url, query: { t: asked } } })
        )
      )
      for (const [place, { asked }] of all.entries()) {
        const holders = all.filter(({ answered }) => asked.length >= 8 && answered.includes(asked))
        const first = holders.some(({ served }) => served) ? -1 : all.indexOf(holders[0]!)
        const expected = first < place ? exchanges[first] : undefined
        if (expected !== undefined) found++
        assert.strictEqual(
          neededBefore(exchanges, place, (one) => all[one]!.served),
          expected
        )
      }
    }),
    { numRuns: mutating ? 300 : 2000, seed: 1 }
  )
  assert.isAbove(found, mutating ? 100 : 700)
})

it("the answers are looked through once, however often it is asked", () => {
  let looked = 0
  const { exchanges } = shop(
    Array.from({ length: 50 }, (_, at) =>
      get(`e${at}`, url, `ticket-${at}`, { request: { method: "GET", url, query: { t: `ticket-${at - 1}` } } })
    )
  )
  const watched = exchanges.map((exchange) => ({
    ...exchange,
    get response() {
      looked++
      return exchange.response
    }
  }))
  for (const place of watched.keys()) neededBefore(watched, place, () => false)
  assert.strictEqual(looked, watched.length)
})

describe("nothing has to come before", () => {
  it.each<readonly [string, string, Partial<Request>]>([
    ["what is asked with nothing", "ticket-1", {}],
    ["what is asked with something that stands in no answer", "ticket-2", ticket],
    ["what is in no answer as a whole", "ticket- 1", ticket],
    ["what is so short that it may stand there by chance", "the ticket7", { query: { t: "ticket7" } }],
    ["what is so short, and begins as something else does", "a ticket7-2", { query: { t: "ticket7", u: "ticket7-1" } }],
    ["what may be anything", "ticket-1", { query: { t: { any: true } } }],
    ["what a pattern takes", "ticket-1", { query: { t: { re: "ticket-1" } } }],
    ["what is another than a text", "12345678", { form: { t: { json: 12345678 } } }],
    ["what only a header names", "ticket-1", { headers: { referer: "ticket-1" } }]
  ])("%s", (_, answer, request) => assert.isUndefined(needed([answer], request)))

  it("what stands in an answer that comes later, or in its own", () =>
    assert.isUndefined(needed(["nothing"], ticket, { after: ["ticket-1"] })))

  it("what stands in an answer that comes later, and was given already", () => {
    assert.strictEqual(needed(["ticket-1"], ticket, { after: ["ticket-1"] }), "e0")
    assert.isUndefined(needed(["ticket-1"], ticket, { after: ["ticket-1"], served: [2] }))
  })

  it("the first exchange, and one that is not there", () => {
    assert.isUndefined(needed([], ticket))
    assert.isUndefined(neededBefore(shop([get("a", url, "ticket-1")]).exchanges, 1, () => false))
  })
})
