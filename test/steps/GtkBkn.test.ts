import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as CookieJar from "webqq-login/CookieJar"
import * as Site from "webqq-login/Site"
import * as GtkBkn from "webqq-login/steps/GtkBkn"
import { inLogin } from "../support/inLogin.ts"

const uin = "uin=o0123456789; Path=/; Domain=qq.com"
const skey = "skey=@AbCdEfGhI; Path=/; Domain=qq.com"
const pSkey = (site: Site.Site, value = "@abc") => `p_skey=${value}; Path=/; Domain=${site.target}; Secure`
const forbid = (site: Site.Site) => `p_skey_forbid=1; Path=/; Domain=${site.target}`

const reading = Effect.fnUntraced(function* (site: Site.Site, cookies: ReadonlyArray<string>) {
  const { jar, run } = inLogin([])
  yield* jar.store(`https://ptlogin2.${site.target}/check_sig`, cookies)
  return yield* run(
    Effect.match(GtkBkn.read(site), {
      onFailure: (error): Readonly<Record<string, unknown>> => ({ ...error }),
      onSuccess: (value) => ({ ...value })
    })
  )
})

// g_tk of @abc and of @AbCdEfGhI (PROTOCOL.md, hashes).
const [ofP, ofS] = [2088882539, 1358553458]

describe("GtkBkn.read", () => {
  it.effect.each<readonly [Site.Site, Readonly<Record<string, number>>]>([
    [Site.qzone, { gtk: ofP, bkn: ofS }],
    [Site.qun, { gtk: ofP, bkn: ofS }],
    [Site.vip, { gtk: ofP, bkn: ofS }],
    [Site.game, { gtk: ofP, bkn: ofS }],
    [Site.pd, { gtk: ofP, bkn: ofP }]
  ])("makes each number of the cookie that the site's data name", ([site, numbers]) =>
    Effect.gen(function* () {
      assert.deepEqual(yield* reading(site, [uin, skey, pSkey(site)]), { uin: 123456789, ...numbers })
    })
  )

  it.effect.each([Site.qzone, Site.qzoneH5, Site.vip, Site.pd])(
    "never takes skey for a p_skey that did not come",
    (site) =>
      Effect.gen(function* () {
        const lack = { _tag: "CookieMissing", name: "p_skey", host: site.target, step: "Signature" }
        for (const cookies of [
          [uin, skey],
          [uin, skey, pSkey(site, "")]
        ]) {
          const outcome = yield* reading(site, cookies)
          assert.deepInclude(outcome, lack)
          assert.notProperty(outcome, "forbidden")
        }
        const outcome = yield* reading(site, [uin, skey, pSkey(site, ""), forbid(site)])
        assert.deepInclude(outcome, { ...lack, forbidden: true })
      })
  )

  it.effect.each([Site.qun, Site.game])(
    "does without p_skey, but not without skey, where calls are signed with that",
    (site) =>
      Effect.gen(function* () {
        assert.deepEqual(yield* reading(site, [uin, skey]), { uin: 123456789, bkn: ofS })
        assert.deepInclude(yield* reading(site, [uin, pSkey(site)]), { _tag: "CookieMissing", name: "skey" })
      })
  )

  const own: Site.Site = { ...Site.qzone, needs: ["pt4_token"], signing: { gtk: "skey", bkn: "p_skey" } }

  it.effect.each([...Site.all, own])("reads no cookie but those that it names", (site) =>
    Effect.gen(function* () {
      const read = new Set<string>()
      const jar = CookieJar.CookieJar.of({
        ...CookieJar.make({ domains: [] }),
        // Where p_uin is, uin is not looked for.
        find: (name) =>
          Effect.sync(() => {
            read.add(name)
            return name === "p_uin" ? Option.none() : Option.some(Redacted.make("o0123456789"))
          })
      })
      yield* Effect.provideService(GtkBkn.read(site), CookieJar.CookieJar, jar)
      assert.includeMembers([...read], ["p_skey", "skey", "p_uin", "uin", ...(site.needs ?? [])])
      assert.deepEqual(
        [...read].filter((name) => !GtkBkn.isRead(site, name)),
        []
      )
      assert.isFalse(GtkBkn.isRead(site, "ptcz"))
    })
  )

  it.effect("takes the need of a site of one's own from its data", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* reading(own, [uin, skey, pSkey(own)]), { _tag: "CookieMissing", name: "pt4_token" })
      const token = "pt4_token=T; Path=/; Domain=qzone.qq.com"
      assert.deepEqual(yield* reading(own, [uin, skey, token]), { uin: 123456789, gtk: ofS })
    })
  )
})
