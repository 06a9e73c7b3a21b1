/**
 * The code on a page, for whoever cannot see the terminal: what happens as server-sent events, a countdown, a button for a new
 * code, a clear last word. It takes a stream of events and owns no listener: a command, a service or a fleet mounts it where it
 * likes. Its address is the only key to it, so it must not be guessed, and whoever sees the page can scan the code.
 *
 * The picture and the address are secrets while the code lives; nothing of the session but the nickname is ever on the page.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { LoginError } from "../errors/LoginError.ts"
import { inBoth, type Language } from "../Language.ts"
import type { SignInEvent } from "../LoginEvent.ts"
import { fromPng } from "../qr/QrPicture.ts"
import { toSvg } from "../qr/QrSvg.ts"
import * as Document from "./document.ts"
import * as PageState from "./PageState.ts"
import { script } from "./script.ts"
import { style } from "./style.ts"

export type LastWord = PageState.LastWord

export interface Options {
  /** Where it is mounted, with a slash at both ends: `/sign-in/k3…/`. Must hold what nobody can guess. */
  readonly base: string
  /** What happens. The page shows its last state for as long as it is mounted, and `Failed` where the stream fails. */
  readonly events: Stream.Stream<SignInEvent, LoginError | LastWord>
  /** Asks for a new code now; without it the page has no button. */
  readonly refresh?: Effect.Effect<void> | undefined
}

export interface Page {
  /** Answers a request below `base`; anything else, and what the page does not know, gets 404. */
  readonly handler: Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest>
  /** The state of now, and each that follows. */
  readonly states: Stream.Stream<PageState.PageState>
  /** Until every reader that is connected has been told the last word; at once where there is none. */
  readonly told: Effect.Effect<void>
}

/** Follows the events until the scope closes. */
export const make = Effect.fn("Page.make")(function* (options: Options): Effect.fn.Return<Page, never, Scope.Scope> {
  const { base, events, refresh } = options
  const state = yield* SubscriptionRef.make(PageState.initial)
  const readers = yield* SubscriptionRef.make(0)
  yield* Stream.runForEach(events, (event) =>
    SubscriptionRef.update(state, (before) => PageState.next(before, event))
  ).pipe(
    Effect.matchEffect({
      onSuccess: () => SubscriptionRef.update(state, PageState.ended),
      onFailure: (error) => SubscriptionRef.update(state, (before) => PageState.failed(before, error))
    }),
    Effect.onInterrupt(() => SubscriptionRef.update(state, PageState.ended)),
    Effect.forkScoped
  )

  // The last state ends the stream, and so the connection: the browser knows by the state that it must not come again.
  const states = Stream.takeUntil(SubscriptionRef.changes(state), PageState.isOver)
  const feed = Stream.merge(
    Stream.mapEffect(states, (now) => Effect.map(Clock.currentTimeMillis, (at) => message(Document.told(now, at)))),
    // Proxies close what is silent.
    Stream.map(Stream.tick("15 seconds"), () => ": still here\n\n"),
    { haltStrategy: "left" }
  ).pipe(
    Stream.encodeText,
    Stream.onStart(SubscriptionRef.update(readers, (count) => count + 1)),
    Stream.ensuring(SubscriptionRef.update(readers, (count) => count - 1))
  )

  const answer = Effect.fnUntraced(function* (method: string, place: string, language: Language) {
    const now = yield* SubscriptionRef.get(state)
    if (method === "POST" && place === "refresh" && refresh !== undefined) {
      // Once it is scanned, its owner may be confirming it at this moment.
      if (now.phase === "waiting") yield* refresh
      return HttpServerResponse.empty({ status: 204 })
    }
    if (method !== "GET" && method !== "HEAD") return methodNotAllowed
    switch (place) {
      case "": {
        const at = yield* Clock.currentTimeMillis
        return text(Document.html(now, at, language, refresh !== undefined), "text/html; charset=utf-8")
      }
      case "style.css":
        return text(style, "text/css; charset=utf-8")
      case "script.js":
        return text(script, "text/javascript; charset=utf-8")
      case "icon.svg":
        return text(Document.icon, "image/svg+xml")
      case "events":
        // An nginx in front would hold it back: there would be no code on the page.
        return HttpServerResponse.stream(feed, {
          contentType: "text/event-stream",
          headers: { "x-accel-buffering": "no" }
        })
      default:
        // Only the code that can be scanned now: an older picture would be scanned for nothing.
        return now.png !== undefined && place === `code/${now.code}` ? picture(now.png) : notFound
    }
  })

  const handler = Effect.gen(function* () {
    const { headers, method, url } = yield* HttpServerRequest
    const path = url.split("?", 1)[0] ?? ""
    const response = path.startsWith(base)
      ? yield* answer(method, path.slice(base.length), languageOf(headers["accept-language"]))
      : notFound
    return HttpServerResponse.setHeaders(response, closed)
  })

  return {
    handler,
    states,
    told: SubscriptionRef.changes(readers).pipe(
      Stream.takeUntil((count) => count === 0),
      Stream.runDrain
    )
  }
})

/** Nothing is kept, framed, guessed, sent on, or loaded from elsewhere. */
export const closed = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY"
}

const message = (value: Document.Told) => `data: ${JSON.stringify(value)}\n\n`

const text = (body: string, contentType: string) => HttpServerResponse.text(body, { contentType })

const notFound = HttpServerResponse.text(`${inBoth({ en: "not found", zh: "不存在" })}\n`, { status: 404 })
const methodNotAllowed = HttpServerResponse.text(`${inBoth({ en: "method not allowed", zh: "不支持的方法" })}\n`, {
  status: 405
})

/** Drawn anew with the white frame that a camera needs; what cannot be read is sent as it came. */
const picture = (png: Uint8Array) =>
  Result.match(fromPng(png), {
    onSuccess: (matrix) => text(toSvg(matrix), "image/svg+xml"),
    onFailure: () => HttpServerResponse.uint8Array(png, { contentType: "image/png" })
  })

/** The first of the reader's languages that the page speaks. */
export const languageOf = (accepted = ""): Language => {
  const languages = accepted.split(",").map((part) => part.trim().slice(0, 2).toLowerCase())
  return languages.find((name) => name === "zh" || name === "en") === "zh" ? "zh" : "en"
}
