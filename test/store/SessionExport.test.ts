import { assert, describe, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as SessionExport from "webqq-login/SessionExport"
import { toJson } from "webqq-login/Session"
import { qzone } from "../support/savedSessions.ts"

const passphrase = "correct horse"
const contents = { profile: "home", session: qzone }

/** Sealed cheaply: what the tests do a thousand times must not cost half a second each. */
const sealed = Effect.runSync(Effect.cached(SessionExport.seal(contents, passphrase, 1)))

const reasonOf = (text: string, word = passphrase) =>
  Effect.map(Effect.flip(SessionExport.open(text, word)), ({ reason }) => reason)

const resum = (text: string) => {
  const body = text.slice(0, text.lastIndexOf("\n") + 1)
  return body + createHash("sha256").update(body).digest("hex")
}

describe("a sealed session", () => {
  it.effect("opens to the session that it was made of", () =>
    Effect.gen(function* () {
      const opened = yield* SessionExport.open(yield* sealed, passphrase)
      assert.deepEqual([opened.profile, toJson(opened.session)], ["home", toJson(qzone)])
    })
  )

  it.effect("costs a guess a noticeable time and 128 MiB, unless told otherwise, and says so itself", () =>
    Effect.gen(function* () {
      const text = yield* SessionExport.seal(contents, passphrase)
      assert.deepInclude(JSON.parse(text.split("\n")[0] ?? ""), {
        format: "webqq-session/1",
        kdf: "scrypt",
        N: 131_072,
        r: 8,
        p: 1,
        cipher: "aes-256-gcm"
      })
    })
  )

  it.effect("has nothing readable of the session in it, and never the same bytes twice", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* sealed, yield* SessionExport.seal(contents, passphrase, 1)]
      for (const text of [one, Buffer.from(one.split("\n")[1] ?? "", "base64").toString("latin1")]) {
        assert.notMatch(text, /Secret|skey|123456789|qzone|home/)
      }
      for (const line of [0, 1, 2]) assert.notStrictEqual(one.split("\n")[line], two.split("\n")[line])
    })
  )

  it.effect("survives what editors and chats do to the ends of lines", () =>
    Effect.gen(function* () {
      const text = yield* sealed
      for (const variant of [`${text}\n`, `\n  ${text}\r\n`, text.replaceAll("\n", "\r\n")]) {
        assert.strictEqual((yield* SessionExport.open(variant, passphrase)).profile, "home")
      }
    })
  )

  it.effect("takes two spellings of one passphrase for the same, and other passphrases for wrong", () =>
    Effect.gen(function* () {
      const text = yield* SessionExport.seal(contents, "caf\u00e9 口令", 1)
      assert.strictEqual((yield* SessionExport.open(text, "cafe\u0301 口令")).profile, "home")
      for (const word of ["cafe 口令", "", "caf\u00e9 口令 "]) {
        assert.strictEqual(yield* reasonOf(text, word), "wrong passphrase")
      }
    })
  )

  it.effect("does not open with any byte of it changed", () =>
    Effect.gen(function* () {
      const text = yield* sealed
      const { length } = Buffer.from(text)
      for (let at = 0; at < length; at++) {
        for (const bit of [1, 0x20]) {
          const bytes = Buffer.from(text)
          bytes[at]! ^= bit
          const reason = yield* reasonOf(bytes.toString())
          assert.oneOf(reason, ["not a session file", "newer version", "damaged"], `byte ${at}, bit ${bit}`)
        }
      }
    })
  )

  it.effect("does not open cut off at any length, or with more behind it", () =>
    Effect.gen(function* () {
      const text = yield* sealed
      for (let length = 0; length < text.length; length++) {
        assert.oneOf(yield* reasonOf(text.slice(0, length)), ["not a session file", "damaged"], `length ${length}`)
      }
      assert.strictEqual(yield* reasonOf(`${text}\nmore`), "damaged")
    })
  )

  it.effect("is protected by more than its checksum: a forger who corrects that gets no further", () =>
    Effect.gen(function* () {
      const text = yield* sealed
      const [header = "", body = ""] = text.split("\n")
      const forgeries: ReadonlyArray<readonly [string, SessionExport.SessionFileError["reason"]]> = [
        [text.replace(body, `${body.startsWith("A") ? "B" : "A"}${body.slice(1)}`), "wrong passphrase"],
        [text.replace(body, body.slice(0, -24)), "wrong passphrase"],
        // Too short to be anything, and another spelling of the same bytes: found out before a key is made of the passphrase.
        [text.replace(body, ""), "damaged"],
        [text.replace(body, "AAAA"), "damaged"],
        [text.replace(body, `${body.slice(0, 8)}!${body.slice(8)}`), "damaged"],
        [text.replace(body, body.replaceAll("+", "-").replaceAll("/", "_").replace(/=*$/, "===")), "damaged"],
        // No version has ever written another.
        [text.replace('"p":1', '"p":2'), "damaged"],
        [text.replace('"N":2,', '"N":4,'), "wrong passphrase"],
        // Refused before a byte of memory is asked for.
        [text.replace('"N":2,', '"N":1073741824,'), "damaged"],
        [text.replace('"p":1', '"p":100'), "damaged"],
        [text.replace('"r":8', '"r":800'), "damaged"],
        [text.replace("scrypt", "none"), "damaged"],
        [text.replace(header, `${header.slice(0, -1)},"x":1}`), "wrong passphrase"],
        [text.replace(/webqq-session\/\d/, "webqq-session/3"), "newer version"],
        [
          text.replace(/webqq-session\/\d/, (format) => (format.endsWith("1") ? "webqq-session/2" : "webqq-session/1")),
          "wrong passphrase"
        ]
      ]
      for (const [forged, reason] of forgeries) {
        assert.notStrictEqual(forged, text)
        assert.strictEqual(yield* reasonOf(resum(forged)), reason, forged.slice(0, 160))
      }
    })
  )

  it("says in both languages what is wrong and what to do", () => {
    for (const reason of ["not a session file", "newer version", "damaged", "wrong passphrase"] as const) {
      const error = new SessionExport.SessionFileError({ reason })
      const [en, zh] = [SessionExport.describe(error), SessionExport.describe(error, "zh")]
      assert.strictEqual(error.message, en.message)
      for (const text of [en.message, en.cure]) assert.match(text, /^[ -~]{10,}$/)
      for (const text of [zh.message, zh.cure]) assert.match(text, /[\u4e00-\u9fff]/)
    }
  })
})
