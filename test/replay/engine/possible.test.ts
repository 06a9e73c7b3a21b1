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
  const letters = (minLength: number, maxLength: number) =>
    fc.array(fc.constantFrom("a", "b"), { minLength, maxLength }).map((all) => all.join(""))
  const recorded = fc.record({ asked: letters(6, 12), answered: letters(0, 40), served: fc.boolean() })
  fc.assert(
    fc.property(fc.array(recorded, { minLength: 1, maxLength: 12 }), (all) => {
      const { exchanges } = shop(
        all.map(({ answered, asked }, at) =>
          get(`e${at}`, url, answered, { request: { method: "GET", url, query: { t: asked } } })
        )
      )
      for (const [place, { asked }] of all.entries()) {
        const holders = all.slice(0, place).filter(({ answered }) => asked.length >= 8 && answered.includes(asked))
        const first = holders.some(({ served }) => served) ? undefined : holders[0]
        assert.strictEqual(
          neededBefore(exchanges, place, (one) => all[one]!.served),
          first && exchanges[all.indexOf(first)]
        )
      }
    }),
    { numRuns: mutating ? 200 : 2000, seed: 1 }
  )
})

describe("nothing has to come before", () => {
  it.each<readonly [string, string, Partial<Request>]>([
    ["what is asked with nothing", "ticket-1", {}],
    ["what is asked with something that stands in no answer", "ticket-2", ticket],
    ["what is in no answer as a whole", "ticket- 1", ticket],
    ["what is so short that it may stand there by chance", "ticket7", { query: { t: "ticket7" } }],
    ["what may be anything", "ticket-1", { query: { t: { any: true } } }],
    ["what a pattern takes", "ticket-1", { query: { t: { re: "ticket-1" } } }],
    ["what is another than a text", "12345678", { form: { t: { json: 12345678 } } }],
    ["what only a header names", "ticket-1", { headers: { referer: "ticket-1" } }]
  ])("%s", (_, answer, request) => assert.isUndefined(needed([answer], request)))

  it("what stands in an answer that comes later, or in its own", () =>
    assert.isUndefined(needed(["nothing"], ticket, { after: ["ticket-1"] })))

  it("the first exchange, and one that is not there", () => {
    assert.isUndefined(needed([], ticket))
    assert.isUndefined(neededBefore(shop([get("a", url, "ticket-1")]).exchanges, 1, () => false))
  })
})
