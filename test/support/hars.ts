/**
 * A login as the tools of others save it: HAR 1.2 in the dialect of each, and with what goes missing on the way. All of them are made of a
 * scenario, as if a browser had played it with somebody's secrets.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { toHar } from "../../src/replay/har/Har.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import { chance, resecret } from "./resecret.ts"

interface Pair {
  readonly name: string
  readonly value: string
}

export interface Entry {
  startedDateTime: string
  request: {
    method: string
    url: string
    headers: ReadonlyArray<Pair>
    queryString: ReadonlyArray<Pair>
    cookies: ReadonlyArray<Pair>
    postData?: object
  }
  response: {
    status: number | string
    headers: ReadonlyArray<Pair>
    cookies: ReadonlyArray<object>
    content: { size: number; mimeType: string; text?: string; encoding?: string; _file?: string }
    redirectURL: string
  }
  [more: string]: unknown
}

export type Entries = ReadonlyArray<Entry>

const isSetCookie = ({ name }: Pair) => name.toLowerCase() === "set-cookie"

export const at = (path: string) => (entry: Entry) => new URL(entry.request.url).pathname.endsWith(`/${path}`)

const each = (change: (entry: Entry, index: number) => Entry) => (entries: Entries) => entries.map(change)

const answered = (change: (response: Entry["response"]) => Partial<Entry["response"]>) =>
  each((entry) => ({ ...entry, response: { ...entry.response, ...change(entry.response) } }))

const asked = (change: (request: Entry["request"]) => Partial<Entry["request"]>) =>
  each((entry) => ({ ...entry, request: { ...entry.request, ...change(entry.request) } }))

const text = (entry: Entry) => Buffer.from(entry.response.content.text ?? "", "base64").toString("utf8")

/** Bodies as texts, but for pictures. */
const inPlain = each((entry) =>
  entry.response.content.mimeType.startsWith("image/")
    ? entry
    : {
        ...entry,
        response: {
          ...entry.response,
          content: { size: entry.response.content.size, mimeType: entry.response.content.mimeType, text: text(entry) }
        }
      }
)

const attributes = (line: string) =>
  Object.fromEntries(
    line
      .split(";")
      .slice(1)
      .map((part) => part.trim().split("="))
      .filter(([name]) => name !== "")
      .map(([name = "", ...value]) => [name.toLowerCase(), value.join("=")])
  )

/** `response.cookies` as tools read them out of the headers. */
const cookiesOf = ({ headers }: Entry["response"]): Entry["response"]["cookies"] =>
  headers.filter(isSetCookie).map(({ value: line }) => {
    const [name = "", ...value] = (line.split(";")[0] ?? "").split("=")
    const { domain, expires, httponly, path, secure } = attributes(line)
    return {
      name,
      value: value.join("="),
      path: path ?? "/",
      ...(domain === undefined ? {} : { domain }),
      ...(expires === undefined ? {} : { expires: new Date(expires).toISOString() }),
      httpOnly: httponly !== undefined,
      secure: secure !== undefined
    }
  })

const withCookies = answered((response) => ({ cookies: cookiesOf(response) }))

const joined = (by: string) =>
  answered(({ headers }) => {
    const lines = headers.filter(isSetCookie).map(({ value }) => value)
    const others = headers.filter((header) => !isSetCookie(header))
    return { headers: lines.length === 0 ? others : [...others, { name: "Set-Cookie", value: lines.join(by) }] }
  })

const withoutSetCookie = answered(({ headers }) => ({ headers: headers.filter((header) => !isSetCookie(header)) }))

const withoutCookieHeader = asked(({ headers }) => ({
  headers: headers.filter(({ name }) => name.toLowerCase() !== "cookie")
}))

const http2 = each((entry) => {
  const { host, pathname, protocol, search } = new URL(entry.request.url)
  const pseudo = [
    [":authority", host],
    [":method", entry.request.method],
    [":path", pathname + search],
    [":scheme", protocol.slice(0, -1)]
  ] as const
  return {
    ...entry,
    request: {
      ...entry.request,
      headers: [...pseudo.map(([name, value]) => ({ name, value })), ...entry.request.headers]
    },
    response: {
      ...entry.response,
      headers: [{ name: ":status", value: String(entry.response.status) }, ...entry.response.headers]
    }
  }
})

const noise = (url: string, startedDateTime: string, more: object = {}): Entry => ({
  startedDateTime,
  request: {
    method: "GET",
    url,
    headers: [{ name: "cookie", value: "pgv_pvid=7301948265" }],
    queryString: [],
    cookies: [],
    ...more
  },
  response: {
    status: 200,
    headers: [{ name: "set-cookie", value: "pgv_info=ssid=s1; path=/" }],
    cookies: [],
    content: { size: 4, mimeType: "text/html", text: "<p>1" },
    redirectURL: ""
  }
})

/** What a browser asks otherwise than our client, before, between and behind the steps. */
const browser = (entries: Entries): Entries => {
  const begin = entries[0]?.startedDateTime ?? ""
  const end = entries.at(-1)?.startedDateTime ?? ""
  const steps = entries.map((entry): Entry => {
    const { headers, url } = entry.request
    const asPage = url
      .replace("https://ssl.ptlogin2.qq.com/ptqr", "https://xui.ptlogin2.qq.com/ssl/ptqr")
      .replace(/js_ver=\d+/, "js_ver=26030415")
      .replace(/login_sig=(?=&|$)/, "login_sig=Stand-In-login-sig")
    const cookies = headers.map(({ name, value }) =>
      name === "cookie" ? { name, value: `pgv_pvid=7301948265; ${value}` } : { name, value }
    )
    const page = { name: "referer", value: "https://xui.ptlogin2.qq.com/" }
    return {
      ...entry,
      request: {
        ...entry.request,
        url: Date.parse(begin) > Date.parse("2022") ? asPage : url,
        headers: [
          ...cookies.filter(({ name }) => name !== "referer" || !/ptqr/.test(url)),
          ...(cookies.some(({ name }) => name === "referer") && !/ptqr/.test(url) ? [] : [page]),
          { name: "accept-language", value: "zh-CN" },
          { name: "sec-fetch-site", value: "same-site" }
        ]
      }
    }
  })
  return [
    noise("https://xui.ptlogin2.qq.com/cgi-bin/xlogin?appid=1", begin),
    ...steps.slice(0, 1),
    noise("https://report.example/ptqrlogin?u=1", begin),
    ...steps.slice(1),
    noise("https://user.example/home", end)
  ]
}

const file = (creator: string, entries: ReadonlyArray<unknown>, more: object = {}) =>
  JSON.stringify({ log: { version: "1.2", creator: { name: creator, version: "1" }, entries, ...more } }, null, 2)

const first = (entries: Entries, path: string) => entries.findIndex(at(path))
const without = (path: string) => (entries: Entries) => entries.filter((entry) => !at(path)(entry))

/** Those of two logins, one after the other. */
const later = (entries: Entries, seconds: number): Entries =>
  entries.map((entry) => ({
    ...entry,
    startedDateTime: new Date(Date.parse(entry.startedDateTime) + seconds * 1000).toISOString()
  }))

const emptied = (content: object) =>
  each((entry) =>
    /\/(?:ptqrshow|ptqrlogin|login2|getvfwebqq)\?|login2$/.test(entry.request.url)
      ? {
          ...entry,
          response: { ...entry.response, content: { size: 60, mimeType: entry.response.content.mimeType, ...content } }
        }
      : entry
  )

const redacted = (word: string) =>
  answered(({ headers }) => ({
    headers: headers.map((header) =>
      isSetCookie(header) ? { ...header, value: header.value.replace(/=[^;]+/, `=${word}`) } : header
    )
  }))

/** By the tool, or by what happened to the file: a text, as it lies on the disk. */
export const dialects: Readonly<Record<string, (entries: Entries) => string | Uint8Array>> = {
  "Chrome, with sensitive data": (entries) =>
    file("WebInspector", http2(inPlain(withCookies(joined("\n")(browser(entries)))))),
  Firefox: (entries) =>
    file("Firefox", inPlain(withCookies(browser(entries))), { browser: { name: "Firefox", version: "1" }, pages: [] }),
  "Firefox, joined by CR LF": (entries) => file("Firefox", inPlain(joined("\r\n")(browser(entries)))),
  Safari: (entries) => file("WebKit Web Inspector", inPlain(joined(", ")(withCookies(browser(entries))))),
  Charles: (entries) =>
    file("Charles Proxy", [
      ...http2(browser(entries)),
      {
        ...noise("https://ssl.ptlogin2.qq.com/ptqrlogin?u1=1", entries.at(-1)!.startedDateTime),
        response: { status: -1, headers: [], cookies: [], content: { size: 0, mimeType: "" } }
      }
    ]),
  Fiddler: (entries) => `\ufeff${file("Fiddler", inPlain(withCookies(browser(entries))), { comment: "exported" })}`,
  mitmproxy: (entries) =>
    file(
      "mitmproxy",
      inPlain(withCookies(browser(entries))).map((entry) => ({
        ...entry,
        startedDateTime: entry.startedDateTime.replace("Z", "000+00:00"),
        serverIPAddress: "192.0.2.1"
      }))
    ),
  "Playwright, embedded": (entries) =>
    file("Playwright", inPlain(browser(entries)), { browser: { name: "chromium", version: "1" } }),
  "Proxyman, in the time of Beijing": (entries) =>
    file(
      "Proxyman",
      browser(entries).map((entry) => ({
        ...entry,
        startedDateTime: new Date(Date.parse(entry.startedDateTime) + 8 * 3_600_000)
          .toISOString()
          .replace("Z", "+08:00")
      }))
    ),
  Insomnia: (entries) =>
    file(
      "Insomnia REST Client",
      inPlain(
        asked(({ url }) => ({
          url: url.split("?")[0] ?? "",
          queryString: Array.from(new URL(url).searchParams, ([name, value]) => ({ name, value }))
        }))(browser(entries))
      )
    ),
  "Insomnia, as it stands in an address": (entries) =>
    file(
      "Insomnia REST Client",
      asked(({ url }) => ({
        url: url.split("?")[0] ?? "",
        queryString: new URL(url).search
          .slice(1)
          .split("&")
          .filter((pair) => pair !== "")
          .map((pair) => ({ name: pair.split("=")[0] ?? "", value: pair.split("=")[1] ?? "" }))
      }))(browser(entries))
    ),
  "Fiddler, with tunnels, ports and ticks": (entries) =>
    file("Fiddler", [
      {
        ...noise("https://ssl.ptlogin2.qq.com:443/", entries[0]!.startedDateTime, { method: "CONNECT" }),
        response: { ...noise("https://a.example", "").response, headers: [], content: { size: 0, mimeType: "" } }
      },
      ...asked(({ url }) => ({ url: url.replace(/^(https:\/\/[^/]+)/, "$1:443") }))(
        inPlain(withCookies(browser(entries)))
      ).map((entry) => ({
        ...entry,
        startedDateTime: new Date(Date.parse(entry.startedDateTime) + 8 * 3_600_000)
          .toISOString()
          .replace("Z", "4567+08:00")
      }))
    ]),
  "mitmproxy, with nulls": (entries) =>
    file(
      "mitmproxy",
      inPlain(withCookies(browser(entries))).map((entry) => ({
        ...entry,
        serverIPAddress: null,
        comment: null,
        request: { ...entry.request, postData: (entry.request.postData ?? null) as never },
        response: {
          ...entry.response,
          redirectURL: null as never,
          cookies: entry.response.cookies.map((cookie) => ({ expires: null, domain: null, ...cookie })),
          content: { ...entry.response.content, encoding: null as never, comment: null }
        }
      }))
    ),
  "Charles, with forms as parameters alone": (entries) =>
    file(
      "Charles Proxy",
      http2(browser(entries)).map((entry) => {
        const { postData } = entry.request as {
          readonly postData?: { readonly mimeType: string; readonly text: string }
        }
        if (postData === undefined || !/urlencoded/.test(postData.mimeType)) return entry
        const params = Array.from(new URLSearchParams(postData.text), ([name, value]) => ({ name, value }))
        return { ...entry, request: { ...entry.request, postData: { mimeType: postData.mimeType, params } } }
      })
    ),
  "Safari, without what it does not know": (entries) =>
    file(
      "WebKit Web Inspector",
      inPlain(joined(", ")(browser(entries))).map((entry) => {
        const { cookies: _, queryString: __, ...request } = entry.request
        const { cookies: ___, redirectURL: ____, ...response } = entry.response
        return { startedDateTime: entry.startedDateTime, request, response }
      })
    ),
  "Chrome, with sockets, data, preflights and what was given up": (entries) => {
    const begin = entries[0]!.startedDateTime
    const given = (url: string, method: string, status: number) => ({
      ...noise(url, begin, { method }),
      response: {
        status,
        statusText: "",
        headers: [],
        cookies: [],
        content: { size: 0, mimeType: "x-unknown" },
        redirectURL: ""
      }
    })
    return file("WebInspector", [
      given("data:image/png;base64,iVBORw0KGgo=", "GET", 200),
      given("blob:https://qzone.qq.com/1f0e", "GET", 200),
      given("wss://push.qzone.qq.com/socket", "GET", 101),
      given("chrome-extension://abcdef/script.js", "GET", 200),
      given("https://ssl.ptlogin2.qq.com/ptqrlogin?u1=1", "GET", 0),
      given("https://u.y.qq.com/cgi-bin/musicu.fcg", "OPTIONS", 204),
      ...http2(inPlain(withCookies(joined("\n")(browser(entries)))))
    ])
  },
  "Firefox, with pages and a body left out with a word": (entries) =>
    file(
      "Firefox",
      emptied({ text: "", comment: "Response bodies are not included." })(withCookies(browser(entries))),
      { browser: { name: "Firefox", version: "1" }, pages: [{ id: "page_1", title: "QQ", pageTimings: {} }] }
    ),
  "entries in another order": (entries) => file("x", inPlain(browser(entries)).toReversed()),
  "cookies of answers in the list only": (entries) => file("x", withoutSetCookie(withCookies(browser(entries)))),
  "cookies of requests in the list only": (entries) =>
    file(
      "x",
      withoutCookieHeader(
        asked(({ headers }) => ({
          cookies: headers
            .filter(({ name }) => name === "cookie")
            .flatMap(({ value }) => value.split("; "))
            .map((pair) => ({ name: pair.split("=")[0] ?? "", value: pair.slice(pair.indexOf("=") + 1) }))
        }))(browser(entries))
      )
    ),
  "no cookies of requests": (entries) =>
    file("x", withoutCookieHeader(asked(() => ({ cookies: [] }))(browser(entries)))),
  "a code that nobody polled": (entries) => {
    const [shown] = entries
    const other = answered(({ headers }) => ({
      headers: headers.map((header) =>
        isSetCookie(header) ? { ...header, value: header.value.replace(/[a-z](?=[^=]*;)/, "Q") } : header
      )
    }))([shown!])
    return file("x", browser([...later(other, -5), ...entries]))
  },
  "a broken entry of another page, and a status as text": (entries) =>
    file("x", [
      { request: { method: "GET", url: "https://a.example/" } },
      ...answered(({ status }) => ({ status: String(status) }))(browser(entries))
    ]),
  "bodies that the browser has dropped": (entries) => file("WebInspector", emptied({})(browser(entries))),
  "Playwright, bodies attached": (entries) => file("Playwright", emptied({ _file: "0f1e2d.txt" })(browser(entries))),
  "the last poll without its body": (entries) => {
    const last = entries.findLastIndex(at("ptqrlogin"))
    return file("x", browser(entries.map((entry, index) => (index === last ? emptied({})([entry])[0]! : entry))))
  },
  "a redirect that was followed": (entries) =>
    file(
      "x",
      browser(
        entries.map((entry) =>
          at("check_sig")(entry) ? { ...entry, response: { ...noise("https://a.example", "").response } } : entry
        )
      )
    ),
  "no check_sig": (entries) => file("x", without("check_sig")(browser(entries))),
  "no confirmation": (entries) => {
    const last = entries.findLastIndex(at("ptqrlogin"))
    return file("x", browser(entries.filter((_, index) => index !== last)))
  },
  "two logins": (entries) => file("x", browser([...entries, ...later(entries, 60)])),
  "two tabs": (entries) => {
    const other = JSON.parse(JSON.stringify(entries).replaceAll(/qrsig=./g, "qrsig=Q")) as Entries
    return file(
      "x",
      browser([
        ...later(other.slice(0, 1), -1),
        ...entries.slice(0, 2),
        ...later(other.slice(0, 1), 1.5),
        ...entries.slice(2)
      ])
    )
  },
  "no picture": (entries) => file("x", without("ptqrshow")(browser(entries))),
  "began in the middle": (entries) => {
    const shown = first(entries, "ptqrshow")
    const polls = entries.filter(at("ptqrlogin")).slice(0, 1)
    return file(
      "x",
      browser([
        ...later(polls, -10).map((entry) => ({
          ...entry,
          request: { ...entry.request, url: entry.request.url.replace(/ptqrtoken=\d/, "ptqrtoken=9") }
        })),
        ...entries.slice(shown)
      ])
    )
  },
  "[REDACTED]": (entries) => file("x", redacted("[REDACTED]")(browser(entries))),
  "whole lines taken out": (entries) =>
    file(
      "x",
      answered(({ headers }) => ({
        headers: headers.map((header) => (isSetCookie(header) ? { ...header, value: "[REDACTED]" } : header))
      }))(browser(entries))
    ),
  "redacted in words": (entries) => file("x", redacted("redacted")(browser(entries))),
  "a qrsig of somebody's making": (entries) => file("x", redacted("0123456789abcdef")(browser(entries))),
  "Chrome, sanitized": (entries) => file("WebInspector", withoutCookieHeader(withoutSetCookie(browser(entries)))),
  "a broken entry of the login": (entries) =>
    file(
      "x",
      browser(entries).map((entry) =>
        at("ptqrlogin")(entry) ? { ...entry, response: { ...entry.response, headers: "none" } } : entry
      )
    ),
  "another appid": (entries) => file("x", browser(entries)).replaceAll(/(aid|appid)=\d{7,}/g, "$1=42424242"),
  "UTF-16": (entries) => Buffer.from(`\ufeff${file("x", entries)}`, "utf16le"),
  "a page": () => "<!doctype html><title>HAR</title>"
}

/** A scenario's entries, played with secrets that are somebody's. */
export const entriesOf = (name: string, seed = 7): Effect.Effect<Entries> =>
  Effect.gen(function* () {
    const folder = yield* Scenario.find(name)
    const { json } = resecret(Fs.readFileSync(Path.join(folder, "scenario.json"), "utf8"), chance(seed))
    const scenario = yield* Scenario.decode(json, { name, folder })
    const har = (yield* toHar(scenario)) as { readonly log: { readonly entries: Entries } }
    return har.log.entries
  }).pipe(Effect.orDie)
