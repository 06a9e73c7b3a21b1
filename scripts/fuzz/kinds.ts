/**
 * What comes from outside, as chance makes it, and everything that reads it. A reader may refuse, in words that can be shown; what it throws
 * or dies of is a fault.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { plainText, withoutQueries } from "../../src/errors/plainText.ts"
import * as CookieJar from "../../src/http/CookieJar.ts"
import { refusal } from "../../src/loopback/guard.ts"
import * as Envelope from "../../src/protocol/Envelope.ts"
import * as PtuiCallback from "../../src/protocol/PtuiCallback.ts"
import { payload } from "../../src/qr/QrDecoder.ts"
import { fromPng } from "../../src/qr/QrPicture.ts"
import * as Har from "../../src/replay/har/Har.ts"
import * as Scrub from "../../src/replay/record/Scrub.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import * as Site from "../../src/Site.ts"
import * as CookieFormat from "../../src/store/CookieFormat.ts"
import * as KeptText from "../../src/store/keptText.ts"
import * as SessionExport from "../../src/store/SessionExport.ts"
import { chunk, headerOf, pngOf } from "../../test/qr/samples.ts"
import { shopFile } from "../../test/support/scenarios.ts"

/** A generator, and what is done with each of what it makes; what that gives has to be fit for a terminal. */
export interface Kind {
  readonly name: string
  readonly property: fc.IAsyncProperty<[unknown]>
}

const control = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

/** What a browser may send in a cookie, though no terminal should see it. */
const directions = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

const kind = <A>(
  name: string,
  arbitrary: fc.Arbitrary<A>,
  run: (value: A) => ReadonlyArray<string> | Promise<ReadonlyArray<string>>
): Kind => ({
  name,
  property: fc.asyncProperty(arbitrary, async (value) => {
    for (const text of await run(value)) {
      if (control.test(text)) throw new Error(`it gives ${JSON.stringify(text.slice(0, 200))}`)
    }
  }) as unknown as Kind["property"]
})

/** Runs to its end; a defect is a fault, an error is none. */
const settle = async <A, E>(effect: Effect.Effect<A, E>): Promise<A | undefined> => {
  const exit = await Effect.runPromiseExit(effect)
  if (Exit.isSuccess(exit)) return exit.value
  if (Cause.hasDies(exit.cause)) throw new Error(Cause.pretty(exit.cause))
  return undefined
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    "",
    "\0",
    "\u001b[2J",
    "\u202e",
    "\ud800",
    "a\r\nb: c",
    "__proto__",
    "constructor",
    "o0012345678",
    "https://ssl.ptlogin2.qq.com/check_sig?ptsigx=a"
  )
)
const tree = fc.jsonValue({ maxDepth: 6 })
/** A tree that looks like what is wanted, with anything in some of its places. */
const like = (value: unknown): fc.Arbitrary<unknown> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: Array.isArray(value)
        ? fc.tuple(...value.map(like))
        : typeof value === "object" && value !== null
          ? fc.record(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, like(inner)])))
          : fc.constant(value)
    },
    { weight: 1, arbitrary: fc.oneof(text, tree, fc.double(), fc.constantFrom(null, 2 ** 53, -1, [])) }
  )

const cookie = { name: "a", value: "b", domain: "qq.com", path: "/", secure: true, httpOnly: false, hostOnly: false }
const session = {
  site: "qzone",
  uin: 12345,
  nickname: "n",
  obtainedAt: "2026-01-01T00:00:00.000Z",
  gtk: 5,
  cookies: [cookie, { ...cookie, expires: "2027-01-01T00:00:00.000Z" }]
}
const shown = `https://ssl.ptlogin2.qq.com/ptqrshow?appid=${Site.qzone.appid}`
const har = {
  log: {
    entries: [
      {
        startedDateTime: "2026-01-01T00:00:00.000Z",
        request: {
          method: "GET",
          url: shown,
          headers: [{ name: "Cookie", value: "a=b" }],
          postData: { mimeType: "application/x-www-form-urlencoded", text: "r=%7B%22uin%22%3A1%7D" }
        },
        response: {
          status: 200,
          headers: [
            { name: "Set-Cookie", value: "qrsig=Stand-In" },
            { name: "Content-Type", value: "text/html" }
          ],
          content: { text: "ptuiCB('66','0','','0','x', 'nick')", encoding: "" }
        }
      }
    ]
  }
}
const scenario = shopFile([
  {
    id: "a",
    request: {
      method: "POST",
      url: "https://shop.example/a",
      query: { a: "b" },
      headers: { h: { re: "a+" } },
      cookies: { c: { any: true } },
      form: { f: { json: { a: 1 } } }
    },
    response: { status: 200, headers: [["Set-Cookie", "a=b"]], body: { text: "x" } }
  }
])

const schema = Schema.Struct({ uin: Schema.Int, psessionid: Schema.NonEmptyString })

export const kinds: ReadonlyArray<Kind> = [
  kind(
    "JSON of an answer",
    fc.oneof(
      text,
      tree.map((value) => JSON.stringify(value)),
      like({ retcode: 0, errmsg: "", result: { uin: 5, psessionid: "p" } }).map((value) => JSON.stringify(value) ?? "")
    ),
    (body) => {
      const envelope = Envelope.decode(schema)(body)
      return envelope._tag === "Refused" ? [plainText(withoutQueries(envelope.errmsg))] : []
    }
  ),
  kind(
    "callbacks",
    fc.oneof(
      text,
      fc.array(text, { maxLength: 8 }).map((parts) => `ptuiCB(${parts.map((part) => `'${part}'`).join(",")})`)
    ),
    (body) => {
      const call = PtuiCallback.parse(body)
      return Result.isSuccess(call) ? [plainText(call.success.nickname), plainText(call.success.message)] : []
    }
  ),
  kind(
    "cookies",
    fc.array(
      fc.oneof(
        text,
        fc
          .array(
            fc.oneof(
              text,
              fc.constantFrom(
                "a=b",
                "Domain=qq.com",
                "Path=/",
                "Secure",
                "Expires=Thu, 01 Jan 2099 00:00:00 GMT",
                "Max-Age=1"
              )
            ),
            { maxLength: 6 }
          )
          .map((parts) => parts.join(";"))
      ),
      { maxLength: 6 }
    ),
    async (lines) => {
      const all = await settle(
        Effect.gen(function* () {
          const jar = CookieJar.make({ domains: ["qq.com"] })
          yield* jar.store("https://user.qzone.qq.com/", lines)
          return { header: yield* jar.header("https://user.qzone.qq.com/"), all: yield* jar.all }
        })
      )
      // Lines and their fields are separated by what is a control character.
      const file = CookieFormat.netscape(all?.all ?? []).split(/[\n\t]/u)
      return [CookieFormat.header(all?.all ?? []), CookieFormat.curl(all?.all ?? [], "https://qq.com/"), ...file].map(
        (given) => given.replaceAll(directions, "")
      )
    }
  ),
  kind(
    "saved sessions",
    fc.oneof(
      text,
      like({ schema: 1, profile: "p", savedAt: "2026-01-01T00:00:00.000Z", session }).map(
        (value) => JSON.stringify(value) ?? ""
      )
    ),
    async (given) => {
      const saved = KeptText.decode("file", "p", given)
      if (Result.isFailure(saved)) return [plainText(saved.failure.message)]
      const { cookies } = saved.success.session
      const sent = await settle(
        Effect.flatMap(CookieFormat.valid(cookies), (all) => CookieFormat.sentTo(all, "https://qq.com/"))
      )
      return [CookieFormat.header(sent ?? [])].map((given) => given.replaceAll(directions, ""))
    }
  ),
  kind(
    "exported sessions",
    fc.oneof(
      text,
      fc.tuple(text, text, text).map((lines) => `{"format":"webqq-session/1",${lines.join("\n")}`)
    ),
    async (given) => {
      await settle(SessionExport.check(given))
      return []
    }
  ),
  kind("HARs", like(har), async (value) => {
    const made = await settle(
      Effect.gen(function* () {
        const { captures } = yield* Har.fromHar(value)
        return yield* Scrub.scrub(captures, {
          title: "t",
          clock: "2026-01-01T00:00:00.000Z",
          site: "qzone",
          tool: "fuzz",
          date: "2026-01-01",
          outcome: Har.outcomeOf(captures, "qzone")
        })
      })
    )
    if (made !== undefined) JSON.parse(made.text)
    return []
  }),
  kind("scenarios", like(scenario), async (value) => {
    await settle(Scenario.decode(value))
    return []
  }),
  kind("sites", like(Schema.encodeSync(Site.Site)(Site.qzone)), (value) => {
    Schema.decodeUnknownResult(Site.Site)(value)
    return []
  }),
  kind(
    "headers",
    fc.array(
      fc.tuple(
        fc.oneof(fc.constantFrom("Host", "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"), text),
        fc.oneof(
          text,
          fc.constantFrom("127.0.0.1:80", "localhost", "null", "cross-site", "same-origin", "http://127.0.0.1:80")
        )
      ),
      { maxLength: 6 }
    ),
    (pairs) => [refusal({ method: "GET", url: "/", rawHeaders: pairs.flat() }, "http") ?? ""]
  ),
  kind(
    "pictures",
    fc.array(fc.tuple(fc.constantFrom("IDAT", "PLTE", "tRNS", "IHDR", "abcd"), fc.uint8Array({ maxLength: 64 })), {
      maxLength: 5
    }),
    (chunks) => {
      const png = fromPng(pngOf(headerOf(29, 29), ...chunks.map(([type, body]) => chunk(type, body))))
      if (Result.isSuccess(png)) payload(png.success)
      return []
    }
  )
]
