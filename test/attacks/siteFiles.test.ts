/**
 * Descriptions of sites by strangers, who would send what they like, where they like, in the name of whoever logs in with them: what no honest
 * site needs is refused when the file is read, with its place, before anybody is asked to scan.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Site from "webqq-login/Site"
import { complaintsOf, place } from "../../src/errors/Complaint.ts"
import * as SiteCheck from "../../src/protocol/SiteCheck.ts"
import { stranger } from "../support/strangerStory.ts"

const check = (more: object) => ({ check: { ...stranger.check, ...more } })
const header = (name: string, value = "1") => check({ headers: { [name]: value } })
const authorize = (more: object) => ({ authorize: { ...stranger.authorize, ...more } })
const at = (host: string) => ({
  ...check({ url: `https://${host}/` }),
  cookieDomains: ["qq.com", host, host.split(".").slice(1).join(".")]
})
const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`h${n}`, "1"]))

let deep: Schema.Json = 1
for (let n = 0; n < 50_000; n++) deep = [deep]

const hostile: ReadonlyArray<readonly [what: string, change: object, place: string]> = [
  ["another host in a header, whose certificate would do", header("Host", "evil.example"), "check.headers.Host"],
  ["cookies of its own", header("cookie", "a=b"), "check.headers.cookie"],
  ["a length that never comes", header("content-length", "1000"), 'check.headers["content-length"]'],
  ["another end of its body", header("Transfer-Encoding", "chunked"), 'check.headers["Transfer-Encoding"]'],
  ["another protocol", header("upgrade", "h2c"), "check.headers.upgrade"],
  ["a header for a proxy", header("proxy-authorization", "Basic YTpi"), 'check.headers["proxy-authorization"]'],
  ["a line more in a header", header("x-a", "a\r\nx-b: c"), 'check.headers["x-a"]'],
  ["a line more in a header's name", header("x-a\r\nx-b"), "check.headers"],
  ["a header without a name", header(""), "check.headers"],
  ["letters that no header carries", header("x-a", "中文"), 'check.headers["x-a"]'],
  ["a thousand headers", check({ headers: names(1000) }), "check.headers"],
  ["a thousand parameters", check({ query: names(1000) }), "check.query"],
  ["half a letter in a query", check({ query: { a: "\ud800" } }), "check.query.a"],
  ["half a letter in a form", check({ method: "POST", query: {}, form: { a: "\udc00" } }), "check.form.a"],
  ["JSON without a floor", check({ method: "POST", query: {}, json: deep }), "check.json"],
  ["a value of a megabyte", check({ query: { a: "a".repeat(2 ** 20) } }), "check.query.a"],
  ["a name of this machine in numbers", at("127.0.0.1"), "check.url"],
  ["a name of this machine in other numbers", at("0x7f.1"), "check.url"],
  ["an address of an office", at("10.0.0.1"), "check.url"],
  ["a port", at("h5.weishi.qq.com:8443"), "check.url"],
  ["another host behind a user", check({ url: "https://h5.weishi.qq.com@evil.example/" }), "check.url"],
  ["another host behind a backslash", check({ url: "https://h5.weishi.qq.com\\@evil.example/" }), "check.url"],
  ["control characters in an address", check({ url: "https://h5.weishi.qq.com/\u0001" }), "check.url"],
  ["a target that is an address", { target: "10.0.0.1", cookieDomains: ["qq.com", "10.0.0.1"] }, "target"],
  ["a place to log in at that is another's", { opens: "evil.example" }, "cookieDomains"],
  ["an address where it is used", { opens: "127.0.0.1" }, "opens"],
  ["an address that check_sig may lead to", { redirectHosts: ["127.0.0.1"] }, "redirectHosts[0]"],
  ["an address where a code goes", authorize({ redirectUri: "https://10.0.0.1/cb" }), "authorize.redirectUri"],
  [
    "control characters where a code goes",
    authorize({ redirectUri: "https://a.b.qq.com/\u001b" }),
    "authorize.redirectUri"
  ],
  ["half a letter in a scope", authorize({ scope: "\ud800" }), "authorize.scope"],
  ["half a letter in u1", { u1: "https://qq.com/\ud800" }, "u1"],
  ["what steers a terminal in u1", { u1: "https://qq.com/\u001b[2J" }, "u1"],
  ["a u1 of 200,000 letters", { u1: `https://qq.com/${"a".repeat(200_000)}` }, "u1"],
  ["a cookie that cannot be", { needs: ["\u001b[2J"] }, "needs[0]"],
  ["a name that no session could be kept under", { name: "a".repeat(60) }, "name"],
  ["a value that only the session's own cookies have", check({ query: { a: "{{cookie p_skey}}" } }), "check.query.a"]
]

describe("a description of a site with", () => {
  it.each(hostile)("%s is refused, and where", (_, change, where) => {
    const read = Schema.decodeUnknownResult(Site.Site, { errors: "all" })({ ...stranger, ...change })
    assert.isTrue(Result.isFailure(read))
    const places = Result.isFailure(read) ? complaintsOf(read.failure).map(place) : []
    assert.isTrue(
      places.some((found) => found.startsWith(where)),
      places.join(" ")
    )
  })

  it("nothing of all that is read: those that live, and an honest stranger's", () => {
    for (const site of [...Site.all.filter(({ closed }) => closed === undefined), stranger]) {
      assert.isTrue(Result.isSuccess(Schema.decodeUnknownResult(Site.Site)(site)), site.name)
    }
  })

  it("a token of a server that is half a letter: the request can be made all the same", () => {
    const { check } = Site.webqq
    const request = check && SiteCheck.request(check, () => "\ud800")
    assert.include(request === undefined ? "" : Redacted.value(request.url), "%EF%BF%BD")
  })
})
