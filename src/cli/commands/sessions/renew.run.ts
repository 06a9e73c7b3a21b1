/**
 * `webqq-login renew`: a new session from the cookies of a saved one, without a scan.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type LoginError, NoSession } from "../../../errors/LoginError.ts"
import { type SignInEvent, toLine } from "../../../LoginEvent.ts"
import { SessionStore } from "../../../store/SessionStore.ts"
import * as SignIn from "../../../SignIn.ts"
import type { Values } from "../../line/Command.ts"
import type { CommandFailed } from "../../process/CommandFailed.ts"
import { wordsOf } from "../../terminal/eventWords.ts"
import type { Surroundings } from "../../inputs/Surroundings.ts"
import type { renew as command } from "./renew.ts"
import * as Ways from "../../inputs/ways.ts"
import * as Sessions from "../../inputs/sessions.ts"

type Flags = Values<typeof command>

export const run = (flags: Flags, around: Surroundings) => Sessions.withStore(renew(flags, around), around)

const renew = Effect.fnUntraced(function* (flags: Flags, around: Surroundings) {
  const { streams } = around
  const tell = (event: Exclude<SignInEvent, { readonly _tag: "QrShown" }>) => {
    streams.tell(wordsOf(event))
    if (flags.json === true) streams.json(toLine(event))
  }
  const picked = yield* Sessions.pick(flags)
  const { profile } = picked
  const site = yield* Sessions.needSite(picked)
  const session = yield* Sessions.online(
    SignIn.renew(site, picked.session),
    yield* Ways.ofProfile(around, profile)
  ).pipe(
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
  const { where } = yield* SessionStore
  const kept = yield* Effect.result(SignIn.keepRenewed(picked, session))
  if (Result.isSuccess(kept)) return tell({ _tag: "Saved", profile, where })
  const reason = kept.failure
  const why = SignIn.whyNot(reason)
  tell({ _tag: "NotSaved", reason, why })
  // The old one may have ended with this; nothing else holds the new one.
  if (flags.json === true) streams.json(toLine({ _tag: "LoggedIn", session }))
  // Where another one was saved meanwhile, there is one that works.
  if (why === "superseded") return
  if (flags.json === true) return yield* reason
  const { rescue } = yield* Effect.promise(() => import("../login/rescue.ts"))
  const left = yield* rescue(session, reason, { profile, force: false }, around)
  if (left !== undefined) return yield* left
})
