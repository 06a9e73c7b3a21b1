/**
 * Everything that reads text of others, each with texts that are made to keep it busy.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { deflateSync } from "node:zlib"
import { plainText, withoutQueries } from "../../src/errors/plainText.ts"
import * as CookieJar from "../../src/http/CookieJar.ts"
import * as Envelope from "../../src/protocol/Envelope.ts"
import { hash33 } from "../../src/protocol/Hash.ts"
import * as PtuiCallback from "../../src/protocol/PtuiCallback.ts"
import * as UinCookie from "../../src/protocol/UinCookie.ts"
import { payload } from "../../src/qr/QrDecoder.ts"
import { fromPng } from "../../src/qr/QrPicture.ts"
import * as Engine from "../../src/replay/engine/Engine.ts"
import * as Pattern from "../../src/replay/format/Pattern.ts"
import * as Har from "../../src/replay/har/Har.ts"
import * as Psessionid from "../../src/replay/Psessionid.ts"
import * as Scrub from "../../src/replay/record/Scrub.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import * as ScenarioDiff from "../../src/replay/ScenarioDiff.ts"
import * as Verify from "../../src/replay/verify/Verify.ts"
import { suspicious } from "../../src/replay/verify/suspicious.ts"
import * as Session from "../../src/Session.ts"
import * as Site from "../../src/Site.ts"
import * as CookieFormat from "../../src/store/CookieFormat.ts"
import * as KeptText from "../../src/store/keptText.ts"
import * as SessionExport from "../../src/store/SessionExport.ts"
import { chunk, headerOf, pngOf } from "../../test/qr/samples.ts"
import { get, shopFile } from "../../test/support/scenarios.ts"
import type { Subject } from "./measure.ts"

const MiB = 1024 * 1024

/** Parts that a text may be a repeat of: what quotes, opens, separates, escapes and joins. */
const parts = [
  ..."a1 \n\t'\"\\<>[]{}(),;:=&%?#@./_-*+",
  "\u{1f600}",
  "\ud800",
  "\u202e",
  "http:",
  "https://a?",
  "uin='",
  "'uin':",
  "&skey=",
  "\\'",
  '\\"',
  "\\u0041",
  "%22",
  "<a",
  "<uin>",
  "&#1;",
  "','",
  "ptuiCB(",
  "ptuiCB('",
  '{"a":',
  '["a",',
  "a@b",
  "a=b;",
  "a=b,",
  "0",
  "o0",
  "Stand-In",
  "deadbeef",
  "QUJDREVG"
]

const asJson = (text: string) => JSON.stringify(text)

/** A text reader with each part, and with each between a beginning and an end that its format has. */
const reading = (
  name: string,
  read: (text: string) => unknown,
  frames: ReadonlyArray<readonly [before: string, after: string]> = [["", ""]],
  most = MiB
): ReadonlyArray<Subject> =>
  parts.flatMap((part) =>
    frames.map(([before, after]) => ({
      name: `${name} of ${before}${asJson(part)}…${after}`.replaceAll("\n", " "),
      grows: "length" as const,
      most,
      ready: (size) => {
        const text = before + part.repeat(Math.ceil(size / part.length)) + after
        return () => read(text)
      }
    }))
  )

const nested = (name: string, read: (text: string) => unknown, before = "", after = ""): ReadonlyArray<Subject> =>
  (
    [
      ["[", "]"],
      ['{"a":', "}"],
      ['[{"uin":', "}]"]
    ] as const
  ).map(([open, close]) => ({
    name: `${name} of ${before}${open}…${close}${after}`,
    grows: "depth",
    most: 200_000,
    ready: (size) => {
      const text = `${before}${open.repeat(size)}1${close.repeat(size)}${after}`
      return () => read(text)
    }
  }))

const many = (name: string, most: number, ready: Subject["ready"]): Subject => ({ name, grows: "number", most, ready })

/** Settles either way: how it ends is looked at by tests. */
const settle = <A, E>(effect: Effect.Effect<A, E>) => Effect.runPromise(Effect.result(effect))

const decodeEnvelope = Envelope.decode(Schema.Struct({ uin: Schema.Int }))
const qzone = "https://user.qzone.qq.com/"

const jar = (lines: ReadonlyArray<string>) =>
  settle(
    Effect.gen(function* () {
      const made = CookieJar.make({ domains: ["qq.com"] })
      yield* made.store(qzone, lines)
      return [yield* made.header(qzone), yield* made.find("a", qzone), yield* made.all]
    })
  )

const shown = `https://ssl.ptlogin2.qq.com/ptqrshow?appid=${Site.qzone.appid}`

interface Said {
  readonly url?: string
  readonly body?: string
  readonly form?: string
  readonly headers?: ReadonlyArray<{ readonly name: string; readonly value: string }>
  readonly sent?: ReadonlyArray<{ readonly name: string; readonly value: string }>
}

const har = (entries: ReadonlyArray<Said>) => ({
  log: {
    entries: entries.map(({ body = "", form, headers = [], sent = [], url = shown }) => ({
      request: { method: "GET", url, headers: sent, ...(form === undefined ? {} : { postData: { text: form } }) },
      response: {
        status: 200,
        headers: [{ name: "Set-Cookie", value: "qrsig=Stand-In-qrsig" }, ...headers],
        content: { text: body }
      }
    }))
  }
})

/** A HAR through all that becomes of it. */
const imported = (entries: ReadonlyArray<Said>) =>
  settle(
    Effect.gen(function* () {
      const { captures } = yield* Har.fromHar(har(entries))
      const { text } = yield* Scrub.scrub(captures, {
        title: "a login",
        clock: "2026-01-01T00:00:00.000Z",
        site: "qzone",
        tool: "attacks",
        date: "2026-01-01",
        outcome: Har.outcomeOf(captures, "qzone")
      })
      return Har.withoutAbsentCookies(text)
    })
  )

const cookie = (n: number, more: object = {}) => ({
  name: `c${n}`,
  value: `value${n}`,
  domain: "qq.com",
  path: "/",
  secure: true,
  httpOnly: false,
  hostOnly: false,
  ...more
})

const session = (cookies: ReadonlyArray<object>, more: object = {}) => ({
  site: "qzone",
  uin: 12345,
  nickname: "n",
  obtainedAt: "2026-01-01T00:00:00.000Z",
  cookies,
  ...more
})

const kept = (of: object) =>
  JSON.stringify({ schema: 1, profile: "p", savedAt: "2026-01-01T00:00:00.000Z", session: of })

const times = <A>(size: number, make: (n: number) => A): ReadonlyArray<A> =>
  Array.from({ length: size }, (_, n) => make(n))

const letters = (n: number) => `c${n.toString(26).replaceAll(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "")}`

/** Two scenarios with a text in the place of a body, and all that is done to one. */
const played = (text: string) => played_([get("a", "https://shop.example/a", text)])
const played_ = (exchanges: ReadonlyArray<ReturnType<typeof get>>) =>
  settle(
    Effect.gen(function* () {
      const scenario = yield* Scenario.decode(shopFile(exchanges))
      const engine = Engine.make(scenario)
      for (const { url } of exchanges.map(({ request }) => request)) {
        engine.handle({ method: "GET", url: `${url}?a=1`, headers: [], body: new Uint8Array(0) })
      }
      return [Engine.report(scenario, engine.verify()), ScenarioDiff.diff(scenario, scenario)]
    })
  )

const verified = (text: string) => Verify.secrets(shopFile([get("a", "https://shop.example/a", text)]) as never)

const exchanges = (size: number) => times(size, (n) => get(`e${n}`, `https://shop.example/${n}`, "x"))

const pixels = (side: number) => {
  const rows = Buffer.alloc((Math.ceil(side / 8) + 1) * side, 0b01010101)
  for (let row = 0; row < side; row++) rows[row * (Math.ceil(side / 8) + 1)] = 0
  return pngOf(headerOf(side, side), chunk("IDAT", deflateSync(rows)))
}

const wire = (name: string, text: string) => {
  const scenario = Effect.runSync(
    Scenario.decode(
      shopFile([
        {
          ...get("a", "https://shop.example/a", "x"),
          request: {
            method: "POST",
            url: "https://shop.example/a",
            query: { q: "1" },
            headers: { h: { re: "(a|b)*c.*" } },
            cookies: { c: "1" },
            form: { f: { json: { a: 1 } } }
          }
        }
      ])
    )
  )
  return () => {
    const engine = Engine.make(scenario)
    const at = (place: string) => (place === name ? text : "")
    engine.handle({
      method: "POST",
      url: `https://shop.example/a?${at("query")}`,
      headers: [
        ["cookie", at("cookie")],
        ["h", at("header")]
      ],
      body: Buffer.from(at("form"))
    })
    return Engine.report(scenario, engine.verify())
  }
}

const json: ReadonlyArray<readonly [string, string]> = [["", ""]]

export const subjects: ReadonlyArray<Subject> = [
  ...reading("withoutQueries", withoutQueries),
  ...reading("plainText", (text) => plainText(text)),
  ...reading("PtuiCallback", PtuiCallback.parse, [
    ["", ""],
    ["ptuiCB('", "')"]
  ]),
  ...reading("Envelope", decodeEnvelope, json),
  ...reading("Envelope, errmsg", (text) => decodeEnvelope(JSON.stringify({ retcode: 1, errmsg: text }))),
  ...nested("Envelope", decodeEnvelope, '{"retcode":0,"result":', "}"),
  ...reading("hash33", hash33),
  ...reading("UinCookie", UinCookie.read, [["o", ""]]),
  ...reading("Set-Cookie", (text) => jar([text]), [
    ["", ""],
    ["a=", ""],
    ["a=b;", ""],
    ["a=b; expires=", ""],
    ["a=b; domain=", ""]
  ]),
  many("Set-Cookie lines", 16_000, (size) => {
    const lines = times(size, (n) => `c${n}=v`)
    return () => jar(lines)
  }),
  ...reading("Psessionid", Psessionid.read),
  ...reading("suspicious", (text) => suspicious(text, new Set()), json),
  ...reading("verify", verified),
  ...reading("a scenario's answer", played),
  ...nested("a scenario's answer", played),
  many("a scenario's exchanges", 4000, (size) => {
    const all = exchanges(size)
    return () => played_(all)
  }),
  many("a scenario's headers", 16_000, (size) => {
    const headers = times(size, (): readonly [string, string] => ["Set-Cookie", "a=b"])
    const one = get("a", "https://shop.example/a", "x")
    return () => played_([{ ...one, response: { ...one.response, headers } }])
  }),
  ...["query", "cookie", "header", "form"].flatMap((place) =>
    parts.map((part): Subject => ({
      name: `a request's ${place} of ${asJson(part)}…`,
      grows: "length",
      most: MiB,
      ready: (size) =>
        wire(
          place,
          part
            .repeat(Math.ceil(size / part.length))
            .replaceAll(/\s/g, "+")
            .toWellFormed()
        )
    }))
  ),
  ...nested("a request's form", (text) => wire("form", `f=${text}`)()),
  ...["(a|b)*c", "(a*)*b", "(a|a)*", "a?a?a?a?aaaa", ".*.*.*x", "([a-c]{1,20}){1,20}"].map((source): Subject => ({
    name: `a scenario's pattern ${source}`,
    grows: "length",
    most: MiB,
    ready: (size) => {
      const pattern = Pattern.compile(source)
      const text = "a".repeat(size)
      return () => ("test" in pattern ? pattern.test(text) : undefined)
    }
  })),
  ...reading("a scenario's pattern", (text) => Pattern.compile(text), json, MiB / 4),
  ...reading("a HAR's answer", (body) => imported([{ body }])),
  ...nested("a HAR's answer", (body) => imported([{ body }])),
  ...reading("a HAR's form", (form) => imported([{ form }])),
  ...nested("a HAR's form", (json) => imported([{ form: `a=${json}` }])),
  ...reading("a HAR's address", (text) => imported([{ url: `${shown}&t=${text}` }])),
  ...reading("a HAR's header", (value) => imported([{ headers: [{ name: "X-Uin", value }] }])),
  ...reading("a HAR's cookie", (value) => imported([{ headers: [{ name: "Set-Cookie", value: `a=${value}` }] }])),
  ...reading("a HAR's cookies sent", (value) => imported([{ sent: [{ name: "Cookie", value }] }])),
  many("a HAR's cookies of one name", 16_000, (size) => {
    const headers = times(size, (n) => ({ name: "Set-Cookie", value: `c${n}=v${n * 7919}alue${n}` }))
    return () => imported([{ headers }])
  }),
  many("a HAR's cookies of many names", 16_000, (size) => {
    const headers = times(size, (n) => ({ name: "Set-Cookie", value: `${letters(n)}=v${n * 7919}alue${n}` }))
    return () => imported([{ headers, body: headers.map(({ value }) => value).join(" ") }])
  }),
  many("a HAR's requests", 4000, (size) => {
    const all = times(size, (n) => ({
      body: `ptuiCB('66','0','','0','${n}', '')`,
      url: shown.replace("show", "login")
    }))
    return () => imported(all)
  }),
  ...reading("a saved session", (text) => KeptText.decode("f", "p", text), json),
  ...reading("a saved session's nickname", (nickname) => KeptText.decode("f", "p", kept(session([], { nickname })))),
  ...reading("a saved session's site", (site) => KeptText.decode("f", "p", kept(session([], { site })))),
  ...reading("a saved cookie", (value) => KeptText.decode("f", "p", kept(session([cookie(1, { value })])))),
  ...nested("a saved session", (text) => KeptText.decode("f", "p", text), '{"schema":1,"session":', "}"),
  many("saved cookies", 32_000, (size) => {
    const text = kept(session(times(size, (n) => cookie(n))))
    return () => KeptText.decode("f", "p", text)
  }),
  many("cookies in their formats", 16_000, (size) => {
    // As many as no session may hold: each is read in one of its own.
    const cookies = times(size, (n) => Schema.decodeUnknownSync(Session.Session)(session([cookie(n)]))).flatMap(
      (one) => one.cookies
    )
    return () =>
      settle(
        Effect.gen(function* () {
          const all = yield* CookieFormat.valid(cookies)
          const sent = yield* CookieFormat.sentTo(all, qzone)
          return [CookieFormat.header(sent), CookieFormat.netscape(all), CookieFormat.curl(sent, qzone)]
        })
      )
  }),
  ...reading("an exported session", (text) => settle(SessionExport.check(text)), [
    ["", ""],
    ['{"format":"webqq-session/1"', "\nx\ny"],
    ['{"format":"webqq-session/1"}\n', "\ny"]
  ]),
  ...nested(
    "an exported session",
    (text) => settle(SessionExport.check(text)),
    '{"format":"webqq-session/1","N":',
    "}\nx\n"
  ),
  many("a picture's side", 2000, (size) => {
    const png = pixels(size)
    return () => {
      const sampled = fromPng(png)
      return "success" in sampled ? payload(sampled.success) : undefined
    }
  }),
  many("a picture's chunks", 16_000, (size) => {
    const png = pngOf(headerOf(8, 8), ...times(size, () => chunk("IDAT", Buffer.alloc(1))))
    return () => fromPng(png)
  }),
  ...reading("a secret in a message", (text) => String(Redacted.make(text)), json, MiB / 8)
]
