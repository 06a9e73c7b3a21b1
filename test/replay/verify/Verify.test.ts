import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import * as Os from "node:os"
import * as Path from "node:path"
import { suspicious } from "../../../src/replay/verify/suspicious.ts"
import * as Verify from "../../../src/replay/verify/Verify.ts"
import { get, shopFile } from "../../support/scenarios.ts"

const root = new URL("../../../fixtures/", import.meta.url).pathname

/** A copy of a scenario in a folder of its own, with the pictures beside it, broken by `change`. */
const copyOf = Effect.fn(function* (name: string, change: (json: any) => unknown, write: (json: unknown) => string) {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
    (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
  )
  Fs.cpSync(`${root}qr`, Path.join(folder, "qr"), { recursive: true })
  Fs.mkdirSync(Path.join(folder, name))
  const json = JSON.parse(Fs.readFileSync(`${root}${name}/scenario.json`, "utf8"))
  change(json)
  Fs.writeFileSync(Path.join(folder, name, "scenario.json"), write(json))
  return Path.join(folder, name)
})

const pretty = (json: unknown) => `${JSON.stringify(json, null, 2)}\n`
const exchange = (json: any, id: string) => json.exchanges.find((one: any) => one.id === id)
const cookie = (json: any, id: string, name: string, value: string) => {
  const header = exchange(json, id).response.headers.find(([, line]: [string, string]) => line.startsWith(`${name}=`))
  header[1] = header[1].replace(/=[^;]*/, `=${value}`)
}

const broken: ReadonlyArray<
  readonly [
    what: string,
    name: string,
    rule: Verify.Finding["rule"],
    says: RegExp,
    change: (json: any) => unknown,
    write?: (json: unknown) => string
  ]
> = [
  [
    "an answer of which a source is cited, and not for what",
    "webqq",
    "provenance",
    /poll-waiting\.from: say of each part of the answer where it comes from/,
    (json) => delete exchange(json, "poll-waiting").from
  ],
  [
    "a part of an answer of which nothing is said",
    "webqq",
    "provenance",
    /poll-confirmed\.from: it says nothing of cookie /,
    (json) => (exchange(json, "poll-confirmed").from.rebuilt = "body")
  ],
  [
    "a word for a part that the answer does not have",
    "webqq",
    "provenance",
    /poll-waiting\.from: the answer has nothing that is left for cookie skey/,
    (json) => (exchange(json, "poll-waiting").from.told = "status, cookie skey")
  ],
  [
    "a part of which two things are said",
    "webqq",
    "provenance",
    /poll-waiting\.from: it says body twice/,
    (json) => (exchange(json, "poll-waiting").from.told = "status, body")
  ],
  [
    "an answer that is transcribed, and that nobody printed",
    "webqq",
    "provenance",
    /poll-waiting\.from: nobody has printed any of it/,
    (json) => (exchange(json, "poll-waiting").from = { told: "status, body", "made up": "header *" })
  ],
  [
    "parts of an answer in the first format, which knows none",
    "webqq",
    "schema",
    /"webqq-fixture\/2", which knows "from"/,
    (json) => {
      json.format = "webqq-fixture/1"
      for (const key of ["equal", "demands", "optional", "titleZh"]) delete json[key]
    }
  ],
  [
    "a wrong ptqrtoken",
    "webqq",
    "hashes",
    /ptqrtoken: write 1269884978, the hash33/,
    (json) => (exchange(json, "poll-scanned").request.query.ptqrtoken = "1")
  ],
  [
    "a wrong auth_token",
    "renewed-silently",
    "hashes",
    /auth_token: write \d+, the time33/,
    (json) => (exchange(json, "pt4-auth").request.query.auth_token = "1")
  ],
  [
    "a demand on an address that nobody asks",
    "webqq",
    "demands",
    /demands of https:\/\/nowhere\.qq\.com\/x: no exchange asks there/,
    (json) => json.demands.push({ url: "https://nowhere.qq.com/x" })
  ],
  [
    "a demand on what nobody has recorded",
    "webqq",
    "demands",
    /ptqrlogin, header x-shop: no exchange has recorded it/,
    (json) => (json.demands[1].required["header x-shop"] = { evidence: "none" })
  ],
  [
    "a demand that its own exchange does not meet",
    "webqq",
    "demands",
    /getvfwebqq\.request: not as its own demand has it: header referer: expected a match of x/,
    (json) =>
      (json.demands.find(({ url }: { url: string }) => url.endsWith("/getvfwebqq")).required["header referer"].is = {
        re: "x"
      })
  ],
  [
    "an echo of what is no text",
    "webqq",
    "demands",
    /ptqrlogin, echoed query\.action: no exchange has recorded a text there/,
    (json) => json.demands[1].echoed.push("query.action")
  ],
  [
    "addresses that are equal to none",
    "webqq",
    "demands",
    /equal https:\/\/a\.qq\.com\/, https:\/\/b\.qq\.com\/: no exchange asks there/,
    (json) => json.equal.push({ addresses: ["https://a.qq.com/", "https://b.qq.com/"], evidence: "none" })
  ],
  [
    "a secret in an optional exchange",
    "webqq",
    "stand-ins",
    /login-page/,
    (json) => (json.optional[0].response.headers[1][1] = "pt_login_sig=hJ9GvNxoIvLjP5I5dQ19KPa3zwxNI62eALLO;Path=/;")
  ],
  [
    "an unknown key",
    "webqq",
    "schema",
    /exchanges\[0\]\.request\.quary: unknown key/,
    (json) => (json.exchanges[0].request.quary = {})
  ],
  [
    "a secret that looks real",
    "webqq",
    "stand-ins",
    /poll-confirmed\.response cookie superkey: .*replace it by a stand-in/,
    (json) => cookie(json, "poll-confirmed", "superkey", "tKv6mZq-83Lw*Xr0NhYp2BsJd7UcFe4GaQi9-oVxM_")
  ],
  [
    "a secret in a corner",
    "webqq",
    "stand-ins",
    /getvfwebqq\.response\.headers.*looks like a secret/,
    (json) => exchange(json, "getvfwebqq").response.headers.push(["X-Trace", "id=tKv6mZq83LwXr0Nh"])
  ],
  [
    "a secret as a key",
    "webqq",
    "stand-ins",
    /login2\.response\.body\.json\.result: "tKv6…" \(38 letters\)/,
    (json) => (exchange(json, "login2").response.body.json.result.tKv6mZq83LwXr0NhYp2BsJd7UcFe4GaQi9oVxM = 1)
  ],
  [
    "an account as a number",
    "webqq",
    "stand-ins",
    /login2\.response\.body\.json\.result\.account: "2876…"/,
    (json) => (exchange(json, "login2").response.body.json.result.account = 287654913)
  ],
  [
    "the address of a client as a number",
    "webqq",
    "stand-ins",
    /result\.cip: "1923…"/,
    (json) => (exchange(json, "login2").response.body.json.result.cip = 1923847563)
  ],
  [
    "a number in a text",
    "webqq",
    "stand-ins",
    /getvfwebqq\.response\.headers.*"1381…"/,
    (json) => exchange(json, "getvfwebqq").response.headers.push(["X-Id", "call 13812345678"])
  ],
  [
    "a secret that is percent-encoded",
    "webqq",
    "stand-ins",
    /getvfwebqq\.response\.headers.*"tKv6…"/,
    (json) => exchange(json, "getvfwebqq").response.headers.push(["X-Id", "tKv6mZ%2Fq83Lw%2BXr0NhYp%2A2BsJd7%3D"])
  ],
  [
    "an skey in a header",
    "webqq",
    "stand-ins",
    /getvfwebqq\.response\.headers.*"@tK6…"/,
    (json) => exchange(json, "getvfwebqq").response.headers.push(["X-Id", "@tK6mZqLw9"])
  ],
  [
    "a mail address",
    "webqq",
    "stand-ins",
    /getvfwebqq\.response\.headers.*"zhan…"/,
    (json) => exchange(json, "getvfwebqq").response.headers.push(["X-Id", "zhang.wei@qq.com"])
  ],
  ["a number in the title", "webqq", "stand-ins", /title: "1381…"/, (json) => (json.title = "call 13812345678")],
  [
    "a secret in a body of base64",
    "webqq",
    "stand-ins",
    /getvfwebqq\.response\.body\.base64: "tKv6…"/,
    (json) =>
      (exchange(json, "getvfwebqq").response.body = {
        base64: Buffer.from("tKv6mZq83LwXr0NhYp2BsJd7UcFe4GaQi9oVxM").toString("base64")
      })
  ],
  [
    "a site that nobody knows",
    "webqq",
    "site",
    /no site is called "webq": did you mean "webqq"/,
    (json) => (json.site = "webq")
  ],
  [
    "what else is wrong where the site has a wrong name",
    "webqq",
    "hashes",
    /poll-scanned\.request\.query\.ptqrtoken: write 1269884978/,
    (json) => {
      json.site = "webq"
      exchange(json, "poll-scanned").request.query.ptqrtoken = "1"
    }
  ],
  ["no provenance", "webqq", "schema", /provenance: Missing key/, (json) => delete json.provenance],
  [
    "a source that nobody can look up",
    "webqq",
    "provenance",
    /"somewhere on the web" cannot be looked up; write owner\/repository/,
    (json) => (json.provenance.cite = ["somewhere on the web"])
  ],
  [
    "a recording of a site that is closed",
    "webqq",
    "provenance",
    /closed since 2019-01.*say synthetic/,
    (json) => (json.provenance = { kind: "recorded", tool: "x", date: "2026-01-01" })
  ],
  [
    "an exchange that nobody asks for",
    "webqq",
    "outcome",
    /"after" was never requested/,
    (json) => json.exchanges.push({ ...exchange(json, "getvfwebqq"), id: "after" })
  ],
  [
    "an exchange that comes less often than it says",
    "webqq",
    "outcome",
    /"login2" was requested once, not twice/,
    (json) => (exchange(json, "login2").times = 2)
  ],
  [
    "a wrong sha256",
    "webqq",
    "schema",
    /body\.file: .*sha256/,
    (json) => (json.exchanges[0].response.body.sha256 = "0".repeat(64))
  ],
  [
    "a path out of the fixtures",
    "webqq",
    "schema",
    /outside of the fixtures folder; copy the file into it/,
    (json) => (json.exchanges[0].response.body.file = "../../../etc/passwd")
  ],
  [
    "another order of keys",
    "webqq",
    "form",
    /canonical form: keys in the order/,
    (json) => json,
    ({ format, ...rest }: any) => pretty({ ...rest, format })
  ],
  ["another indent", "webqq", "form", /canonical form/, (json) => json, (json) => JSON.stringify(json)],
  [
    "a wrong outcome",
    "webqq",
    "outcome",
    /^vfwebqq: expected .*, got .*; correct the outcome/,
    (json) => (json.outcome.session.vfwebqq = "00".repeat(40))
  ],
  [
    "an error where there is a session",
    "webqq",
    "outcome",
    /^end: expected QrRefused, got a session/,
    (json) => (json.outcome = { error: "QrRefused", step: "ScanStatus", events: json.outcome.events })
  ],
  [
    "a psessionid of somebody else",
    "webqq",
    "accounts",
    /psessionid: it holds the uin, the skey and the vfwebqq/,
    (json) => (exchange(json, "login2").response.body.json.result.psessionid = "8368")
  ],
  [
    "a wrong g_tk",
    "qzone",
    "accounts",
    /outcome\.session\.gtk: write 1881399958/,
    (json) => (json.outcome.session.gtk = 1)
  ],
  [
    "a nickname that its cookie does not fit",
    "webqq",
    "accounts",
    /ptnick_123456789: write e6a4b0e5ad90/,
    (json) => cookie(json, "poll-confirmed", "ptnick_123456789", "00112233")
  ],
  [
    "a redirect to another address",
    "webqq",
    "redirect",
    /check-sig\.request: its address and query are those of the callback/,
    (json) => (exchange(json, "check-sig").request.query.daid = "1")
  ],
  [
    "a request that says nothing of trace headers",
    "webqq",
    "requests",
    /getvfwebqq\.request\.headers: add "traceparent"/,
    (json) => delete exchange(json, "getvfwebqq").request.headers.traceparent
  ],
  [
    "a session from the future",
    "renewed-silently",
    "saved",
    /saved\.obtainedAt: it lies before the clock/,
    (json) => (json.saved.obtainedAt = "2030-01-01T00:00:00.000Z")
  ]
]

describe("verify", () => {
  it.live.each(broken)("finds %s", ([, name, rule, says, change, write]) =>
    Effect.scoped(
      Effect.gen(function* () {
        const findings = yield* Verify.verify(yield* copyOf(name, change, write ?? pretty))
        assert.include(
          findings.map((finding) => finding.rule),
          rule
        )
        assert.match(
          findings
            .filter((finding) => finding.rule === rule)
            .map(({ text }) => text)
            .join("\n"),
          says
        )
        for (const { zh } of findings) assert.match(zh, /\p{Script=Han}/u)
      })
    )
  )

  it.live("finds what belongs to nothing beside a scenario", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* copyOf("webqq", (json) => json, pretty)
        Fs.writeFileSync(Path.join(folder, "raw.har"), "{}")
        assert.deepStrictEqual(yield* Verify.verify(folder), [
          {
            rule: "files",
            text: "raw.har: no exchange refers to it; take it out of the folder",
            zh: "raw.har：没有任何交互用到它；请移出文件夹"
          }
        ])
      })
    )
  )

  it("reads a body of millions of letters, all of them of one word", () => {
    const [found = ""] = suspicious("ab12".repeat(1_500_000), new Set())
    assert.lengthOf(found, 6_000_000)
  })

  it.live("makes a complaint of a fault of its own, so that other scenarios are looked through all the same", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* copyOf("webqq", (json) => json, pretty)
        const broken = vi.spyOn(process.getBuiltinModule("node:fs"), "readdirSync").mockImplementation(() => {
          throw new RangeError("too deep")
        })
        syncBuiltinESMExports()
        const findings = yield* Verify.verify(folder)
        broken.mockRestore()
        syncBuiltinESMExports()
        assert.deepStrictEqual(findings, [
          {
            rule: "defect",
            text: "this cannot be looked through (RangeError), a fault in this program: look for a newer version",
            zh: "无法检查此场景（RangeError），这是本程序的故障：请查找新版本"
          }
        ])
      })
    )
  )

  it("has a broken copy for every rule", () => {
    assert.deepStrictEqual(
      [...new Set(broken.map(([, , rule]) => rule))].sort(),
      Verify.ruleNames.filter((name) => name !== "files" && name !== "defect").toSorted()
    )
  })

  it.live("leaves a copy alone that is not broken, and one of another protocol", () =>
    Effect.scoped(
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* Verify.verify(yield* copyOf("webqq", (json) => json, pretty)), [])
        const shop = shopFile([get("first", "https://shop.example/", "hello")], {
          provenance: { kind: "synthetic", reason: "made up in order to try the harness with another protocol" }
        })
        const folder = yield* copyOf(
          "webqq",
          () => 0,
          () => pretty(shop)
        )
        assert.deepStrictEqual(yield* Verify.verify(folder), [])
      })
    )
  )
})
