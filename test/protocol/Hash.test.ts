import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { gtk, hash33, time33 } from "../../src/protocol/Hash.ts"

/** The definition, without any limit on the size of a number. */
const reference = (start: bigint, bits: bigint, text: string): number => {
  let e = start
  for (let i = 0; i < text.length; i++) e = e * 33n + BigInt(text.charCodeAt(i))
  return Number(e % (1n << bits))
}

describe("hash33", () => {
  // The second line is a spent picture's qrsig that was published with its token.
  it.each<readonly [text: string, hash: number]>([
    ["abc", 108966],
    [
      "a6507890388180dc6bf8b266a5ddbeb566bd95f0bb18944c2c71100b1c3db75adccd0f475fd385837ed8c7e96136d48465c8c2d7f48f71f2",
      1739325157
    ],
    ["", 0],
    ["a", 97],
    ["0".repeat(64), 1757367296],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-", 1867930594],
    [`${"Zz9*-".repeat(12)}AbCd`, 1498095418],
    ["0123456789abcdef".repeat(7), 635546766],
    ["f".repeat(112), 1173439136]
  ])("of %s is %d", (text, hash) => {
    assert.strictEqual(hash33(text), hash)
  })

  it.each<readonly [source: string, text: string, printed: number, hash: number]>([
    [
      "KiinGma/qqbot hash33.go",
      "c775bd7feb19c8ee9241acb98a256a67f38a3d64677b3d7beb608a08c77af66a9fa496074c19f389f1a616eba36853cf98dbd7b9c4a4739b",
      504669808,
      1128024912
    ],
    [
      "a Python snippet with a pt_login_sig",
      "OBTwVJ1iHXWm0S7RtCuzONb5mcwGRCxQTvCNY5a*0S*Bk1tXvW569aol*M3-QyAP",
      379528394,
      1671614838
    ]
  ])("is not what %s prints in a comment beside other input", (_source, text, printed, hash) => {
    assert.notStrictEqual(hash33(text), printed)
    assert.strictEqual(hash33(text), hash)
    assert.strictEqual(hash33(text), reference(0n, 31n, text))
  })

  it.prop("is the reference modulo 2^31 for any text", [Schema.String], ([text]) => {
    assert.strictEqual(hash33(text), reference(0n, 31n, text))
  })
})

describe("gtk", () => {
  it.each<readonly [text: string, hash: number]>([
    ["", 5381],
    ["@abc", 2088882539],
    ["@AbCdEfGhI", 1358553458],
    ["@0000000000", 178399237],
    ["AbCdEfGhIjKlMnOpQrStUvWxYz0123456789*-AbCdE_", 1881399958]
  ])("of %s is %d", (text, hash) => {
    assert.strictEqual(gtk(text), hash)
  })

  it.prop("is the reference from 5381 modulo 2^31 for any text", [Schema.String], ([text]) => {
    assert.strictEqual(gtk(text), reference(5381n, 31n, text))
  })
})

describe("time33", () => {
  it.each<readonly [text: string, hash: number]>([
    ["", 0],
    ["123456789", 1135685853],
    ["1234567890", 3117894829],
    ["f".repeat(112), 1173439136]
  ])("of %s is %d", (text, hash) => {
    assert.strictEqual(time33(text), hash)
  })

  it.prop("is the reference modulo 2^32 for any text", [Schema.String], ([text]) => {
    assert.strictEqual(time33(text), reference(0n, 32n, text))
  })
})

describe("the two 33s", () => {
  it("differ by the 32nd bit", () => {
    assert.strictEqual(time33("1234567890") - hash33("1234567890"), 2 ** 31)
  })
})

describe("long input", () => {
  it("stays exact over 10,000 units of the largest value", () => {
    const text = "\uFFFF".repeat(10_000)
    assert.strictEqual(hash33(text), reference(0n, 31n, text))
    assert.strictEqual(gtk(text), reference(5381n, 31n, text))
    assert.strictEqual(time33(text), reference(0n, 32n, text))
  })
})
