import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Fs from "node:fs"
import * as OwnLogin from "../../../src/replay/OwnLogin.ts"
import * as Engine from "../../../src/replay/engine/Engine.ts"
import * as MemoryReplay from "../../../src/replay/MemoryReplay.ts"
import * as Recorder from "../../../src/replay/record/Recorder.ts"
import * as Scenario from "../../../src/replay/Scenario.ts"
import * as Scrub from "../../../src/replay/record/Scrub.ts"
import * as Verify from "../../../src/replay/verify/Verify.ts"
import { recordAgain, root, textOf } from "../../support/recordAgain.ts"
import { chance, encodings } from "../../support/resecret.ts"

const names = Effect.runSync(Scenario.list)
const good = names.filter((name) => "session" in JSON.parse(textOf(name)).outcome)
const failing = names.filter((name) => !good.includes(name))

describe("a login with other secrets, recorded over sockets and scrubbed", () => {
  it.live.each(names)("%s passes verify, replays to the same end, and holds none of them", (name) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { folder, json, played, scrubbed, secrets } = yield* recordAgain(name, names.indexOf(name) + 1)
        assert.deepStrictEqual(yield* Verify.verify(folder), [])
        const before = OwnLogin.outcomeOf(played)
        const { outcome } = yield* Scenario.load(folder)
        // Secrets aside, it is the same end: the same events and fields, values of the same kind and length.
        const shape = (value: unknown) =>
          JSON.stringify(value, (key, inner) => (key === "gtk" || key === "bkn" ? 0 : inner))
        const shapeless = (text: string) => text.replaceAll(/\p{L}/gu, "a").replaceAll(/\d/g, "0")
        assert.strictEqual(
          "session" in outcome && good.includes(name) ? shapeless(shape(outcome)).length : 0,
          "session" in before && good.includes(name) ? shapeless(shape(before)).length : 0
        )
        assert.deepStrictEqual(outcome.events, json.outcome.events)
        assert.strictEqual("error" in outcome ? outcome.error : "", json.outcome.error ?? "")
        const text = scrubbed.text.toLowerCase()
        const left = secrets.flatMap(({ name: secret, value }) =>
          Object.entries(encodings).flatMap(([encoding, encode]) => {
            const hidden = encode(value).toLowerCase()
            return hidden.length >= 6 && text.includes(hidden) ? [`${secret}, ${encoding}`] : []
          })
        )
        assert.deepStrictEqual(left, [])
      })
    )
  )

  it("covers logins that end well and logins that do not", () => {
    assert.isAbove(good.length, 15)
    assert.isAbove(failing.length, 10)
  })

  it.live("is the same file when the same login is recorded twice", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [first, second] = [yield* recordAgain("webqq", 7), yield* recordAgain("webqq", 7)]
        assert.strictEqual(first.scrubbed.text, second.scrubbed.text)
      })
    )
  )
})

/** A server with secrets of its own, told in the way of a browser: an answer sets them, later requests and answers hold them. */
interface Hidden {
  readonly value: string
  readonly cookie: string
  readonly encoding: string
  readonly place: "query" | "header" | "text" | "json" | "key" | "location"
}

const alphabets = [
  "0123456789",
  "0123456789abcdef",
  "0123456789ABCDEF",
  "abcdefghijklmnopqrstuvwxyz",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-_",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/@!"
]
const places = ["query", "header", "text", "json", "key", "location"] as const

// time33 and hash33 may be one number: only those who know what it is for can tell which.
const hiding = Object.keys(encodings).filter((name) => name !== "time33")

const hide = (seed: number, count: number): ReadonlyArray<Hidden> => {
  const random = chance(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  return Array.from({ length: count }, (_, i) => {
    const alphabet = alphabets[below(alphabets.length)]!
    const length = 8 + 2 * below(28)
    const first = alphabet === "0123456789" ? String(1 + below(9)) : alphabet[below(alphabet.length)]!
    const value = first + Array.from({ length: length - 1 }, () => alphabet[below(alphabet.length)]).join("")
    return {
      value: alphabet === "0123456789" ? value.slice(0, 8 + below(6)) : value,
      cookie: `c${String.fromCharCode(97 + i)}_token`,
      encoding: hiding[below(hiding.length)]!,
      place: places[below(places.length)]!
    }
  })
}

const said = ({ encoding }: Hidden, value: string) => encodings[encoding]!(value)

/** What the server answers second: the secrets once more, each in its place and encoding. */
const secondAnswer = (all: ReadonlyArray<Hidden>) => {
  const at = (place: Hidden["place"]) => all.filter((one) => one.place === place).map((one) => said(one, one.value))
  const json = Object.fromEntries([
    ...at("json").map((text, i) => [`f${i}x`, text]),
    ...at("key").map((text) => [text, 1])
  ])
  const parts = at("text").map((text) => `<i>${text}</i>`)
  return {
    headers: [
      ["Content-Type", "text/html"],
      ...at("location").map((text): [string, string] => ["Location", `https://a.example/?q=${text}`])
    ] as ReadonlyArray<readonly [string, string]>,
    body: parts.length > 0 ? `${parts.join(" ")} ${JSON.stringify(json)} ` : JSON.stringify(json)
  }
}

/** The client: reads the cookies of the first answer, and sends what it makes of them. */
const requests = (all: ReadonlyArray<Hidden>, setCookies: ReadonlyArray<string>) => {
  const value = (one: Hidden) =>
    setCookies.find((line) => line.startsWith(`${one.cookie}=`))?.slice(one.cookie.length + 1) ?? ""
  const queries = all.filter(({ place }) => place === "query")
  const headers = all.filter(({ place }) => place === "header")
  const url = new URL("https://a.example/second")
  for (const one of queries) url.searchParams.append(`q_${one.cookie}`, said(one, value(one)))
  return {
    method: "GET",
    url: url.href,
    headers: [
      ["cookie", all.map((one) => `${one.cookie}=${value(one)}`).join("; ")],
      ["referer", `https://a.example/#${headers.map((one) => said(one, value(one))).join("&")}`]
    ] as ReadonlyArray<readonly [string, string]>,
    body: new Uint8Array(0)
  }
}

const about = {
  title: "hidden",
  clock: "2026-01-01T00:00:00Z",
  site: "shop",
  tool: "test",
  date: "2026-01-01",
  outcome: { session: {} }
} as const

const first = { method: "GET", url: "https://a.example/first", headers: [], body: new Uint8Array(0) } as const

const captureOf = (
  {
    body,
    headers,
    method,
    url
  }: {
    readonly method: string
    readonly url: string
    readonly headers: Recorder.Capture["requestHeaders"]
    readonly body: Uint8Array
  },
  answer: { readonly headers: Recorder.Capture["responseHeaders"]; readonly body: string }
): Recorder.Capture => ({
  method,
  url,
  requestHeaders: headers,
  requestBody: body,
  status: 200,
  responseHeaders: answer.headers,
  responseBody: Buffer.from(answer.body)
})

describe("the scrubber", () => {
  it.effect(
    `leaves none of 1,000 random secrets, looked for in ${Object.keys(encodings).length} encodings each, after hiding them in ${places.length} places; what is left replays`,
    () =>
      Effect.gen(function* () {
        let count = 0
        let looked = 0
        const wrong: Array<string> = []
        const must = (kept: boolean, what: string) => void (kept || wrong.push(what))
        for (let seed = 1; count < 1000; seed++) {
          const all = hide(seed, 10)
          count += all.length
          const setCookies = all.map((one) => `${one.cookie}=${one.value}`)
          const captures = [
            captureOf(first, { headers: setCookies.map((line) => ["Set-Cookie", line]), body: "ok" }),
            captureOf(requests(all, setCookies), secondAnswer(all))
          ]
          const { text } = yield* Scrub.scrub(captures, about)
          for (const { value } of all) {
            for (const [encoding, encode] of Object.entries(encodings)) {
              const hidden = encode(value)
              // Shorter numbers are found in any text.
              if (hidden.length < 8) continue
              looked++
              must(!text.includes(hidden), `${encoding}, seed ${seed}`)
            }
          }
          const json = JSON.parse(text)
          const scenario = yield* Scenario.decode(json)
          const engine = Engine.make(scenario)
          const answer = engine.handle(first)
          const kept =
            answer._tag === "Answer"
              ? answer.headers.filter(([name]) => name === "Set-Cookie").map(([, line]) => line)
              : []
          must(answer._tag === "Answer", `first answer, seed ${seed}`)
          engine.handle(requests(all, kept))
          must(Engine.report(scenario, engine.verify()) === "", `replay, seed ${seed}`)
          // Of the same length and alphabet, and none twice.
          const values = kept.map((line) => line.slice(line.indexOf("=") + 1))
          must(new Set(values).size === all.length, `twice, seed ${seed}`)
          all.forEach(({ value }, i) => {
            const made = values[i] ?? ""
            const odd = /[^A-Za-z0-9]/.exec(made)?.[0]
            must(
              made.length === value.length &&
                (odd === undefined || [...made.replaceAll(/[A-Za-z0-9]/g, "")].every((char) => value.includes(char))),
              `${value} ${made}`
            )
            must(/[A-Z]/.test(value) || !/[A-Z]/.test(made), `${value} ${made}`)
          })
        }
        assert.deepStrictEqual(wrong, [])
        assert.isAbove(looked, 1000 * (Object.keys(encodings).length - 2))
      })
  )

  const capture = (body: string, more: Partial<Recorder.Capture> = {}) => ({
    ...captureOf(first, { headers: [["Set-Cookie", "token=Zq81mPx0Wd72LrTy; Path=/"]], body }),
    ...more
  })

  it.effect("writes nothing where a secret is left that it cannot rewrite, and names the place but not the value", () =>
    Effect.gen(function* () {
      const every = Array.from("Zq81mPx0Wd72LrTy", (char) => `%${char.charCodeAt(0).toString(16)}`).join("")
      const error = yield* Effect.flip(Scrub.scrub([capture(`see ${every}`)], about))
      assert.deepInclude(error, { _tag: "ScrubFailed", reason: "leak", secret: "token" })
      assert.include(error.message, "exchanges.0.response.body.text")
      assert.notInclude(error.message + JSON.stringify(error), "Zq81")
    })
  )

  it.effect.each([
    ["in other letters", "zQ81MPX0wD72lRtY", "exchanges.0.response.body.text"],
    ["as a key", `{"%5a%71%38%31%6d%50%78%30%57%64%37%32%4c%72%54%79":{"a":1}}`, "exchanges.0.response.body.json"],
    [
      "as a number in front of digits that are escaped",
      "\\u0031\\u0038\\u0037\\u0036\\u0035\\u0034\\u0033",
      "exchanges.0.response.body.text"
    ]
  ] as const)("writes nothing where it is left %s, and says neither it nor its place by it", ([, body, place]) =>
    Effect.gen(function* () {
      const cookies = ["token=Zq81mPx0Wd72LrTy", "n=1876543"].map((line) => ["Set-Cookie", line] as const)
      const error = yield* Effect.flip(Scrub.scrub([capture(body, { responseHeaders: cookies })], about))
      assert.deepInclude(error, { reason: "leak", place })
      assert.notInclude(error.message, "%5a")
    })
  )

  it.effect("keeps a cookie without a name in its place, and does not call it by its value", () =>
    Effect.gen(function* () {
      const responseHeaders = [["Set-Cookie", "hunterTokenABCDEFGhij; Path=/"]] as const
      const { text } = yield* Scrub.scrub([capture("ok", { responseHeaders })], about)
      assert.notMatch(text, /hunterToken/i)
      assert.include(text, "; Path=/")
      const body = "hUNTERtokenABCDEFGhij"
      const { message } = yield* Effect.flip(Scrub.scrub([capture(body, { responseHeaders })], about))
      assert.notMatch(message, /hunter/i)
    })
  )

  it.effect("names the cookies that must not be sent, and finds hex in capitals", () =>
    Effect.gen(function* () {
      const hex = "9c1d0f3be47a5286"
      const captures = [
        capture("ok", {
          responseHeaders: [
            ["Set-Cookie", `a=${hex}`],
            ["Set-Cookie", "b=Zq81mPx0Wd72LrTy"]
          ]
        }),
        capture(hex.toUpperCase(), { requestHeaders: [["cookie", `a=${hex}`]], responseHeaders: [] })
      ]
      const { exchanges } = JSON.parse((yield* Scrub.scrub(captures, about)).text)
      assert.deepStrictEqual(exchanges[1].request.cookies, { b: { absent: true }, a: "0011223344556677" })
      assert.strictEqual(exchanges[1].response.body.text, "0011223344556677")
    })
  )

  it.effect.each(["constructor", "__proto__", "toString"])(
    "takes a cookie that is called %s, as every object has it, for any other, and no such encoding",
    (name) =>
      Effect.gen(function* () {
        const answer = (more: Partial<Recorder.Capture>) => capture("ok", more)
        const { text } = yield* Scrub.scrub(
          [answer({ responseHeaders: [["Set-Cookie", `${name}=Zq81; Path=/`]] })],
          about
        )
        assert.notInclude(text, "Zq81")
        const error = yield* Effect.flip(
          Scrub.scrub([answer({ responseHeaders: [["Content-Encoding", name]] })], about)
        )
        assert.strictEqual(error.reason, "encoding")
      })
  )

  it.effect("unzips no more than an answer may hold", () =>
    Effect.gen(function* () {
      const { gzipSync } = yield* Effect.promise(() => import("node:zlib"))
      const bomb = capture("", {
        responseBody: gzipSync(Buffer.alloc(5 * 1024 * 1024)),
        responseHeaders: [["Content-Encoding", "gzip"]]
      })
      assert.strictEqual((yield* Effect.flip(Scrub.scrub([bomb], about))).reason, "encoding")
    })
  )

  it.effect("gives a nickname one stand-in, also in a cookie that is encoded", () =>
    Effect.gen(function* () {
      const responseHeaders = [["Set-Cookie", `nick=${encodeURIComponent("王小二")}`]] as const
      const { text } = yield* Scrub.scrub([capture(`{"nick":"王小二"}`, { responseHeaders })], about)
      const { body, headers } = JSON.parse(text).exchanges[0].response
      assert.strictEqual(headers[0][1], `nick=${encodeURIComponent(body.json.nick)}`)
    })
  )

  it.effect("writes nothing of a title that holds a secret", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Scrub.scrub([capture("ok")], { ...about, title: "of Zq81mPx0Wd72LrTy" }))
      assert.strictEqual(error.place, "title")
    })
  )

  it.effect("writes nothing of a body that it cannot look into, and nothing of nothing", () =>
    Effect.gen(function* () {
      const zipped = capture("x", { responseHeaders: [["Content-Encoding", "zstd"]] })
      assert.strictEqual((yield* Effect.flip(Scrub.scrub([zipped], about))).reason, "encoding")
      assert.strictEqual((yield* Effect.flip(Scrub.scrub([], about))).reason, "no exchanges")
    })
  )

  it.effect("looks into a zipped body, and keeps it unzipped", () =>
    Effect.gen(function* () {
      const { gzipSync } = yield* Effect.promise(() => import("node:zlib"))
      const responseBody = gzipSync("it is Zq81mPx0Wd72LrTy here")
      const { text } = yield* Scrub.scrub(
        [
          capture("", {
            responseBody,
            responseHeaders: [
              ["Set-Cookie", "token=Zq81mPx0Wd72LrTy"],
              ["Content-Encoding", "gzip"]
            ]
          })
        ],
        about
      )
      assert.match(text, /it is StandIn\w+ here/)
      assert.notInclude(text, "Content-Encoding")
    })
  )

  it.effect("swaps the picture, which would hold a live login in its pixels", () =>
    Effect.gen(function* () {
      const png = Fs.readFileSync(`${root}qr/s5e0.png`)
      const url = "https://ssl.ptlogin2.qq.com/ptqrshow?s=5&e=0"
      const { files, text } = yield* Scrub.scrub([capture("", { url, responseBody: png })], about)
      assert.deepStrictEqual(
        files.map(({ name }) => name),
        ["qr-s5e0.png"]
      )
      assert.notDeepEqual(Buffer.from(files[0]!.bytes), png)
      assert.include(text, `"file": "qr-s5e0.png"`)
    })
  )

  it.effect("makes one exchange of equal neighbours, and drops what changes with every run", () =>
    Effect.gen(function* () {
      const poll = (t: string) =>
        capture("waiting", {
          url: `https://a.example/poll?t=${t}`,
          requestHeaders: [["host", "a.example"]],
          responseHeaders: [
            ["Date", `Thu, ${t}`],
            ["X-Kept", "1"],
            ["X-NWS-LOG-UUID", "5391"],
            ["Connection", "close"]
          ]
        })
      const { text } = yield* Scrub.scrub([poll("0.25"), poll("0.75"), poll("0.5")], about)
      const { exchanges } = JSON.parse(text)
      assert.strictEqual(exchanges.length, 1)
      assert.strictEqual(exchanges[0].times, 3)
      assert.deepStrictEqual(exchanges[0].response.headers, [["X-Kept", "1"]])
      assert.deepStrictEqual(exchanges[0].request.query, { t: { re: "[0-9.e-]+" } })
    })
  )
})

it.effect("lets other clients leave it at an answer that is none, but for the last one", () =>
  Effect.gen(function* () {
    const poll = { ...first, url: "https://ssl.ptlogin2.qq.com/ptqrlogin?aid=549000912" }
    const said = [
      "ptuiCB('66','0','','0','x','')",
      "",
      "ptuiCB('67','0','','0','y','')",
      "ptuiCB('7','0','','0','z','')"
    ]
    const { text } = yield* Scrub.scrub(
      said.map((body) => captureOf(poll, { headers: [], body })),
      about
    )
    const { exchanges } = yield* Scenario.decode(JSON.parse(text))
    assert.deepStrictEqual(
      exchanges.map(({ mayEnd }) => mayEnd),
      [undefined, true, undefined, undefined]
    )
  })
)

it.effect("replaces what stands in a body in JSON alone, and asks for the stand-in there", () =>
  Effect.gen(function* () {
    const headers = [["content-type", "application/json"]] as const
    const body = Buffer.from(
      JSON.stringify({ req: { method: "Login", param: { refresh_key: "Kv3mZq81LwXr0NhYp2Bs", n: 2 } } })
    )
    const asked = { method: "POST", url: "https://u.y.qq.com/cgi-bin/musicu.fcg", headers, body }
    const { text } = yield* Scrub.scrub([captureOf(asked, { headers: [], body: "{}" })], about)
    assert.notInclude(text, "Kv3mZq81LwXr0NhYp2Bs")
    const { json } = JSON.parse(text).exchanges[0].request
    assert.deepInclude(json, { "req.method": "Login", "req.param.n": { json: 2 } })
    assert.lengthOf(json["req.param.refresh_key"], 20)
  })
)

describe("a recorder", () => {
  it.effect("keeps every Set-Cookie line and the bytes of both bodies, and changes nothing for the client", () =>
    Effect.gen(function* () {
      const scenario = yield* Scenario.load("webqq-2017-04")
      const recorder = Recorder.make()
      const plain = yield* Effect.provide(OwnLogin.play(scenario), MemoryReplay.layer(Engine.make(scenario)))
      const client = recorder.record(MemoryReplay.make(Engine.make(scenario)))
      const recorded = yield* Effect.provideService(OwnLogin.play(scenario), HttpClient.HttpClient, client)
      assert.deepStrictEqual(OwnLogin.outcomeOf(recorded), OwnLogin.outcomeOf(plain))
      const lines = recorder
        .captures()
        .map(({ responseHeaders }) => responseHeaders.filter(([name]) => /^set-cookie$/i.test(name)).length)
      const expected = scenario.exchanges.flatMap(({ response, times }) =>
        Array.from({ length: times }, () => response.headers.filter(([name]) => name === "Set-Cookie").length)
      )
      assert.deepStrictEqual(lines, expected)
      assert.include(Buffer.from(recorder.captures().at(-1)!.requestBody).toString(), "r=%7B")
    })
  )
})
