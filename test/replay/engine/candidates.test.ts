import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Engine, Scenario } from "webqq-login/replay"
import * as Candidates from "../../../src/replay/engine/candidates.ts"
import { refusals } from "../../../src/replay/engine/judge.ts"
import * as Progress from "../../../src/replay/engine/progress.ts"
import { read } from "../../../src/replay/engine/wireRequest.ts"
import type { Demand, FormMatcher, Request, ScenarioFile } from "../../../src/replay/format/ScenarioFile.ts"
import { mutating } from "../../support/mutating.ts"
import { chance } from "../../support/resecret.ts"
import { get, shopFile } from "../../support/scenarios.ts"

const api = "https://api.shop.example"
const evidence = "it was refused"
const noneOfItsOwn = { echoes: [], codes: new Map<string, string>() }

const scenarioOf = (file: Partial<ScenarioFile> & Pick<ScenarioFile, "exchanges">) =>
  Effect.runSync(
    Scenario.decode(JSON.parse(JSON.stringify(shopFile(file.exchanges, { format: "webqq-fixture/2", ...file }))), {
      name: "shop"
    })
  )

/** A scenario of few addresses, fields and values, some of them demanded, and requests of the same kind. */
const drawn = (seed: number) => {
  const random = chance(seed)
  const one = <A>(...of: ReadonlyArray<A>): A => of[Math.floor(random() * of.length)] as A
  const value = () => one("1", "2")
  const matcher = () => one<FormMatcher>(value(), value(), value(), { re: "1|2" }, { any: true }, { absent: true })
  const some = <A>(make: () => A, ...names: ReadonlyArray<string>) =>
    Object.fromEntries(names.filter(() => random() < 0.6).map((name) => [name, make()]))
  const request = () =>
    ({
      method: one("GET", "GET", "POST"),
      url: `${api}/${one("a", "b")}`,
      ...(random() < 0.8 ? { query: some(matcher, "x", "y") } : {}),
      ...(random() < 0.3 ? { headers: some(matcher, "h") } : {}),
      ...(random() < 0.4 ? { cookies: some(matcher, "c") } : {}),
      ...(random() < 0.3 ? { form: some(() => one<FormMatcher>(matcher(), { json: { id: 1 } }), "f") } : {})
    }) as Request
  const demand = (): Demand =>
    random() < 0.7 ? { evidence } : { is: one<Demand["is"]>("1", { re: "1|2" })!, evidence }
  const fields = ["query.x", "query.y", "header h", "cookie c", "form.f", "form.f.id"]
  const exchange = (id: string) => get(id, "", "", { times: one(1, 2), request: request() })
  const scenario = scenarioOf({
    exchanges: Array.from({ length: 1 + Math.floor(random() * 9) }, (_, n) => exchange(`e${n}`)),
    optional: Array.from({ length: Math.floor(random() * 4) }, (_, n) => exchange(`o${n}`)),
    demands: ["a", "b"]
      .filter(() => random() < 0.7)
      .map((path) => ({ url: `${api}/${path}`, required: some(demand, ...fields), checked: some(demand, ...fields) }))
  })
  const asked = () =>
    read({
      method: one("GET", "GET", "POST"),
      url: `${api}/${one("a", "b")}?${String(new URLSearchParams(some(value, "x", "y")))}`,
      headers: Object.entries({ ...some(value, "h"), ...(random() < 0.5 ? { cookie: `c=${value()}` } : {}) }),
      body: Buffer.from(String(new URLSearchParams(some(() => one(value(), '{"id":1}'), "f"))))
    })
  return { asked, random, scenario }
}

describe("what may answer a request", () => {
  it("is what it would be were every exchange tried out", () => {
    const found = { due: 0, served: 0, optional: 0, closest: 0 }
    const most = mutating ? 50 : 150
    for (let seed = 1; seed <= most; seed++) {
      const { asked, random, scenario } = drawn(seed)
      const progress = Progress.make(scenario.exchanges)
      const candidatesFor = Candidates.make(scenario, progress)
      for (let n = 0; n < 20; n++) {
        const request = asked()
        const candidates = candidatesFor(request, noneOfItsOwn)
        const tried = (all: typeof scenario.exchanges) =>
          all.flatMap((exchange, place) => {
            const { method, url } = exchange.request
            if (method !== request.method || url !== request.address) return []
            const demands = scenario.demands.find((one) => one.url === url)
            return [{ id: exchange.id, place, refused: refusals(exchange.request, demands, request).length }]
          })
        const all = tried(scenario.exchanges)
        const fits = all.filter(({ refused }) => refused === 0)
        const isDue = ({ place }: { readonly place: number }) => progress.isMissing(place)
        const expected = {
          due: fits.find(isDue)?.id,
          served: fits.findLast(({ place }) => progress.count(place) > 0)?.id,
          anyway: all.findLast(({ place }) => progress.count(place) > 0)?.id,
          optional: tried(scenario.optional).find(({ refused }) => refused === 0)?.id,
          closest: all.toSorted((a, b) => a.refused - b.refused)[0]?.id
        }
        const given = {
          due: candidates.due()?.exchange.id,
          served: candidates.served(false)?.exchange.id,
          anyway: candidates.served(true)?.exchange.id,
          optional: candidates.optional(false)?.exchange.id,
          closest: candidates.closest()?.exchange.id
        }
        assert.deepStrictEqual(given, expected, `seed ${seed}, request ${n}`)
        for (const kind of ["due", "served", "optional", "closest"] as const)
          if (given[kind] !== undefined) found[kind]++
        // On it goes, in any order.
        const open = all.filter(isDue)
        const next = random() < 0.5 ? fits.find(isDue) : open[Math.floor(random() * open.length)]
        if (next !== undefined) progress.serve(next.place)
      }
    }
    for (const [kind, count] of Object.entries(found)) assert.isAbove(count, most / 2, kind)
  })
})

/** Sends what each of so many exchanges asks for, and says how often an exchange was looked at for it. */
const lookedAt = (
  count: number,
  strictness: Engine.Strictness,
  request: (n: number) => Partial<Request>,
  more: Partial<ScenarioFile>,
  isBackwards: boolean
) => {
  let looked = 0
  const scenario = scenarioOf({
    exchanges: Array.from({ length: count }, (_, n) =>
      get(`e${n}`, "", `answer-number-${n}`, { request: { method: "GET", url: `${api}/a`, ...request(n) } })
    ),
    ...more
  })
  const watched = scenario.exchanges.map((exchange) => ({
    ...exchange,
    get request() {
      looked++
      return exchange.request
    }
  }))
  const engine = Engine.make({ ...scenario, exchanges: watched }, { strictness })
  const wires = scenario.exchanges.map(({ request: { query = {} } }) => ({
    method: "GET",
    url: `${api}/a?${Object.entries(query)
      .map(([name, text]) => `${name}=${typeof text === "string" ? text : "a"}`)
      .join("&")}`,
    headers: [],
    body: new Uint8Array(0)
  }))
  for (const wire of isBackwards ? wires.toReversed() : wires) engine.handle(wire)
  return looked / count
}

describe("of many exchanges", () => {
  const demanding = { demands: [{ url: `${api}/a`, required: { "query.n": { evidence } } }] }
  const kinds: ReadonlyArray<readonly [string, (n: number) => Partial<Request>, Partial<ScenarioFile>]> = [
    ["are alike", () => ({ query: { n: "1" } }), demanding],
    ["are told apart by a text", (n) => ({ query: { n: `text-number-${n}` } }), demanding],
    ["are told apart by the answer before", (n) => ({ query: { n: `answer-number-${n - 1}` } }), demanding],
    ["are told apart by a pattern", (n) => ({ query: { n: { re: `a|${n}` } } }), demanding],
    ["never fit", (n) => ({ query: { n: n % 2 === 0 ? { re: `${n}` } : "1" } }), demanding],
    ["are not known to the server", (n) => ({ query: { n: String(n) } }), {}],
    ["name other fields each", (n) => ({ query: { [`n${n}`]: "1" } }), {}]
  ]

  it.each(
    kinds.flatMap(([name, request, more]) =>
      (mutating ? (["server"] as const) : (["exact", "server", "loose"] as const)).flatMap((strictness) =>
        [false, true].map(
          (isBackwards) => [name, isBackwards ? "backwards" : "in order", strictness, request, more] as const
        )
      )
    )
  )("that %s, few are looked at for a request, asked for %s, %s", (_, order, strictness, request, more) => {
    const [few, many] = (mutating ? [200, 400] : [200, 600]).map((count) =>
      lookedAt(count, strictness, request, more, order === "backwards")
    ) as [number, number]
    // Whatever it is, it does not grow with their number.
    assert.isAtMost(many, few * 2 + 10)
  })
})

describe("a client's own address", () => {
  const [first, second, own] = ["https://a.example/in", "https://b.example/in?x=1", "https://mine.example/in?y=1"]
  const [start, after] = [`${api}/start`, `${api}/after`]
  const asking = (id: string, url: string, query: Request["query"]) =>
    get(id, url, "", { request: { method: "GET", url, ...(query === undefined ? {} : { query }) } })
  const answers = (exchanges: ScenarioFile["exchanges"], ...asked: ReadonlyArray<string>) => {
    const scenario = scenarioOf({ exchanges, demands: [{ url: start, echoed: ["query.u"] }] })
    const engine = Engine.make(scenario, { strictness: "server" })
    return asked.map((url) => {
      const answer = engine.handle({ method: "GET", url, headers: [], body: new Uint8Array(0) })
      return answer._tag === "Answer" ? answer.exchange.id : answer.verdict
    })
  }
  const named = `?u=${encodeURIComponent(own)}`

  it("may stand for two that were recorded", () =>
    assert.deepStrictEqual(
      answers(
        [start, after].flatMap((url, n) => [first, second].map((u, at) => asking(`e${2 * n + at}`, url, { u }))),
        ...[start, start, after, after].map((url) => `${url}${named}`)
      ),
      ["e0", "e1", "e2", "e3"]
    ))

  it.each([
    ["as it was named", { x: "1" }],
    ["another than was named", { more: "text" }],
    ["none that counts", undefined]
  ])("is answered as the recorded one was, whose query was %s", (_, query) =>
    assert.deepStrictEqual(
      answers(
        [asking("start", start, { u: second }), asking("in", "https://b.example/in", query)],
        `${start}${named}`,
        own
      ),
      ["start", "in"]
    )
  )
})
