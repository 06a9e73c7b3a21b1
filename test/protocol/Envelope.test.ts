import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { ofJson } from "../../src/errors/answerFaults.ts"
import { decode, Login2Result, VfwebqqResult } from "../../src/protocol/Envelope.ts"
import type { Envelope } from "../../src/protocol/Envelope.ts"

const decodeVfwebqq = decode(VfwebqqResult)
const decodeLogin2 = decode(Login2Result)

const VFWEBQQ = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0011223344556677"
const PSESSIONID =
  "8368046764001d636f6e6e7365727665725f77656271714031302e3133332e34312e383400001ad00000066b026e040015cd5b076d0000000a" +
  `404162436445664768496d00000028${VFWEBQQ}`

const refused = (retcode: number, errmsg: string): Envelope<never> => ({ _tag: "Refused", retcode, errmsg })
/** Why an answer was bad, as people read it. */
const reasonOf = (verdict: Envelope<unknown>): string => {
  if (verdict._tag !== "Bad") return verdict._tag
  assert.match(ofJson(verdict.fault).zh, /\p{Script=Han}/u)
  return ofJson(verdict.fault).en
}

describe("getvfwebqq", () => {
  it("yields vfwebqq", () => {
    assert.deepStrictEqual(decodeVfwebqq(`{"retcode":0,"result":{"vfwebqq":"${VFWEBQQ}"}}`), {
      _tag: "Ok",
      result: { vfwebqq: VFWEBQQ }
    })
  })
})

describe("login2", () => {
  const ok: Envelope<typeof Login2Result.Type> = { _tag: "Ok", result: { uin: 123456789, psessionid: PSESSIONID } }

  it.each<readonly [era: string, text: string]>([
    [
      "the order of 2016 to 2018",
      `{"result":{"cip":23600812,"f":0,"index":1075,"port":47450,"psessionid":"${PSESSIONID}","status":"online","uin":123456789,"user_state":0,"vfwebqq":"${VFWEBQQ}"},"retcode":0}`
    ],
    [
      "the older order",
      `{"retcode":0,"result":{"uin":123456789,"cip":23600812,"index":1075,"port":51494,"status":"online","vfwebqq":"${VFWEBQQ}","psessionid":"${PSESSIONID}","user_state":0,"f":0}}`
    ]
  ])("yields uin and psessionid in %s, and leaves the useless vfwebqq behind", (_era, text) => {
    assert.deepStrictEqual(decodeLogin2(text), ok)
  })

  const withUin = (uin: string) => decodeLogin2(`{"retcode":0,"result":{"uin":${uin},"psessionid":"p"}}`)

  it.each([10001, 2458208514, 3017767504, Number.MAX_SAFE_INTEGER])("takes the uin %d", (uin) => {
    assert.deepStrictEqual(withUin(String(uin)), { _tag: "Ok", result: { uin, psessionid: "p" } })
  })

  it.each<readonly [uin: string, reason: string]>([
    ["9007199254740992", "Expected an integer"],
    ["9007199254740993", "Expected an integer"],
    ["12345678901234567890", "Expected an integer"],
    ["1e400", "Expected an integer"],
    ["1.5", "Expected an integer"],
    ["0", "Expected a value greater than 0"],
    ["-123456789", "Expected a value greater than 0"],
    [`"123456789"`, "Expected number"],
    ["null", "Expected number"]
  ])("does not round or repair the uin %s", (uin, reason) => {
    assert.strictEqual(reasonOf(withUin(uin)), `result: ${reason} at uin`)
  })
})

describe("refusals", () => {
  it.each<readonly [text: string, expected: Envelope<never>]>([
    [`{"retcode":100000}`, refused(100000, "")],
    [`{"errmsg":"","retcode":100001}`, refused(100001, "")],
    [`{"errmsg":"","retcode":103}`, refused(103, "")],
    [`{"retcode":103,"errmsg":""}`, refused(103, "")],
    [`{"retcode":108,"errmsg":""}`, refused(108, "")],
    [`{"retcode":100005,"errmsg":""}`, refused(100005, "")],
    [`{"errmsg":"error","retcode":103}`, refused(103, "error")],
    [`{"errmsg":"error!!!","retcode":103}`, refused(103, "error!!!")],
    [`{"retcode":114,"errmsg":"wrong web client3"}`, refused(114, "wrong web client3")],
    [`{"retcode":100000,"retmsg":"login domain error"}`, refused(100000, "login domain error")],
    [`{"retcode":116,"p":"2c0d8375e6c09f2af3ce60c6e081bdf4db271a14d0d85060"}`, refused(116, "")],
    [`{"retcode":121,"t":"0"}`, refused(121, "")],
    [`{"retcode":-1}`, refused(-1, "")],
    [`{"retcode":103,"errmsg":7,"retmsg":null}`, refused(103, "")],
    // A good result changes nothing when the server says no.
    [`{"retcode":103,"result":{"vfwebqq":"v","uin":1,"psessionid":"p"}}`, refused(103, "")]
  ])("%s", (text, expected) => {
    assert.deepStrictEqual(decodeVfwebqq(text), expected)
    assert.deepStrictEqual(decodeLogin2(text), expected)
  })

  it.each<readonly [text: string, expected: Envelope<never>]>([
    [`{"errmsg":"error","retcode":0,"retmsg":"ok"}`, refused(0, "error")],
    [`{"result":"error","retcode":0,"retmsg":"ok"}\n`, refused(0, "error")],
    [`{"errmsg":"error","retcode":0,"result":{"vfwebqq":"v"}}`, refused(0, "error")]
  ])("of retcode 0 that say error all the same: %s", (text, expected) => {
    assert.deepStrictEqual(decodeVfwebqq(text), expected)
  })

  it("do not come from an empty errmsg, a retmsg of ok, or both", () => {
    assert.deepStrictEqual(decodeVfwebqq(`{"errmsg":"","retcode":0,"retmsg":"ok","result":{"vfwebqq":"v"}}`), {
      _tag: "Ok",
      result: { vfwebqq: "v" }
    })
  })
})

describe("anything else is bad", () => {
  it.each<readonly [text: string, reason: string]>([
    ["", "not JSON"],
    [" ".repeat(60_000), "not JSON"],
    ["<html>\n<head><title>404 Not Found</title></head>\n</html>\n", "not JSON"],
    [`{"retcode":0,"result":{"vfwebqq":"v"}`, "not JSON"],
    [`{"retcode":0}{"retcode":0}`, "not JSON"],
    ["ptuiCB('65','0','','0','', '');", "not JSON"],
    ["[".repeat(100_000), "not JSON"],
    ["null", "not a JSON object"],
    ["0", "not a JSON object"],
    [`"retcode"`, "not a JSON object"],
    [`[{"retcode":0}]`, "not a JSON object"],
    ["{}", "no integer retcode"],
    [`{"result":{"vfwebqq":"v"}}`, "no integer retcode"],
    [`{"retcode":"0","result":{"vfwebqq":"v"}}`, "no integer retcode"],
    [`{"retcode":null}`, "no integer retcode"],
    [`{"retcode":0.5}`, "no integer retcode"],
    [`{"retcode":1e20}`, "no integer retcode"],
    [`{"__proto__":{"retcode":0,"result":{"vfwebqq":"v"}}}`, "no integer retcode"],
    [`{"errCode":0,"msg":"send ok"}`, "no integer retcode"],
    [`{"retcode":0}`, "no result"],
    [`{"retcode":0,"result":null}`, "result: Expected object"],
    [`{"retcode":0,"result":"ok"}`, "result: Expected object"],
    [`{"retcode":0,"result":[{"client_type":1,"status":"online","uin":3017767504}]}`, "result: Expected object"],
    [`{"retcode":0,"result":{}}`, `result: Missing key at vfwebqq`],
    [`{"retcode":0,"result":{"__proto__":{"vfwebqq":"v"}}}`, `result: Missing key at vfwebqq`],
    [`{"retcode":0,"result":{"vfwebqq":""}}`, `result: Expected a value with a length of at least 1 at vfwebqq`],
    [`{"retcode":0,"result":{"vfwebqq":5}}`, `result: Expected string at vfwebqq`]
  ])("%.60s", (text, reason) => {
    assert.strictEqual(reasonOf(decodeVfwebqq(text)), reason)
  })

  it.each([
    `S3CRET`,
    `"S3CRET"`,
    `{"retcode":"S3CRET"}`,
    `{"retcode":0,"result":"S3CRET"}`,
    `{"retcode":0,"result":["S3CRET"]}`,
    `{"retcode":0,"result":{"S3CRET":1,"uin":"S3CRET"}}`,
    `{"retcode":0,"result":{"uin":1,"psessionid":["S3CRET"]}}`,
    `{"retcode":0,"result":{"psessionid":"S3CRET"}}`,
    `{"retcode":0,"result":{"uin":-1,"psessionid":"S3CRET"}}`,
    `{"retcode":0,"result":{"uin":1,"psessionid":"S3CRET"}`
  ])("and its reason holds nothing of the body: %s", (text) => {
    const verdict = decodeLogin2(text)
    assert.strictEqual(verdict._tag, "Bad")
    assert.notInclude(JSON.stringify(verdict), "S3CRET")
  })
})

describe("properties", () => {
  const vectors = [
    `{"retcode":0,"result":{"vfwebqq":"${VFWEBQQ}"}}`,
    `{"errmsg":"error","retcode":0,"retmsg":"ok"}`,
    `{"errmsg":"","retcode":100001}`
  ]

  it.prop("any result that encodes is read back", [Login2Result], ([result]) => {
    assert.deepStrictEqual(decodeLogin2(JSON.stringify({ result, retcode: 0 })), { _tag: "Ok", result })
  })

  it.prop("no text makes it throw", [Schema.String], ([text]) => {
    assert.include(["Ok", "Refused", "Bad"], decodeLogin2(text)._tag)
  })

  it("a body cut short anywhere is bad", () => {
    for (const text of vectors) {
      for (let end = 0; end < text.length; end++) {
        assert.strictEqual(reasonOf(decodeVfwebqq(text.slice(0, end))), "not JSON")
      }
    }
  })
})
