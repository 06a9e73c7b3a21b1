import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Engine, Scenario } from "webqq-login/replay"

const qzone = Effect.runSync(Scenario.load("qzone"))

/** What is of no account, and was another each time. */
const chosen = new Map([
  ["t", "0.5"],
  ["action", "0-0-1"]
])

interface Changes {
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: Readonly<Record<string, string>>
}

/** The request that an exchange tells of, or one that somebody has changed. */
const asks = (id: string, { cookies = {}, headers = {} }: Changes = {}): Engine.WireRequest => {
  const { request } = qzone.exchanges.find((one) => one.id === id)!
  const literals = (matchers: object = {}) =>
    Object.entries(matchers).flatMap(([name, value]): ReadonlyArray<readonly [string, string]> => {
      const text = typeof value === "string" ? value : chosen.get(name)
      return text === undefined ? [] : [[name, text]]
    })
  const sent = Object.entries({ ...Object.fromEntries(literals(request.cookies)), ...cookies })
  const own = { "user-agent": "Mozilla/5.0 (X11)", ...Object.fromEntries(literals(request.headers)), ...headers }
  const cookie = sent.map(([name, value]) => `${name}=${value}`).join("; ")
  return {
    method: request.method,
    url: `${request.url}?${new URLSearchParams(literals(request.query).map(([name, text]) => [name, text]))}`,
    headers: [...Object.entries(own), ...(cookie === "" ? [] : [["cookie", cookie] as const])],
    body: new Uint8Array(0)
  }
}

const polls = ["poll-waiting", "poll-waiting", "poll-scanned", "poll-confirmed"]
const start = (strictness: Engine.Strictness, ...ids: ReadonlyArray<string>) => {
  const engine = Engine.make(qzone, { strictness })
  for (const id of ids) assert.strictEqual(engine.handle(asks(id))._tag, "Answer", id)
  return engine
}

const { qrsig } = Object.fromEntries(
  (asks("poll-waiting").headers.find(([name]) => name === "cookie")?.[1] ?? "")
    .split("; ")
    .map((pair) => pair.split("="))
) as { readonly qrsig?: string }

const faultsOf = (problems: ReadonlyArray<Engine.Problem>): ReadonlyArray<unknown> =>
  problems.map((problem) => (problem._tag === "Unused" ? problem._tag : [problem._tag, problem.fault?.name]))

const withNothing = { headers: { referer: "" } }

it("played as it is told, the login of this test is a good one", () => {
  const engine = start("server", "ptqrshow", ...polls, "check-sig")
  assert.deepStrictEqual([engine.verify(), engine.warnings()], [[], []])
})

describe("what a server refused for a fault of the client's", () => {
  it("is refused by that name, though all else of it fits, and can be asked rightly after that", () => {
    const engine = start("server", "ptqrshow", ...polls)
    const answer = engine.handle(asks("check-sig", withNothing))
    assert.deepInclude(answer, {
      _tag: "Mismatch",
      verdict: "differs",
      method: "GET",
      url: "https://ptlogin2.qzone.qq.com/check_sig",
      expected: qzone.exchanges.at(-1)!
    })
    assert.strictEqual(answer._tag === "Mismatch" && answer.fault?.name, "referer-empty")
    assert.strictEqual(engine.handle(asks("check-sig"))._tag, "Answer")
    assert.deepStrictEqual(faultsOf(engine.verify()), [["Mismatch", "referer-empty"]])
  })

  it("is not expected, and loosely it is, and told", () => {
    for (const [strictness, isExpected] of [
      ["server", false],
      ["loose", true]
    ] as const) {
      const engine = start(strictness, "ptqrshow", ...polls)
      assert.isTrue(engine.expects(asks("check-sig")))
      assert.strictEqual(engine.expects(asks("check-sig", withNothing)), isExpected)
    }
    const engine = start("loose", "ptqrshow", ...polls)
    assert.strictEqual(engine.handle(asks("check-sig", withNothing))._tag, "Answer")
    assert.deepStrictEqual(engine.verify(), [])
    assert.include(
      engine.warnings().map(({ fault }) => fault?.name),
      "referer-empty"
    )
  })

  it("is another thing than what is wrong and has no name", () => {
    const answer = Engine.make(qzone, { strictness: "server" }).handle({ ...asks("check-sig"), url: "https://qq.com/" })
    assert.notProperty(answer, "fault")
  })
})

describe("a fault that no server refused, and no login should have", () => {
  const fast = (strictness: Engine.Strictness) => {
    const engine = start(strictness, "ptqrshow")
    for (const [at, id] of polls.entries()) engine.handle(asks(id), at * 50)
    engine.handle(asks("check-sig"))
    return engine
  }

  it("is answered, and fails the login, once", () => {
    const [problem, ...more] = fast("server").verify()
    assert.lengthOf(more, 0)
    assert.deepInclude(problem, { _tag: "Misstep", method: "GET", url: "https://ssl.ptlogin2.qq.com/ptqrlogin" })
    assert.deepStrictEqual(faultsOf([problem!]), [["Misstep", "poll-too-fast"]])
    assert.match(problem!.exchange?.id ?? "", /^poll-/)
  })

  it("is told in place of that, loosely: what it is, of what, and where", () => {
    const engine = fast("loose")
    assert.deepStrictEqual(engine.verify(), [])
    const told = engine.warnings().filter(({ fault }) => fault?.name === "poll-too-fast")
    assert.lengthOf(told, 1)
    assert.deepInclude(told[0], { _tag: "Warning", kind: "fault", about: "ptqrlogin" })
    assert.match(told[0]!.text.en, /^poll-too-fast: .*\(GET https:\/\/ssl\.ptlogin2\.qq\.com\/ptqrlogin; PROTOCOL\.md/)
    assert.match(told[0]!.text.zh, /^poll-too-fast：.*（GET https:\/\/ssl\.ptlogin2\.qq\.com\/ptqrlogin；/)
  })

  it("counts also where nothing is known of the address: a cookie of the login went to strangers", () => {
    const stray = { ...asks("ptqrshow", { cookies: { qrsig: qrsig! } }), url: "https://stranger.example/count" }
    for (const [strictness, faults] of [
      ["server", [["Mismatch", "cookie-to-another-host"]]],
      ["loose", []]
    ] as const) {
      const engine = start(strictness, "ptqrshow", ...polls)
      assert.strictEqual(engine.handle(stray)._tag, "Mismatch")
      assert.strictEqual(engine.handle(asks("check-sig"))._tag, "Answer")
      assert.deepStrictEqual(faultsOf(engine.verify()), faults)
      assert.deepStrictEqual(
        engine.warnings().map(({ kind }) => kind),
        strictness === "server" ? [] : ["not in the scenario"]
      )
    }
  })
})
