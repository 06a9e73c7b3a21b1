import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as tough from "tough-cookie"
import * as CookieJar from "webqq-login/CookieJar"
import { SessionCookie } from "webqq-login/Session"
import { mutating } from "../support/mutating.ts"
import { chance } from "../support/resecret.ts"

const checkSig = "http://ptlogin4.web2.qq.com/check_sig"
const make = (domains = ["qq.com"]) => CookieJar.make({ domains })
const at = (iso: string) => TestClock.setTime(Date.parse(iso))

// The header block of a real check_sig, 2017-04-03 (slince/smartqq tests/Fixtures/get_ptwebqq_headers.txt), stand-in values.
const captured = [
  "uin=o0123456789; PATH=/; DOMAIN=qq.com;",
  "skey=@AbCdEfGhI; PATH=/; DOMAIN=qq.com;",
  "pt2gguin=o0123456789; EXPIRES=Fri, 02-Jan-2020 00:00:00 GMT; PATH=/; DOMAIN=qq.com;",
  "p_skey=PSKEY; PATH=/; DOMAIN=web2.qq.com; ;",
  "pt4_token=TOKEN; PATH=/; DOMAIN=web2.qq.com;",
  "p_uin=; EXPIRES=Fri, 02-Jan-1970 00:00:00 GMT; PATH=/; DOMAIN=qq.com;",
  "p_skey=; EXPIRES=Fri, 02-Jan-1970 00:00:00 GMT; PATH=/; DOMAIN=qq.com;",
  "pt4_token=; EXPIRES=Fri, 02-Jan-1970 00:00:00 GMT; PATH=/; DOMAIN=qq.com;",
  "p_uin=o0123456789; PATH=/; DOMAIN=web2.qq.com;"
]

describe("CookieJar", () => {
  it.effect("keeps the p_skey that check_sig sets for one domain and deletes for another", () =>
    Effect.gen(function* () {
      yield* at("2017-04-03T12:33:15Z")
      const jar = make()
      yield* jar.store(checkSig, captured)
      assert.strictEqual(
        yield* jar.header("http://s.web2.qq.com/api/getvfwebqq"),
        "uin=o0123456789; skey=@AbCdEfGhI; pt2gguin=o0123456789; p_skey=PSKEY; pt4_token=TOKEN; p_uin=o0123456789"
      )
      assert.strictEqual(
        yield* jar.header("http://qun.qq.com/"),
        "uin=o0123456789; skey=@AbCdEfGhI; pt2gguin=o0123456789"
      )
      assert.deepStrictEqual(
        (yield* jar.all).map((cookie) => `${cookie.domain} ${cookie.name}`),
        [
          "qq.com pt2gguin",
          "qq.com skey",
          "qq.com uin",
          "web2.qq.com p_skey",
          "web2.qq.com p_uin",
          "web2.qq.com pt4_token"
        ]
      )
    })
  )

  it.effect("never sends a cookie of ptlogin2.qq.com to web2.qq.com", () =>
    Effect.gen(function* () {
      const jar = make()
      yield* jar.store("https://ssl.ptlogin2.qq.com/ptqrlogin", [
        "qrsig=Q; PATH=/; DOMAIN=ptlogin2.qq.com;",
        "superkey=S; PATH=/; DOMAIN=ptlogin2.qq.com; HttpOnly",
        "ptwebqq=W; PATH=/; DOMAIN=qq.com;"
      ])
      assert.strictEqual(yield* jar.header("https://s.web2.qq.com/"), "ptwebqq=W")
      assert.strictEqual(yield* jar.header("https://ptlogin2.web2.qq.com/check_sig"), "ptwebqq=W")
      assert.strictEqual(yield* jar.header("https://ssl.ptlogin2.qq.com/"), "qrsig=Q; superkey=S; ptwebqq=W")
      assert.strictEqual(yield* jar.header("https://example.com/"), undefined)
      assert.strictEqual(yield* jar.header("https://evilqq.com/"), undefined)
    })
  )

  it.effect("never sends a Secure cookie over http, nor takes one from there", () =>
    Effect.gen(function* () {
      const jar = make()
      yield* jar.store("https://ssl.ptlogin2.qq.com/", ["a=https; Domain=qq.com; Path=/; Secure"])
      yield* jar.store("http://ssl.ptlogin2.qq.com/", [
        "b=http; Domain=qq.com; Path=/; Secure",
        "a=overwritten; Domain=qq.com; Path=/",
        "a=; Domain=qq.com; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
      ])
      assert.strictEqual(yield* jar.header("http://x.qq.com/"), undefined)
      assert.strictEqual(yield* jar.header("https://x.qq.com/"), "a=https")
    })
  )

  it.effect.each([
    ["ptlogin2.qq.com", "qq.com", "a=https"],
    ["qq.com", "ptlogin2.qq.com", "a=https"],
    ["web2.qq.com", "ptlogin2.qq.com", "a=http"]
  ])("guards a Secure cookie of %s from one of %s over http where the two overlap", ([kept, tried, sent]) =>
    Effect.gen(function* () {
      const jar = make()
      yield* jar.store("https://ssl.ptlogin2.qq.com/", [`a=https; Domain=${kept}; Path=/; Secure`])
      yield* jar.store("https://s.web2.qq.com/", [`a=https; Domain=${kept}; Path=/; Secure`])
      yield* jar.store(`http://ssl.${tried}/`, [`a=http; Domain=${tried}; Path=/`])
      assert.strictEqual(yield* jar.header("https://ssl.ptlogin2.qq.com/"), sent)
    })
  )

  it.effect("keeps what the prefix of a name promises, and nothing that breaks it", () =>
    Effect.gen(function* () {
      const jar = make()
      yield* jar.store("https://ssl.ptlogin2.qq.com/a/b", [
        "__Secure-a=1; Domain=qq.com; Path=/; Secure",
        "__Host-a=1; Path=/; Secure",
        "__Secure-b=1; Domain=qq.com; Path=/",
        "__secure-c=1; Path=/",
        "__Host-b=1; Path=/",
        "__Host-c=1; Secure",
        "__Host-d=1; Path=/; Secure; Domain=qq.com"
      ])
      const names = (yield* jar.all).map(({ name }) => name)
      assert.deepStrictEqual(names.toSorted(), ["__Host-a", "__Secure-a"])
    })
  )

  it.effect("begins with those cookies of a session that it would have kept", () =>
    Effect.gen(function* () {
      const good = {
        name: "a",
        value: "1",
        domain: "qq.com",
        path: "/",
        secure: false,
        httpOnly: false,
        hostOnly: false
      }
      const cookies = [
        good,
        { ...good, domain: "bank.com" },
        { ...good, domain: "evilqq.com" },
        { ...good, domain: "com" },
        { ...good, name: "a b" },
        { ...good, name: "b", value: "x\ny" },
        { ...good, name: "c", value: "日本" },
        { ...good, name: "d", value: "x".repeat(5000) },
        ...Array.from({ length: 200 }, (_, i) => ({ ...good, name: `n${i}` }))
      ].map((cookie) => ({ ...cookie, value: Redacted.make(cookie.value) }))
      const jar = CookieJar.make({ domains: ["qq.com"], cookies })
      const all = yield* jar.all
      assert.lengthOf(all, CookieJar.limits.cookies)
      assert.isTrue(all.every(({ domain, name }) => domain === "qq.com" && /^(?:a|n\d+)$/.test(name)))
      assert.isUndefined(yield* jar.header("https://bank.com/"))
    })
  )

  it.effect("holds nothing that a session would not take", () =>
    Effect.gen(function* () {
      const jar = make()
      const parts = [
        "a",
        "__Host-a",
        "b\u00e9",
        "=",
        ";",
        " ",
        "\t",
        "\u0001",
        "日",
        "Path=/",
        "Path=/\u00e9",
        "Domain=qq.com",
        "Secure",
        "x"
      ]
      const random = chance(7)
      for (let i = 0; i < 5000; i++) {
        const line = Array.from({ length: 6 }, () => parts[Math.floor(random() * parts.length)]).join("")
        yield* jar.store("https://ssl.ptlogin2.qq.com/", [line])
      }
      const all = yield* jar.all
      assert.isAbove(all.length, 20)
      const encode = Schema.encodeUnknownSync(Schema.Array(SessionCookie))
      assert.lengthOf(Schema.decodeUnknownSync(Schema.Array(SessionCookie))(encode(all)), all.length)
    })
  )

  it.effect("begins with one cookie of a name, domain and path, the later one, as if a server had set them", () =>
    Effect.gen(function* () {
      const first = make()
      yield* first.store("https://qzone.qq.com/", ["a=old; Domain=qq.com", "b=1; Domain=qq.com"])
      const second = make()
      yield* second.store("https://qzone.qq.com/", ["a=new; Domain=qq.com"])
      const jar = CookieJar.make({ domains: ["qq.com"], cookies: [...(yield* first.all), ...(yield* second.all)] })
      assert.strictEqual(yield* jar.header("https://qzone.qq.com/"), "a=new; b=1")
    })
  )

  it.effect("looks up by name and URL, the closest domain first", () =>
    Effect.gen(function* () {
      const jar = make()
      yield* jar.store("https://s.web2.qq.com/", [
        "s=nearest; Path=/",
        "t=wide; Domain=qq.com; Path=/",
        "t=near; Domain=web2.qq.com; Path=/"
      ])
      const find = (url: string) => Effect.map(jar.find("t", url), Option.map(Redacted.value))
      assert.deepStrictEqual(yield* find("https://s.web2.qq.com/"), Option.some("near"))
      assert.deepStrictEqual(yield* find("https://qun.qq.com/"), Option.some("wide"))
      assert.deepStrictEqual(yield* find("https://example.com/"), Option.none())
      assert.isTrue(Option.isNone(yield* jar.find("s", "https://qun.qq.com/")))
      assert.isTrue(Option.isNone(yield* jar.find("u", "https://s.web2.qq.com/")))
      assert.strictEqual(String(Option.getOrThrow(yield* jar.find("t", "https://qun.qq.com/"))), "<redacted:cookie>")
    })
  )

  it.effect("sends the cookie of the longest path first", () =>
    Effect.gen(function* () {
      const jar = make()
      yield* jar.store("https://qq.com/", ["a=root; Path=/", "a=deep; Path=/api/deep", "a=mid; Path=/api"])
      assert.strictEqual(yield* jar.header("https://qq.com/api/deep/x"), "a=deep; a=mid; a=root")
    })
  )

  it.effect("lets a cookie die by Effect's clock", () =>
    Effect.gen(function* () {
      yield* at("2018-11-20T00:00:00Z")
      const jar = make()
      yield* jar.store("https://qq.com/", ["a=1; Max-Age=60", "b=2; Expires=Tue, 20-Nov-2018 00:02:00 GMT", "c=3"])
      assert.strictEqual(yield* jar.header("https://qq.com/"), "a=1; b=2; c=3")
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual(yield* jar.header("https://qq.com/"), "b=2; c=3")
      assert.deepStrictEqual(
        (yield* jar.all).map((cookie) => cookie.name),
        ["b", "c"]
      )
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(
        (yield* jar.all).map((cookie) => cookie.name),
        ["c"]
      )
    })
  )

  it.effect("drops what is too large, too many, or holds control characters", () =>
    Effect.gen(function* () {
      const jar = make()
      yield* jar.store("https://qq.com/", [
        `big=${"x".repeat(CookieJar.limits.cookieBytes)}`,
        "control=a\u0001b",
        "newline=a\r\nX-Evil: 1",
        `fits=${"x".repeat(CookieJar.limits.cookieBytes - 4)}`
      ])
      assert.deepStrictEqual(
        (yield* jar.all).map((cookie) => cookie.name),
        ["fits"]
      )
      yield* jar.store(
        "https://qq.com/",
        Array.from({ length: 1000 }, (_, i) => `l${i}=1`)
      )
      assert.strictEqual((yield* jar.all).length, 1 + CookieJar.limits.linesPerAnswer)
      for (let answer = 0; answer < 10; answer++) {
        yield* jar.store(
          "https://qq.com/",
          Array.from({ length: 1000 }, (_, i) => `c${answer}-${i}=1`)
        )
      }
      assert.strictEqual((yield* jar.all).length, CookieJar.limits.cookies)
      // One that is there may still change.
      yield* jar.store("https://qq.com/", ["l0=2"])
      assert.include(yield* jar.header("https://qq.com/"), "l0=2;")
    })
  )

  it.effect("takes no notice of a line that is no cookie", () =>
    Effect.gen(function* () {
      const jar = make()
      yield* jar.store("https://qq.com/", ["", ";", "Path=/; Secure", "no equals sign", "=nameless", "a=1"])
      assert.strictEqual(yield* jar.header("https://qq.com/"), "Path=/; a=1")
    })
  )

  it.effect("keeps cookies of the site's own domains only", () =>
    Effect.gen(function* () {
      const jar = make(["qq.com", "wegame.com.cn"])
      yield* jar.store("https://www.wegame.com.cn/", ["a=1", "b=2; Domain=com.cn", "c=3; Domain=wegame.com.cn"])
      yield* jar.store("https://tracker.example/", ["d=4"])
      assert.deepStrictEqual(
        (yield* jar.all).map((cookie) => cookie.name),
        ["c", "a"]
      )
    })
  )

  it.effect("keeps no cookie for a domain of many owners, whatever it was told is its own", () =>
    Effect.gen(function* () {
      const jar = make(["com.cn", "co.uk", "example"])
      for (const host of ["shop.com.cn", "shop.co.uk", "shop.example"]) {
        const shared = host.replace("shop.", "")
        yield* jar.store(`https://${host}/`, [`a=${host}; Domain=${shared}`, "b=own"])
      }
      assert.deepStrictEqual((yield* jar.all).map((cookie) => `${cookie.name} ${cookie.domain}`).toSorted(), [
        "b shop.co.uk",
        "b shop.com.cn",
        "b shop.example"
      ])
    })
  )

  it.effect("says of each cookie what the server said", () =>
    Effect.gen(function* () {
      const jar = make()
      yield* jar.store("https://s.web2.qq.com/api/x", ["a=1", "b=2; Domain=QQ.com; Path=/b; Secure; HttpOnly"])
      assert.deepStrictEqual(
        (yield* jar.all).map(({ value, ...cookie }) => ({ ...cookie, value: Redacted.value(value) })),
        [
          { name: "b", value: "2", domain: "qq.com", path: "/b", secure: true, httpOnly: true, hostOnly: false },
          {
            name: "a",
            value: "1",
            domain: "s.web2.qq.com",
            path: "/api",
            secure: false,
            httpOnly: false,
            hostOnly: true
          }
        ]
      )
    })
  )

  it.effect("is a service, with a jar for everything that the layer is provided to", () =>
    Effect.gen(function* () {
      assert.strictEqual(CookieJar.CookieJar.key, "webqq-login/CookieJar")
      const jar = yield* CookieJar.CookieJar
      yield* jar.store("https://qq.com/", ["a=1"])
      assert.strictEqual(yield* (yield* CookieJar.CookieJar).header("https://qq.com/"), "a=1")
    }).pipe(Effect.provide(CookieJar.layer({ domains: ["qq.com"] })))
  )

  it.effect("starts again from what it gave out", () =>
    Effect.gen(function* () {
      yield* at("2017-04-03T12:33:15Z")
      const jar = make()
      yield* jar.store(checkSig, [...captured, "host=only", "deep=1; Path=/api; Domain=web2.qq.com"])
      const kept = yield* jar.all
      const again = CookieJar.make({ domains: ["qq.com"], cookies: kept })
      assert.deepStrictEqual(yield* again.all, kept)
      assert.isTrue(kept.some((cookie) => cookie.hostOnly && cookie.domain === "ptlogin4.web2.qq.com"))
      assert.isTrue(kept.some((cookie) => cookie.expires !== undefined && DateTime.toEpochMillis(cookie.expires) > 0))
      for (const url of ["http://s.web2.qq.com/api/x", "http://ptlogin4.web2.qq.com/", "http://qq.com/"]) {
        const sorted = (header: string | undefined) => header?.split("; ").sort()
        assert.deepStrictEqual(sorted(yield* again.header(url)), sorted(yield* jar.header(url)))
      }
    })
  )
})

// tough-cookie is the oracle: for any set of lines the two must send the same cookies everywhere.
const hosts = ["qq.com", "web2.qq.com", "s.web2.qq.com", "ssl.ptlogin2.qq.com", "ptlogin2.qq.com", "graph.qq.com"]
const oneOf = <const A extends ReadonlyArray<string>>(values: A) => Schema.Literals(values)
const Line = Schema.Struct({
  from: oneOf(hosts),
  scheme: oneOf(["http", "https"]),
  path: oneOf(["/", "/check_sig", "/api/getvfwebqq", "/a/b/c"]),
  name: oneOf(["uin", "skey", "p_skey", "ptwebqq", "pt4_token"]),
  value: oneOf(["", "1", "@AbC*-_=/+", "o0123456789", '"quoted"', "a%20b"]),
  domain: oneOf([
    "",
    "; DOMAIN=",
    ...hosts.map((host) => `; DOMAIN=${host}`),
    "; domain=.QQ.com",
    "; Domain=com",
    "; Domain=evilqq.com"
  ]),
  cookiePath: oneOf(["", "; PATH=/", "; path=/api", "; Path=relative", "; Path=/a/"]),
  life: oneOf([
    "",
    "; EXPIRES=Fri, 02-Jan-1970 00:00:00 GMT",
    "; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "; Expires=Tue, 19 Jan 2038 03:14:07 GMT",
    "; Max-Age=0",
    "; Max-Age=1000000",
    "; Max-Age=1000000; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
  ]),
  tail: oneOf(["", ";", "; ;", "; Secure", "; HttpOnly; SameSite=None", ";Secure;HttpOnly"])
})
const targets = [
  ...[...hosts, "example.com", "evilqq.com"].flatMap((host) => [`http://${host}/`, `https://${host}/a/b`]),
  "https://s.web2.qq.com/api/x",
  "http://qq.com/api"
]

/**
 * Where we differ on purpose:
 * - the order of cookies with equally long paths after one of them was deleted and set again: it means nothing, so both
 *   sides are sorted;
 * - a plain http answer may not overwrite or delete a cookie that https marked Secure, not even through another domain
 *   (RFC 6265bis, leave secure cookies alone); tough-cookie lets it. Such lines are left out.
 */
const skipsOnPurpose = (line: typeof Line.Type, secured: ReadonlySet<string>) =>
  line.scheme === "http" && secured.has(line.name)

const sorted = (header: string) => header.split("; ").sort().join("; ")

describe("CookieJar against tough-cookie", () => {
  it.effect.prop(
    "sends the same cookies to every URL after any series of answers",
    [Arbitrary.array(Arbitrary.schema(Line), { minLength: 1, maxLength: 8 })],
    ([lines]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.now())
        const jar = make()
        const oracle = new tough.CookieJar(undefined, { looseMode: false, rejectPublicSuffixes: true })
        const secured = new Set<string>()
        for (const line of lines) {
          if (skipsOnPurpose(line, secured)) continue
          if (line.scheme === "https" && line.tail.includes("Secure")) secured.add(line.name)
          const url = `${line.scheme}://${line.from}${line.path}`
          const text = `${line.name}=${line.value}${line.domain}${line.cookiePath}${line.life}${line.tail}`
          yield* jar.store(url, [text])
          oracle.setCookieSync(text, url, { ignoreError: true })
        }
        for (const url of targets) {
          const ours = sorted((yield* jar.header(url)) ?? "")
          const theirs = sorted(oracle.getCookieStringSync(url))
          // Chai takes longer to find two texts equal than both jars take to make them.
          if (ours !== theirs) assert.strictEqual(ours, theirs, url)
        }
      }),
    { arbitrary: { runs: mutating ? 300 : 10_000, seed: 20181120 }, timeout: 60_000 }
  )
})

describe("CookieJar with many lines in one answer", () => {
  const Answer = Schema.Struct({
    /** How many cookies are there before: up to the limit. */
    before: oneOf(["0", "120", "126", "128"]),
    scheme: oneOf(["http", "https"]),
    lines: Schema.Array(
      Schema.Struct({
        name: oneOf(["a", "b", "c", "d", "e", "f", "old1", "old2"]),
        value: oneOf(["1", "2", "", "x".repeat(CookieJar.limits.cookieBytes)]),
        tail: oneOf(["", "; Domain=qq.com", "; Path=/api", "; Max-Age=0", "; Secure", "; Domain=qq.com; Max-Age=0"])
      })
    )
  })

  it.effect.prop(
    "keeps what it would keep of one line after another",
    [Arbitrary.schema(Answer)],
    ([{ before, lines, scheme }]) =>
      Effect.gen(function* () {
        const url = `${scheme}://s.web2.qq.com/`
        const texts = lines.map(({ name, tail, value }) => `${name}=${value}; Path=/${tail}`)
        const filled = Effect.gen(function* () {
          const jar = make()
          const old = Array.from({ length: Number(before) }, (_, index) => `old${index}=0; Path=/`)
          for (const line of old) yield* jar.store(url, [line])
          return jar
        })
        const [atOnce, oneByOne] = [yield* filled, yield* filled]
        yield* atOnce.store(url, texts)
        for (const text of texts) yield* oneByOne.store(url, [text])
        const plain = (jar: typeof atOnce) =>
          Effect.map(jar.all, (all) => all.map(({ value, ...cookie }) => ({ ...cookie, value: Redacted.value(value) })))
        assert.deepEqual(yield* plain(atOnce), yield* plain(oneByOne))
        assert.strictEqual(yield* atOnce.header(url), yield* oneByOne.header(url))
      }),
    { arbitrary: { runs: 300, seed: 20181120 } }
  )
})
