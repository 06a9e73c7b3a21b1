/**
 * One of each kind of file that comes from outside, with room for what is to be tried in its places.
 */
import type * as Schema from "effect/Schema"
import * as Site from "../../src/Site.ts"
import { shopFile } from "../../test/support/scenarios.ts"

export const cookie = {
  name: "a",
  value: "b",
  domain: "qq.com",
  path: "/",
  secure: true,
  httpOnly: false,
  hostOnly: false
}

/** A saved session with these in some of its places. */
export const kept = (more: object = {}) => ({
  schema: 1,
  profile: "p",
  savedAt: "2026-01-01T00:00:00.000Z",
  session: {
    site: "qzone",
    uin: 12345,
    nickname: "n",
    obtainedAt: "2026-01-01T00:00:00.000Z",
    gtk: 5,
    cookies: [cookie, { ...cookie, expires: "2027-01-01T00:00:00.000Z" }],
    ...more
  }
})

export const exported = (lines: ReadonlyArray<string>) => `{"format":"webqq-session/1",${lines.join("\n")}`

interface Pair {
  readonly name: string
  readonly value: string
}

/** What one request of a HAR, or its answer, has in place of the usual. */
interface Entry {
  readonly form?: string
  readonly text?: string
  readonly headers?: ReadonlyArray<Pair>
  readonly more?: object
}

/** A HAR of so many requests of a login. */
export const har = (entries: ReadonlyArray<Entry>) => ({
  log: {
    entries: entries.map(
      ({ form = "r=%7B%22uin%22%3A1%7D", headers = [], more = {}, text = "ptuiCB('66','0','','0','x', 'nick')" }) => ({
        startedDateTime: "2026-01-01T00:00:00.000Z",
        request: {
          method: "GET",
          url: `https://ssl.ptlogin2.qq.com/ptqrshow?appid=${Site.qzone.appid}`,
          headers: [{ name: "Cookie", value: "a=b" }],
          postData: { mimeType: "application/x-www-form-urlencoded", text: form }
        },
        response: {
          status: 200,
          headers: [
            { name: "Set-Cookie", value: "qrsig=Stand-In" },
            { name: "Content-Type", value: "text/html" },
            ...headers
          ],
          content: { text, encoding: "" }
        },
        ...more
      })
    )
  }
})

/** What one exchange of a scenario has in place of the usual. */
interface Exchange {
  readonly body?: string
  readonly json?: Schema.Json
  readonly headers?: ReadonlyArray<readonly [string, string]>
}

/** A scenario of so many exchanges. */
export const scenario = (exchanges: ReadonlyArray<Exchange>) =>
  shopFile(
    exchanges.map(({ body = "x", headers = [["Set-Cookie", "a=b"]], json = { a: 1 } }, n) => ({
      id: `a${n}`,
      request: {
        method: "POST",
        url: "https://shop.example/a",
        query: { a: "b" },
        headers: { h: { re: "a+" } },
        cookies: { c: { any: true } },
        form: { f: { json } }
      },
      response: { status: 200, headers, body: { text: body } }
    }))
  )
