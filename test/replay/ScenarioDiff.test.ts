import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { Scenario } from "webqq-login/replay"
import * as ScenarioDiff from "../../src/replay/ScenarioDiff.ts"
import type { ScenarioFile } from "../../src/replay/format/ScenarioFile.ts"
import { get, shopFile } from "../support/scenarios.ts"

type Response = ScenarioFile["exchanges"][number]["response"]

const api = "https://api.shop.example/items"
const scenario = (response: Partial<Response> = {}, more: Partial<ScenarioFile> = {}) =>
  Effect.runSync(
    Scenario.decode(
      shopFile([{ ...get("items", api, ""), response: { status: 200, headers: [], ...response } }], more),
      { name: "shop" }
    )
  )

const changes = (left: Scenario.Scenario, right: Scenario.Scenario) =>
  ScenarioDiff.diff(left, right).flatMap((step) => step.changes.map(({ en }) => `${step.left} ${en}`))

const cookies = (...lines: ReadonlyArray<string>) => ({ headers: lines.map((line) => ["Set-Cookie", line] as const) })

describe("what differs by meaning", () => {
  it.each<readonly [what: string, left: Partial<Response>, right: Partial<Response>, told: ReadonlyArray<string>]>([
    [
      "a field of a JSON body, not the body",
      { body: { json: { retcode: 0, result: { port: 1, list: [1, { a: "x" }] } } } },
      { body: { text: `{"result": {"list": [1, {"a": "y"}], "port": 2}, "retcode": 0}` } },
      [`~ response.body result.port: 1 → 2`, `~ response.body result.list.1.a: "x" → "y"`]
    ],
    ["nothing but the order of keys", { body: { json: { a: 1, b: [] } } }, { body: { json: { b: [], a: 1 } } }, []],
    [
      "an argument of a callback, by its number; the number of a request is none",
      { body: { text: "ptuiCB('66','0','','0','(12345678)', 'a')" } },
      { body: { text: "ptuiCB ('67','0','','0','(87654321)', 'b');" } },
      [`~ response.body argument 1: "66" → "67"`]
    ],
    [
      "the order of cookies, of which the last wins",
      cookies("a=1", "a=; Path=/", "b=1"),
      cookies("a=; Path=/", "a=1", "b=1"),
      [
        "~ response.cookies: a@its own host set, a@its own host empty, b@its own host set → " +
          "a@its own host empty, a@its own host set, b@its own host set",
        "~ response.cookie a@its own host: set,  → empty, path=/",
        "~ response.cookie a@its own host #2: empty, path=/ → set, "
      ]
    ],
    [
      "one cookie more, but no order",
      cookies("a=1"),
      cookies("b=2", "a=1"),
      ["+ response.cookie b@its own host: set, "]
    ],
    [
      "a header that comes again",
      { headers: [["X-A", "1"]] },
      {
        headers: [
          ["X-A", "1"],
          ["x-a", "2"]
        ]
      },
      [`+ response.header x-a #2: "2"`]
    ],
    ["the status", {}, { status: 302 }, ["~ status: 200 → 302"]]
  ])("is %s", (_, left, right, told) => {
    const found = changes(scenario(left), scenario(right))
    assert.sameMembers(
      found,
      told.map((line) => `items ${line}`)
    )
  })

  it("is a body as a whole, where its leaves have longer names than anybody reads", () => {
    const body = (last: number) => ({
      body: { json: { ["k".repeat(20_000)]: [...Array.from({ length: 20_000 }, () => 0), last] } }
    })
    assert.deepStrictEqual(changes(scenario(body(1)), scenario(body(1))), [])
    const told = changes(scenario(body(1)), scenario(body(2)))
    assert.lengthOf(told, 1)
    assert.isBelow(told.join().length, 200_000)
  })

  it("is how it ends, when, and where", () => {
    const left = scenario({}, { outcome: { session: { uin: 123456789 }, events: ["QrShown", "LoggedIn"] } })
    const outcome = { error: "QrRefused", step: "ScanStatus", events: ["QrShown"] } as const
    const right = scenario({}, { outcome, site: "mall", clock: "2020-01-01T00:00:00Z" })
    assert.sameMembers(changes(left, right), [
      "scenario ~ site: shop → mall",
      "scenario ~ clock: 2017-04-03T12:33:15Z → 2020-01-01T00:00:00Z",
      "scenario - outcome.session.uin: (secret)",
      `scenario ~ outcome.events: "QrShown LoggedIn" → "QrShown"`,
      `scenario + outcome.error: "QrRefused"`,
      `scenario + outcome.step: "ScanStatus"`
    ])
  })
})

it("is said in Chinese, too", () => {
  const [, step] = ScenarioDiff.diff(
    scenario(cookies("a=1; Domain=qq.com")),
    scenario({ ...cookies("a="), body: { base64: "/w==" } })
  )
  assert.deepStrictEqual(
    step?.changes.map(({ zh }) => zh),
    ["- response.cookie a@qq.com: 已设置, ", "+ response.cookie a@本主机: 空, ", "+ response.body: 1 字节"]
  )
})

describe("the steps of two scenarios", () => {
  const played = (names: ReadonlyArray<string>) =>
    Effect.runSync(
      Scenario.decode(shopFile(names.map((name, at) => get(`e${at}`, `https://shop.example/${name}`, ""))), {
        name: "shop"
      })
    )
  const paired = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) =>
    ScenarioDiff.diff(played(a), played(b))
      .slice(1)
      .map(({ left, right }) => [left, right] as const)

  /** Length of the longest common sequence, as it is defined. */
  const longest = ([a, ...restOfA]: ReadonlyArray<string>, [b, ...restOfB]: ReadonlyArray<string>): number =>
    a === undefined || b === undefined
      ? 0
      : a === b
        ? 1 + longest(restOfA, restOfB)
        : Math.max(longest(restOfA, [b, ...restOfB]), longest([a, ...restOfA], restOfB))

  it("are all told, each in its order, and as many side by side as there can be", () => {
    const names = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 7 })
    fc.assert(
      fc.property(names, names, (a, b) => {
        const pairs = paired(a, b)
        const ids = (all: ReadonlyArray<string>) => all.map((_, at) => `e${at}`)
        assert.deepStrictEqual(
          pairs.flatMap(([left]) => left ?? []),
          ids(a)
        )
        assert.deepStrictEqual(
          pairs.flatMap(([, right]) => right ?? []),
          ids(b)
        )
        const common = pairs.filter(([left, right]) => left !== undefined && right !== undefined)
        assert.strictEqual(common.length, longest(a, b))
      }),
      { numRuns: 300, seed: 1 }
    )
  })

  it("are told where there are thousands that differ, what begins and ends both side by side", () => {
    const others = (name: string) => Array.from({ length: 2500 }, (_, at) => `${name}${at}`)
    const pairs = paired(["a", ...others("b"), "z"], ["a", ...others("c"), "z"])
    assert.strictEqual(pairs.length, 5002)
    assert.deepStrictEqual(
      [pairs[0], pairs.at(-1)],
      [
        ["e0", "e0"],
        ["e2501", "e2501"]
      ]
    )
  })
})
