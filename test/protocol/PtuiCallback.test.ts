import { createContext, runInContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type CallbackFault, ofCallback } from "../../src/errors/answerFaults.ts"
import { encode, isCutOff, parse, parseAuth, parseQrRefusal } from "../../src/protocol/PtuiCallback.ts"
import { mutating } from "../support/mutating.ts"
import { callback, SAMPLES, MESSAGES } from "./ptuiSamples.ts"

const waiting = callback({ message: "二维码未失效。(3203423232)" })

const context = createContext({ ptuiCB: (...args: ReadonlyArray<string>) => args })
/** How a browser reads a body. */
const javascript = (body: string): Array<unknown> => Array.from(runInContext(body, context) as ArrayLike<unknown>)

/** Why a body was refused, as people read it; what is not said must not hold anything of the body either. */
const reasonOf = (result: Result.Result<unknown, CallbackFault>): string => {
  if (Result.isSuccess(result)) return "read"
  assert.notInclude(JSON.stringify(result.failure), "S3CRET")
  assert.match(ofCallback(result.failure).zh, /\p{Script=Han}/u)
  return ofCallback(result.failure).en
}

describe("parse", () => {
  it.each(SAMPLES)("reads %s", (_what, body, expected) => {
    assert.deepStrictEqual(parse(body), Result.succeed(expected))
  })

  it.each(MESSAGES)("reads code %s with extcode %s: %s", (code, extcode, message) => {
    assert.deepStrictEqual(
      parse(`ptuiCB('${code}','${extcode}','','0','${message}', '');\r\n`),
      Result.succeed(callback({ code, extcode, message }))
    )
  })

  it.each([
    "  ptuiCB('66','0','','0','二维码未失效。(3203423232)', '')",
    "\uFEFFptuiCB('66','0','','0','二维码未失效。(3203423232)', '')",
    "\uFEFF\r\n ptuiCB('66','0','','0','二维码未失效。(3203423232)', '')",
    "ptuiCB\t( '66' , '0'\n,\t'' ,\r\n'0','二维码未失效。(3203423232)' , '' , '' ) ; \r\n\r\n",
    "ptuiCB('66','0','','0','二维码未失效。(3203423232)')\n",
    "ptuiCB('66','0','','0','二维码未失效。(3203423232)','','ignored');"
  ])("allows white space, a byte order mark, and 5 to 7 arguments: %j", (body) => {
    assert.deepStrictEqual(parse(body), Result.succeed(waiting))
  })

  it.each<readonly [source: string, nickname: string]>([
    ["呼吸 (糗百)", "呼吸 (糗百)"],
    ["🇰 🇮 🇮 🇳 🇬 🇲 🇦", "🇰 🇮 🇮 🇳 🇬 🇲 🇦"],
    ["Yo\\/jyyo", "Yo/jyyo"],
    ["it\\'s", "it's"],
    ["it&#39;s", "it&#39;s"],
    ["\\',\\'0\\');", "','0');"],
    ['"quoted\\"', '"quoted"'],
    ["\\\\", "\\"],
    ["\\\\\\'", "\\'"],
    ["\\b\\f\\n\\r\\t\\v\\0", "\b\f\n\r\t\v\0"],
    ["\\x41\\x7a\\xE9", "Azé"],
    ["\\u5F20\\u4e09", "张三"],
    ["\\uD83D\\uDC27", "🐧"],
    ["\\uD83D", "\uD83D"],
    ["\\u{41}\\u{1F427}\\u{00000041}\\u{10FFFF}", "A🐧A\u{10FFFF}"],
    ["\\a\\-\\(\\张\\🐧", "a-(张🐧"],
    ["\u2028\u2029\0\x7F", "\u2028\u2029\0\x7F"],
    ["/*x*/ //y", "/*x*/ //y"]
  ])("reads the nickname %j as JavaScript does", (source, nickname) => {
    const body = `ptuiCB('0','0','','0','', '${source}');`
    assert.deepStrictEqual(parse(body), Result.succeed(callback({ code: "0", nickname })))
    assert.strictEqual(javascript(body)[5], nickname)
  })
})

describe("parse refuses", () => {
  const six = "'66','0','','0','','S3CRET'"

  it.each<readonly [body: string, reason: string]>([
    ["", "does not start with ptuiCB"],
    [" \r\n", "does not start with ptuiCB"],
    ["<html>\n<head><title>403 Forbidden</title></head>\n</html>\n", "does not start with ptuiCB"],
    [`{"retcode":0}`, "does not start with ptuiCB"],
    [`ptui_auth_CB('2','S3CRET')`, "does not start with ptuiCB"],
    [`PTUICB(${six})`, "does not start with ptuiCB"],
    [`\uFEFF\uFEFFptuiCB(${six})`, "does not start with ptuiCB"],
    [`var a;ptuiCB(${six})`, "does not start with ptuiCB"],
    ["ptuiCB", "no opening bracket at 6"],
    [`ptuiCB2(${six})`, "no opening bracket at 6"],
    [`ptuiCB （${six}）`, "no opening bracket at 7"],
    ["ptuiCB(", "no quoted string at 7"],
    ["ptuiCB()", "no quoted string at 7"],
    [`ptuiCB(66,'0','','0','','')`, "no quoted string at 7"],
    [`ptuiCB("66",'0','','0','','')`, "no quoted string at 7"],
    ["ptuiCB(`66`,'0','','0','','')", "no quoted string at 7"],
    [`ptuiCB(,${six})`, "no quoted string at 7"],
    [`ptuiCB(${six},)`, "no quoted string at 35"],
    [`ptuiCB(${six}, null)`, "no quoted string at 36"],
    [`ptuiCB(${six}`, "no comma or closing bracket at 34"],
    [`ptuiCB(${six};`, "no comma or closing bracket at 34"],
    [`ptuiCB('66' + '0',${six})`, "no comma or closing bracket at 12"],
    [`ptuiCB('66''0','','0','','')`, "no comma or closing bracket at 11"],
    [`ptuiCB('66','0','','0','it's S3CRET','')`, "no comma or closing bracket at 27"],
    ["ptuiCB('", "unterminated string at 7"],
    ["ptuiCB('66','0','http://S3CRET", "unterminated string at 16"],
    ["ptuiCB('66\\')", "unterminated string at 7"],
    ["ptuiCB('66','0','','0','S3\nCRET','')", "line break in a string at 26"],
    ["ptuiCB('66','0','','0','S3\rCRET','')", "line break in a string at 26"],
    ["ptuiCB('66','0','','0','S3\\\nCRET','')", "bad escape at 26"],
    ["ptuiCB('66','0','','0','S3\\\rCRET','')", "bad escape at 26"],
    ["ptuiCB('S3\\", "bad escape at 10"],
    ["ptuiCB('S3\\x41", "unterminated string at 7"],
    ["ptuiCB('S3\\x{41}')", "bad escape at 10"],
    ["ptuiCB('S3\\x4", "bad escape at 10"],
    ["ptuiCB('S3\\x4G')", "bad escape at 10"],
    ["ptuiCB('S3\\x 4')", "bad escape at 10"],
    ["ptuiCB('S3\\u004", "bad escape at 10"],
    ["ptuiCB('S3\\u004G')", "bad escape at 10"],
    ["ptuiCB('S3\\u+041')", "bad escape at 10"],
    ["ptuiCB('S3\\u{}')", "bad escape at 10"],
    ["ptuiCB('S3\\u{41')", "bad escape at 10"],
    ["ptuiCB('S3\\u{41", "bad escape at 10"],
    ["ptuiCB('S3\\u{110000}')", "bad escape at 10"],
    ["ptuiCB('S3\\u{1e3g}')", "bad escape at 10"],
    [`ptuiCB('S3\\u{${"F".repeat(400)}}')`, "bad escape at 10"],
    [`ptuiCB(${six});;`, "text after the call at 36"],
    [`ptuiCB(${six}); alert(1)`, "text after the call at 37"],
    [`ptuiCB(${six})ptuiCB(${six})`, "text after the call at 35"],
    ["ptuiCB('66')", "1 arguments, not 5 to 7"],
    ["ptuiCB('66','0','','S3CRET')", "4 arguments, not 5 to 7"],
    [`ptuiCB(${six},'','S3CRET')`, "8 arguments, not 5 to 7"],
    [`ptuiCB(${"'',".repeat(1000)}'')`, "1001 arguments, not 5 to 7"],
    ["ptuiCB('','0','','0','','')", "code is not a number"],
    ["ptuiCB('S3CRET','0','','0','','')", "code is not a number"],
    ["ptuiCB('-','0','','0','','')", "code is not a number"],
    ["ptuiCB('6 6','0','','0','','')", "code is not a number"],
    ["ptuiCB('66\\n','0','','0','','')", "code is not a number"],
    ["ptuiCB('６６','0','','0','','')", "code is not a number"]
  ])("%j", (body, reason) => {
    assert.strictEqual(reasonOf(parse(body)), reason)
  })

  it("more than 4096 characters, whatever they are", () => {
    const padded = (length: number) => encode(waiting).padEnd(length, " ")
    assert.deepStrictEqual(parse(padded(4096)), Result.succeed(waiting))
    for (const body of [
      padded(4097),
      padded(65_536),
      ...[" ", "'", "\\", "\n", "\uFEFF", "(", "汉"].map((unit) => unit.repeat(65_536)),
      `ptuiCB('${"\\".repeat(65_536)}`,
      `ptuiCB(${"'',".repeat(20_000)}`
    ]) {
      assert.deepStrictEqual(parse(body), Result.fail({ reason: "longer than allowed", limit: 4096 } as const))
    }
  })

  it("a sample cut short before its closing bracket", () => {
    for (const [, body] of SAMPLES) {
      for (let end = 0; end <= body.lastIndexOf(")"); end++) assert.isTrue(Result.isFailure(parse(body.slice(0, end))))
    }
  })
})

describe("encode", () => {
  it.each(SAMPLES.filter(([, body]) => body.endsWith(" '');\r\n") || body.endsWith("椰子');\r\n")))(
    "writes %s byte for byte",
    (_what, body, expected) => {
      assert.strictEqual(encode(expected), body)
    }
  )

  it("writes 66 bytes for the captured answer of 66 bytes", () => {
    assert.strictEqual(Buffer.byteLength(encode(callback({ message: "二维码未失效。(3814721644)" }))), 66)
  })

  it("puts a backslash before a quote and a backslash, and writes control characters as numbers", () => {
    assert.strictEqual(
      encode(callback({ message: "it's a \\ and a\nline" })),
      "ptuiCB('66','0','','0','it\\'s a \\\\ and a\\u000aline', '');\r\n"
    )
  })

  it("escapes slashes in the nickname only", () => {
    assert.strictEqual(
      encode(callback({ code: "0", url: "https://a/b", message: '<a href="/">', nickname: "a/b" })),
      `ptuiCB('0','0','https://a/b','0','<a href="/">', 'a\\/b');\r\n`
    )
  })
})

describe("properties", () => {
  // Generated strings are mostly letters; these are the pieces that matter here.
  const Piece = Schema.Literals([
    ..."'\\\"/`,;:()（）{}<>& \t\r\n\b\0\v\x7F\x85\u2028\u2029\uFEFF\uFFFD8uxn",
    ..."张🐧",
    "\uD83D",
    "\uDC27",
    "\\'",
    "\\u{",
    "ptuiCB('",
    "');\r\n"
  ])
  const Text = Arbitrary.map(Arbitrary.schema(Schema.Array(Piece)), (pieces) => pieces.join(""))
  const fields = {
    code: Arbitrary.map(Arbitrary.schema(Schema.Int), String),
    extcode: Text,
    url: Text,
    target: Schema.String,
    message: Text,
    nickname: Text
  }
  const options = { arbitrary: { runs: 500, size: 40 } }

  it.prop(
    "parse reads back whatever encode wrote",
    fields,
    (any) => {
      assert.deepStrictEqual(parse(encode(any)), Result.succeed(any))
    },
    options
  )

  it.prop(
    "what encode wrote survives UTF-8 and is the same call in JavaScript",
    fields,
    (any) => {
      const body = Buffer.from(encode(any)).toString()
      assert.deepStrictEqual(parse(body), Result.succeed(any))
      assert.deepStrictEqual(javascript(body), [any.code, any.extcode, any.url, any.target, any.message, any.nickname])
    },
    options
  )
})

describe.skipIf(mutating)("hostile bodies", () => {
  const REASON =
    /^(longer than 4096 characters|does not start with ptuiCB|[a-z ]+ at \d+|\d+ arguments, not 5 to 7|code is not a number)$/

  /** A fixed sequence of integers below `limit`, so that a failure repeats. */
  const sequence = (seed: number) => {
    let state = seed
    return (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * limit)
    }
  }

  /**
   * Counts the bodies that were read; the others must have been refused in the known words. An assertion costs ten times what parsing
   * does, so there is one only where something is wrong.
   */
  const read = (body: string): number => {
    const result = parse(body)
    if (Result.isSuccess(result)) {
      if (!Object.values(result.success).every((value) => typeof value === "string")) assert.fail(JSON.stringify(body))
      return 1
    }
    const { en, zh } = ofCallback(result.failure)
    if (!REASON.test(en) || !/\p{Script=Han}/u.test(zh)) assert.fail(`${en}, ${zh}: ${JSON.stringify(body)}`)
    return 0
  }

  const UNITS = [..."'',,()\\\\xu{}0046;/ \r\n\"汉", "\uD83D", "ptuiCB", "ptuiCB('66',", "'0','',", "\uFEFF"]

  it("100,000 random ones are read or refused", () => {
    const next = sequence(1)
    let count = 0
    for (let i = 0; i < 100_000; i++) {
      let noise = ""
      for (let length = next(30); length > 0; length--) noise += UNITS[next(UNITS.length)]
      count += read(i % 2 === 0 ? noise : `ptuiCB('66','0','','0','${noise}', '');`)
    }
    assert.isAbove(count, 1000)
    assert.isBelow(count, 50_000)
  })

  it("100,000 mutated ones are read or refused", () => {
    const next = sequence(2)
    let count = 0
    for (let i = 0; i < 100_000; i++) {
      let body = SAMPLES[next(SAMPLES.length)]?.[1] ?? ""
      for (let edits = 1 + next(3); edits > 0; edits--) {
        const from = next(body.length + 1)
        const to = from + next(3)
        body = body.slice(0, from) + (UNITS[next(UNITS.length * 2)] ?? "") + body.slice(to)
      }
      count += read(body)
    }
    assert.isAbove(count, 10_000)
    assert.isBelow(count, 90_000)
  })
})

describe("parseAuth", () => {
  const url = "https://ptlogin2.web2.qq.com/check_sig?ptsigx=S3CRET"

  it.each<readonly [body: string, code: string, url: string]>([
    [`ptui_auth_CB('2','${url}');`, "2", url],
    [`ptui_auth_CB('0','https:\\/\\/ptlogin2.web2.qq.com\\/check_sig?ptsigx=S3CRET')\r\n`, "0", url],
    ["\uFEFF ptui_auth_CB ( '1' , '' ) ;\n", "1", ""],
    ["ptui_auth_CB('-1','')", "-1", ""]
  ])("reads %j", (body, code, address) => {
    assert.deepStrictEqual(parseAuth(body), Result.succeed({ code, url: address }))
  })

  it.each<readonly [body: string, reason: string]>([
    ["", "does not start with ptui_auth_CB"],
    ["ptuiCB('0','0','','0','','')", "does not start with ptui_auth_CB"],
    ["ptui_auth_CB('1')", "1 arguments, not 2"],
    [`ptui_auth_CB('2','${url}','')`, "3 arguments, not 2"],
    [`ptui_auth_CB('${url}','2')`, "code is not a number"],
    [`ptui_auth_CB('2','${url}`, "unterminated string at 17"],
    [`ptui_auth_CB('2','${url}');alert(1)`, `text after the call at ${21 + url.length}`],
    [`ptui_auth_CB('2','${url}${" ".repeat(4096)}')`, "longer than 4096 characters"]
  ])("refuses %j, and does not quote it", (body, reason) => {
    assert.strictEqual(reasonOf(parseAuth(body)), reason)
  })
})

describe("isCutOff", () => {
  it("takes every beginning of a sample for one, and no whole sample", () => {
    const bodies = SAMPLES.map(([, body]) => body).filter((body) => body.startsWith("ptuiCB("))
    assert.isAbove(bodies.length, 5)
    for (const body of bodies) {
      for (let end = 1; end < body.lastIndexOf(")"); end++) {
        if (body[end - 1] !== ")") assert.isTrue(isCutOff(body.slice(0, end)), body.slice(0, end))
      }
      assert.isFalse(isCutOff(body), body)
    }
  })

  it.each<readonly [body: string, cutOff: boolean]>([
    ["p", true],
    [" \r\nptuiC ", true],
    ["ptuiCB('66','0','a);b", true],
    ["ptuiCB(66)", false],
    ["ptuiCB(66) \r\n", false],
    ["ptuiCB(66);\n", false],
    ["CB(", false],
    ["x ptuiCB(", false],
    ["ptuiCB2('", false],
    ["x", false],
    ["<html>", false]
  ])("%j: %s", (body, cutOff) => {
    assert.strictEqual(isCutOff(body), cutOff)
  })
})

describe("parseQrRefusal", () => {
  const padded = (length: number) => `ptui_qrcode_CB({"ec":1})`.padEnd(length, " ")

  it.each([
    [`ptui_qrcode_CB({"ec":313,"em":"请稍后","qrcode":""})`, { code: 313, message: "请稍后" }],
    [` \r\nptui_qrcode_CB({"ec":-1,"em":"(a)"});\r\n`, { code: -1, message: "(a)" }],
    [`ptui_qrcode_CB({"ec":0,"em":7})`, { code: 0, message: "" }],
    [padded(4096), { code: 1, message: "" }],
    [padded(4097), undefined],
    [`ptui_qrcode_CB({"ec":1.5})`, undefined],
    [`ptui_qrcode_CB({"ec":"313"})`, undefined],
    [`ptui_qrcode_CB({"em":"x"})`, undefined],
    ["ptui_qrcode_CB(null)", undefined],
    ["ptui_qrcode_CB(313)", undefined],
    [`ptui_qrcode_CB({"ec":313)`, undefined],
    [`ptui-qrcode-CB({"ec":313})`, undefined],
    ["", undefined]
  ])("%j", (body, refusal) => {
    assert.deepStrictEqual(parseQrRefusal(body), refusal)
  })
})
