import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { generateKeyPairSync, X509Certificate } from "node:crypto"
import { Authority } from "webqq-login/replay"
import { certificate } from "../../../src/replay/tls/x509.ts"

const day = 24 * 60 * 60 * 1000

const made = (authority: Authority.Authority, ...names: readonly [string, ...Array<string>]) =>
  new X509Certificate(authority.vouchFor(...names).cert)

describe("an authority for one run", () => {
  it.effect("signs for names and addresses, and nobody else's certificate is taken for one of its own", () =>
    Effect.gen(function* () {
      const [authority, other] = [yield* Authority.make, yield* Authority.make]
      const own = new X509Certificate(authority.certificate)
      const server = made(authority, "ssl.ptlogin2.qq.com", "127.0.0.1", "::1")
      assert.isTrue(server.checkIssued(own))
      assert.isTrue(server.verify(own.publicKey))
      assert.isFalse(server.verify(new X509Certificate(other.certificate).publicKey))
      assert.isTrue(own.verify(own.publicKey))
      assert.deepStrictEqual([own.ca, server.ca], [true, false])
      assert.strictEqual(server.checkHost("ssl.ptlogin2.qq.com"), "ssl.ptlogin2.qq.com")
      assert.isUndefined(server.checkHost("xui.ptlogin2.qq.com"))
      assert.deepStrictEqual(
        [server.checkIP("127.0.0.1"), server.checkIP("::1"), server.checkIP("127.0.0.2")],
        ["127.0.0.1", "::1", undefined]
      )
      assert.deepStrictEqual(server.keyUsage, ["1.3.6.1.5.5.7.3.1"])
    })
  )

  it.live(
    "its certificates hold from a day ago for 397 days by the clock of the machine, and have numbers of their own",
    () =>
      Effect.gen(function* () {
        const authority = yield* Effect.provide(Authority.make, TestClock.layer())
        const now = yield* Clock.currentTimeMillis
        const [a, b] = [made(authority, "a.example"), made(authority, "b.example")]
        for (const { validFromDate, validToDate } of [a, b, new X509Certificate(authority.certificate)]) {
          assert.approximately(validFromDate.getTime(), now - day, 60_000)
          assert.strictEqual(validToDate.getTime() - validFromDate.getTime(), 397 * day)
        }
        assert.notStrictEqual(a.serialNumber, b.serialNumber)
      })
  )

  it("years have four digits from 2050 on", () => {
    const self = { commonName: "a", ...generateKeyPairSync("ec", { namedCurve: "P-256" }) }
    const [from, to] = [Date.UTC(2049, 11, 31, 23, 59, 59), Date.UTC(2050)]
    const { validFromDate, validToDate } = new X509Certificate(certificate({ subject: self, issuer: self, from, to }))
    assert.deepStrictEqual([validFromDate.getTime(), validToDate.getTime()], [from, to])
  })

  it.effect("can be read whatever its length: names of 1 to 63 characters, and two hundred names", () =>
    Effect.gen(function* () {
      const authority = yield* Authority.make
      const own = new X509Certificate(authority.certificate)
      const names = Array.from({ length: 200 }, (_, n) => `${"a".repeat(1 + (n % 63))}.${n}.example`)
      for (const name of names.slice(0, 63)) {
        const server = made(authority, name)
        assert.isTrue(server.verify(own.publicKey))
        assert.strictEqual(server.checkHost(name), name)
      }
      assert.strictEqual(made(authority, "first.example", ...names).checkHost(names[199] ?? ""), names[199])
    })
  )
})
