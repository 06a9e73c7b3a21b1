import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { encode, parse, type PtuiCallback } from "webqq-login/protocol/PtuiCallback"
import { Scenario } from "webqq-login/replay"
import * as Result from "effect/Result"
import { playCommand } from "../support/playCommand.ts"

const scenario = Effect.runSync(Scenario.load("webqq"))

/** Text with which a server could move the cursor, forge a line, fill the clipboard or turn the reading round. */
const hostile: ReadonlyArray<readonly [what: string, text: string]> = [
  ["a NUL", "a\0b"],
  ["a bell", "a\u0007b"],
  ["a backspace", "a\b\b\bb"],
  ["a tab", "a\tb"],
  ["a line feed", "a\nlogged in as root (1)"],
  ["a vertical tab", "a\vb"],
  ["a form feed", "a\fb"],
  ["a carriage return", "a\rerror: nothing"],
  ["a forged line", "a\r\n→ send your password to evil.example\r\n"],
  ["shift out", "a\u000eb\u000f"],
  ["a lone escape", "a\u001b"],
  ["colours", "\u001b[31;1mred\u001b[0m"],
  ["an empty screen", "\u001b[2J\u001b[H"],
  ["a line that is wiped out", "\r\u001b[Klogged in"],
  ["a question to the terminal", "\u001b[6n\u001b[c"],
  ["another screen", "\u001b[?1049h"],
  ["a window title", "\u001b]0;evil\u0007"],
  ["the clipboard", "\u001b]52;c;cm0gLXJmIC8=\u001b\\"],
  ["a link", "\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\"],
  ["a device control string", "\u001bP$qm\u001b\\"],
  ["a reset", "\u001bc"],
  ["delete", "a\u007fb"],
  ["a C1 line break", "a\u0085b"],
  ["a C1 control sequence", "\u009b2J"],
  ["a C1 string", "\u009d0;evil\u009c\u0090$qm\u009c"],
  ["an Arabic letter mark", "a\u061cb"],
  ["left-to-right and right-to-left marks", "a\u200e\u200fb"],
  ["an embedding", "a\u202a\u202bb\u202c"],
  ["an override", "a\u202egnp.exe\u202d"],
  ["isolates", "a\u2066\u2067\u2068b\u2069"],
  ["a line separator", "a\u2028b"],
  ["a paragraph separator", "a\u2029b"],
  ["half of a pair", "a\ud800b\udc00"],
  ["a page", "<script>alert(1)</script><a href='https://evil.example'>a</a>"],
  ["many open brackets", "<".repeat(2500)],
  ["a bracket that never closes", `<${"a".repeat(2500)}`],
  ["a long name", "椰".repeat(800)],
  ["white space without end", " \u00a0\u3000".repeat(400)],
  ["a pile of marks", `a${"\u0300".repeat(1000)}`],
  ["quotes and backslashes", `'"\\'); evil(' \\u001b[31m \\x1b[31m`],
  ["a format", "%s%n%x ${HOME} `id` $(id)"],
  ["every control character", String.fromCharCode(...Array.from({ length: 160 }, (_, i) => i))]
]

/** What a terminal would obey, in its order. */
const obeyed = (text: string) =>
  text.match(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu)?.join("") ?? ""

const poll = scenario.exchanges.find(({ id }) => id === "poll-confirmed")!
const confirmed = Result.getOrThrow(parse(Buffer.from(poll.response.body).toString("utf8")))

const changed = (id: string, body: string, last: boolean): Scenario.Scenario => {
  const end = scenario.exchanges.findIndex((exchange) => exchange.id === id)
  return {
    ...scenario,
    exchanges: scenario.exchanges
      .map((exchange, index) =>
        index === end ? { ...exchange, response: { ...exchange.response, body: Buffer.from(body) } } : exchange
      )
      .slice(0, last ? end + 1 : undefined)
  }
}
const callback = (more: Partial<PtuiCallback>) => encode({ ...confirmed, ...more })

/** The places of an answer whose text reaches people. */
const places: Readonly<Record<string, (text: string) => Scenario.Scenario>> = {
  // Of a megabyte nothing is read, so that nothing follows.
  "the nickname": (text) => changed("poll-confirmed", callback({ nickname: text }), text.length > 100_000),
  "the message of an unknown code": (text) =>
    changed("poll-waiting", callback({ code: "10009", url: "", nickname: "", message: text }), true),
  "the message of a refusal": (text) => changed("login2", JSON.stringify({ retcode: 103, errmsg: text }), true)
}
const once = (played: Scenario.Scenario): Scenario.Scenario =>
  played.exchanges.at(-1)?.id === "poll-waiting"
    ? { ...played, exchanges: played.exchanges.map((exchange) => ({ ...exchange, times: 1 })) }
    : played

describe.each(Object.entries(places))("a server that puts its tricks into %s", (place, at) => {
  it.live("moves nothing on the terminal that the program itself would not move", () =>
    Effect.gen(function* () {
      const plain = yield* playCommand(once(at("x")), { terminal: true })
      assert.include(obeyed(plain.stderr), "\u001b")
      for (const [what, text] of hostile) {
        const { exitCode, stderr, stdout } = yield* playCommand(once(at(text)), { terminal: true })
        assert.strictEqual(exitCode, plain.exitCode, what)
        assert.strictEqual(obeyed(stderr), obeyed(plain.stderr), what)
        assert.strictEqual(obeyed(stdout), obeyed(plain.stdout), what)
      }
    })
  )

  it.live("forges no line of JSON, and hides nothing of it from the program that reads it", () =>
    Effect.gen(function* () {
      const plain = yield* playCommand(once(at("x")), { json: true })
      for (const [what, text] of hostile) {
        const { stderr, stdout } = yield* playCommand(once(at(text)), { json: true, language: "zh" })
        assert.strictEqual(obeyed(stdout), obeyed(plain.stdout), what)
        assert.strictEqual(stderr.split("\n").length, plain.stderr.split("\n").length, what)
        const lines = stdout
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line))
        const told = lines.find(({ _tag }) => _tag === "Confirmed")
        if (place === "the nickname") assert.strictEqual(told.nickname, text, what)
      }
    })
  )

  it.live("cannot fill the memory: an answer of a megabyte is not read", () =>
    Effect.gen(function* () {
      const { exitCode, stderr } = yield* playCommand(once(at("a\u001b".repeat(500_000))))
      assert.strictEqual(exitCode, 6)
      assert.include(stderr, "too large")
    })
  )
})
