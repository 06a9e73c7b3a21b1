/**
 * How `webqq-login keep` asks for a scan: by the command of `--on-qr`, and not again and again.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { SignInEvent } from "../../../LoginEvent.ts"
import type { Values } from "../../line/Command.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { keep } from "./keep.ts"

type Flags = Values<typeof keep>

/** Somebody who did not come for one code does not come for twenty. */
const askAgainAfter = Duration.hours(6)

/**
 * The command of `--on-qr`: started when somebody has to scan, told of each event from then on as by `login --on-qr`, and gone when that is over.
 * `tell` yields whether the event was said to people and programs here.
 */
export const askForScan = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { "on-qr": onQr, json } = flags
  const outer = yield* Effect.scope
  let askedAt: number | undefined
  let open: { readonly scope: Scope.Closeable; readonly tell: (event: SignInEvent) => Effect.Effect<void> } | undefined
  const begin = Effect.gen(function* () {
    askedAt = yield* Clock.currentTimeMillis
    const scope = yield* Scope.fork(outer)
    const { teller } = yield* Effect.promise(() => import("../login/tellEvents.ts"))
    const wanted = { qr: ["none" as const], ...(onQr === undefined ? {} : { "on-qr": onQr }), ...(json && { json }) }
    const { tell } = yield* Effect.orDie(Effect.provideService(teller(wanted, around), Scope.Scope, scope))
    return (open = { scope, tell })
  })
  const end = (exit: Exit.Exit<unknown, unknown>) =>
    Effect.suspend(() => {
      const ended = open
      open = undefined
      return ended === undefined ? Effect.void : Scope.close(ended.scope, exit)
    })
  return {
    mayAsk: Effect.map(
      Clock.currentTimeMillis,
      (now) => onQr !== undefined && (askedAt === undefined || now - askedAt >= Duration.toMillis(askAgainAfter))
    ),
    end,
    tell: Effect.fnUntraced(function* (event: SignInEvent) {
      if (open === undefined && event._tag !== "QrShown") return false
      const { tell } = open ?? (yield* begin)
      yield* tell(event)
      // Whoever has scanned may be asked again when it is time.
      if (event._tag === "LoggedIn") {
        askedAt = undefined
        yield* end(Exit.void)
      }
      return true
    })
  }
})
