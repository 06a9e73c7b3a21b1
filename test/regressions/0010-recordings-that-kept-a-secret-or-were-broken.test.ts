import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Fs from "node:fs"
import * as OwnLogin from "../../src/replay/OwnLogin.ts"
import * as Engine from "../../src/replay/engine/Engine.ts"
import * as MemoryReplay from "../../src/replay/MemoryReplay.ts"
import * as Recorder from "../../src/replay/record/Recorder.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import * as Scrub from "../../src/replay/record/Scrub.ts"

const folder = new URL("../../fixtures/webqq/", import.meta.url).pathname
const webqq = Fs.readFileSync(`${folder}scenario.json`, "utf8")

interface Answer {
  readonly id: string
  readonly times?: number
  readonly response: { status: number; headers: Array<[string, string]>; body?: Record<string, any> }
}

const bytesOf = ({ body = { text: "" } }: Answer["response"]) =>
  "file" in body
    ? Fs.readFileSync(`${folder}${body["file"]}`)
    : "base64" in body
      ? Buffer.from(body["base64"], "base64")
      : Buffer.from(body["text"] ?? JSON.stringify(body["json"]))

/** A login at a server that answers as `webqq` but for a change, whatever it is asked; and what is written down of it. */
const record = Effect.fnUntraced(function* (change: (answer: (id: string) => Answer["response"]) => void) {
  const { clock, exchanges, site }: { clock: string; site: string; exchanges: Array<Answer> } = JSON.parse(webqq)
  change((id) => exchanges.find((exchange) => exchange.id.startsWith(id))!.response)
  const answers = exchanges.flatMap(({ response, times = 1 }) => Array.from({ length: times }, () => response))
  const server = HttpClient.make((request) =>
    Effect.sync(() => {
      const response = answers.shift()!
      const body = Uint8Array.from(bytesOf(response))
      return HttpClientResponse.fromWeb(request, new Response(body, response))
    })
  )
  const recorder = Recorder.make()
  const played = yield* OwnLogin.play({ clock, site }).pipe(
    Effect.provideService(HttpClient.HttpClient, recorder.record(server))
  )
  const outcome = OwnLogin.outcomeOf(played)
  const about = { title: "a login", clock, site, tool: "a test", date: "2018-11-20", outcome }
  const { files, text } = yield* Scrub.scrub(recorder.captures(), about)
  return { outcome, text, json: JSON.parse(text), files }
})

/** In what a recording differs from itself when it is played. */
const replay = Effect.fnUntraced(function* (json: any) {
  // The picture lies nowhere: any will do.
  for (const { response } of json.exchanges) {
    if (response.body?.file === undefined) continue
    response.body = { base64: Fs.readFileSync(`${folder}../qr/s3e2.png`).toString("base64") }
  }
  const scenario = yield* Scenario.decode(json)
  const engine = Engine.make(scenario)
  const played = yield* Effect.provide(OwnLogin.play(scenario), MemoryReplay.layer(engine))
  return [
    ...engine.verify().map((problem) => Engine.describe(problem)),
    ...OwnLogin.differences(scenario.outcome, played)
  ]
})

const token = "9c1d0f3be47a5286d1c09b8e7f6a5d4c3b2a19087f6e5d4c3b2a19083c1d0f3be47a5286d1c09b8e"
const other = "1122ab34cd9f8e7d6c5b4a3928170f1122ab34cd9f8e7d6c5b4a3928170f1122ab34cd9f8e7d6c5b"
const answered = `{"retcode":0,"result":{"vfwebqq":"${token}"}}`

describe("no token is kept", () => {
  it.effect.each([
    ["as JSON", answered],
    ["after a byte order mark", `\ufeff${answered}`],
    ["before a line end", `${answered}\r\n`],
    ["under a key that is escaped", answered.replace("vfw", "\\u0076fw")],
    ["under the first of two equal keys", answered.replace(`"vfwebqq"`, `"vfwebqq":"${other}","vfwebqq"`)],
    [
      "in no UTF-8",
      Buffer.concat([Buffer.from(answered.replace(/}$/, `,"m":"`)), Buffer.from([0xc4, 0xe3, 0x22, 0x7d])])
    ]
  ] as const)("that the login read %s", ([, body]) =>
    Effect.gen(function* () {
      const { json, outcome, text } = yield* record((answer) => {
        answer("getvfwebqq").body =
          typeof body === "string" ? { text: body } : { base64: Buffer.from(body).toString("base64") }
      })
      assert.deepInclude("session" in outcome ? outcome.session : {}, { vfwebqq: token })
      assert.notInclude(text, token)
      assert.notInclude(text, other)
      assert.deepStrictEqual(yield* replay(json), [])
    })
  )

  it.effect.each([
    `cb({"vfwebqq":"${token}","skey":"@Kq81mPx0W","uin":987654320,"nick":"王小二"})`,
    `var g_uin = "987654320"; var skey='@Kq81mPx0W'; var vfwebqq = "${token}"`,
    `<uin>987654320</uin><nick>王小二</nick><skey><![CDATA[@Kq81mPx0W]]></skey>`,
    `{\\"skey\\":\\"@Kq81mPx0W\\",\\"nick\\":\\"\\\\u738b小二\\"}`
  ])("that stands in %s", (body) =>
    Effect.gen(function* () {
      const { json, text } = yield* record((answer) => (answer("check-sig").body = { text: body }))
      for (const secret of [token, "Kq81mPx0W", "987654320", "王小二", "小二"]) assert.notInclude(text, secret)
      assert.deepStrictEqual(yield* replay(json), [])
    })
  )

  it.effect("that is short, known by its name only", () =>
    Effect.gen(function* () {
      const { json, text } = yield* record((answer) => {
        answer("getvfwebqq").body = { text: answered.replace(token, "q7#Z") }
        answer("login2").body!["json"].result.psessionid = "kQ7zP"
        answer("login2").body!["json"].result.nick = "二"
      })
      assert.notMatch(text, /q7#Z|kQ7zP|"二"/)
      assert.deepStrictEqual(yield* replay(json), [])
    })
  )
})

const named = (literal: string, plain: string) => (answer: (id: string) => Answer["response"]) => {
  const confirmed = answer("poll-confirmed")
  confirmed.body = {
    text: confirmed.body!["text"].replace(/'[^']*'\)(;?\s*)$/, `'${literal.replaceAll("$", "$$$$")}')$1`)
  }
  for (const header of confirmed.headers) {
    if (header[1].startsWith("ptnick_"))
      header[1] = header[1].replace(/=[^;]*/, `=${Buffer.from(plain).toString("hex")}`)
  }
}

describe("whatever somebody is called, the name is replaced and the recording replays", () => {
  const words = [
    "status",
    "headers",
    "method",
    "cookies",
    "result",
    "ptuiCB",
    "request",
    "Confirmed",
    "online",
    "timeout"
  ]
  const numbers = ["53999199", "501004106", "10226", "20131024001", "520"]
  const signs = ["^_^", "   ", "→→", "√√√", "a-b", "♥♥"]
  it.effect.each([
    ...[...words, ...numbers, ...signs].map((name) => [name, name] as const),
    ["\\u{5c0f}\\u{660e}", "小明"],
    ["小明\\n小华", "小明\n小华"],
    ["\\x41bc\\u0064ef", "Abcdef"]
  ] as const)("%s", ([literal, plain]) =>
    Effect.gen(function* () {
      const { json, outcome } = yield* record(named(literal, plain))
      assert.strictEqual("session" in outcome && outcome.session.nickname, plain)
      const confirmed = json.exchanges.find(({ id }: Answer) => id === "poll-confirmed").response
      assert.notStrictEqual(json.outcome.session.nickname, plain)
      assert.notInclude(confirmed.body.text, `'${literal}')`)
      assert.notInclude(JSON.stringify(confirmed.headers), Buffer.from(plain).toString("hex"))
      assert.deepStrictEqual(yield* replay(json), [])
    })
  )

  it.effect.each([
    "%E5%B0%8F%E6%98%8E%E5%8D%8E",
    "%e5%B0%8F%E6%98%8e%e5%8D%8E",
    "&#23567;&#26126;&#21326;",
    "&#x5c0f;&#x660e;&#x534e;",
    "%u5C0F%u660E%u534E"
  ])("also where an address writes it as %s: it is replaced, or nothing is written", (written) =>
    Effect.gen(function* () {
      const made = yield* Effect.result(
        record((answer) => {
          named("小明华", "小明华")(answer)
          answer("check-sig").headers.push(["X-Next", `https://a.qq.com/?n=${written}`])
        })
      )
      if (made._tag === "Success") assert.notMatch(made.success.text, /E6%98%8E|26126|660e/i)
      else assert.strictEqual(made.failure.reason, "leak")
    })
  )
})

describe("a uin", () => {
  it.effect.each([
    "%7B%22uin%22%3A%22123456789%22%7D",
    "a%20123456789",
    "a%2B123456789",
    "%26%23123456789",
    "\\u0022123456789",
    "\\x22123456789"
  ])("is replaced in %s", (written) =>
    Effect.gen(function* () {
      const { text } = yield* record((answer) =>
        answer("check-sig").headers.push(["X-Next", `https://a.qq.com/?d=${written}`])
      )
      assert.notInclude(text, "123456789%")
      assert.notInclude(JSON.parse(text).exchanges.at(-3).response.headers.join(), "123456789")
    })
  )

  it.effect("that cannot be rewritten lets nothing be written", () =>
    Effect.gen(function* () {
      const every = Array.from("123456789", (digit) => `%3${digit}`).join("")
      const { message, secret } = yield* Effect.flip(
        record((answer) => answer("check-sig").headers.push(["X-Next", every]))
      )
      assert.strictEqual(secret, "uin")
      assert.notInclude(message, every)
    })
  )
})

describe("answers", () => {
  it.effect("without the headers that say where they come from, or change with every run", () =>
    Effect.gen(function* () {
      const { text } = yield* record((answer) =>
        answer("check-sig").headers.push(
          ["X-Client-IP", "203.0.113.9"],
          ["X-Forwarded-For", "203.0.113.9"],
          ["Via", "1.1 proxy.example"],
          ["Last-Modified", "Mon, 03 Apr 2017 12:33:15 GMT"],
          ["X-Uin", "987654320"]
        )
      )
      assert.notMatch(text, /203\.0\.113|proxy\.example|12:33:15 GMT|987654320/)
    })
  )

  it.effect("in GBK keep nothing of what they say beyond ASCII", () =>
    Effect.gen(function* () {
      const { json } = yield* record((answer) => {
        const gbk = Buffer.from([0x3c, 0xd0, 0xa1, 0xc3, 0xf7, 0x3e])
        answer("check-sig").body = { base64: gbk.toString("base64") }
      })
      assert.match(json.exchanges.at(-3).response.body.text, /^<\ufffd{2}>$/)
    })
  )

  it.effect("that are neither text nor picture are not written down; a picture of any kind is another", () =>
    Effect.gen(function* () {
      const jpeg = { base64: Buffer.from("ffd8ffe000104a4649460001", "hex").toString("base64") }
      const error = yield* Effect.flip(record((answer) => (answer("check-sig").body = jpeg)))
      assert.strictEqual(error.reason, "binary")
      const { files, text } = yield* record((answer) => {
        answer("check-sig").body = jpeg
        answer("check-sig").headers.unshift(["Content-Type", "image/jpeg"])
      })
      assert.notInclude(text, "base64")
      assert.deepStrictEqual(
        files.map(({ name }) => name),
        ["qr-s3e2.png"]
      )
    })
  )
})
