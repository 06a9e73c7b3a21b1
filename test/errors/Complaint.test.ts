import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { complaintsOf, wrong, wrongAt } from "../../src/errors/Complaint.ts"
import { expected } from "../../src/Language.ts"
import { ScenarioFile } from "../../src/replay/format/ScenarioFile.ts"
import { Session } from "../../src/Session.ts"
import { Site } from "../../src/Site.ts"

const even = Schema.makeFilter((n: number) => n % 2 === 0, expected({ en: "an even number", zh: "偶数" }))

const Thing = Schema.Struct({
  name: Schema.NonEmptyString,
  age: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 99 })),
  pair: Schema.optionalKey(Schema.Number.check(even)),
  kind: Schema.optionalKey(Schema.Literals(["a", "b"])),
  when: Schema.optionalKey(Schema.DateTimeUtcFromString),
  "odd key": Schema.optionalKey(Schema.Array(Schema.Boolean)),
  form: Schema.optionalKey(
    Schema.Union([Schema.Struct({ re: Schema.String }), Schema.Struct({ any: Schema.Literal(true) })])
  )
})

const complaints = (schema: Schema.ConstraintDecoder<unknown>, value: unknown) => {
  const decoded = Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" })(value)
  return Result.isFailure(decoded) ? complaintsOf(decoded.failure) : []
}
const good = { name: "x", age: 5 }

describe("what a schema does not take", () => {
  it.each<readonly [value: unknown, en: string, zh: string]>([
    [{ ...good, age: 5.5 }, "Expected an integer at age", "age 处应为整数"],
    [{ ...good, age: 0 }, "Expected a value between 1 and 99 at age", "age 处应为 1 到 99 之间的数"],
    [{ ...good, age: "5" }, "Expected number at age", "age 处应为数字"],
    [{ age: 5 }, "Missing key at name", "name 处缺少此键"],
    [{ ...good, name: "" }, "Expected a value with a length of at least 1 at name", "name 处应为长度至少为 1 的值"],
    [{ ...good, more: 1 }, "unknown key at more", "more 处未知的键"],
    [{ ...good, pair: 3 }, "Expected an even number at pair", "pair 处应为偶数"],
    [{ ...good, kind: "c" }, `Expected "a" | "b" at kind`, `kind 处应为 "a" | "b"`],
    [
      { ...good, when: "noon" },
      "Expected a time in UTC such as 2026-01-31T12:00:00Z at when",
      "when 处应为 UTC 时间，如 2026-01-31T12:00:00Z"
    ],
    [{ ...good, "odd key": [true, 1] }, `Expected boolean at ["odd key"][1]`, `["odd key"][1] 处应为布尔值`],
    [{ ...good, form: { re: 1 } }, "Expected string at form.re", "form.re 处应为字符串"],
    [[], "Expected object", "应为对象"]
  ])("%j is told in both languages", (value, en, zh) => {
    assert.deepStrictEqual(complaints(Thing, value).map(wrongAt), [{ en, zh }])
  })

  it("is told of what is nothing but mistakes as well, and no longer than anybody reads", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]))
    assert.lengthOf(complaints(Thing, { ...good, ...many }), 50)
    const [long] = complaints(Thing, { ...good, ["k".repeat(1_000_000)]: 1 })
    assert.deepEqual(long?.path, ["k".repeat(100)])
  })

  it("is data that crosses a process boundary, and holds nothing of the value", () => {
    const found = complaints(Thing, { name: 7, age: "S3CRET", kind: "S3CRET" })
    assert.deepStrictEqual(JSON.parse(JSON.stringify(found)), found)
    assert.notInclude(JSON.stringify(found), "S3CRET")
    assert.strictEqual(found.length, 3)
  })

  /** A value with each of its leaves, one at a time, broken in each way. */
  const broken = function* (
    value: unknown,
    change: (inner: unknown) => unknown = (inner) => inner
  ): Generator<unknown> {
    for (const bad of [null, "\u0000?", -1, 1.5, {}, [[]], true]) yield change(bad)
    if (typeof value !== "object" || value === null) return
    for (const key of Object.keys(value)) {
      const around = (inner: unknown) => {
        const copy = Array.isArray(value) ? [...value] : { ...value }
        Object.assign(copy, { [key]: inner })
        return change(copy)
      }
      yield* broken((value as Record<string, unknown>)[key], around)
      const { [key]: _, ...without } = value as Record<string, unknown>
      if (!Array.isArray(value)) yield change(without)
    }
    if (!Array.isArray(value)) yield change({ ...value, "a key of nobody": 1 })
  }

  const session = {
    site: "qzone",
    uin: 10001,
    nickname: "n",
    gtk: 5381,
    obtainedAt: "2026-01-01T00:00:00.000Z",
    cookies: [{ name: "a", value: "b", domain: "qq.com", path: "/", secure: true, httpOnly: false, hostOnly: false }]
  }
  const site = {
    name: "mine",
    title: { en: "Mine", zh: "我的" },
    appid: "1",
    daid: "2",
    u1: "https://a.qq.com/",
    target: "a.qq.com"
  }
  const scenario = {
    format: "webqq-fixture/1",
    title: "t",
    provenance: { kind: "synthetic", reason: "made up" },
    clock: "2026-01-01T00:00:00Z",
    site: "qzone",
    saved: session,
    exchanges: [
      {
        id: "a",
        request: { method: "GET", url: "https://a.qq.com/", query: { a: "b", c: { re: "x" } }, headers: { a: "b" } },
        response: { status: 200, headers: [["A", "b"]], body: { file: "x", bytes: 1, sha256: "0".repeat(64) } }
      }
    ],
    outcome: { error: "HttpFailed", step: "QrCode" }
  }

  it.each<readonly [string, Schema.ConstraintDecoder<unknown>, unknown]>([
    ["a session", Session, session],
    ["a site", Site, site],
    ["a scenario", ScenarioFile, scenario]
  ])("of %s has words in both languages, whatever is wrong", (_, schema, value) => {
    let count = 0
    for (const wrongValue of broken(value)) {
      for (const complaint of complaints(schema, wrongValue)) {
        const { en, zh } = wrong(complaint)
        count++
        assert.notMatch(en, /\p{Script=Han}/u)
        assert.match(zh, /\p{Script=Han}/u)
        // What is left in Latin letters is something to be written so: a literal, a name, an example.
        const left = zh.replaceAll(/"[^"]*"|\{[^}]*\}|\d{4}-\d\d\S*|[a-z]+\([a-z.]+\)/g, "")
        assert.notMatch(left, /\b(?:a|an|the|valid|string|value|expected)\b/i, `${en} → ${zh}`)
      }
    }
    assert.isAbove(count, 50)
  })
})
