import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Site from "webqq-login/Site"
import * as Endpoints from "../../src/protocol/Endpoints.ts"

const secret = (value: string) => Redacted.make(value)
const when = { random: 0.25, now: 1_543_651_200_789.5 }
const queryOf = ({ url }: Endpoints.QqRequest) => new URL(Redacted.value(url)).searchParams

/** Every request of a site. */
const requestsOf = (site: Site.Site) => ({
  ptqrshow: Endpoints.ptqrshow(site, when),
  ptqrlogin: Endpoints.ptqrlogin(site, secret("abc"), when),
  checkSig: Endpoints.checkSig(site, Endpoints.renewedCheckSig(site, "https://ptlogin2.web2.qq.com/check_sig?x=1")),
  getvfwebqq: Endpoints.getvfwebqq(site, secret("W"), when),
  login2: Endpoints.login2(site, secret("W")),
  pt4Auth: Endpoints.pt4Auth(site, secret("T"))
})
const { webqq, webqq2015, webqq2018, qzone } = Site

describe("the requests", () => {
  it.each<readonly [name: keyof ReturnType<typeof requestsOf>, step: string, method: string, kibibytes: number]>([
    ["ptqrshow", "QrCode", "GET", 256],
    ["ptqrlogin", "ScanStatus", "GET", 64],
    ["checkSig", "Redirect", "GET", 16],
    ["getvfwebqq", "Vfwebqq", "GET", 64],
    ["login2", "Psession", "POST", 64],
    ["pt4Auth", "Renewal", "GET", 64]
  ])("%s belongs to %s, is a %s, and takes an answer of %i KiB", (name, step, method, kibibytes) => {
    for (const site of [webqq, webqq2015, webqq2018, qzone]) {
      const request = requestsOf(site)[name]
      assert.deepStrictEqual([request.step, request.method, request.maxBytes], [step, method, kibibytes * 1024])
      assert.strictEqual(String(request.url), "<redacted:url>")
    }
  })

  it("only check_sig is one that a redirect should answer", () => {
    const redirecting = Object.entries(requestsOf(webqq)).filter(([, { redirects }]) => redirects)
    assert.deepStrictEqual(
      redirecting.map(([name]) => name),
      ["checkSig"]
    )
  })

  it("login2 is a form behind a plain address", () => {
    const { form, url } = requestsOf(webqq).login2
    assert.strictEqual(Redacted.value(url), "https://d1.web2.qq.com/channel/login2")
    assert.strictEqual(String(form), "<redacted:form>")
  })

  it("vary as a browser's do, and for the seed not at all", () => {
    const variable = (site: Site.Site) => {
      const { getvfwebqq, ptqrlogin, ptqrshow } = requestsOf(site)
      const times = [ptqrshow, getvfwebqq].map((request) => queryOf(request).get("t"))
      return [...times, queryOf(ptqrlogin).get("action")]
    }
    assert.deepStrictEqual(variable(webqq), ["0.25", "0.25", "0-0-200789"])
    assert.deepStrictEqual(variable(webqq2015), ["0.1", "0.1", "0-0-157510"])
    assert.strictEqual(queryOf(requestsOf(qzone).ptqrlogin).get("action"), "0-0-1543651200789")
  })

  it("of Web QQ's newer page are that page's of 2018, which never sent its address with the picture", () => {
    const { ptqrlogin, ptqrshow } = requestsOf(webqq2018)
    assert.isNull(queryOf(ptqrshow).get("u1"))
    assert.strictEqual(queryOf(requestsOf(qzone).ptqrshow).get("u1"), qzone.u1)
    const poll = queryOf(ptqrlogin)
    assert.deepStrictEqual(
      [poll.get("js_ver"), poll.get("u1"), poll.get("webqq_type")],
      ["10284", "https://web2.qq.com/proxy.html", null]
    )
  })
})
