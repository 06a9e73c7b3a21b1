/**
 * `--qr page`: the page of a login, told of its events, and where it is.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { LoginError } from "../../errors/LoginError.ts"
import { isLoginError } from "../../errors/LoginError.ts"
import type { SignInEvent } from "../../LoginEvent.ts"
import { type HostPort, isLoopback } from "../../loopback/addresses.ts"
import { type CommandFailed, usage } from "../process/CommandFailed.ts"
import * as PageServer from "./pageServer.ts"
import type { Streams } from "./streams.ts"

export interface QrPage {
  /** Where a browser finds it. Whoever knows it can scan the code. */
  readonly address: string
  readonly tell: (event: SignInEvent) => void
  /** Ends as often as somebody asks for a new code. */
  readonly newCode: Effect.Effect<void>
}

/** Serves the page until the scope closes; how that ends is the page's last word. Fails where nothing can listen there. */
export const open = Effect.fnUntraced(function* (
  listen: HostPort | undefined,
  streams: Streams
): Effect.fn.Return<QrPage, CommandFailed, Scope.Scope> {
  const events = yield* Queue.unbounded<SignInEvent, LoginError | Cause.Done>()
  const wishes = yield* Queue.unbounded<void>()
  const address = yield* PageServer.serve({
    events: Stream.fromQueue(events),
    refresh: Effect.sync(() => void Queue.offerUnsafe(wishes, undefined)),
    ...listen
  }).pipe(Effect.catchDefect((defect) => Effect.fail(cannotListen(listen, defect))))
  yield* Effect.addFinalizer((exit) => {
    const failure = Exit.findErrorOption(exit)
    return failure._tag === "Some" && isLoginError(failure.value)
      ? Queue.fail(events, failure.value)
      : Queue.end(events)
  })
  streams.insist({ en: `the code is on this page: ${address}`, zh: `二维码页面：${address}` })
  if (listen !== undefined && !isLoopback(listen.host)) streams.tell(others)
  return { address, tell: (event) => void Queue.offerUnsafe(events, event), newCode: Queue.take(wishes) }
})

const others = {
  en: "note: others on that network can reach it, and it is not encrypted: whoever sees this address can scan the code in your place",
  zh: "提示：该网络上的其他人可以访问它，且没有加密：看到此地址的人可以抢先扫码"
}

const cannotListen = (listen: HostPort | undefined, defect: unknown) => {
  const { code = "unknown" } = ((defect as Error).cause ?? {}) as NodeJS.ErrnoException
  const place = listen === undefined ? "127.0.0.1" : `${listen.host}:${listen.port}`
  return usage(
    { en: `the page cannot listen on ${place} (${code})`, zh: `页面无法监听 ${place}（${code}）` },
    {
      en: "choose another address or port with --page-listen, or leave it out",
      zh: "请用 --page-listen 换一个地址或端口，或省略它"
    }
  )
}
