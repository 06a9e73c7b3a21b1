/**
 * `--qr page`: the code on a page of this machine, or of another address where that was asked for. The address is as good as the
 * code itself, so nobody can guess it, and it is told on the terminal only.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as HttpEffect from "effect/http/HttpEffect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import { randomBytes } from "node:crypto"
import type { LoginError } from "../../errors/LoginError.ts"
import type { SignInEvent } from "../../LoginEvent.ts"
import { addressesOf, bracketed } from "../../loopback/addresses.ts"
import { refusal } from "../../loopback/guard.ts"
import { inBoth } from "../../Language.ts"
import { listen } from "../../loopback/listen.ts"
import * as Web from "../../loopback/web.ts"
import * as Page from "../../page/Page.ts"

export interface Options {
  readonly events: Stream.Stream<SignInEvent, LoginError>
  readonly refresh?: Effect.Effect<void>
  /** Where to listen. Default: a free port of this machine, which no other can reach. */
  readonly host?: string | undefined
  readonly port?: number | undefined
}

/** Serves the page until the scope closes, and then until its readers know how it ended, a second at most. Yields its address. */
export const serve = Effect.fn("pageServer.serve")(function* ({
  events,
  host = "127.0.0.1",
  port = 0,
  refresh
}: Options): Effect.fn.Return<string, never, Scope.Scope> {
  const base = `/${randomBytes(18).toString("base64url")}/`
  const own = { addresses: addressesOf(host), isPage: (path: string) => path === base }
  let handler: (request: Request) => Promise<Response> = () => Promise.resolve(new Response(null, { status: 503 }))
  const bound = yield* listen(
    async (incoming, outgoing) => {
      const refused = refusal(incoming, "http", own)
      if (refused === undefined) return Web.answer(handler, incoming, outgoing)
      outgoing.writeHead(421, { "content-type": "text/plain; charset=utf-8", connection: "close" })
      outgoing.end(`${inBoth({ en: `this page is not for you (${refused})`, zh: `拒绝访问（${refused}）` })}\n`)
    },
    port,
    { host, idleMillis: 5000 }
  )
  // Closed before the server is, and by itself: its last word has to reach those who look at it.
  const following = yield* Scope.make()
  const page = yield* Scope.provide(Page.make({ base, events, refresh }), following)
  yield* Effect.addFinalizer((exit) =>
    // What was told last may be on its way still; where nothing more comes, the page is told that it ended.
    Effect.timeoutOption(Stream.runDrain(page.states), Duration.millis(100)).pipe(
      Effect.andThen(Scope.close(following, exit)),
      Effect.andThen(Effect.timeoutOption(page.told, Duration.seconds(1)))
    )
  )
  handler = HttpEffect.toWebHandlerWith<never, HttpServerRequest>(yield* Effect.context<never>())(page.handler)
  return `http://${bracketed(host)}:${bound.port}${base}`
})
