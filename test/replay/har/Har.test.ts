import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Har from "../../../src/replay/har/Har.ts"
import { get, shop } from "../../support/scenarios.ts"
import { leavesOf } from "../../../src/replay/data.ts"
import * as Scenario from "../../../src/replay/Scenario.ts"
import { hash33 } from "../../../src/protocol/Hash.ts"
import * as Site from "../../../src/Site.ts"

const qrsig = "Stand-In-qrsig-1*0123456789"
const shown = "https://ssl.ptlogin2.qq.com/ptqrshow?appid=549000912&t=0.1&daid=5"
const polled = `https://ssl.ptlogin2.qq.com/ptqrlogin?aid=549000912&ptqrtoken=${hash33(qrsig)}`
const opened = "https://d1.web2.qq.com/channel/login2"
const waiting = "ptuiCB('66','0','','0','二维码未失效。', '')"

const pairs = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }))

const entry = (
  url: string,
  request: Readonly<Record<string, string>>,
  response: Readonly<Record<string, string>>,
  content: object,
  more: { readonly method?: string; readonly status?: number; readonly postData?: object | null } = {}
) => {
  const { method = "GET", postData, status = 200 } = more
  return {
    startedDateTime: "2026-02-10T16:30:00.123+08:00",
    request: { method, url, headers: pairs(request), ...(postData === undefined ? {} : { postData }) },
    response: { status, headers: pairs(response), content }
  }
}

const har = (...entries: ReadonlyArray<unknown>) => ({ log: { version: "1.2", creator: { name: "x" }, entries } })
const import_ = (...entries: ReadonlyArray<unknown>) => Effect.runSync(Har.fromHar(har(...entries)))
const cookiesOf = ({ requestHeaders }: { readonly requestHeaders: ReadonlyArray<readonly [string, string]> }) =>
  requestHeaders.flatMap(([name, value]) => (name.toLowerCase() === "cookie" ? value : []))

const png = { size: 4, mimeType: "image/png", text: "iVBORw==", encoding: "base64" }
const chrome = [
  entry(
    shown,
    { ":authority": "ssl.ptlogin2.qq.com", ":path": "/ptqrshow", cookie: "pgv_pvid=Stand-In-pvid" },
    { ":status": "200", "content-encoding": "br", "set-cookie": `qrsig=${qrsig};Path=/;Domain=ptlogin2.qq.com;` },
    png
  ),
  entry("https://stat.example/ptqrlogin?u=1", { cookie: "id=1" }, { "set-cookie": "id=2" }, { size: 0 }),
  entry("data:image/png;base64,AAAA", {}, {}, { size: 0 }),
  entry(polled, {}, {}, { size: 0 }, { status: 0 }),
  entry(
    polled,
    { ":method": "GET", cookie: `pgv_pvid=Stand-In-pvid; qrsig=${qrsig}` },
    { ":status": "200", "content-encoding": "gzip", "x-msg": "登录" },
    { size: 40, mimeType: "text/javascript", text: waiting },
    { postData: null }
  )
]

describe("a HAR file as Chrome saves it", () => {
  const { captures, foreign, site, startedAt } = import_(...chrome)

  it("holds the answered requests to Tencent's hosts", () => {
    assert.deepStrictEqual(
      captures.map(({ status, url }) => [status, url]),
      [
        [200, shown],
        [200, polled]
      ]
    )
  })

  it("tells when it began, in UTC, and where", () => {
    assert.strictEqual(startedAt, "2026-02-10T08:30:00.123Z")
    assert.strictEqual(site, Site.qzone)
  })

  it("has headers of HTTP/2, which are none, and an encoding that is over", () => {
    const names = captures.flatMap(({ requestHeaders, responseHeaders }) =>
      [...requestHeaders, ...responseHeaders].map(([name]) => name)
    )
    assert.deepStrictEqual(names, ["set-cookie", "cookie", "x-msg"])
  })

  it("has cookies from before, which no other client can send", () => {
    assert.deepStrictEqual(captures.flatMap(cookiesOf), [`qrsig=${qrsig}`])
    assert.deepStrictEqual(foreign, ["Stand-In-pvid", "Stand-In-pvid"])
  })

  it("has texts as they are, and pictures in base64", () => {
    assert.deepStrictEqual(
      captures.map(({ responseBody }) => Buffer.from(responseBody).toString("latin1")),
      ["\x89PNG", Buffer.from(waiting).toString("latin1")]
    )
  })

  it("has header values beyond Latin-1, which were UTF-8 on the wire", () => {
    const [, value = ""] = captures[1]?.responseHeaders[0] ?? []
    assert.strictEqual(Buffer.from(value, "latin1").toString("utf8"), "登录")
  })
})

describe("a HAR file as Firefox saves it", () => {
  it.each(["\n", "\r\n"])("has all Set-Cookie in one, with line ends: %j", (end) => {
    const lines = [`qrsig=${qrsig};Path=/`, "a=1;Path=/", "b=2"]
    const { captures } = import_(
      entry(shown, {}, { "Set-Cookie": lines.join(end) }, png),
      entry(polled, { Cookie: `a=1; c=3; qrsig=${qrsig}` }, {}, { text: waiting })
    )
    assert.deepStrictEqual(
      captures[0]?.responseHeaders,
      lines.map((line) => ["Set-Cookie", line] as const)
    )
    assert.deepStrictEqual(captures.flatMap(cookiesOf), [`a=1; qrsig=${qrsig}`])
  })

  it("may lack the picture, and the text of a form", () => {
    const type = "application/x-www-form-urlencoded"
    const postData = { mimeType: type, params: [{ name: "r", value: `{"a":"1 &"}` }] }
    const { captures } = import_(
      entry(shown, {}, { "Set-Cookie": `qrsig=${qrsig}` }, { size: 520 }),
      entry(opened, {}, {}, { text: "{}" }, { method: "post", postData })
    )
    assert.strictEqual(Buffer.from(captures[0]?.responseBody ?? []).toString("latin1"), "\x89PNG")
    const { method, requestBody = [], requestHeaders } = captures[1] ?? {}
    assert.deepStrictEqual([method, requestHeaders], ["POST", [["content-type", type]]])
    assert.deepStrictEqual([...new URLSearchParams(Buffer.from(requestBody).toString())], [["r", `{"a":"1 &"}`]])
  })

  it("is refused where only others' answers set cookies", () => {
    const noise = entry("https://a.example/", {}, { "Set-Cookie": "a=1" }, { text: "" })
    const error = Effect.runSync(Effect.flip(Har.fromHar(har(noise, entry(shown, {}, {}, png)))))
    assert.match(error.message, /no answer of the login in this file sets a cookie.*: export it again/)
  })
})

it("hosts of a site of one's own are taken, too, and no others", () => {
  const site = { ...Site.qzone, redirectHosts: ["login.example"] } as const
  const confirmed = "ptuiCB('0','0','https://login.example/check_sig?a=1','0','登录成功！', 'x')"
  const entries = har(
    entry(shown, {}, { "Set-Cookie": `qrsig=${qrsig}` }, png),
    entry(polled, { cookie: `qrsig=${qrsig}` }, {}, { text: confirmed }),
    entry("https://login.example/check_sig?a=1", {}, { "Set-Cookie": "a=1" }, { text: "" }, { status: 302 })
  )
  assert.lengthOf(Effect.runSync(Har.fromHar(entries, site)).captures, 3)
  assert.strictEqual(Effect.runSync(Effect.flip(Har.fromHar(entries))).reason, "no check_sig")
})

it("is of the site that is named, or of none", () => {
  const entries = har(
    entry(shown, {}, { "Set-Cookie": `qrsig=${qrsig}` }, png),
    entry(polled, { cookie: `qrsig=${qrsig}` }, {}, { text: waiting })
  )
  const { message, name, other, reason } = Effect.runSync(Effect.flip(Har.fromHar(entries, Site.vip)))
  assert.deepStrictEqual([reason, name, other], ["other site", "qzone", "vip"])
  assert.include(message, "this is a login at qzone, not at vip: leave --site out")
})

it("takes joined cookies apart in linear time, and no cookie whose value has commas", () => {
  const line = `qrsig=${qrsig};Path=/;Expires=Thu, 01 Jan 2026 00:00:00 GMT`
  const values = (text: string) =>
    import_(entry(shown, {}, { "Set-Cookie": text }, png)).captures[0]?.responseHeaders.map(([, value]) => value)
  assert.deepStrictEqual(values(`${line}, a=1; Path=/,b=2`), [line, "a=1; Path=/", "b=2"])
  assert.deepStrictEqual(values("a=1,b=2,c=3; Path=/, d=4,e=5"), ["a=1,b=2,c=3; Path=/", "d=4,e=5"])
  assert.lengthOf(values(`${"a=1,".repeat(60_000)}; Path=/`) ?? [], 1)
})

it("reads a value that stands in the place of another in linear time", () => {
  const stars = entry(shown, {}, { "Set-Cookie": `qrsig=${"*".repeat(200_000)}` }, png)
  assert.lengthOf(import_(stars).captures, 1)
})

it("of QQ Music has bodies in JSON, which are read as they were", () => {
  const scenario = Effect.runSync(Scenario.load("music"))
  const archive = Effect.runSync(Har.toHar(scenario)) as {
    log: { entries: Array<{ request: { postData?: { text: string } } }> }
  }
  const { text = "" } = archive.log.entries.at(-1)?.request.postData ?? {}
  const leaves = leavesOf(JSON.parse(text)).map(([path, leaf]) => [
    path,
    typeof leaf === "string" ? leaf : { json: leaf }
  ])
  assert.deepStrictEqual(Object.fromEntries(leaves), scenario.exchanges.at(-1)?.request.json)
  assert.deepInclude(JSON.parse(text).comm, { ct: 24, platform: "yqq" })
})

it("does not make more entries than anybody looks at, however often a scenario says that an exchange comes", () => {
  for (const times of [10_001, 2 ** 53 - 1]) {
    const error = Effect.runSync(
      Effect.flip(Har.toHar(shop([get("items", "https://shop.example/items", "x", { times })])))
    )
    assert.include(error.message, "too long for a HAR file")
  }
  const large = shop([get("items", "https://shop.example/items", "x".repeat(100_000), { times: 1001 })])
  assert.include(Effect.runSync(Effect.flip(Har.toHar(large))).message, "too long for a HAR file")
})

it.each([
  ["more headers", { "Set-Cookie": "a=b\n".repeat(1001) }],
  ["longer headers", { "Set-Cookie": `a=${"b".repeat(300_000)}` }]
])("takes no entry with %s than a server sends", (_, headers) => {
  const error = Effect.runSync(Effect.flip(Har.fromHar(har(entry(shown, {}, headers, {})))))
  assert.include(error.message, "more headers than a server sends")
})

it("takes as many cookies as anybody likes from before the login, and keeps none", () => {
  const cookie = Array.from({ length: 40_000 }, (_, n) => `c${n % 10}=1`).join(";")
  const { captures, foreign } = import_(entry(shown, { cookie }, { "Set-Cookie": `qrsig=${qrsig}` }, {}))
  assert.lengthOf(foreign, 40_000)
  assert.isUndefined(captures[0]?.requestHeaders.find(([name]) => name.toLowerCase() === "cookie"))
})
