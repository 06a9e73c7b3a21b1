import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { execFile, spawnSync } from "node:child_process"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as CookieFormat from "webqq-login/CookieFormat"
import * as CookieJar from "webqq-login/CookieJar"
import { type SessionCookie, toJson } from "webqq-login/Session"
import { listen } from "../../src/loopback/listen.ts"
import { selfSigned } from "../support/certificate.ts"
import { readers } from "../support/cookieReaders.ts"
import { cookie, cookies, qzone } from "../support/savedSessions.ts"

const at2018 = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.andThen(TestClock.setTime(qzone.obtainedAt.epochMilliseconds), effect)

const named = (cookies: ReadonlyArray<SessionCookie>) =>
  cookies.map(({ name, value }) => `${name}=${Redacted.value(value)}`)

/** What a reader of cookies.txt files makes of one, by the description of the format at curl.se. */
const readNetscape = (text: string) =>
  text.split("\n").flatMap((line) => {
    const httpOnly = line.startsWith("#HttpOnly_")
    if (line === "" || (line.startsWith("#") && !httpOnly)) return []
    const [domain = "", below, path, secure, expiry, name, value] = line.replace("#HttpOnly_", "").split("\t")
    return [
      {
        name,
        value,
        domain: domain.replace(/^\./, ""),
        path,
        secure: secure === "TRUE",
        httpOnly,
        hostOnly: below === "FALSE",
        ...(expiry === "2147483646" ? {} : { expires: new Date(Number(expiry) * 1000).toISOString() })
      }
    ]
  })

const addresses = [
  "https://user.qzone.qq.com/",
  "http://user.qzone.qq.com/",
  "https://h5.qzone.qq.com/cgi-bin/list?a=1",
  "https://qun.qq.com/",
  "https://ssl.ptlogin2.qq.com/ptqrlogin",
  "https://qq.com.example/",
  "https://notqq.com/"
]

describe("the cookies of a session", () => {
  it.effect.each(addresses)("are those that a jar would send to %s, in its order", (url) =>
    at2018(
      Effect.gen(function* () {
        const jar = CookieJar.make({ domains: ["qq.com"], cookies: qzone.cookies })
        const sent = yield* CookieFormat.sentTo(qzone.cookies, url)
        assert.strictEqual(CookieFormat.header(sent), (yield* jar.header(url)) ?? "")
      })
    )
  )

  it.effect("are chosen by domain, path, scheme, host and expiry", () =>
    at2018(
      Effect.gen(function* () {
        const sentTo = (url: string) => Effect.map(CookieFormat.sentTo(qzone.cookies, url), (sent) => named(sent))
        const plain = ["RK=a/b+c'd\"e$f", "empty=", "skey=@AbCdEfGhI", "uin=o0123456789"]
        assert.sameMembers(
          [...(yield* sentTo("https://user.qzone.qq.com/"))],
          [...plain, "p_skey=Secret*p-skey_1", "host=only"]
        )
        assert.sameMembers([...(yield* sentTo("http://user.qzone.qq.com/"))], [...plain, "host=only"])
        assert.strictEqual((yield* sentTo("https://h5.qzone.qq.com/cgi-bin/list"))[0], "deep=below")
        assert.deepEqual(yield* sentTo("https://example.com/"), [])
      })
    )
  )

  it.effect("lose what has expired, and nothing else", () =>
    at2018(
      Effect.gen(function* () {
        const names = (yield* CookieFormat.valid(qzone.cookies)).map(({ name }) => name)
        assert.sameMembers(
          names,
          cookies.map(({ name }) => name).filter((name) => name !== "gone")
        )
      })
    )
  )

  it.effect("survive a cookies.txt with all of their attributes", () =>
    at2018(
      Effect.gen(function* () {
        const all = yield* CookieFormat.valid(qzone.cookies)
        const text = CookieFormat.netscape(all)
        assert.match(text, /^# Netscape HTTP Cookie File\n/)
        assert.deepEqual<unknown>(readNetscape(text), CookieFormat.toJson(all))
      })
    )
  )

  const hostile = [
    ["a line end in a value", { value: "a\nevil.example\tTRUE\t/\tFALSE\t0\tb\tc" }],
    ["a return in a value", { value: "a\r\nx: y" }],
    ["a tab in a name", { name: "a\tb" }],
    ["a line end in a path", { path: "/\n" }],
    ["a line end in a domain", { domain: "qq.com\nevil.example" }],
    ["a control character of eight bits", { value: "a\u0085b" }]
  ] as const
  it.each(hostile)("with %s are left out: they cannot forge a field, a line or a header", (_, more) => {
    // No session holds such a cookie; whoever calls this with cookies of another source is safe all the same.
    const cookies = [cookie("good", "1", "qq.com"), { ...cookie("evil", "2", "qq.com"), ...more }].map(
      (one) => ({ ...one, value: Redacted.make(one.value) }) as unknown as SessionCookie
    )
    assert.strictEqual(CookieFormat.header(cookies), "good=1")
    assert.lengthOf(readNetscape(CookieFormat.netscape(cookies)), 1)
    assert.strictEqual(CookieFormat.curl(cookies, "https://qq.com/"), "curl -H 'cookie: good=1' 'https://qq.com/'")
  })

  it("become a line of curl that a shell reads as it is meant", () => {
    const rk = qzone.cookies.find(({ name }) => name === "RK")
    const url = "https://user.qzone.qq.com/?q='$(id)'&list=[1,2]"
    const line = CookieFormat.curl(rk === undefined ? [] : [rk], url)
    const { stdout } = spawnSync("sh", ["-c", `curl() { printf '%s\\n' "$@"; }; ${line}`], { encoding: "utf8" })
    assert.deepEqual(stdout.split("\n"), ["--globoff", "-H", `cookie: RK=a/b+c'd"e$f`, url, ""])
    assert.strictEqual(CookieFormat.curl([], "https://qq.com/"), "curl 'https://qq.com/'")
  })
})

describe("the plain form of a session", () => {
  it.effect("is taken wherever its cookies are", () =>
    at2018(
      Effect.gen(function* () {
        const { cookies } = toJson(qzone)
        const url = "https://user.qzone.qq.com/"
        assert.deepEqual(yield* CookieFormat.valid(cookies), yield* CookieFormat.valid(qzone.cookies))
        assert.deepEqual(yield* CookieFormat.sentTo(cookies, url), yield* CookieFormat.sentTo(qzone.cookies, url))
        assert.strictEqual(CookieFormat.header(cookies), CookieFormat.header(qzone.cookies))
        assert.strictEqual(CookieFormat.netscape(cookies), CookieFormat.netscape(qzone.cookies))
        assert.strictEqual(CookieFormat.curl(cookies, url), CookieFormat.curl(qzone.cookies, url))
        assert.deepEqual(CookieFormat.toJson(cookies), cookies)
        assert.deepEqual(CookieFormat.playwright(cookies), CookieFormat.playwright(qzone.cookies))
        expectTypeOf(cookies).toExtend<CookieFormat.Cookies>()
        expectTypeOf(qzone.cookies).toExtend<CookieFormat.Cookies>()
      })
    )
  )
})

describe("cookies out of a file", () => {
  const written: ReadonlyArray<readonly [what: string, write: (cookies: CookieFormat.Cookies) => string]> = [
    ["a cookies.txt", CookieFormat.netscape],
    ["one of Windows", (all) => CookieFormat.netscape(all).replaceAll("\n", "\r\n")],
    ["a storage state", (all) => JSON.stringify(CookieFormat.playwright(all), undefined, 2)],
    ["our own JSON", (all) => JSON.stringify(CookieFormat.toJson(all))]
  ]
  it.effect.each(written)("are the same that went into %s", ([, write]) =>
    at2018(
      Effect.gen(function* () {
        const all = yield* CookieFormat.valid(qzone.cookies)
        const read = CookieFormat.fromFile(write(all))
        assert.isDefined(read)
        assert.deepEqual(CookieFormat.toJson(read ?? []), CookieFormat.toJson(all))
      })
    )
  )

  it("are read as an extension of a browser writes them", () => {
    const extension = [
      {
        domain: ".qq.com",
        expirationDate: 1_600_000_000.5,
        hostOnly: false,
        name: "a",
        path: "/",
        sameSite: null,
        value: "1"
      },
      {
        domain: "qun.qq.com",
        hostOnly: true,
        httpOnly: true,
        name: "b",
        path: "/x",
        secure: true,
        session: true,
        value: "2"
      }
    ]
    assert.deepEqual(CookieFormat.toJson(CookieFormat.fromFile(JSON.stringify(extension)) ?? []), [
      cookie("a", "1", "qq.com", { expires: "2020-09-13T12:26:40.500Z" }),
      cookie("b", "2", "qun.qq.com", { path: "/x", secure: true, httpOnly: true, hostOnly: true })
    ])
  })

  const none = ["", "hello", "<html>", "{}", "[1]", "{", `{"cookies":1}`, "# Netscape HTTP Cookie File\n", "a\tb\tc\n"]
  it.each(none)("are not read from %j", (text) => assert.isUndefined(CookieFormat.fromFile(text)))

  it("leave out what no jar would keep, and nothing else", () => {
    const row = (name: string, value: string, domain = ".qq.com") =>
      [domain, "TRUE", "/", "FALSE", "0", name, value].join("\t")
    const file = [row("good", "1"), row("a b", "1"), row("c", "日本"), row("d", "1", "com"), row("__Secure-e", "1")]
    const read = CookieFormat.fromFile(file.join("\n")) ?? []
    assert.deepEqual(named(read), ["good=1"])
  })
})

const hasCurl = spawnSync("curl", ["--version"]).status === 0

/** Runs a line of bash in which curl reaches the server under every name. */
const bash = (line: string, port: number, jar: string) =>
  Effect.callback<string>((resume) => {
    const script = `curl() { command curl -sSk --max-time 5 --connect-to "::127.0.0.1:${port}" "$@"; }; ${line}`
    execFile("bash", ["-c", script], { env: { PATH: process.env["PATH"] ?? "", JAR: jar } }, (error, stdout) =>
      resume(error === null ? Effect.succeed(stdout) : Effect.die(error))
    )
  })

describe.skipIf(!hasCurl)(`curl${hasCurl ? "" : " (skipped: it is not installed)"}`, () => {
  it.live("sends the right cookies under the real names, from a cookies.txt and from a pasted line", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { port } = yield* listen(
          async (request, response) => void response.end(request.headers.cookie ?? ""),
          0,
          { tls: selfSigned(["qzone.qq.com"]) }
        )
        const all = yield* CookieFormat.valid(qzone.cookies)
        const jar = CookieFormat.netscape(all)
        const check = Effect.fnUntraced(function* (url: string) {
          const sent = yield* CookieFormat.sentTo(all, url)
          const expected = named(sent).toSorted()
          const fromFile = yield* bash(`curl -b <(printf %s "$JAR") '${url}'`, port, jar)
          assert.deepEqual(fromFile.split("; ").toSorted(), expected, url)
          assert.strictEqual(yield* bash(CookieFormat.curl(sent, url), port, ""), CookieFormat.header(sent), url)
        })
        const urls = ["user.qzone.qq.com/", "qzone.qq.com/cgi-bin/x", "web2.qq.com/", "ssl.ptlogin2.qq.com/"]
        yield* Effect.forEach(urls, (url) => check(`https://${url}`), { concurrency: "unbounded" })
        assert.strictEqual(yield* bash(`curl -b <(printf %s "$JAR") https://example.com/`, port, jar), "")
      })
    )
  )
})

for (const { httpOnly, httpsToo, isHere, name, sends } of readers) {
  describe.skipIf(!isHere)(`${name}${isHere ? "" : " (skipped: it is not installed)"}`, () => {
    it.live("sends from a cookies.txt what a browser would", () =>
      Effect.gen(function* () {
        // What ended in 2018 is gone by the clocks of all of them; what has no end is not.
        const all = qzone.cookies.filter(({ name }) => name !== "gone")
        const urls = addresses.filter((url) => httpsToo || url.startsWith("http://"))
        const sent = yield* sends(CookieFormat.netscape(all), urls)
        for (const [index, url] of urls.entries()) {
          const cookies = (yield* CookieFormat.sentTo(all, url)).filter((cookie) => httpOnly || !cookie.httpOnly)
          assert.sameMembers([...sent[index]!], [...named(cookies)], url)
        }
      })
    )
  })
}
