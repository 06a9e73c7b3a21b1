import { assert, describe, it } from "@effect/vitest"
import { Engine, type Scenario } from "webqq-login/replay"
import * as exchangeIndex from "../../../src/replay/engine/exchangeIndex.ts"
import { differences, looksAt } from "../../../src/replay/engine/requestDiff.ts"
import { read } from "../../../src/replay/engine/wireRequest.ts"
import type { FormMatcher, Request } from "../../../src/replay/format/ScenarioFile.ts"
import { mutating } from "../../support/mutating.ts"
import { chance } from "../../support/resecret.ts"
import { get, shop } from "../../support/scenarios.ts"

const api = "https://api.shop.example"

/** So many scenarios are drawn, with twenty requests for each. */
const most = mutating ? 60 : 400

/** What a mismatch says where every exchange is tried out: the way that needs no index. */
const byAll = (exchanges: ReadonlyArray<Scenario.Exchange>, position: number, wire: Engine.WireRequest) => {
  const request = read(wire)
  const candidates = exchanges
    .map((exchange, place) => ({ id: exchange.id, place, exchange, found: differences(exchange.request, request) }))
    .filter(({ found }) => found.every(({ field }) => field !== "method" && field !== "url"))
  const next = candidates.find(({ place }) => place === position)
  const least = next === undefined ? 0 : looksAt(next.exchange.request)
  const exact = candidates.filter(({ exchange, found }) => found.length === 0 && looksAt(exchange.request) >= least)
  const later = exact.find(({ place }) => place > position)
  if (later !== undefined) return ["out of order", later.id, next?.found ?? []]
  const earlier = exact.findLast(({ place }) => place < position)
  if (earlier !== undefined) return ["already served", earlier.id, next?.found ?? []]
  const distance = (place: number) => (place > position ? place - position : exchanges.length + position - place)
  const [closest] = candidates.toSorted(
    (a, b) => a.found.length - b.found.length || distance(a.place) - distance(b.place)
  )
  const best = next ?? closest
  if (best !== undefined) return ["differs", best.id, best.found]
  const expected = exchanges[position]
  const place = expected === undefined ? [] : differences(expected.request, request)
  return ["differs", undefined, place.filter(({ field }) => field === "method" || field === "url")]
}

/** What is drawn: of few values, so that much of it is alike. */
const drawing = (seed: number) => {
  const random = chance(seed)
  const one = <A>(...of: ReadonlyArray<A>): A => of[Math.floor(random() * of.length)] as A
  const value = () => one("1", "2")
  const matcher = () => one<FormMatcher>(value(), value(), { re: "1|2" }, { any: true }, { absent: true }) as string
  const some = <A>(make: () => A, ...names: ReadonlyArray<string>) =>
    Object.fromEntries(names.filter(() => random() < 0.6).map((name) => [name, make()]))
  return { random, one, value, matcher, some }
}

/** A scenario of few addresses and fields, and a request of the same kind. */
const drawn = (seed: number) => {
  const { matcher, one, random, some, value } = drawing(seed)
  const request = (): Request => ({
    method: one("GET", "GET", "POST"),
    url: `${api}/${one("a", "b")}`,
    ...(random() < 0.8 ? { query: some(matcher, "x", "y") } : {}),
    ...(random() < 0.3 ? { headers: some(matcher, "h") } : {}),
    ...(random() < 0.3 ? { cookies: some(matcher, "c") } : {}),
    ...(random() < 0.3 ? { form: some(() => one<FormMatcher>(matcher(), { json: 1 }), "f") } : {})
  })
  const asked = (): Engine.WireRequest => ({
    method: one("GET", "GET", "POST"),
    url: `${api}/${one("a", "b", "b", "c")}?${String(new URLSearchParams(some(value, "x", "y", "x")))}`,
    headers: Object.entries({ ...some(value, "h"), ...(random() < 0.5 ? { cookie: `c=${value()}` } : {}) }),
    body: Buffer.from(String(new URLSearchParams(some(value, "f"))))
  })
  const exchanges = Array.from({ length: 1 + Math.floor(random() * 9) }, (_, i) =>
    get(`e${i}`, "", "", { times: one(1, 2), request: request() })
  )
  return { exchanges, asked }
}

/** The same of one address and two parameters, so that most requests match some of it. */
const drawnAtOne = (seed: number) => {
  const { matcher, one, random, value } = drawing(seed)
  const request = (): Request => ({
    method: "GET",
    url: `${api}/a`,
    ...one({}, { query: {} }, { query: { x: matcher() } }, { query: { x: matcher(), y: matcher() } }),
    ...one({}, {}, { headers: { h: matcher() } })
  })
  const asked = (): Engine.WireRequest => ({
    method: "GET",
    url: `${api}/a?${one("", `x=${value()}`, `x=${value()}&y=${value()}`, `x=1&x=${value()}`)}`,
    headers: one([], [["h", value()]]),
    body: new Uint8Array(0)
  })
  const exchanges = Array.from({ length: 4 + Math.floor(random() * 6) }, (_, i) =>
    get(`e${i}`, "", "", { request: request() })
  )
  return { exchanges, asked }
}

describe("a mismatch", () => {
  it("says the same of thousands of requests to drawn scenarios as a comparison with every exchange", () => {
    const verdicts = new Map<string, number>()
    for (let seed = 1; seed <= most; seed++) {
      const { asked, exchanges } = drawn(seed)
      const scenario = shop(exchanges)
      const engine = Engine.make(scenario)
      for (let i = 0; i < 20; i++) {
        const request = asked()
        const next = engine.next()
        const position = next === undefined ? exchanges.length : scenario.exchanges.indexOf(next)
        const answer = engine.handle(request)
        if (answer._tag === "Mismatch") {
          const said = [answer.verdict, answer.exchange?.id, answer.differences]
          assert.deepStrictEqual(said, byAll(scenario.exchanges, position, request), `seed ${seed}, request ${i}`)
        }
        const kind = answer._tag === "Answer" ? "answered" : answer.verdict
        verdicts.set(kind, (verdicts.get(kind) ?? 0) + 1)
      }
    }
    for (const kind of ["answered", "differs", "out of order", "already served"]) {
      assert.isAbove(verdicts.get(kind) ?? 0, most / 5, kind)
    }
  })

  it.each([
    ["is like none", "state?n=none&token=1"],
    ["is like the last", "state?n=9999&token=1"],
    ["goes elsewhere", "elsewhere"]
  ])("looks at few of 10,000 exchanges where the request %s", (_, path) => {
    let looked = 0
    const watched = <A extends object>(value: A): A =>
      new Proxy(value, {
        get: (target, key, receiver) => {
          if (key === "query") looked++
          return Reflect.get(target, key, receiver)
        }
      })
    const [first] = shop([get("first", `${api}/state`, "")]).exchanges
    assert.isDefined(first)
    const exchanges = Array.from({ length: 10_000 }, (__, i) => {
      const request = { method: "GET", url: `${api}/state`, query: { n: String(i), token: { re: "[0-9]" } } } as const
      return { ...first, id: `e${i}`, request: watched(request) }
    })
    const engine = Engine.make({ ...shop([get("first", `${api}/state`, "")]), exchanges })
    looked = 0
    const answer = engine.handle({ method: "GET", url: `${api}/${path}`, headers: [], body: new Uint8Array(0) })
    assert.strictEqual(answer._tag, "Mismatch")
    assert.isAtMost(looked, 300)
  })
})

describe("what a request is like", () => {
  it("says of thousands of requests what a comparison with every exchange says, wherever one stands, and however much has to be looked at", () => {
    let found = 0
    for (let seed = 1; seed <= most; seed++) {
      const { asked, exchanges } = drawnAtOne(seed)
      const scenario = shop(exchanges)
      const index = exchangeIndex.of(scenario.exchanges)
      for (let i = 0; i < 20; i++) {
        const request = read(asked())
        const [position, least] = [(i % (exchanges.length + 2)) - 1, i % 4]
        const like = scenario.exchanges.map((exchange, place) => {
          const isAt = exchange.request.method === request.method && exchange.request.url === request.address
          const matches = differences(exchange.request, request).length === 0 && looksAt(exchange.request) >= least
          return { exchange, place, isAt, matches }
        })
        // The one at the place itself is known not to match.
        if (like.some(({ matches, place }) => matches && place === position)) continue
        const { before, later } = index.matching(request, position, least)
        const all = like.filter(({ matches }) => matches)
        assert.strictEqual(later?.id, all.find(({ place }) => place > position)?.exchange.id, `seed ${seed}, ${i}`)
        assert.strictEqual(before?.id, all.findLast(({ place }) => place < position)?.exchange.id, `seed ${seed}, ${i}`)
        if (all.length > 1) found++
        const near = like.filter(({ isAt }) => isAt)
        assert.deepStrictEqual(
          index.near(request, position).map(({ id }) => id),
          [
            ...near.filter(({ place }) => place > position),
            ...near.filter(({ place }) => place <= position).toReversed()
          ].map(({ exchange }) => exchange.id),
          `seed ${seed}, ${i}`
        )
      }
    }
    assert.isAbove(found, most * 3)
  })

  /** So many exchanges that a request of this path matches, each with a matcher of its own. */
  const alike = (count: number) =>
    shop(
      Array.from({ length: count }, (_, i) =>
        get(`e${i}`, "", "", {
          request: { method: "GET", url: `${api}/state`, query: { t: { re: `[0-9]{1,${i + 1}}` } } }
        })
      )
    ).exchanges
  const state = read({ method: "GET", url: `${api}/state?t=1`, headers: [], body: new Uint8Array(0) })
  const ids = (from: number, to: number) =>
    Array.from({ length: Math.abs(to - from) }, (_, i) => `e${from < to ? from + i : from - i}`)

  it("says the nearest fifty: what comes later, and what was before, until there are so many", () => {
    const index = exchangeIndex.of(alike(120))
    const near = (position: number) => index.near(state, position).map(({ id }) => id)
    assert.deepStrictEqual(near(-1), ids(0, 50))
    assert.deepStrictEqual(near(2), ids(3, 53))
    assert.deepStrictEqual(near(99), [...ids(100, 120), ...ids(99, 69)])
    assert.deepStrictEqual(near(120), ids(119, 69))
    assert.deepStrictEqual(index.near({ ...state, address: `${api}/else` }, 0), [])
    assert.deepStrictEqual(index.near({ ...state, method: "POST" }, 0), [])
  })

  /** The same exchanges, and how often one was compared with a request since. */
  const counting = (exchanges: ReadonlyArray<Scenario.Exchange>) => {
    let compared = 0
    const watched = exchanges.map((exchange) => {
      const { query } = exchange.request
      // Whoever compares asks for the matcher.
      const counted = {
        get t() {
          compared++
          return query!["t"]!
        }
      }
      return { ...exchange, request: { ...exchange.request, query: counted } }
    })
    const index = exchangeIndex.of(watched)
    compared = 0
    return { index, compared: () => compared }
  }

  it("compares no exchange that comes no nearer than one that matches", () => {
    const { compared, index } = counting(alike(200))
    assert.strictEqual(index.matching(state, -1, 0).later?.id, "e0")
    assert.isAtMost(compared(), 10)
  })

  it("compares one of those that were recorded again and again", () => {
    const request = { method: "GET", url: `${api}/state`, query: { t: { re: "[a-z]" } } } as const
    const polls = Array.from({ length: 45 }, (_, i) => get(`e${i}`, "", "", { request }))
    const { compared, index } = counting(shop(polls).exchanges)
    assert.deepStrictEqual(index.matching(state, 20, 0), { before: undefined, later: undefined })
    assert.isAtMost(compared(), 10)
  })

  it("is said also where each of a hundred exchanges of one address asks with another parameter", () => {
    const { exchanges } = shop(
      Array.from({ length: 100 }, (_, i) =>
        get(`e${i}`, "", "", { request: { method: "GET", url: `${api}/state`, query: { [`p${i}`]: "1" } } })
      )
    )
    const index = exchangeIndex.of(exchanges)
    for (let i = 0; i < 100; i++) {
      const asked = { ...state, query: () => new Map([[`p${i}`, ["1"]]]) }
      assert.strictEqual(index.matching(asked, -1, 0).later?.id, `e${i}`)
      assert.strictEqual(index.matching(asked, 100, 0).before?.id, `e${i}`)
    }
    assert.deepStrictEqual(index.matching(state, -1, 0), { before: undefined, later: undefined })
  })

  it("is made once for the same exchanges, and anew for others", () => {
    const exchanges = alike(2)
    assert.strictEqual(exchangeIndex.of(exchanges), exchangeIndex.of(exchanges))
    assert.notStrictEqual(exchangeIndex.of([...exchanges]), exchangeIndex.of(exchanges))
  })
})
