import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { type CheckAnswer, judge, keysOf, request, type Verdict } from "../../src/protocol/SiteCheck.ts"
import type { Check, Sign } from "../../src/sites/check.ts"

const asking = { method: "POST", url: "https://qun.qq.com/x" } as const
const signs: Check = { ...asking, good: [{ json: { code: [0] } }], dead: [{ json: { "data.ret": [-1, 2] } }] }
const ask = (check: Partial<Check>) => request({ ...signs, ...check }, (name) => `<${name}>`)

describe("request", () => {
  it.each<readonly [string, Partial<Check>, string | undefined, Readonly<Record<string, string>>]>([
    ["nothing", { method: "GET" }, undefined, {}],
    [
      "a form",
      { form: { a: "{{uin}}", b: "&" } },
      "a=%3Cuin%3E&b=%26",
      { "content-type": "application/x-www-form-urlencoded" }
    ],
    ["an empty form", { form: {} }, "", { "content-type": "application/x-www-form-urlencoded" }],
    ["JSON", { json: { a: ["{{uin}}"] } }, '{"a":["{{uin}}"]}', { "content-type": "application/json" }],
    ["null", { json: null }, "null", { "content-type": "application/json" }],
    ["headers", { headers: { "X-Uin": "{{uin}}" } }, undefined, { "x-uin": "<uin>" }]
  ])("sends %s", (_what, check, body, headers) => {
    const { form, ...asked } = ask(check)
    const method = check.method ?? "POST"
    assert.deepStrictEqual(
      { ...asked, url: Redacted.value(asked.url) },
      { step: "Check", method, url: asking.url, headers, maxBytes: 1_048_576 }
    )
    assert.strictEqual(form && Redacted.value(form), body)
    assert.strictEqual("form" in ask(check), body !== undefined)
    if (form !== undefined) assert.strictEqual(String(form), "<redacted:form>")
  })

  it("fills the query, and tells which cookies sign it", () => {
    const check = { query: { t: "{{g_tk skey}}" }, form: { a: "{{g_tk p_skey}}" }, headers: { b: "{{g_tk c}}{{uin}}" } }
    assert.strictEqual(Redacted.value(ask(check).url), "https://qun.qq.com/x?t=%3Cg_tk%20skey%3E")
    assert.deepStrictEqual(keysOf({ ...signs, ...check }), ["p_skey", "c", "skey"])
    assert.deepStrictEqual(keysOf(signs), [])
  })
})

/** Whether an answer bears a sign. */
const bears = (sign: Sign, answer: Partial<CheckAnswer>) =>
  judge({ ...asking, good: [sign], dead: [{ status: 499 }] }, { status: 200, text: "", ...answer })._tag === "Good"

describe("a sign", () => {
  it.each<readonly [Sign, Partial<CheckAnswer>, boolean]>([
    [{ text: "a" }, { text: "bab" }, true],
    [{ text: "a" }, { text: "b" }, false],
    [{ text: "a" }, { text: "a", status: 201 }, false],
    [{ status: 401 }, { status: 401 }, true],
    [{ status: 302, location: "https://ui" }, { status: 302, location: "https://ui.qq.com" }, true],
    [{ status: 302, location: "https://ui" }, { status: 302, location: "/?u=https://ui" }, false],
    [{ status: 302, location: "https://ui" }, { status: 302 }, false]
  ])("%j in %j: %s", (sign, answer, is) => {
    assert.strictEqual(bears(sign, answer), is)
  })

  it.each<readonly [string, NonNullable<Sign["json"]>, unknown, boolean]>([
    ["a number", { a: [0] }, { a: 0 }, true],
    ["its digits", { a: [0] }, { a: "0" }, true],
    ["digits that are a number", { a: ["1"] }, { a: 1 }, true],
    ["one of several", { a: [1, true] }, { a: true }, true],
    ["another", { a: [1, true] }, { a: 2 }, false],
    ["all of several paths", { a: [1], b: [2] }, { a: 1, b: 3 }, false],
    ["nothing for null", { a: [null] }, {}, true],
    ["null", { a: [null] }, { a: null }, true],
    ["null, which the word is not", { a: [null] }, { a: "null" }, false],
    ["the word, which null is not", { a: ["null"] }, { a: null }, false],
    ["the word, which nothing is not", { a: ["undefined"] }, {}, false],
    ["no list of it", { a: [1] }, { a: [1] }, false],
    ["no empty list for nothing", { a: [null] }, { a: [] }, false],
    ["a path", { "a.b.c": [1] }, { a: { b: { c: 1 } } }, true],
    ["a path through null", { "a.b": [null] }, { a: null }, true],
    ["a path through a text, which has a length", { "a.length": [null] }, { a: "xy" }, true],
    ["a path that all objects have", { "a.constructor": [null] }, { a: {} }, true],
    ["a list's place", { "a.1": [2] }, { a: [1, 2] }, true],
    ["none of these", { a: { not: [0, null] } }, { a: 1 }, true],
    ["one of those that it must not be", { a: { not: [0, null] } }, { a: "0" }, false],
    ["nothing where null must not be", { a: { not: [null] } }, {}, false],
    ["an object where null must not be", { a: { not: [null] } }, { a: {} }, true]
  ])("knows %s", (_what, json, body, is) => {
    assert.strictEqual(bears({ json }, { text: JSON.stringify(body) }), is)
  })

  const read = `{"a":1,"b":"y(x)"}`
  it.each<readonly [text: string, isRead: boolean]>([
    [read, true],
    [`\r\n ${read}\r\n`, true],
    [`\uFEFF${read}`, true],
    [`x(${read})`, true],
    [`\n_Callback(${read});\n`, true],
    [`$.x_1 (${read}) ;`, true],
    [`${"x".repeat(80)}(${read})`, true],
    [`${"x".repeat(81)}(${read})`, false],
    [`try{x(${read});}catch(e){}`, true],
    [`try \n{ \n x(${read});}catch(e){y()}`, true],
    [`tryAgain(${read});`, true],
    [`catcher(${read});`, true],
    [`try{x(${read});}`, false],
    [`var y=x(${read});`, false],
    [`x-y(${read});`, false],
    [`(${read})`, false],
    [`x y(${read})`, false],
    [`x(${read}`, false],
    [`x(${read},1)`, false],
    ["x()", false],
    ["<html>", false],
    [`[${read}]`, false],
    ["[]", false],
    ["null", false],
    ["1", false],
    [`"text"`, false],
    ["", false]
  ])("reads JSON, bare or in one call, and nothing else: %j", (text, isRead) => {
    assert.strictEqual(bears({ json: { a: [1], b: ["y(x)"] } }, { text }), isRead)
    // What is not read has no places at all, not empty ones.
    assert.strictEqual(bears({ json: { c: [null] } }, { text }), isRead)
  })
})

describe("judge", () => {
  const later: Sign = { json: { "data.ret": [2, 0] }, text: "busy" }

  it.each<readonly [string, Verdict["_tag"], string | undefined]>([
    [`{"code":0}`, "Good", "0"],
    [`{"code":0,"data":{"ret":-1}}`, "Good", "0"],
    [`{"code":0,"data":{"ret":"2"},"x":"busy"}`, "Later", "2"],
    [`{"code":5,"data":{"ret":"-1"}}`, "Dead", "-1"],
    [`{"code":5,"data":{"ret":7}}`, "Unknown", "5"],
    [`{"code":"no","data":{"ret":7}}`, "Unknown", "7"],
    [`{"code":"1x","data":{"ret":"x1"}}`, "Unknown", undefined],
    [`{"code":1${"0".repeat(15)},"data":{"ret":"--1"}}`, "Unknown", undefined],
    [`{"code":1${"0".repeat(14)}}`, "Unknown", `1${"0".repeat(14)}`],
    ["{}", "Unknown", undefined],
    ["busy", "Unknown", undefined]
  ])("%s is %s with code %s", (text, tag, code) => {
    assert.deepStrictEqual(judge({ ...signs, later: [later] }, { status: 200, text }), { _tag: tag, code, message: "" })
  })

  it.each<readonly [data: string, account: number | undefined]>([
    [`{"uin":10002}`, 10_002],
    [`{"uin":"10002"}`, 10_002],
    [`{"uin":"o0000010002"}`, 10_002],
    [`{"uin":0}`, undefined],
    [`{"uin":-1}`, undefined],
    [`{"uin":1.5}`, undefined],
    [`{"uin":"1e9"}`, undefined],
    [`{"uin":"1${"0".repeat(15)}"}`, undefined],
    [`{"uin":"椰子"}`, undefined],
    [`{"uin":null}`, undefined],
    [`{"uin":[10002]}`, undefined],
    ['{"uin":"o99999999999999999999999"}', undefined],
    ["{}", undefined],
    ["null", undefined]
  ])("names the account that stands where the site has it, and nothing else: %s", (data, account) => {
    const answer = { status: 200, text: `_Callback({"code":0,"data":${data}});` }
    assert.strictEqual(judge({ ...signs, account: "data.uin" }, answer).account, account)
    assert.notProperty(judge(signs, answer), "account")
  })

  it.each<readonly [unknown, string]>([
    [{ message: "A", msg: "B" }, "A"],
    [{ message: "", msg: "B" }, "B"],
    [{ message: { a: 1 }, em: "C" }, "C"],
    [{ errmsg: "D" }, "D"],
    [{ retmsg: "E", message: 1 }, "E"],
    [{ msg: "x".repeat(1001) }, "x".repeat(1000)],
    [{ said: "F" }, ""],
    [["G"], ""]
  ])("hears in %j what the server says", (body, message) => {
    assert.strictEqual(judge(signs, { status: 200, text: JSON.stringify(body) }).message, message)
  })
})
