import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { Engine, Scenario } from "webqq-login/replay"
import { gtk, hash33 } from "../../src/protocol/Hash.ts"
import { clientOf } from "./clients.ts"
import { type Changes, flatJar, type Jar, play, rightJar } from "./play.ts"

const load = (name: string) => Effect.runSync(Scenario.load(name))

const unbounded = (text: string) => Array.from(text).reduce((e, char) => e + (e << 5) + char.charCodeAt(0), 0)

/** A right jar whose cookies go out over http, too. */
const carelessJar = (): Jar => {
  const jar = rightJar()
  return { ...jar, of: (url) => jar.of(url.replace(/^http:/, "https:")) }
}

const withHeader =
  (path: string, name: string, value: string | undefined) =>
  (request: Engine.WireRequest): Engine.WireRequest =>
    new URL(request.url).pathname.endsWith(path)
      ? {
          ...request,
          headers: [
            ...request.headers.filter(([one]) => one !== name),
            ...(value === undefined ? [] : [[name, value] as const])
          ]
        }
      : request

const withoutCookie = (path: string, cookie: string) => (request: Engine.WireRequest) => {
  const line = request.headers.find(([name]) => name === "cookie")?.[1] ?? ""
  const kept = line.split("; ").filter((pair) => !pair.startsWith(`${cookie}=`))
  return withHeader(path, "cookie", kept.length === 0 ? undefined : kept.join("; "))(request)
}

const inUrl =
  (path: string, change: (url: URL) => void) =>
  (request: Engine.WireRequest): Engine.WireRequest => {
    const url = new URL(request.url)
    if (url.pathname.endsWith(path)) change(url)
    return { ...request, url: url.href }
  }

/** What an engine says of a client that somebody has changed, in both languages. */
const broken = (client: string, scenario: string, changes: Changes) => {
  const engine = Engine.make(load(scenario), { strictness: "server" })
  play(engine, clientOf(client), changes)
  return { engine, problems: engine.verify() }
}

const names = (problems: ReadonlyArray<Engine.Problem>) =>
  problems.flatMap((problem) => (problem._tag === "Unused" ? [] : (problem.fault?.name ?? "without a name")))

const cases: ReadonlyArray<readonly [fault: string, what: string, client: string, scenario: string, changes: Changes]> =
  [
    [
      "ptqrtoken-of-another-code",
      "the token of an old qrsig",
      "Yinzo",
      "expired-then-renewed",
      { tokenOf: ([first = ""]) => first }
    ],
    [
      "ptqrtoken-of-another-code",
      "the token of the first of two pictures that were asked for at once",
      "mioki",
      "qzone",
      { pictures: 2, tokenOf: ([first = ""]) => first }
    ],
    ["ptqrtoken-miscomputed", "g_tk in place of hash33", "mioki", "qzone", { hash: gtk }],
    ["ptqrtoken-miscomputed", "a hash that is never cut", "QRLib", "qzone", { hash: unbounded }],
    ["ptqrtoken-wrong", "a hash of something else", "slince", "webqq-2017-04", { hash: (text) => hash33(text) + 1 }],
    [
      "ptqrtoken-missing",
      "no token",
      "pandolia",
      "webqq-2017-04",
      { request: inUrl("/ptqrlogin", (url) => url.searchParams.delete("ptqrtoken")) }
    ],
    ["qrsig-missing", "no cookie qrsig", "mioki", "qzone", { request: withoutCookie("/ptqrlogin", "qrsig") }],
    [
      "qrsig-missing",
      "a poll over plain http, where a Secure qrsig does not go",
      "mioki",
      "qzone",
      {
        request: (request) =>
          withoutCookie(
            "/ptqrlogin",
            "qrsig"
          )({ ...request, url: request.url.replace(/^https:(?=.*ptqrlogin)/, "http:") })
      }
    ],
    ["poll-after-the-end", "a poll after 65", "slince", "expired-then-renewed", { pollsOn: 1 }],
    ["poll-after-the-end", "a poll after the login was confirmed", "QRLib", "qzone", { pollsOn: 1 }],
    ["poll-after-the-end", "a poll after the owner has refused", "slince", "refused", { pollsOn: 2 }],
    ["poll-too-fast", "a poll every 50 ms", "mioki", "qzone", { interval: 50 }],
    ["poll-too-fast", "a poll every 400 ms", "Yinzo", "webqq-2017-04", { interval: 400 }],
    ["jar-without-domains", "a flat jar, which loses p_skey", "Mojo", "webqq", { jar: flatJar }],
    ["jar-without-domains", "a flat jar, where nothing is lost", "mioki", "qzone", { jar: flatJar }],
    ["jar-without-domains", "a flat jar of one that copies its header", "Node-QQBot", "webqq", { jar: flatJar }],
    [
      "location-followed",
      "Location followed, with the cookies of the 302 lost",
      "QRLib",
      "qzone",
      { follows: "without cookies" }
    ],
    [
      "location-followed",
      "Location followed by a client of redirected answers",
      "slince",
      "webqq-2017-04",
      {
        follows: "without cookies",
        lines: (lines, url) => (url.includes("/check_sig") ? [] : lines)
      }
    ],
    [
      "location-followed",
      "Location followed into the 404 behind it",
      "Node-QQBot",
      "location-404-trap",
      {
        follows: "with cookies",
        skips: (path) => /getvfwebqq|login2/.test(path)
      }
    ],
    [
      "p-skey-lost",
      "of several Set-Cookie lines none that matters",
      "Node-QQBot",
      "webqq",
      {
        lines: (lines, url) =>
          url.includes("/check_sig") ? lines.slice(-1).filter((line) => !line.startsWith("p_")) : lines
      }
    ],
    ["p-skey-lost", "plain http, where a Secure p_skey does not go", "slince", "seven-arguments", {}],
    ["secure-cookie-over-http", "a Secure cookie over http", "slince", "seven-arguments", { jar: carelessJar }],
    ["referer-empty", "an empty Referer", "mioki", "qzone", { request: withHeader("/check_sig", "referer", "") }],
    [
      "referer-missing",
      "step 4 without a Referer",
      "Mojo",
      "webqq",
      { request: withHeader("/getvfwebqq", "referer", undefined) }
    ],
    [
      "referer-of-another-scheme",
      "http in the Referer, https in the address",
      "Mojo",
      "webqq",
      {
        request: withHeader("/getvfwebqq", "referer", "http://s.web2.qq.com/proxy.html?v=20130916001&callback=1&id=1")
      }
    ],
    [
      "check-sig-altered",
      "a check_sig without the uin",
      "mioki",
      "qzone",
      { request: inUrl("/check_sig", (url) => url.searchParams.delete("uin")) }
    ],
    [
      "check-sig-skipped",
      "no check_sig, and steps 4 and 5",
      "Mojo",
      "webqq",
      { skips: (path) => path === "/check_sig" }
    ],
    ["check-sig-skipped", "no check_sig, and no more", "mioki", "qzone", { skips: (path) => path === "/check_sig" }],
    [
      "getvfwebqq-skipped",
      "step 5 without step 4",
      "slince",
      "webqq-2017-04",
      { skips: (path) => path.endsWith("/getvfwebqq") }
    ],
    ["redirect-untrusted", "whatever address the server names", "Mojo", "hostile-redirect", {}],
    ["host-closed", "the host of 2015", "Mojo", "webqq", { address: (url) => url.replace("//d1.web2", "//d.web2") }],
    [
      "login2-no-form",
      "JSON in place of a form",
      "Mojo",
      "webqq",
      {
        request: (request) =>
          request.method === "POST" ? { ...request, body: Buffer.from('{"ptwebqq":""}') } : request
      }
    ]
  ]

describe("a fault that is put into a client fails, and is named", () => {
  it.each(cases)("%s: %s", (fault, _what, client, scenario, changes) => {
    const { engine, problems } = broken(client, scenario, changes)
    assert.deepStrictEqual([...new Set(names(problems))], [fault])
    // One cause is told once, whatever came of it.
    const told = Engine.report(engine.scenario, problems)
      .split("\n")
      .filter((line) => line.startsWith("- "))
    // What was refused stops the client: all that does not come then follows from it. One that goes on may leave something out besides.
    const isRefused = problems.some(({ _tag }) => _tag === "Mismatch")
    assert.isAtMost(told.length, isRefused ? 1 : 2)
    assert.include(told[0], fault)
  })

  it.each(cases.filter(([, , , , changes]) => Object.keys(changes).length > 0))(
    "%s: without %s, the same client does not have it",
    (fault, _what, client, scenario) => assert.notInclude(names(broken(client, scenario, {}).problems), fault)
  )

  describe("of two pictures that were asked for at once", () => {
    const firstPicture = () => {
      let count = 0
      return (lines: ReadonlyArray<string>, url: string) => (url.includes("/ptqrshow") && count++ > 0 ? [] : lines)
    }
    const living = ["qzone", "expired-then-renewed", "qzone-expired-then-renewed"].map(
      (scenario) => [scenario, scenario === "expired-then-renewed" ? "Yinzo" : "mioki"] as const
    )

    it.each(living)("%s goes on with the second one", (scenario, client) => {
      const { engine, problems } = broken(client, scenario, { pictures: 2 })
      assert.deepStrictEqual(problems, [])
      const again = engine.warnings().find(({ kind }) => kind === "asked again")
      assert.include(again?.text.en, "another code was made")
      assert.notInclude(
        engine.warnings().map(({ fault }) => fault?.name),
        "poll-of-an-older-picture"
      )
    })

    it.each(living)("%s names an older token as such", (scenario, client) => {
      const { problems } = broken(client, scenario, { pictures: 2, tokenOf: ([first = ""]) => first })
      assert.match(problems.map((one) => Engine.describe(one)).join("\n"), /ptqrtoken is of an older qrsig/)
    })

    it("the cookie of the first with the token of the second is another fault", () => {
      const changes = { pictures: 2, lines: firstPicture(), tokenOf: (all: ReadonlyArray<string>) => all.at(-1) ?? "" }
      const { problems } = broken("QRLib", "qzone", changes)
      assert.deepStrictEqual(names(problems).slice(0, 1), ["ptqrtoken-of-another-code"])
      assert.match(problems.map((one) => Engine.describe(one)).join("\n"), /qrsig is not that of the picture/)
    })

    it("who polls the first with all that belongs to it is answered, and warned", () => {
      const { engine, problems } = broken("QRLib", "qzone", { pictures: 2, lines: firstPicture() })
      assert.deepStrictEqual(problems, [])
      assert.include(
        engine.warnings().map(({ fault }) => fault?.name),
        "poll-of-an-older-picture"
      )
    })

    it("every one has a qrsig of its own, as long as the recorded one", () => {
      const engine = Engine.make(load("qzone"), { strictness: "server" })
      const [show] = engine.scenario.exchanges
      const query = new URLSearchParams({ appid: "549000912", daid: "5" })
      const qrsigs = Array.from({ length: 120 }, () => {
        const answer = engine.handle({
          method: "GET",
          url: `${show!.request.url}?${query}`,
          headers: [],
          body: new Uint8Array(0)
        })
        return answer._tag === "Answer" ? /qrsig=([^;]*)/.exec(answer.headers.flat().join("\n"))?.[1] : undefined
      })
      assert.strictEqual(new Set(qrsigs).size, 120)
      assert.deepStrictEqual([...new Set(qrsigs.map((one) => one?.length))], [112])
    })
  })

  it.each([
    ["musicid as a text is refused, as QQ Music did", { "req.param.musicid": "123456789" }, ["number-as-text"], []],
    [
      "tmeLoginType as a text is told: public clients send it so",
      { "comm.tmeLoginType": "2" },
      [],
      ["json.comm.tmeLoginType"]
    ]
  ])("%s", (_, changes, faults, told) => {
    const engine = Engine.make(load("music-refreshed-in-time"), { strictness: "server" })
    const { headers = {}, json = {}, url } = engine.scenario.exchanges[0]!.request
    const root: Record<string, any> = {}
    for (const [path, matcher] of Object.entries<(typeof json)[string]>({ ...json, ...changes })) {
      const keys = path.split(".")
      let at = root
      for (const key of keys.slice(0, -1)) at = at[key] ??= {}
      at[keys.at(-1)!] = typeof matcher === "object" && "json" in matcher ? matcher.json : matcher
    }
    const sent = Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value] as const] : []
    )
    const cookies = Object.entries(engine.scenario.exchanges[0]!.request.cookies ?? {})
    const line = cookies.flatMap(([name, value]) => (typeof value === "string" ? `${name}=${value}` : [])).join("; ")
    const asked = {
      method: "POST",
      url,
      headers: [...sent, ["cookie", line] as const],
      body: Buffer.from(JSON.stringify(root))
    }
    // All else of it fits: it is expected, unless the fault is one for which it is refused.
    assert.strictEqual(engine.expects(asked), faults.length === 0)
    engine.handle(asked)
    assert.deepStrictEqual(names(engine.verify()), faults)
    assert.deepStrictEqual(
      engine.warnings().flatMap(({ field }) => (field?.startsWith("json.") === true ? field : [])),
      told
    )
  })

  it("who follows Location without its cookies, and has them at the calls that come then, is told and no more", () => {
    const { engine, problems } = broken("Mojo", "webqq", { follows: "without cookies" })
    assert.deepStrictEqual(problems, [])
    assert.include(
      engine.warnings().map(({ fault }) => fault?.name),
      "location-followed"
    )
  })

  it("of a Secure qrsig that is kept back, http is named as the reason", () => {
    const [, , client, scenario, changes] = cases.find(([, what]) => what.startsWith("a poll over plain http"))!
    const { problems } = broken(client, scenario, changes)
    assert.match(problems.map((one) => Engine.describe(one)).join("\n"), /goes over plain http.*: ask over https/)
  })

  it("is told in both languages, with a section that PROTOCOL.md has, and with what to do", () => {
    const titles = readFileSync(new URL("../../PROTOCOL.md", import.meta.url), "utf8").match(/^#+ .*$/gm) ?? []
    for (const [, , client, scenario, changes] of cases) {
      for (const problem of broken(client, scenario, changes).problems) {
        const fault = problem._tag === "Unused" ? undefined : problem.fault
        if (fault === undefined) continue
        assert.isTrue(
          titles.some((title) => title.replace(/^#+ /, "") === fault.section),
          fault.section
        )
        for (const text of [fault.says, fault.cure]) {
          assert.match(text.zh, /[\u4e00-\u9fff]/)
          assert.notMatch(text.en, /[\u4e00-\u9fff]/)
        }
        assert.include(Engine.saidOf(problem).zh, fault.cure.zh)
      }
    }
  })
})
