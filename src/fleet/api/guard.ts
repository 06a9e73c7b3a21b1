/**
 * What stands before every request: it has to come to this fleet by a name of it and not from a web page elsewhere, be of a size that makes
 * sense, and carry a token of this fleet, whatever it asks for. Only the probe of its health, the pages behind scan links and the
 * dashboard, which asks for one itself, need none. All of that is refused in the same words, so that nothing is learned of which account there is.
 */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { MaxBodySize } from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { toIncomingMessage } from "@effect/platform-node/NodeHttpServerRequest"
import type { IncomingMessage } from "node:http"
import { type Bilingual, inBoth } from "../../Language.ts"
import { type Own, refusal } from "../../loopback/guard.ts"
import { bearer, scopeOf, Tokens } from "./tokens.ts"

/** In bytes. A session has some thousands. */
const maxBody = 1_000_000
const maxUrl = 4096

const refuse = (status: number, words: Bilingual, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.text(`${inBoth(words)}\n`, { status, headers: { connection: "close", ...headers } })

const misdirected = refuse(421, { en: "this is not for you", zh: "拒绝访问" })
const tooLong = refuse(414, { en: "this address is too long", zh: "地址过长" })
const crooked = refuse(400, { en: "there is no such path", zh: "没有这样的路径" })
const tooLarge = refuse(413, { en: "this is too large", zh: "请求体过大" })
const noToken = refuse(
  401,
  {
    en: "a token is needed: Authorization: Bearer …, from the token file of this fleet",
    zh: "需要令牌：Authorization: Bearer …，取自该服务的令牌文件"
  },
  { "www-authenticate": "Bearer" }
)

/** Nothing of it is kept, guessed or sent on, and no nginx in front holds back what is told bit by bit. Pages say more of themselves. */
const closed = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-accel-buffering": "no",
  "x-content-type-options": "nosniff"
}

/** `own` are the names under which this fleet is asked. */
export const layer = (own: Own): Layer.Layer<never, never, HttpRouter.HttpRouter | Tokens> =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const tokens = yield* Tokens
      yield* router.addGlobalMiddleware((app) =>
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const refused = refusedBy(request, own, tokens)
          // A body need not say how long it is.
          const bounded = Effect.provideService(app, MaxBodySize, ByteSize.bytes(maxBody))
          return refused ?? HttpServerResponse.setHeaders(yield* bounded, closed)
        })
      )
    })
  )

const refusedBy = (request: HttpServerRequest.HttpServerRequest, own: Own, tokens: Tokens["Service"]) => {
  const { headers } = request
  const incoming = toIncomingMessage(request) as IncomingMessage
  // As it was sent: a whole address may name another host.
  const { url = "" } = incoming
  const [path = ""] = url.split("?", 1)
  const isPage = (path: string) => /^\/(?:scan\/[^/]+|dashboard)\/$/.test(path)
  if (refusal(incoming, "http", { ...own, isPage }) !== undefined) return misdirected
  if (url.length > maxUrl) return tooLong
  // Whoever spells a path in another way wants something else than who reads it here.
  if (!/^(?:\/[\w.~-]+)+\/?$/.test(path) || /\/\.{1,2}(?:\/|$)/.test(path)) return crooked
  const length = headers["content-length"]
  if (length !== undefined && !(Number(length) <= maxBody)) return tooLarge
  const isOpen = path === "/health" || /^\/(?:scan\/|dashboard(?:\/|$))/.test(path)
  return isOpen || scopeOf(tokens, bearer(headers["authorization"])) !== undefined ? undefined : noToken
}
