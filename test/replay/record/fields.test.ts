import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { readCall } from "../../../src/replay/record/calls.ts"
import { inQueries, replaceFields } from "../../../src/replay/record/fields.ts"

// What is looked for, as patterns that say all of it at once, and take too long where a text is made for that.
const fields =
  "uin|ptuin|qq|openid|ptsigx|o1vid|ptwebqq|vfwebqq|psessionid|skey|p_skey|pt4_token|qrsig|supertoken|superkey|superuin|login_sig|clientkey|cip|nick|nickname"
const inQuery = new RegExp(`(?:^|[?&;\\s"'{,])(${fields})=([^&;#"'\\s]*)`, "gi")
const inText = new RegExp(
  `((?<![A-Za-z0-9])(${fields})(?:\\\\*["'])?\\s*[:=]\\s*\\\\*(["']))((?:(?!\\\\*\\3)(?:[^\\\\\\n]|\\\\.)){1,4096})` +
    `|((?<![A-Za-z0-9])(${fields})\\\\*["']\\s*:\\s*)(\\d+)|(<(${fields})>(?:<!\\[CDATA\\[)?)([^<>\\]]+)`,
  "gis"
)
const callback = /^(\s*ptuiCB\s*\((?:\s*'(?:[^'\\]|\\.)*'\s*,){5}\s*')((?:[^'\\]|\\.)*)'/s

const found = (text: string) => {
  const all: Array<string> = []
  const replaced = replaceFields(text, (name, value) => {
    all.push(`${name}: ${value}`)
    return "*"
  })
  return { all, replaced }
}

const expected = (text: string) => {
  const all: Array<string> = []
  const replaced = text.replaceAll(
    inText,
    (
      _,
      start?: string,
      name = "",
      _quote = "",
      value = "",
      key = "",
      keyed = "",
      number = "",
      tag = "",
      tagged = "",
      inner = ""
    ) => {
      const [before, field, what] =
        start === undefined ? (key === "" ? [tag, tagged, inner] : [key, keyed, number]) : [start, name, value]
      all.push(`${field}: ${what}`)
      return `${before}*`
    }
  )
  return { all, replaced }
}

const texts = (parts: ReadonlyArray<string>) =>
  fc.array(fc.constantFrom(...parts), { maxLength: 24 }).map((all) => all.join(""))

describe("fields in a text", () => {
  const parts = [
    "uin",
    "p_skey",
    "_",
    "qq",
    "Nick",
    "a",
    "1",
    "'",
    '"',
    "\\",
    "\\\\",
    ":",
    "=",
    " ",
    "\n",
    "<",
    ">",
    "]"
  ]

  it("are those that the patterns find, quoted, as numbers and as tags", () => {
    fc.assert(
      fc.property(texts([...parts, "<![CDATA[", "<uin>", "uin='", `"skey":"`, `\\"uin\\":`]), (text) => {
        // Where a number goes on as a word it is none, and the word no name.
        fc.pre(!/\d_/.test(text))
        assert.deepStrictEqual(found(text), expected(text))
      }),
      { numRuns: 20_000, seed: 1 }
    )
  })

  it("are those that the pattern finds in queries", () => {
    fc.assert(
      fc.property(texts([...parts, "&", "?", ";", "#", "&uin=", "?skey="]), (text) =>
        assert.deepStrictEqual(
          [...inQueries(text)].map((pair) => pair.join("=")),
          Array.from(text.matchAll(inQuery), ([, name = "", value = ""]) => `${name}=${value}`)
        )
      ),
      { numRuns: 20_000, seed: 1 }
    )
  })

  it.each([
    `uin='${"\\".repeat(200_000)}`,
    "uin='".repeat(100_000),
    "uin=".repeat(100_000),
    `${"_".repeat(200_000)}='`
  ])("%#: are found in a long text that is made to be slow", (text) => {
    assert.isString(found(text).replaced)
    assert.isAtMost([...inQueries(text)].length, 100_000)
  })
})

describe("the texts of a call", () => {
  it("are those that the pattern finds", () => {
    const parts = ["ptuiCB(", "'", "','", "\\", "\\'", ",", " ", "a", ")", ";", "\n", "'a',", "'','','','','','"]
    fc.assert(
      fc.property(texts(parts), (text) => {
        const sixth = callback.exec(text)?.[2]
        const call = readCall(text)
        const literal = call?.name === "ptuiCB" ? call.literals[5] : undefined
        assert.strictEqual(literal && text.slice(literal.start, literal.end), sixth)
      }),
      { numRuns: 20_000, seed: 1 }
    )
  })
})
