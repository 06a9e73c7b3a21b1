import { assert, describe, it } from "@effect/vitest"
import { Engine, type Scenario } from "webqq-login/replay"
import { differences, looksAt } from "../../../src/replay/engine/requestDiff.ts"
import { read } from "../../../src/replay/engine/wireRequest.ts"
import type { FormMatcher, Request } from "../../../src/replay/format/ScenarioFile.ts"
import { chance } from "../../support/resecret.ts"
import { get, shop } from "../../support/scenarios.ts"

const api = "https://api.shop.example"

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

/** A scenario of few addresses, fields and values, so that much in it is alike, and a request of the same kind. */
const drawn = (seed: number) => {
  const random = chance(seed)
  const one = <A>(...of: ReadonlyArray<A>): A => of[Math.floor(random() * of.length)] as A
  const value = () => one("1", "2")
  const matcher = () => one<FormMatcher>(value(), value(), { re: "1|2" }, { any: true }, { absent: true }) as string
  const some = <A>(make: () => A, ...names: ReadonlyArray<string>) =>
    Object.fromEntries(names.filter(() => random() < 0.6).map((name) => [name, make()]))
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

describe("a mismatch", () => {
  it("says the same of 8,000 requests to 400 drawn scenarios as a comparison with every exchange", () => {
    const verdicts = new Map<string, number>()
    for (let seed = 1; seed <= 400; seed++) {
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
      assert.isAbove(verdicts.get(kind) ?? 0, 80, kind)
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
