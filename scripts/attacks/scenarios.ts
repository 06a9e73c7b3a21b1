/**
 * Scenarios of many exchanges, each kind alike in another way, played as recorded, as the server took them and loosely, and looked through
 * by `fixtures verify`.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import type { ScenarioFile } from "../../src/replay/format/ScenarioFile.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import * as ScenarioDiff from "../../src/replay/ScenarioDiff.ts"
import * as Engine from "../../src/replay/engine/Engine.ts"
import * as Verify from "../../src/replay/verify/Verify.ts"
import { get, shopFile } from "../../test/support/scenarios.ts"
import { played } from "../fuzz/played.ts"
import type { Subject } from "./measure.ts"

type Exchange = ScenarioFile["exchanges"][number]
type More = Partial<Pick<ScenarioFile, "demands" | "equal" | "optional" | "config">>

const evidence = "it was refused"
const shop = "https://shop.example"
const show = "https://ssl.ptlogin2.qq.com/ptqrshow"
const poll = "https://ssl.ptlogin2.qq.com/ptqrlogin"
const checked = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`f${n}`, "1"]))
const wire = (url: string): Engine.WireRequest => ({ method: "GET", url, headers: [], body: new Uint8Array(0) })
const id = (n: number) => String(n).padStart(9, "0")

const asked = (n: number, url: string, request: Partial<Exchange["request"]>, more: Partial<Exchange> = {}) =>
  get(`e${n}`, url, "ptuiCB('66','0','','0','waiting','')", { request: { method: "GET", url, ...request }, ...more })

const answered = (headers: ReadonlyArray<readonly [string, string]>, text: string): Pick<Exchange, "response"> => ({
  response: { status: 200, headers, body: { text } }
})

const demanding = (url: string, ...fields: ReadonlyArray<string>): More => ({
  demands: [{ url, required: Object.fromEntries(fields.map((field) => [field, { evidence }])) }]
})

/** How the exchange at each place asks and is answered, and what the scenario says beside. */
const kinds: Readonly<Record<string, readonly [make: (n: number) => Exchange, more: More]>> = {
  "ask alike": [(n) => asked(n, poll, { cookies: { qrsig: "q" } }), demanding(poll, "cookie qrsig")],
  "ask with a cookie of their own": [
    (n) => asked(n, poll, { cookies: { qrsig: id(n) } }),
    demanding(poll, "cookie qrsig")
  ],
  "show a code of their own": [
    (n) => asked(n, show, {}, answered([["Set-Cookie", `qrsig=${id(n)}; Domain=qq.com; Path=/`]], "x")),
    { demands: [{ url: show }] }
  ],
  "ask for a pattern of their own": [
    (n) => asked(n, poll, { cookies: { qrsig: { re: `${id(n)}|a` } } }),
    demanding(poll, "cookie qrsig")
  ],
  "ask for what is never asked": [
    (n) => asked(n, poll, { cookies: { qrsig: n % 2 === 0 ? { re: `b${id(n)}` } : "q" } }),
    demanding(poll, "cookie qrsig")
  ],
  "are known by nothing": [(n) => asked(n, `${shop}/a`, { query: { n: id(n) }, headers: { h: { re: "a+" } } }), {}],
  "name fields of their own": [(n) => asked(n, `${shop}/a`, { query: { [`f${id(n)}`]: "1" } }), {}],
  "have an address of their own": [(n) => asked(n, `${shop}/${id(n)}`, {}), {}],
  "demand at an address of their own": [
    (n) => asked(n, `${shop}/${id(n)}`, { query: { k: "1" } }),
    {
      demands: Array.from({ length: 1000 }, (_, n) => ({
        url: `${shop}/${id(n)}`,
        required: { "query.k": { evidence } }
      }))
    }
  ],
  "ask with what the one before answered": [
    (n) => asked(n, `${shop}/a`, { query: { n: id(n) } }, answered([], `next=${id(n + 1)}`)),
    demanding(`${shop}/a`, "query.n")
  ],
  "ask with what none answered": [
    (n) =>
      asked(
        n,
        `${shop}/a`,
        { query: { n: `https://shop.example/item/${id(n)}` } },
        answered([], `https://shop.example/item/none${n}`)
      ),
    demanding(`${shop}/a`, "query.n")
  ],
  "come back to an address of their own": [
    (n) => asked(n, poll, { query: { u1: `https://mine.example/${id(n)}` }, cookies: { qrsig: "q" } }),
    { demands: [{ url: poll, required: { "cookie qrsig": { evidence } }, echoed: ["query.u1"] }] }
  ],
  "set a cookie of their own": [
    (n) => asked(n, poll, {}, answered([["Set-Cookie", `c${id(n)}=v; Domain=qq.com; Path=/`]], "x")),
    { demands: [{ url: poll }] }
  ],
  "set one cookie at a path of their own": [
    (n) =>
      asked(n, poll, { cookies: { c: "v" } }, answered([["Set-Cookie", `c=v; Domain=qq.com; Path=/${id(n)}`]], "x")),
    { demands: [{ url: poll }] }
  ],
  "ask under equal addresses": [
    (n) => asked(n, `https://h${n % 16}.shop.example/a`, { query: { n: id(n) } }),
    {
      equal: Array.from({ length: 16 }, () => ({
        addresses: Array.from({ length: 16 }, (_, n) => `https://h${n}.shop.example/`),
        evidence
      }))
    }
  ]
}

const sizes = (size: number) => Array.from(Array(size).keys())
const under = (name: string, leaves: ReadonlyArray<number>): Pick<Exchange, "response"> => ({
  response: { status: 200, headers: [], body: { json: { [name]: leaves } } }
})

/** One thing of a scenario that grows, and what is done with it. */
const single: Readonly<
  Record<
    string,
    readonly [
      exchanges: (size: number) => ReadonlyArray<Exchange>,
      more: More,
      run: (file: ScenarioFile, scenario: Scenario.Scenario, size: number) => unknown
    ]
  >
> = {
  "addresses are all Tencent's, brought up to the newest format": [
    (size) => sizes(size).map((n) => asked(n, `https://x.qq.com/${n}`, {})),
    {},
    (file) => Verify.newest({ ...file, format: "webqq-fixture/1" } as never)
  ],
  "answer has a source for each part": [
    (size) => [
      asked(
        0,
        `${shop}/`,
        {},
        {
          from: { "made up": ["status", "body", ...sizes(size).map((n) => `header h${n}`)].join(", ") },
          ...answered(
            sizes(size).map((n) => [`h${n}`, "x"]),
            "x"
          )
        }
      )
    ],
    {},
    (file) => Effect.runPromise(Verify.draft(JSON.stringify(file), files))
  ],
  "answer has leaves behind a long name, compared": [
    (size) => [asked(0, `${shop}/`, {}, under("k".repeat(10 * size), sizes(size)))],
    {},
    (_, scenario) => ScenarioDiff.diff(scenario, scenario)
  ],
  "answer has numbers behind a long name, looked through": [
    (size) => [
      asked(
        0,
        `${shop}/`,
        {},
        under(
          "k".repeat(10 * size),
          sizes(size).map((n) => 123_459_876 + 7 * n)
        )
      )
    ],
    {},
    (file) => Verify.secrets(file as never)
  ],
  "client sends what nobody recorded": [
    () => [asked(0, `${shop}/`, { query: { b: "1" } })],
    { demands: [{ url: `${shop}/` }] },
    (_, scenario, size) => {
      const engine = Engine.make(scenario, { strictness: "server" })
      engine.handle(wire(`${shop}/?${sizes(size).join("&")}`))
      return Engine.conclusion(engine)
    }
  ],
  "client leaves out what it likes": [
    (size) => sizes(size).map((n) => asked(n, `${shop}/a`, { query: { ...checked, n: id(n) } })),
    {
      demands: [
        {
          url: `${shop}/a`,
          checked: Object.fromEntries(Object.keys(checked).map((name) => [`query.${name}`, { evidence }]))
        }
      ]
    },
    (_, scenario, size) => {
      const engine = Engine.make(scenario, { strictness: "server" })
      const names = Object.keys(checked)
      for (const n of sizes(size))
        engine.handle(wire(`${shop}/a?${names.flatMap((name, at) => ((n >> at) & 1 ? [`${name}=1`] : [])).join("&")}`))
      return engine.served()
    }
  ],
  "texts begin each other": [
    (size) => [
      asked(0, `${shop}/b`, {}, answered([], "a".repeat(size))),
      ...sizes(248).map((n) => asked(n + 1, `${shop}/a`, { query: { n: "a".repeat(8 + n) } }))
    ],
    demanding(`${shop}/a`, "query.n"),
    (_, scenario) => Engine.make(scenario, { strictness: "server" }).handle(wire(`${shop}/a?n=${"a".repeat(100)}`))
  ]
}

const scenario = (make: (n: number) => Exchange, more: More, size: number) =>
  shopFile(
    Array.from({ length: size }, (_, n) => make(n)),
    { format: "webqq-fixture/2", ...more }
  )

const most = 2000

/** What a login of Web QQ is with so many polls that each have an exchange of their own, as `fixtures verify` looks through it. */
const login = (file: ScenarioFile, size: number): string => {
  const at = file.exchanges.findIndex(({ id }) => id === "poll-waiting")
  const { times: _, ...waiting } = file.exchanges[at]!
  const polls = Array.from({ length: size }, (__, n) => ({ ...waiting, id: `poll-${n}` }))
  const config = { codeLife: 1e9, timeout: 1e9 }
  return Verify.canonical({ ...file, config, exchanges: file.exchanges.toSpliced(at, 1, ...polls) } as never)
}

const fixtures = new URL("../../fixtures/", import.meta.url)
const webqq = JSON.parse(Fs.readFileSync(new URL("webqq/scenario.json", fixtures), "utf8")) as ScenarioFile
const files = new Map(
  Fs.readdirSync(new URL("qr/", fixtures)).map((name) => [
    `../qr/${name}`,
    Fs.readFileSync(new URL(`qr/${name}`, fixtures))
  ])
)

export const scenarios: ReadonlyArray<Subject> = [
  ...Object.entries(kinds).flatMap(([name, [make, more]]) =>
    (["as written", "backwards", "with something wrong"] as const).map((way): Subject => ({
      name: `a scenario whose exchanges ${name}, ${way}`,
      grows: "number",
      most,
      ready: (size) => {
        const file = JSON.parse(JSON.stringify(scenario(make, more, size)))
        return async () => played(await Effect.runPromise(Scenario.decode(file)), [way])
      }
    }))
  ),
  ...Object.entries(single).map(([name, [exchange, more, run]]): Subject => ({
    name: `a scenario whose ${name}`,
    grows: "number",
    most: 32_000,
    ready: (size) => {
      const file = JSON.parse(JSON.stringify(shopFile(exchange(size), { format: "webqq-fixture/2", ...more })))
      return async () => run(file, await Effect.runPromise(Scenario.decode(file)), size)
    }
  })),
  ...(["exact", "server"] as const).map((strictness): Subject => ({
    name: `a login of many polls, ${strictness}`,
    grows: "number",
    most,
    ready: (size) => {
      const text = login(webqq, size)
      return () => Effect.runPromise(Verify.draft(text, files, { strictness }))
    }
  }))
]
