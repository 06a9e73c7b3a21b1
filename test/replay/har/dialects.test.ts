import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Scenario from "../../../src/replay/Scenario.ts"
import { verify } from "../../../src/replay/verify/Verify.ts"
import { withSessions } from "../../cli/inProcess.ts"
import { at, dialects, entriesOf } from "../../support/hars.ts"

const temporary = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
  (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
)

/** Imports what a tool made of a scenario. */
const imported = Effect.fnUntraced(function* (content: string | Uint8Array, language: "en" | "zh" = "en") {
  const folder = yield* temporary
  const har = Path.join(folder, "login.har")
  const out = Path.join(folder, "made")
  Fs.writeFileSync(har, content)
  const { run } = yield* withSessions({})
  const { code, stderr } = yield* run(`fixtures import-har ${har} --out ${out}`, { language })
  return { code, stderr, out, isThere: Fs.existsSync(out) }
})

const fine: ReadonlyArray<readonly [dialect: string, notes: ReadonlyArray<RegExp>]> = [
  ["Chrome, with sensitive data", []],
  ["Firefox", []],
  ["Firefox, joined by CR LF", []],
  ["Safari", [/joined by commas; they were taken apart/]],
  ["Charles", []],
  ["Fiddler", []],
  ["mitmproxy", []],
  ["Playwright, embedded", []],
  ["Proxyman, in the time of Beijing", []],
  ["Insomnia", [/taken from queryString/]],
  ["Insomnia, as it stands in an address", [/taken from queryString/]],
  ["Fiddler, with tunnels, ports and ticks", []],
  ["mitmproxy, with nulls", []],
  ["Charles, with forms as parameters alone", []],
  ["Safari, without what it does not know", [/joined by commas/]],
  ["Chrome, with sockets, data, preflights and what was given up", []],
  ["entries in another order", [/not in the order of their times/]],
  ["cookies of answers in the list only", [/taken from response\.cookies/]],
  ["cookies of requests in the list only", [/taken from request\.cookies/]],
  ["no cookies of requests", [/qrsig, whose hash they carry/]],
  ["a code that nobody polled", [/never polled was left out/]],
  ["a broken entry of another page, and a status as text", []]
]

const refused: ReadonlyArray<readonly [dialect: string, says: RegExp]> = [
  [
    "bodies that the browser has dropped",
    /the body of an answer is missing: that of ptqrlogin at entry \d+\n→ export it again with its bodies/
  ],
  ["Firefox, with pages and a body left out with a word", /the body of an answer is missing/],
  ["Playwright, bodies attached", /the body of an answer is missing.*\n→ .*recordHar with content "embed"/],
  ["the last poll without its body", /the body of an answer is missing: that of ptqrlogin/],
  ["a redirect that was followed", /check_sig \(entry \d+\) has no redirect in this file: the tool followed it/],
  ["no check_sig", /the owner agreed at entry \d+, and the request to check_sig that follows is not in this file/],
  ["no confirmation", /check_sig is asked at entry \d+, and no poll before it says that the owner agreed/],
  ["two logins", /there are two logins in this file: another begins at entry \d+/],
  ["two tabs", /there are two logins in this file/],
  ["no picture", /the request for the code \(ptqrshow\) is not in this file/],
  ["began in the middle", /the poll at entry \d+ belongs to none of the codes in this file/],
  [
    "[REDACTED]",
    /somebody has taken the value of qrsig out of this file \(entry \d+\)\n→ give the file as the browser saved it/
  ],
  ["whole lines taken out", /somebody has taken the value of Set-Cookie out of this file/],
  ["redacted in words", /somebody has taken the value of qrsig out of this file/],
  ["a qrsig of somebody's making", /its ptqrtoken is of another qrsig, or somebody has changed the values/],
  ["Chrome, sanitized", /no answer of the login in this file sets a cookie/],
  ["a broken entry of the login", /entry \d+ of this file, a request of the login, is not as HAR 1\.2 has it/],
  ["another appid", /no site that is known has the appid 42424242/],
  ["UTF-16", /cannot read .* as JSON/],
  ["a page", /cannot read .* as JSON/]
]

describe("what tools save of a login", () => {
  it("is tried in every dialect", () => {
    assert.sameMembers(
      [...fine, ...refused].map(([name]) => name),
      Object.keys(dialects)
    )
    assert.isAtLeast(fine.length + refused.length, 20)
  })

  const others = new Set([
    "Chrome, with sensitive data",
    "Safari",
    "Insomnia",
    "Charles, with forms as parameters alone",
    "mitmproxy, with nulls",
    "Chrome, with sockets, data, preflights and what was given up"
  ])
  for (const scenario of ["qzone", "webqq", "music"]) {
    it.live.each(fine.filter(([dialect]) => scenario === "qzone" || others.has(dialect)))(
      `of ${scenario}, becomes a scenario that is fit: %s`,
      ([dialect, notes]) =>
        Effect.scoped(
          Effect.gen(function* () {
            const { code, out, stderr } = yield* imported(dialects[dialect]!(yield* entriesOf(scenario)))
            assert.strictEqual(code, 0, stderr)
            assert.deepStrictEqual(yield* verify(out, { strictness: "server" }), [])
            assert.strictEqual((yield* Scenario.load(out)).site, scenario)
            const told = stderr.split("\n").filter((line) => line.startsWith("note: "))
            assert.lengthOf(told, notes.length, stderr)
            for (const [index, says] of notes.entries()) assert.match(told[index] ?? "", says)
          })
        )
    )
  }

  it.live.each(refused)("is refused with its own sentence: %s", ([dialect, says]) =>
    Effect.scoped(
      Effect.gen(function* () {
        const content = dialects[dialect]!(yield* entriesOf("qzone"))
        const { code, isThere, stderr } = yield* imported(content)
        assert.match(stderr, says)
        assert.deepStrictEqual([code, isThere], [2, false])
        const chinese = yield* imported(content, "zh")
        assert.match(chinese.stderr, /\p{Script=Han}.*\n→ .*\p{Script=Han}/u)
      })
    )
  )

  it.live("is compared as the server took it by the command, and letter by letter where that is asked for", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { out } = yield* imported(dialects["Firefox"]!(yield* entriesOf("qzone")))
        const { run } = yield* withSessions({})
        assert.include((yield* run(`fixtures verify ${out}`)).stderr, "1 of 1 scenarios are fit")
        const exact = yield* run(`fixtures verify ${out} --strictness exact`)
        assert.deepStrictEqual([exact.code, exact.stderr.split("\n")[0]], [1, "error: 0 of 1 scenarios are fit"])
      })
    )
  )

  it.live.each([
    ["second-factor", "SecondFactorNeeded"],
    ["login2-103", "ApiRefused"],
    ["music-authorize-refused", "AuthorizeRefused"],
    ["music-p-skey-forbidden", undefined],
    ["qzone-p-skey-forbidden", "CookieMissing"],
    ["refused", undefined],
    ["expired-at-once", undefined],
    ["poll-empty-after-scan", undefined],
    ["webqq-2015", undefined]
  ] as const)("ends as %s does, whether or not it is a good end", ([name, refusal]) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { code, out, stderr } = yield* imported(dialects["Playwright, embedded"]!(yield* entriesOf(name)))
        assert.strictEqual(code, 0, stderr)
        const [made, wanted] = [yield* Scenario.load(out), yield* Scenario.load(name)]
        const endOf = ({ outcome }: Scenario.Scenario) => ("error" in outcome ? outcome.error : "session")
        assert.strictEqual(endOf(made), endOf(wanted))
        assert.strictEqual(/the server refused this login in the end \((\w+)\)/.exec(stderr)?.[1], refusal)
      })
    )
  )

  it.live(
    "begins with the code: what came before is left out; and a login that nobody ended has the time that it took",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const entries = yield* entriesOf("qzone")
          const polls = entries.findLastIndex(at("ptqrlogin"))
          const before = {
            ...entries[0]!,
            request: { ...entries[0]!.request, url: "https://ssl.ptlogin2.qq.com/pt4_auth?daid=5" }
          }
          const { code, out, stderr } = yield* imported(
            dialects["Playwright, embedded"]!([before, ...entries.slice(0, polls)])
          )
          assert.strictEqual(code, 0, stderr)
          assert.match(stderr, /^note: requests from before the code/)
          const { config, outcome } = yield* Scenario.load(out)
          assert.deepStrictEqual(outcome, { error: "LoginTimeout" })
          assert.deepStrictEqual(config, { codeLife: 10_000, timeout: 10_000 })
          assert.deepStrictEqual(yield* verify(out, { strictness: "server" }), [])
        })
      )
  )
})
