import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Pattern from "../../../src/replay/format/Pattern.ts"

const compiled = (source: string) => {
  const made = Pattern.compile(source)
  if ("wrong" in made) throw new Error(`${source}: ${made.wrong.en}`)
  return made
}

const oracle = (source: string) => new RegExp(`^(?:${source})$`, "u")

const samples =
  "|a|b|ab|ba|aab|abab|A|0|0.1|.5|1e-7|0-0-157510|0-0-|é|🐧|a🐧b| |\n|a\nb|_|-|]|[|\\|^|$|/|+|{2}|Mozilla/5.0 (X11)|Mozilla/5x0 a|application/x-www-form-urlencoded; charset=UTF-8".split(
    "|"
  )

describe("a pattern says what a regular expression says", () => {
  it.each([
    "[0-9.e-]+",
    "0-0-\\d+",
    "Mozilla/5\\.0 .*",
    "application/x-www-form-urlencoded(;.*)?",
    "0?\\.\\d+",
    "",
    "a|b",
    "a||b",
    "(?:a|ab)(?:b|)",
    "(ab)*",
    "a{2}b",
    "a{1,}b?",
    "a{0,2}b{0,1}",
    ".",
    ".*",
    ".+?",
    "[^a]",
    "[^]",
    "[]",
    "[\\]\\[\\\\^-]",
    "[a-c\\d_]+",
    "\\w+",
    "\\W",
    "\\s\\S*",
    "\\D",
    "\\x61\\u0062",
    "a\\u{1f427}b",
    "🐧",
    "a🐧*b",
    "\\n",
    "\\^|\\$|\\/|\\+",
    "\\{2\\}",
    "^a(?:b)$"
  ])("%s", (source) => {
    const pattern = compiled(source)
    for (const text of samples)
      assert.strictEqual(pattern.test(text), oracle(source).test(text), JSON.stringify([source, text]))
  })

  const pieces = [
    "a",
    "b",
    ".",
    "[ab]",
    "[^a]",
    "\\d",
    "(a|b)",
    "(?:ab)",
    "(a|)",
    "a|",
    "*",
    "+",
    "?",
    "{2}",
    "{1,}",
    "{0,2}"
  ]
  const Piece = Schema.Literals(pieces)
  const Letter = Schema.Literals(["a", "b", "0", "c"])
  it.prop("whatever it is made of", [Schema.Array(Piece), Schema.Array(Letter)], ([parts, letters]) => {
    const source = parts.slice(0, 8).join("")
    const text = letters.slice(0, 12).join("")
    const made = Pattern.compile(source)
    let expected: RegExp | undefined
    try {
      expected = oracle(source)
    } catch {}
    assert.strictEqual("wrong" in made, expected === undefined, source)
    if (!("wrong" in made)) assert.strictEqual(made.test(text), expected?.test(text), JSON.stringify([source, text]))
  })
})

describe("what is no part of a pattern", () => {
  it.each([
    ["(", "a regular expression: "],
    ["a(?=b)", "a pattern without (?="],
    ["(?!a)b", "a pattern without (?!"],
    ["(?<=a)b", "a pattern without (?<"],
    ["(?<n>a)", "a pattern without (?<"],
    ["(?i:a)", "a pattern without (?i"],
    ["(a)\\1", "a pattern without \\1"],
    ["a\\b", "a pattern without \\b"],
    ["\\p{L}", "a pattern without \\p"],
    ["[\\p{L}]", "a pattern without \\p"],
    ["a^b", "a pattern without ^ inside"],
    ["a$|b", "a pattern without $ inside"],
    ["\\ud83d\\udc27", "a pattern without half of a character, \\ud83d"],
    ["a{1001}", "a pattern without counts above 1000"],
    ["(?:a{100}){100}", "a pattern of at most 1000 states"],
    [`${"(?:".repeat(10)}${"){1000}".repeat(10)}`, "a pattern of at most 1000 states"],
    [`${"(".repeat(21)}a${")".repeat(21)}`, "a pattern without more than 20 groups inside of each other"],
    ["a".repeat(501), "a pattern of at most 500 characters"]
  ])("%s", (source, expected) => {
    const made = Pattern.compile(source)
    assert.include("wrong" in made ? made.wrong.en : "nothing wrong", expected)
  })
})

describe("no text keeps a pattern busy", () => {
  // Each of them takes a backtracking engine longer than the world is old.
  it.each(["(a*)*b", "(a|a)*b", "(a|aa)+b", "(.*)*(.*)*x", "(a?){200}a{200}b", "([a-z]+)*[0-9]"])("%s", (source) => {
    const pattern = compiled(source)
    const steps = (length: number) => {
      const start = process.cpuUsage()
      assert.isFalse(pattern.test("a".repeat(length)))
      const { system, user } = process.cpuUsage(start)
      return system + user
    }
    steps(1000)
    // Ten times as much text takes ten times as long, give or take; a hundred would be quadratic.
    assert.isBelow(steps(20_000), 60 * Math.max(steps(2000), 2000))
  })
})
