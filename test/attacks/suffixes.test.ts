/**
 * Names below which domains belong to different people, in the place of a domain that a site of one's own calls its: some facts of the list
 * of all of them (publicsuffix.org), and the whole of it where the machine has it, as Debian's package `publicsuffix` does.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { existsSync, readFileSync } from "node:fs"
import * as CookieFormat from "webqq-login/CookieFormat"
import * as CookieJar from "webqq-login/CookieJar"
import * as Login from "webqq-login/Login"
import { toJson } from "webqq-login/Session"
import * as Site from "webqq-login/Site"
import { isBelow } from "../../src/cookieRules.ts"

const some = [
  "com",
  "cn",
  "xn--fiqs8s",
  "com.cn",
  "bj.cn",
  "gd.cn",
  "xn--55qx5d.cn",
  "com.hk",
  "idv.hk",
  "com.tw",
  "game.tw",
  "co.uk",
  "sch.uk",
  "tokyo.jp",
  "city.kawasaki.jp",
  "k12.ma.us",
  "github.io",
  "web.app",
  "pages.dev",
  "vercel.app",
  "cdn.example.ck",
  "s3.amazonaws.com",
  "cn-north-1.eb.amazonaws.com.cn",
  "duckdns.org",
  "blogspot.com",
  "eu.org"
]

const file = "/usr/share/publicsuffix/public_suffix_list.dat"
const list = existsSync(file) ? readFileSync(file, "utf8").split("\n") : []
/** The names of the list as hosts are written, with a name where the list says that any will do; exceptions are nobody's. */
const suffixes = new Set([
  ...some,
  ...list
    .filter((line) => /^[^/!\s]/.test(line))
    .map((line) => URL.parse(`https://${line.trim().replace("*", "any")}/`)?.hostname ?? "")
])

const cookie = (name: string, value: string, domain: string) => ({
  name,
  value,
  domain,
  path: "/",
  secure: true,
  httpOnly: false,
  hostOnly: false
})

/** A stranger's description that calls all below the suffix its own, as the schema of site files reads it. */
const strangers = (suffix: string) =>
  Schema.decodeUnknownResult(Site.Site)({
    ...Schema.encodeSync(Site.Site)(Site.qzone),
    name: "mine",
    target: `shop.${suffix}`,
    opens: `shop.${suffix}`,
    redirectHosts: [`ptlogin2.shop.${suffix}`],
    cookieDomains: [suffix],
    check: { ...Site.qzone.check, url: `https://api.shop.${suffix}/` }
  })

/** Of the whole list every twentieth: they differ in letters alone. */
const accepted = [...suffixes].flatMap((suffix, at) => {
  if (at >= some.length && at % 20 > 0) return []

  const site = strangers(suffix)
  return Result.isSuccess(site) ? [{ suffix, site: site.success }] : []
})

describe("names that many share", () => {
  it("are none of ours: no site that comes along calls one its own, nor lies anything of it below one", () => {
    for (const { cookieDomains, name } of Site.all) {
      for (const domain of [...cookieDomains, ...Site.hostsOf(Site.find(name) ?? Site.qzone)]) {
        const above = [...suffixes].filter((suffix) => isBelow(domain, suffix) && suffix !== "com")
        assert.deepStrictEqual(above, [], `${name}: ${domain}`)
      }
    }
    assert.deepStrictEqual(
      [...suffixes].filter((suffix) => isBelow(suffix, "qq.com")),
      []
    )
  })

  it("are mistakes in a site file where a country has made them", () => {
    const refused = ["com", "cn", "com.cn", "com.hk", "com.tw", "co.uk"]
    const seen = new Set(accepted.map(({ suffix }) => suffix))
    for (const suffix of refused) assert.isFalse(seen.has(suffix), suffix)
    assert.isTrue(seen.has("github.io"))
  })

  it.effect("give a site that calls one its own no cookie of others from a browser", () =>
    Effect.forEach(accepted, ({ site, suffix }) =>
      Effect.gen(function* () {
        const file = CookieFormat.netscape(
          yield* CookieFormat.valid([
            cookie("p_skey", "a", `shop.${suffix}`),
            cookie("uin", "o012345", `shop.${suffix}`),
            cookie("more", "a", `a.api.shop.${suffix}`),
            cookie("CANARY", "CANARY", `bank.${suffix}`),
            cookie("CANARY", "CANARY", `login.bank.${suffix}`),
            cookie("CANARY", "CANARY", `myshop.${suffix}`)
          ])
        )
        const session = yield* Login.fromCookies(site, CookieFormat.fromFile(file) ?? [])
        const kept = toJson(session).cookies
        assert.notInclude(JSON.stringify(kept), "CANARY", suffix)
        assert.deepStrictEqual(kept.map(({ name }) => name).toSorted(), ["more", "p_skey", "uin"], suffix)
      })
    )
  )

  it.effect("carry what a site's server sets for its own host to no other that lies there", () =>
    Effect.forEach(accepted, ({ site, suffix }) =>
      Effect.gen(function* () {
        const jar = CookieJar.make({ domains: site.cookieDomains })
        yield* jar.store(`https://shop.${suffix}/`, ["a=b; Secure", `c=d; Domain=shop.${suffix}`, "e=f; Domain=bank.x"])
        assert.strictEqual(yield* jar.header(`https://api.shop.${suffix}/`), "c=d", suffix)
        assert.isUndefined(yield* jar.header(`https://bank.${suffix}/`), suffix)
      })
    )
  )
})
