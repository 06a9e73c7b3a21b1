import { assert, describe, it } from "@effect/vitest"
import { type Compared, inFull, make } from "../../../src/replay/engine/alike.ts"
import { read } from "../../../src/replay/engine/wireRequest.ts"
import type { Request } from "../../../src/replay/format/ScenarioFile.ts"
import { get, shop } from "../../support/scenarios.ts"

const url = "https://api.shop.example/"

const indexOf = (
  queries: ReadonlyArray<NonNullable<Request["query"]>>,
  compared: (request: Request) => Compared = inFull
) =>
  make(
    shop(queries.map((query, at) => get(`e${at}`, "", "", { request: { method: "GET", url, query } }))).exchanges,
    compared
  )

const ask = (query: string, method = "GET") =>
  read({ method, url: `${url}${query}`, headers: [], body: new Uint8Array(0) })

it("in full, a request is compared by every part that it names", () => {
  const request = {
    query: { a: "1", b: "2" },
    headers: { c: "3" },
    cookies: { d: "4" },
    form: { e: "5" },
    json: { f: "6" }
  }
  const { fields, mayMiss } = inFull({ method: "GET", url, ...request })
  assert.deepStrictEqual(fields, ["query.a", "query.b", "header c", "cookie d", "form.e", "json.f"])
  assert.isFalse(fields.some(mayMiss))
  assert.deepStrictEqual(inFull({ method: "GET", url }).fields, [])
})

describe("the exchanges of one method and address", () => {
  const index = indexOf([{ x: "1" }, { x: "2" }, { x: { re: "1|2" } }, { x: "1" }, { x: "1", y: "1" }])

  it("are those of no other", () => {
    assert.deepStrictEqual(index.at(ask("?x=3")), [0, 1, 2, 3, 4])
    assert.deepStrictEqual(index.at(ask("", "POST")), [])
    assert.deepStrictEqual(index.at(ask("other")), [])
    for (const other of [ask("?x=1", "POST"), ask("other?x=1")]) assert.deepStrictEqual(index.among(other), [])
  })

  it.each<readonly [string, ReadonlyArray<ReadonlyArray<number>>]>([
    ["?x=1", [[0, 3], [2]]],
    ["?x=2", [[1], [2]]],
    ["?x=3", [[2]]],
    ["?x=1&y=1", [[0, 3], [2], [4]]],
    ["?x=1&y=2", [[0, 3], [2]]],
    ["?y=1", [[2]]],
    ["", [[2]]],
    // Servers read the first.
    ["?x=2&x=1", [[1], [2]]]
  ])("that have the texts of %j are found, and those that name none", (query, places) =>
    assert.deepStrictEqual(index.among(ask(query)), places)
  )

  it("are found again by what was left out before", () => {
    for (const query of ["?x=1", "?x=2", "?x=1"]) assert.lengthOf(index.among(ask(query)), 2)
  })
})

it("what a request may leave out tells nothing where it does so, and all where it does not", () => {
  const index = indexOf(
    [
      { x: "1", y: "1" },
      { x: "1", y: "2" },
      { x: "2", y: "1" }
    ],
    () => ({
      fields: ["query.x", "query.y"],
      mayMiss: (field) => field === "query.y"
    })
  )
  assert.deepStrictEqual(
    ["?x=1", "?x=1&y=2", "?x=2&y=2", "?y=1"].map((query) => index.among(ask(query))),
    [[[0, 1]], [[1]], [], []]
  )
})

it("of kinds of requests beyond sixty-four, all are to be compared", () => {
  const named = (name: number) => ({ [`p${name}`]: "1" })
  const index = indexOf([...Array.from({ length: 70 }, (_, at) => named(at)), named(3), named(65)])
  const beyond = [64, 65, 66, 67, 68, 69, 71]
  assert.deepStrictEqual(index.among(ask("?p3=1")), [[3, 70], beyond])
  assert.deepStrictEqual(index.among(ask("?p63=1")), [[63], beyond])
  for (const query of ["?p64=1", "?p65=1", "?else=1"]) assert.deepStrictEqual(index.among(ask(query)), [beyond])
})

it("of choices of what may be left out beyond sixty-four, all are to be compared", () => {
  const names = Array.from({ length: 7 }, (_, at) => `p${at}`)
  const all = Object.fromEntries(names.map((name) => [name, "1"]))
  const index = indexOf([all, { ...all, p0: "2" }], () => ({
    fields: names.map((name) => `query.${name}`),
    mayMiss: () => true
  }))
  const choice = (n: number) => `?${names.flatMap((name, at) => ((n >> at) & 1 ? [`${name}=1`] : [])).join("&")}`
  const found = (n: number) => index.among(ask(choice(n)))
  const places = Array.from({ length: 128 }, (_, n) => found(n))
  assert.deepStrictEqual(places.slice(0, 4), [[[0, 1]], [[0]], [[0, 1]], [[0]]])
  assert.deepStrictEqual(places.slice(60, 64), [[[0, 1]], [[0]], [[0, 1]], [[0]]])
  for (const beyond of places.slice(64)) assert.deepStrictEqual(beyond, [[0, 1]])
  assert.deepStrictEqual([found(3), found(127)], [[[0]], [[0, 1]]])
})
