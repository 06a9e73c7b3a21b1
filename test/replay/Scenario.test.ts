import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { Scenario, ScenarioFile } from "webqq-login/replay"
import { get, shopFile } from "../support/scenarios.ts"

const good = shopFile([get("a", "https://api.shop.example/items", "x")])

const kept = { site: "shop", uin: 123456789, nickname: "", obtainedAt: "2017-04-02T12:33:15.000Z", cookies: [] }

/** Scenario files are what people write, so they may hold anything. */
const messageOf = (json: unknown, options?: Scenario.DecodeOptions) =>
  Effect.map(Effect.flip(Scenario.decode(json, options)), (error) => error.message)

const withExchange = (exchange: object) => ({ ...good, exchanges: [{ ...good.exchanges[0], ...exchange }] })
const withRequest = (request: object) => withExchange({ request: { ...good.exchanges[0]?.request, ...request } })
const withResponse = (response: object) => withExchange({ response: { status: 200, headers: [], ...response } })

const nested = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

describe("what is refused", () => {
  const cases: ReadonlyArray<readonly [name: string, json: unknown, message: string]> = [
    ["a text in place of the file", "x", "the file: Expected object"],
    ["an unknown key", { ...good, titel: "x" }, "titel: unknown key"],
    ["an unknown key in a request", withRequest({ quary: {} }), "exchanges[0].request.quary: unknown key"],
    ["an unknown key in a matcher", withRequest({ query: { t: { regexp: "x" } } }), "query.t.regexp: unknown key"],
    ["another format", { ...good, format: "webqq-fixture/3" }, "format: Expected"],
    [
      "what format 1 does not know",
      { ...good, optional: [] },
      `Expected "format": "webqq-fixture/2", which knows "optional"`
    ],
    ["a body in JSON that format 1 does not know", withRequest({ json: { "req.code": "x" } }), `which knows "json"`],
    ["an end that format 1 does not know", withExchange({ mayEnd: true }), `which knows "mayEnd"`],
    [
      "a demand on no part of a request",
      {
        ...good,
        format: "webqq-fixture/2",
        demands: [{ url: "https://x.example/", required: { aid: { evidence: "x" } } }]
      },
      "demands[0].required"
    ],
    [
      "a demand without evidence",
      { ...good, format: "webqq-fixture/2", demands: [{ url: "https://x.example/", required: { "query.a": {} } }] },
      `demands[0].required["query.a"].evidence`
    ],
    [
      "an answer in JSON that nobody can walk through",
      withResponse({ body: { json: nested(100_000) } }),
      "exchanges[0].response.body.json: Expected JSON of at most 100 levels"
    ],
    [
      "JSON of a form that nobody can walk through",
      withRequest({ method: "POST", form: { f: { json: nested(100) } } }),
      "form.f"
    ],
    [
      "more demands than any server is known to make",
      {
        ...good,
        format: "webqq-fixture/2",
        demands: [
          {
            url: "https://x.example/",
            checked: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`query.q${n}`, { evidence: "x" }]))
          }
        ]
      },
      "demands[0].checked: Expected a value with at most 32 entries"
    ],
    [
      "more equal addresses than a server has",
      {
        ...good,
        format: "webqq-fixture/2",
        equal: [{ addresses: Array.from({ length: 17 }, (_, n) => `https://x${n}.example/`), evidence: "x" }]
      },
      "equal[0].addresses: Expected a value with a length of at most 16"
    ],
    [
      "an equal address that may be anybody's",
      { ...good, format: "webqq-fixture/2", equal: [{ addresses: ["https://x.example", "https://x"], evidence: "x" }] },
      "equal[0].addresses[0]: Expected the beginning of an absolute http or https URL"
    ],
    [
      "an optional exchange of the same id",
      { ...good, format: "webqq-fixture/2", optional: good.exchanges },
      `"a" is used twice`
    ],
    [
      "a pattern that looks ahead",
      withRequest({ query: { t: { re: "a(?=b)" } } }),
      "query.t.re: Expected a pattern without (?="
    ],
    ["a missing provenance", { ...good, provenance: undefined }, "provenance: "],
    [
      "a recording without its tool",
      { ...good, provenance: { kind: "recorded", date: "2017-04-03" } },
      "provenance.tool"
    ],
    ["a transcript without sources", { ...good, provenance: { kind: "transcribed", cite: [] } }, "provenance.cite"],
    ["an empty source", { ...good, provenance: { kind: "transcribed", cite: [""] } }, "provenance.cite[0]"],
    ["a day that does not exist", { ...good, clock: "2017-13-03T12:33:15Z" }, "clock: Expected an instant that exists"],
    ["a clock without its zone", { ...good, clock: "2017-04-03T12:33:15" }, "clock: Expected an instant such as"],
    ["a kept session of nobody", { ...good, saved: { ...kept, uin: undefined } }, "saved.uin: "],
    [
      "an unknown key in a kept session",
      { ...good, saved: { ...kept, skey: "@AbCdEfGhI" } },
      "saved.skey: unknown key"
    ],
    ["no exchange", { ...good, exchanges: [] }, "exchanges: Expected"],
    ["an id twice", { ...good, exchanges: [good.exchanges[0], good.exchanges[0]] }, `"a" is used twice`],
    ["times 0", withExchange({ times: 0 }), "exchanges[0].times: Expected"],
    ["a URL with a query", withRequest({ url: "https://x.example/a?b=1" }), "the query goes into `query`"],
    ["a URL in another form", withRequest({ url: "https://X.example" }), "its normal form, https://x.example/"],
    ["a URL of another kind", withRequest({ url: "ftp://x.example/" }), "an absolute http or https URL"],
    ["a method in lower case", withRequest({ method: "get" }), "exchanges[0].request.method: Expected"],
    ["a broken regular expression", withRequest({ headers: { a: { re: "(" } } }), "headers.a.re: Expected a regular"],
    ["a header name with capitals", withRequest({ headers: { Referer: "x" } }), `in lower case ("Referer" is not)`],
    ["a number as a matcher", withRequest({ query: { t: 5 } }), `query.t: Expected a text, {"re": "…"}`],
    ["a status below 200", withResponse({ status: 99 }), "exchanges[0].response.status: Expected"],
    ["a body where none can be", withResponse({ status: 204, body: { text: "" } }), "Expected no body"],
    ["a length in the headers", withResponse({ headers: [["Content-Length", "1"]] }), "they follow from the body"],
    ["a line break in a header", withResponse({ headers: [["a", "b\r\nc"]] }), "without line breaks"],
    ["base64 that is not", withResponse({ body: { base64: "%" } }), "exchanges[0].response.body.base64: Expected"],
    ["two bodies", withResponse({ body: { text: "", json: 1 } }), "exchanges[0].response.body."],
    ["an outcome of two minds", { ...good, outcome: { session: {}, error: "QrExpired" } }, "outcome."],
    ["a wrong session field", { ...good, outcome: { session: { uim: 1 } } }, "outcome.session.uim: unknown key"],
    ["an unknown event", { ...good, outcome: { session: {}, events: ["Done"] } }, "outcome.events[0]: Expected"]
  ]
  it.effect.each(cases)("%s is named with its place", ([, json, message]) =>
    Effect.map(messageOf(json), (text) => assert.include(text, message))
  )

  it.effect("a kept session is read, its secrets sealed", () =>
    Effect.map(Scenario.decode({ ...good, saved: { ...kept, vfwebqq: "a secret" } }), ({ saved }) => {
      assert.strictEqual(saved?.uin, kept.uin)
      assert.notInclude(JSON.stringify(saved), "a secret")
    })
  )

  it.effect("all mistakes are named at once, and where the format is described", () =>
    Effect.map(messageOf({ ...withRequest({ quary: {} }), titel: 1 }), (text) => {
      assert.include(text, "quary")
      assert.include(text, "titel")
      assert.include(text, "fixtures/scenario.schema.json")
    })
  )
})

describe("bodies", () => {
  const root = Fs.mkdtempSync(Path.join(Os.tmpdir(), "scenario-"))
  const folder = Path.join(root, "shop")
  Fs.mkdirSync(folder)
  Fs.mkdirSync(Path.join(root, "shared"))
  const bytes = Buffer.from([0, 255, 10, 13])
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  Fs.writeFileSync(Path.join(folder, "own.bin"), bytes)
  Fs.writeFileSync(Path.join(root, "shared", "a.bin"), bytes)
  const outside = Fs.mkdtempSync(Path.join(Os.tmpdir(), "outside-"))
  Fs.writeFileSync(Path.join(outside, "a.bin"), bytes)
  Fs.symlinkSync(Path.join(outside, "a.bin"), Path.join(folder, "link.bin"))

  afterAll(() => {
    for (const made of [root, outside]) Fs.rmSync(made, { recursive: true })
  })

  const bodyOf = (body: object) =>
    Effect.map(Scenario.decode(withResponse({ body }), { folder }), (scenario) => [
      ...(scenario.exchanges[0]?.response.body ?? [])
    ])

  it.effect.each([
    ["text as UTF-8", { text: "é" }, [0xc3, 0xa9]],
    ["JSON as JSON.stringify prints it", { json: { a: [1] } }, [...Buffer.from(`{"a":[1]}`)]],
    ["base64", { base64: "AP8KDQ==" }, [0, 255, 10, 13]],
    ["a file of its own", { file: "own.bin", bytes: 4, sha256 }, [0, 255, 10, 13]],
    ["a file beside it", { file: "../shared/a.bin", bytes: 4, sha256 }, [0, 255, 10, 13]]
  ] as const)("%s is read", ([, body, expected]) =>
    Effect.map(bodyOf(body), (read) => assert.deepStrictEqual(read, [...expected]))
  )

  it.effect("no body is empty", () =>
    Effect.map(Scenario.decode(withResponse({})), ({ exchanges }) =>
      assert.strictEqual(exchanges[0]?.response.body.length, 0)
    )
  )

  it.effect.each([
    ["of another size", { file: "own.bin", bytes: 5, sha256 }, `expected 5 bytes with sha256 ${sha256}, found 4 bytes`],
    ["with other bytes", { file: "own.bin", bytes: 4, sha256: "0".repeat(64) }, `found 4 bytes with sha256 ${sha256}`],
    ["that is not there", { file: "none.bin", bytes: 4, sha256 }, `"none.bin" does not exist`],
    ["above the fixtures", { file: "../../x.bin", bytes: 4, sha256 }, "outside of the fixtures folder"],
    [
      "with an absolute path",
      { file: Path.join(outside, "a.bin"), bytes: 4, sha256 },
      "outside of the fixtures folder"
    ],
    ["that is a link outwards", { file: "link.bin", bytes: 4, sha256 }, "a link out of the fixtures folder"]
  ] as const)("a file %s is refused", ([, body, message]) =>
    Effect.map(messageOf(withResponse({ body }), { folder }), (text) => {
      assert.include(text, message)
      assert.include(text, "exchanges[0].response.body.file")
    })
  )

  it.effect("a scenario without a folder has no files", () =>
    Effect.map(messageOf(withResponse({ body: { file: "own.bin", bytes: 4, sha256 } })), (text) =>
      assert.include(text, "use text or base64")
    )
  )

  it.effect("a folder is loaded by its path, and named after it", () =>
    Effect.gen(function* () {
      Fs.writeFileSync(Path.join(folder, "scenario.json"), JSON.stringify(good))
      const scenario = yield* Scenario.load(folder)
      assert.strictEqual(scenario.name, "shop")
      assert.strictEqual(scenario.exchanges[0]?.times, 1)
      assert.deepStrictEqual(scenario.exchanges[0]?.provenance, good.provenance)
    })
  )

  it.effect("a file that is not JSON says so", () =>
    Effect.gen(function* () {
      Fs.writeFileSync(Path.join(root, "shared", "scenario.json"), "{")
      const error = yield* Effect.flip(Scenario.load(Path.join(root, "shared")))
      assert.match(error.message, /shared.scenario\.json: not JSON/)
    })
  )

  it.effect("a folder without a scenario says what a scenario is", () =>
    Effect.map(Effect.flip(Scenario.load(outside)), (error) =>
      assert.include(error.message, "a scenario is a folder with a scenario.json in it")
    )
  )
})

describe("the packaged fixtures", () => {
  it.effect("of a large one the first mistake is named, and not a hundred thousand of them", () =>
    Effect.gen(function* () {
      const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))
      const exchanges = Array.from({ length: 20_000 }, () => ({ id: 1, x: 2, y: 3 }))
      Fs.writeFileSync(Path.join(folder, "scenario.json"), JSON.stringify({ format: "webqq-fixture/1", exchanges }))
      const error = yield* Effect.flip(Scenario.load(folder))
      const limited = yield* Effect.flip(Scenario.loadUpTo(1024)(folder))
      Fs.rmSync(folder, { recursive: true })
      assert.strictEqual(error.complaints?.length, 1)
      assert.include(Scenario.said(limited).en, "it has more than 1 KiB")
    })
  )

  it.effect("every one of them can be loaded by its name", () =>
    Effect.gen(function* () {
      for (const name of yield* Scenario.list) {
        const scenario = yield* Scenario.load(name)
        assert.strictEqual(scenario.name, name)
      }
    })
  )

  it.effect("a name that does not exist is answered with those that do", () =>
    Effect.gen(function* () {
      const names = yield* Scenario.list
      const error = yield* Effect.flip(Scenario.load("no-such-scenario"))
      assert.include(error.message, `no scenario of the ${names.length} has this name`)
      assert.deepEqual(error.names, names)
    })
  )

  it("the JSON Schema for editors is the one of this Schema: node scripts/schema.ts writes it", () => {
    const file = new URL("../../fixtures/scenario.schema.json", import.meta.url)
    assert.strictEqual(Fs.readFileSync(file, "utf8"), ScenarioFile.jsonSchemaText())
  })
})
