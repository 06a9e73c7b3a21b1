/**
 * `webqq-login renew`: a new session from the cookies of a saved one, without a scan.
 */
import * as Effect from "effect/Effect"
import { type LoginError, NoSession } from "../../errors/LoginError.ts"
import { type SignInEvent, toLine } from "../../LoginEvent.ts"
import { SessionStore } from "../../store/SessionStore.ts"
import * as SignIn from "../../SignIn.ts"
import type { Values } from "../line/parse.ts"
import type { CommandFailed } from "../terminal/failure.ts"
import { jsonLine } from "../terminal/output.ts"
import * as Render from "../terminal/render.ts"
import type { Surroundings } from "../terminal/report.ts"
import type { renew as command } from "../line/sessionCommands.ts"
import * as Sessions from "../inputs/sessions.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings): Effect.Effect<number> =>
  Sessions.perform(renew(flags, around), flags.json, around)

const renew = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { language, output } = around
  const tell = (event: Exclude<SignInEvent, { readonly _tag: "QrShown" }>) => {
    output.line(Render.status(event, language))
    if (flags.json === true) output.stdout(jsonLine(toLine(event)))
  }
  const picked = yield* Sessions.pick(flags, language)
  const { profile } = picked
  const site = yield* Sessions.needSite(picked, language)
  const session = yield* Sessions.online(SignIn.renew(site, picked.session), around).pipe(
    Effect.catch((reason): Effect.Effect<never, LoginError | CommandFailed> => {
      // These are no answer of the server to us.
      if (reason._tag === "HttpFailed" || reason._tag === "RedirectUntrusted" || reason._tag === "CommandFailed") {
        return Effect.fail(reason)
      }
      tell({ _tag: "RenewalRefused", profile, reason })
      return Effect.fail(new NoSession({ step: "Renewal", profile }))
    })
  )
  tell({ _tag: "Renewed", profile })
  const store = yield* SessionStore
  yield* store.save(session, profile).pipe(
    Effect.tapError(() =>
      Effect.sync(() => {
        // The old one may have ended with this; nothing else holds the new one.
        if (flags.json === true) output.stdout(jsonLine(toLine({ _tag: "LoggedIn", session })))
      })
    )
  )
  tell({ _tag: "Saved", profile, where: store.where })
})
