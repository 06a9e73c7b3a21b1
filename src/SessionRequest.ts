/**
 * A request in the name of a session: with the cookies that a browser would send there, as the site's own page would send it, and
 * to the site's own hosts only. No redirect is followed, and what the answer sets is kept nowhere.
 */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpMethod } from "effect/http/HttpMethod"
import type { Said } from "./errors/advice.ts"
import { HttpFailed } from "./errors/LoginError.ts"
import { fromHttpClientError } from "./http/httpErrors.ts"
import { noticed } from "./http/noticed.ts"
import { limitedBody, setCookieLines } from "./http/response.ts"
import { LoginConfig } from "./LoginConfig.ts"
import * as Notice from "./Notice.ts"
import type { Session } from "./Session.ts"
import * as Site from "./Site.ts"
import { fill, ownHeaders } from "./sites/words.ts"
import * as CookieFormat from "./store/CookieFormat.ts"

export interface Options {
  /** Default: GET, or POST where there is a body. */
  readonly method?: HttpMethod | undefined
  /** In the place of ours: a `referer` and a `user-agent` too. Names count in any case; `cookie` and `host` are not taken. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Its content type, where `headers` names none, is that of a form. */
  readonly body?: Uint8Array | undefined
  /** Which of the session's numbers are appended to the query, as `g_tk` and `bkn`. */
  readonly sign?: ReadonlyArray<"gtk" | "bkn"> | undefined
}

export interface Answer {
  readonly status: number
  /** In lower case; `set-cookie` a line each. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Uint8Array
}

/** Nothing was sent: the address is none of the site's (`host`), not https, a header is not for a caller to set, or the session lacks a number. */
export class NotSent extends Data.TaggedError("NotSent")<{
  readonly reason: "another host" | "not https" | "own header" | "no number"
  readonly site: string
  /** The host, the header or the number. */
  readonly name: string
}> {
  override get message(): string {
    return said(this).message.en
  }
}

/** Of a body, more is not read. */
const maxBytes = 2 ** 26

/**
 * Sends it. Any status is an answer. Fails with `NotSent` before, and with `HttpFailed` on faults of the network, where the head does not
 * come within `LoginConfig.requestTimeout` or the body within `LoginConfig.timeout`, and where that is larger than 64 MiB.
 */
export const send = Effect.fn("SessionRequest.send")(function* (
  site: Site.Site,
  session: Session,
  address: string,
  { body, headers = {}, method = body === undefined ? "GET" : "POST", sign = [] }: Options = {}
) {
  // What is not read to its end is closed.
  const client = HttpClient.withScope(yield* HttpClient.HttpClient)
  const { requestTimeout, timeout, userAgent } = yield* LoginConfig
  const url = yield* Effect.fromResult(addressOf(site, session, address, sign))
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const refused = Object.keys(given).find((name) => ownHeaders.has(name))
  if (refused !== undefined) return yield* new NotSent({ reason: "own header", site: site.name, name: refused })
  const cookie = CookieFormat.header(yield* CookieFormat.sentTo(session.cookies, url.href))
  const { "content-type": contentType = "application/x-www-form-urlencoded", ...others } = given
  const request = HttpClientRequest.make(method)(url.href, {
    headers: {
      "user-agent": userAgent,
      referer: refererOf(site, session),
      ...others,
      ...(given["content-type"] === undefined || body !== undefined ? {} : { "content-type": contentType }),
      ...(cookie === "" ? {} : { cookie })
    }
  })
  const place = { step: "Request", host: url.host } as const
  const listener = yield* Notice.Listener
  const exchange = Effect.gen(function* () {
    const response = yield* client
      .execute(body === undefined ? request : HttpClientRequest.bodyUint8Array(request, body, contentType))
      .pipe(Effect.mapError(fromHttpClientError), within(requestTimeout))
    const { "set-cookie": _, ...plain } = response.headers
    return {
      status: response.status,
      headers: [...Object.entries(plain), ...setCookieLines(response).map((line) => ["set-cookie", line] as const)],
      body: yield* limitedBody(response, maxBytes).pipe(Effect.mapError(fromHttpClientError), within(timeout))
    } satisfies Answer
  }).pipe(Effect.scoped)
  return yield* (listener === undefined ? exchange : noticed(exchange, place, requestTimeout, listener)).pipe(
    Effect.mapError((fault) => new HttpFailed({ ...place, ...fault })),
    // The client's own spans hold the whole URL, and its trace headers would reach a third party.
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
  )
})

const within = (duration: Duration.Duration) =>
  Effect.timeoutOrElse({ duration, orElse: () => Effect.fail({ reason: "timeout" } as const) })

const addressOf = (
  site: Site.Site,
  session: Session,
  address: string,
  sign: ReadonlyArray<"gtk" | "bkn">
): Result.Result<URL, NotSent> => {
  const fail = (reason: NotSent["reason"], name: string) => Result.fail(new NotSent({ reason, site: site.name, name }))
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== "https:") return fail("not https", url?.host ?? "")
  if (!Site.owns(site, url.hostname)) return fail("another host", url.host)
  for (const name of sign) {
    const number = session[name]
    if (number === undefined) return fail("no number", name)
    // As text: what is there already stays as it was written.
    url.search = `${url.search === "" ? "?" : `${url.search}&`}${name === "gtk" ? "g_tk" : "bkn"}=${number}`
  }
  url.hash = ""
  return Result.succeed(url)
}

/** The page that the site's own call says that it comes from, or the site's front page. */
const refererOf = (site: Site.Site, { uin }: Session): string =>
  fill(site.check?.headers?.["referer"] ?? `https://${Site.opens(site)}/`, (name) =>
    name === "uin" ? String(uin) : ""
  )

/** What is wrong and what to do about it, in both languages. */
export const said = ({ name, reason, site }: Pick<NotSent, "name" | "reason" | "site">): Said => {
  switch (reason) {
    case "another host":
      return {
        message: {
          en: `${name} is no host of ${site}: nothing was sent there`,
          zh: `${name} 不是 ${site} 的主机：没有向它发送任何请求`
        },
        cure: {
          en: "a session goes to its own site only: ask another host without one",
          zh: "会话只发往自己的站点；请求其他主机时请勿使用会话"
        }
      }
    case "not https":
      return {
        message: { en: "a session is sent by https only", zh: "会话只通过 https 发送" },
        cure: { en: "write the address with https://", zh: "请使用 https:// 开头的地址" }
      }
    case "own header":
      return {
        message: { en: `the header ${name} is not yours to set`, zh: `请求头 ${name} 不能自行设置` },
        cure: { en: "leave it out: it follows from the session and the address", zh: "请去掉它：它由会话和地址决定" }
      }
    case "no number":
      return {
        message: { en: `the session of ${site} has no ${name}`, zh: `${site} 的会话没有 ${name}` },
        cure: { en: "sign the call with the other number, or with none", zh: "请改用另一个签名，或不签名" }
      }
  }
}
