/**
 * The direct reader against two encoders and the general decoder.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Fs from "node:fs"
import generator from "qrcode-generator"
import { payload } from "webqq-login/qr/QrDecoder"
import { fromText } from "webqq-login/qr/QrEncoder"
import type { QrMatrix } from "webqq-login/qr/QrMatrix"
import { fromPng } from "webqq-login/qr/QrPicture"
import { readText } from "webqq-login/qr/QrReader"
import { encode, loginText, loginTexts } from "./samples.ts"

const levels = ["low", "medium", "quartile", "high"] as const
const versions = Array.from({ length: 40 }, (_, index) => index + 1)

/** Made-up text that fits, the same in every run. */
const texts = (() => {
  let state = 20150401
  const next = (below: number) => (state = (state * 48271) % 2147483647) % below
  const of = (alphabet: string) => (length: number) =>
    Array.from({ length }, () => alphabet[next(alphabet.length)]).join("")
  return {
    digits: of("0123456789"),
    letters: of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"),
    bytes: of("abcdefghijklmnopqrstuvwxyz=&?_~椰é")
  }
})()

const generated = (
  version: number,
  level: "L" | "M" | "Q" | "H",
  ...segments: ReadonlyArray<readonly [text: string, mode: "Numeric" | "Alphanumeric" | "Byte"]>
): QrMatrix => {
  const code = generator(version as TypeNumber, level)
  for (const [text, mode] of segments) code.addData(text, mode)
  code.make()
  const size = code.getModuleCount()
  const isDark = (index: number) => code.isDark(Math.floor(index / size), index % size)
  return { size, modules: Uint8Array.from({ length: size * size }, (_, index) => Number(isDark(index))) }
}

describe("the reader of modules that are all right", () => {
  // An encoder tries eight masks, which takes its time: each version and level has its turn with one kind and length.
  const kinds = Object.values(texts)

  it("reads what the encoder writes: every version and level, digits, letters and bytes, of many lengths", () => {
    let read = 0
    for (const version of versions) {
      for (const [index, ecc] of levels.entries()) {
        const make = kinds[(version + index) % 3]!
        const text = make(index === version % 4 ? version * version : (version % 7) + 1)
        const encoded = fromText(text, { version, ecc })
        if (Result.isFailure(encoded)) continue
        assert.deepEqual(readText(encoded.success), Option.some(text), `${version} ${ecc}`)
        read++
      }
    }
    assert.isAbove(read, 130)
  })

  it("reads what another encoder writes, with whatever mask and mode that one chooses", () => {
    for (const version of versions) {
      for (const [index, level] of (["L", "M", "Q", "H"] as const).entries()) {
        // Of the large ones, which no login has and which take the longest, one level each.
        if (version > 10 && version % 4 !== index) continue
        const kind = (version + index + 1) % 3
        const mode = (["Numeric", "Alphanumeric", "Byte"] as const)[kind]!
        const text = [texts.digits, texts.letters, texts.digits][kind]!((version % 5) + 3)
        assert.deepEqual(readText(generated(version, level, [text, mode])), Option.some(text), `${version} ${level}`)
      }
    }
  })

  it("reads several segments in a row", () => {
    const matrix = generated(6, "M", ["HTTP://A.EXAMPLE/", "Alphanumeric"], ["0012345", "Numeric"], ["?x=a", "Byte"])
    assert.deepEqual(readText(matrix), Option.some("HTTP://A.EXAMPLE/0012345?x=a"))
  })

  it("agrees with the general decoder on codes as the server sends them, the recorded one among them", () => {
    const recorded = Result.getOrThrow(fromPng(Fs.readFileSync(new URL("../../fixtures/qr/s3e2.png", import.meta.url))))
    for (const matrix of [recorded, ...loginTexts(20).map((text) => encode(text, text.length % 2 === 0 ? 4 : 5))]) {
      const text = readText(matrix)
      assert.isTrue(Option.isSome(text))
      assert.deepEqual(text, payload(matrix))
    }
  })

  it("says nothing of a code with a wrong module, wherever it is, unless nothing is read from there", () => {
    const good = encode(loginText)
    const flipped = (...places: ReadonlyArray<number>): QrMatrix => ({
      ...good,
      modules: good.modules.map((dark, index) => (places.includes(index) ? 1 - dark : dark))
    })
    let unread = 0
    for (let place = 0; place < good.modules.length; place++) {
      const text = readText(flipped(place))
      // Patterns, and the second copy of the format.
      if (Option.isSome(text)) assert.strictEqual(text.value, loginText)
      else unread++
    }
    // All 807 modules of data but the 7 that fill up, and the 15 of the format.
    assert.isAbove(unread, 800)
    assert.deepEqual(payload(flipped(600, 700)), Option.some(loginText))
  })

  it("reads nothing from noise, of any size, and never throws", () => {
    let state = 1
    for (const version of versions) {
      const size = 17 + 4 * version
      for (let round = 0; round < 5; round++) {
        const modules = Uint8Array.from({ length: size * size }, () => (state = (state * 48271) % 2147483647) & 1)
        assert.deepEqual(readText({ size, modules }), Option.none())
      }
    }
  })
})
