import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { gtk, hash33, time33 } from "../src/protocol/Hash.ts"
import { parse, parseAuth } from "../src/protocol/PtuiCallback.ts"
import * as Scenario from "../src/replay/Scenario.ts"
import type { Exchange, ScenarioFile } from "../src/replay/ScenarioFile.ts"
import { fromJson, toJson } from "../src/Session.ts"
import * as Site from "../src/Site.ts"

const root = new URL("../fixtures/", import.meta.url)
const names = Effect.runSync(Scenario.list)
const textOf = (name: string) => readFileSync(new URL(`${name}/scenario.json`, root), "utf8")
const fileOf = (name: string) => JSON.parse(textOf(name)) as typeof ScenarioFile.Encoded

const uin = 123456789
const required = [
  "webqq webqq-2017-04 webqq-2015 ptwebqq-absent scan-withdrawn expired-then-renewed expired-for-good refused",
  "denied-403 unknown-code success-without-url check-sig-200 hostile-redirect location-404-trap nickname-escapes",
  "seven-arguments vfwebqq-100000 login2-100001 login2-103 retcode-0-error html-for-json dead-node-404-then-ok",
  "gateway-502-then-ok qzone qzone-h5 qun vip music game cookies-absent session-still-good renewed-silently",
  "renewal-refused-then-scan"
].flatMap((line) => line.split(" "))

const isStep = (exchange: Exchange, path: string) => exchange.request.url.endsWith(path)

const setCookies = ({ response }: Exchange) =>
  response.headers
    .filter(([name]) => name.toLowerCase() === "set-cookie")
    .map(([, line]) => {
      const pair = line.slice(0, line.indexOf(";"))
      return { name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1) }
    })

const textBodyOf = ({ response: { body } }: Exchange) => {
  if (body === undefined || !("text" in body)) throw new Error("ptlogin2 answers with text")
  return body.text
}
const callbackOf = (poll: Exchange) => Result.getOrThrow(parse(textBodyOf(poll)))

/** An Erlang term as `psessionid` holds it: a tuple of a process id, a number and two binaries. */
const readTerm = (hex: string) => {
  const bytes = Buffer.from(hex, "hex")
  let at = 0
  const take = (length: number) => bytes.subarray(at, (at += length))
  const expect = (expected: string) =>
    assert.strictEqual(take(expected.length / 2).toString("hex"), expected, `at ${at} of ${hex}`)
  const binary = () => {
    expect("6d")
    return take(take(4).readUInt32BE())
  }
  expect("83680467")
  expect("64")
  const node = take(take(2).readUInt16BE()).toString()
  take(9)
  expect("6e0400")
  const term = { node, uin: take(4).readUInt32LE(), skey: binary().toString(), vfwebqq: binary().toString("hex") }
  assert.strictEqual(at, bytes.length)
  return term
}

/** The JSON body of a login2 that went well. */
const opened = (exchange: Exchange) => {
  const { body } = exchange.response
  const json = body !== undefined && "json" in body ? (body.json as { readonly result?: unknown }) : {}
  return json.result as { readonly uin: number; readonly psessionid: string; readonly vfwebqq: string } | undefined
}

// A made-up value says so, or is hex of doubled digits in a row: 0011223344…, ffeeddccbb….
const isHexRun = (value: string) => {
  const digits = Array.from(value.matchAll(/([0-9a-f])\1/g), ([, digit]) => Number.parseInt(digit ?? "", 16))
  const step = ((digits[1] ?? 0) - (digits[0] ?? 0) + 16) % 16
  return (
    digits.length * 2 === value.length &&
    (step === 1 || step === 15) &&
    digits.every((digit, i) => i === 0 || digit === ((digits[i - 1] ?? 0) + step) % 16)
  )
}
// A p_skey that spells out its alphabet; PROTOCOL.md has its g_tk.
const alphabetKey = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789*-AbCdE_"
const isStandIn = (value: string) =>
  /^Stand-?In[A-Za-z0-9*+/_-]*$/.test(value) ||
  (value.length >= 64 && isHexRun(value)) ||
  ["", "o0123456789", "@AbCdEfGhI", "@JkLmNoPqR", alphabetKey, "1234567890", "ctc", "3"].includes(value)

describe("the fixtures as a set", () => {
  it("hold every scenario that the harness promises", () => {
    assert.deepStrictEqual(
      required.filter((name) => !names.includes(name)),
      []
    )
  })

  it("log in at every site that comes with the library", () => {
    const sites = new Set(names.map(fileOf).flatMap(({ outcome, site }) => ("session" in outcome ? site : [])))
    assert.deepStrictEqual(
      Site.all.map(({ name }) => name).filter((name) => !sites.has(name)),
      []
    )
  })

  it("are listed in the README, one row a folder, and no folder is empty", () => {
    const readme = readFileSync(new URL("README.md", root), "utf8")
    const rows = Array.from(readme.matchAll(/^\| `([a-z0-9-]+)` \|/gm), ([, name]) => name)
    assert.deepStrictEqual(rows.toSorted(), names.slice())
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    assert.deepStrictEqual(folders.map(({ name }) => name).toSorted(), [...names, "qr"].toSorted())
  })
})

describe.each(names)("%s", (name) => {
  const file = fileOf(name)
  const polls = file.exchanges.filter((exchange) => isStep(exchange, "/ptqrlogin") && exchange.response.status === 200)

  it.effect("is a valid scenario", () => Scenario.load(name))

  it("is written as JSON.stringify would, with a line end", () => {
    assert.strictEqual(textOf(name), `${JSON.stringify(file, null, 2)}\n`)
    assert.strictEqual(file.$schema, "../scenario.schema.json")
  })

  it("says where each exchange comes from", () => {
    for (const provenance of [file.provenance, ...file.exchanges.flatMap((exchange) => exchange.provenance ?? [])]) {
      // Web QQ closed before this project began: nobody can have recorded it with our tools.
      assert.include(["transcribed", "synthetic"], provenance.kind)
      if (provenance.kind === "synthetic") assert.isAtLeast(provenance.reason.length, 30)
      if (provenance.kind === "recorded") continue
      for (const cite of provenance.cite ?? []) {
        assert.match(cite, /^(https?:\/\/\S+|[\w.-]+\/[\w.-]+(#\d+| [\w./-]+( \([0-9a-f]{7}\))?))$/)
      }
    }
  })

  it("asks for the same shape of request everywhere", () => {
    for (const { id, request } of file.exchanges) {
      assert.isDefined(request.query, id)
      const { b3, referer, traceparent, "user-agent": agent } = request.headers ?? {}
      assert.deepStrictEqual([b3, traceparent], [{ absent: true }, { absent: true }], id)
      assert.isDefined(agent, id)
      assert.strictEqual(referer !== undefined, !id.startsWith("ptqrshow"), id)
    }
  })

  it("polls with the qrsig of the last picture, and with its hash", () => {
    let qrsig: string | undefined
    for (const exchange of file.exchanges) {
      if (isStep(exchange, "/ptqrshow")) {
        const before = qrsig
        qrsig = setCookies(exchange).find((cookie) => cookie.name === "qrsig")?.value
        assert.isDefined(qrsig)
        assert.notStrictEqual(qrsig, before)
      } else if (isStep(exchange, "/ptqrlogin")) {
        assert.strictEqual(exchange.request.cookies?.["qrsig"], qrsig)
        // The seed document knows no ptqrtoken.
        const token = file.site === "webqq-2015" ? undefined : String(hash33(qrsig ?? ""))
        assert.strictEqual(exchange.request.query?.["ptqrtoken"], token)
      } else if (!isStep(exchange, "/pt4_auth")) {
        assert.deepStrictEqual(exchange.request.cookies?.["qrsig"], { absent: true })
      }
    }
  })

  it("renews with the supertoken that was kept, and with its hash", () => {
    for (const { request } of file.exchanges.filter((exchange) => isStep(exchange, "/pt4_auth"))) {
      const supertoken = file.saved?.cookies.find((cookie) => cookie.name === "supertoken")?.value
      assert.strictEqual(request.cookies?.["supertoken"], supertoken)
      assert.strictEqual(request.query?.["auth_token"], String(time33(supertoken ?? "")))
    }
  })

  it("holds cookies that fit the account and the nickname", () => {
    const nickname =
      polls.map((poll) => callbackOf(poll).nickname).findLast((text) => text !== "") ?? file.saved?.nickname ?? ""
    const cookies = file.exchanges.flatMap(setCookies)
    for (const { name: cookie, value } of cookies) {
      if (["uin", "p_uin", "superuin", "pt2gguin"].includes(cookie)) assert.include(["", "o0123456789"], value)
      if (!cookie.startsWith("ptnick_")) continue
      assert.strictEqual(cookie, `ptnick_${uin}`)
      assert.strictEqual(Buffer.from(value, "hex").toString("utf8"), nickname)
    }
    if ("session" in file.outcome) {
      assert.strictEqual(file.outcome.session.uin, uin)
      assert.strictEqual(file.outcome.session.nickname, nickname)
    }
  })

  it("signs with the numbers of the cookies that it got", () => {
    if (!("session" in file.outcome) || file.outcome.session.gtk === undefined) return
    const last = (name: string) =>
      file.exchanges.flatMap(setCookies).findLast((cookie) => cookie.name === name && cookie.value !== "")?.value
    const skey = last("skey")
    assert.strictEqual(file.outcome.session.gtk, gtk(last("p_skey") ?? ""))
    assert.strictEqual(file.outcome.session.bkn, skey === undefined ? undefined : gtk(skey))
  })

  it.effect("goes on with a session as it would be kept, in time and of the same account", () =>
    Effect.gen(function* () {
      if (file.saved === undefined) return
      assert.deepStrictEqual(toJson(yield* fromJson(file.saved)), file.saved)
      assert.deepStrictEqual([file.saved.site, file.saved.uin], [file.site, uin])
      assert.isBelow(Date.parse(file.saved.obtainedAt), Date.parse(file.clock))
      const skey = file.saved.cookies.find((cookie) => cookie.name === "skey")?.value
      const term = readTerm(file.saved.psessionid ?? "")
      assert.deepStrictEqual([term.uin, term.skey], [uin, skey])
      for (const { name: cookie, value } of file.saved.cookies) {
        assert.isTrue(cookie.startsWith("ptnick_") || isStandIn(value), `${cookie}=${value}`)
      }
    })
  )

  it("goes to the very address that it was given, unless that is the point", () => {
    const checkSig = file.exchanges.find((exchange) => isStep(exchange, "/check_sig"))
    if (checkSig === undefined) return
    const last = polls.map(callbackOf).at(-1)
    const renewal = file.exchanges.findLast((exchange) => isStep(exchange, "/pt4_auth"))
    const renewed = renewal && Result.getOrThrow(parseAuth(textBodyOf(renewal))).url
    const site = Site.find(file.site)
    // What the official page appends to the address of a renewal.
    const more = renewed ? { regmaster: "", aid: site?.appid, s_url: site?.u1 } : {}
    const url = new URL(renewed || last?.url || last?.message || "")
    assert.strictEqual(checkSig.request.url, url.origin + url.pathname)
    assert.deepStrictEqual({ ...checkSig.request.query }, { ...Object.fromEntries(url.searchParams), ...more })
  })

  it("opens a session whose psessionid decodes to the account, its skey and login2's own vfwebqq", () => {
    for (const result of file.exchanges.filter((exchange) => isStep(exchange, "/login2")).map(opened)) {
      if (result === undefined) continue
      const skey = file.exchanges.flatMap(setCookies).findLast((cookie) => cookie.name === "skey")?.value
      assert.deepStrictEqual(readTerm(result.psessionid), {
        node: "connserver_webqq@10.133.41.84",
        uin,
        skey: skey ?? "",
        vfwebqq: result.vfwebqq
      })
      assert.strictEqual(result.uin, uin)
      assert.isTrue("session" in file.outcome && file.outcome.session.vfwebqq !== result.vfwebqq)
    }
  })

  it("holds stand-ins only", () => {
    const values = file.exchanges.flatMap((exchange) => [
      ...setCookies(exchange).flatMap(({ name: cookie, value }) => (cookie.startsWith("ptnick_") ? [] : value)),
      exchange.request.query?.["ptsigx"] ?? "",
      exchange.request.query?.["ptwebqq"] ?? "",
      exchange.request.query?.["vfwebqq"] ?? "",
      opened(exchange)?.vfwebqq ?? ""
    ])
    for (const value of values) assert.isTrue(typeof value === "string" && isStandIn(value), String(value))
    // Nothing long may hide elsewhere: what is no stand-in is derived from one, or is a file's hash.
    const derived = new Set(
      file.exchanges.flatMap((exchange) => [
        ...setCookies(exchange).flatMap(({ name: cookie, value }) => (cookie.startsWith("ptnick_") ? value : [])),
        exchange.request.query?.["psessionid"],
        opened(exchange)?.psessionid,
        exchange.response.body !== undefined && "file" in exchange.response.body && exchange.response.body.sha256
      ])
    )
    for (const [run] of textOf(name).matchAll(/[A-Za-z0-9*_-]{32,}/g)) {
      assert.isTrue(derived.has(run) || isStandIn(run), run)
    }
  })

  it("describes its files by their true size and hash", () => {
    for (const { response } of file.exchanges) {
      if (response.body === undefined || !("file" in response.body)) continue
      const bytes = readFileSync(new URL(`${name}/${response.body.file}`, root))
      assert.strictEqual(bytes.length, response.body.bytes)
      assert.strictEqual(createHash("sha256").update(bytes).digest("hex"), response.body.sha256)
    }
  })
})
