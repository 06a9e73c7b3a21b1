/**
 * A session for services that run for days: it is checked, renewed before the server ends it, and somebody is told when only a
 * scan can help. However many ask for it at once, one asks the server.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as HttpClient from "effect/http/HttpClient"
import { Language } from "./Language.ts"
import { LoginConfig } from "./LoginConfig.ts"
import { describe, type LoginError } from "./errors/LoginError.ts"
import type { QrShown, SignInEvent } from "./LoginEvent.ts"
import type { Session } from "./Session.ts"
import type { SessionStore } from "./store/SessionStore.ts"
import * as SignIn from "./SignIn.ts"
import type { Site } from "./Site.ts"

export class KeepSignedIn extends Context.Service<
  KeepSignedIn,
  {
    /** A session that was good when it was last checked. Waits while it is being checked, renewed or scanned for. */
    readonly session: Effect.Effect<Session, LoginError>
    /** Has it checked now, and renewed if need be: for who was just refused with it. */
    readonly recheck: Effect.Effect<Session, LoginError>
  }
>()("webqq-login/KeepSignedIn") {}

export interface Options extends Pick<SignIn.Options, "profile" | "onEvent"> {
  /** Whether somebody may be asked to scan, found out anew at each check where it is an effect. Default: true. */
  readonly scan?: boolean | Effect.Effect<boolean> | undefined
  /** Somebody must scan this code. Called for each new one; when none was scanned, again at the next check. */
  readonly onScanNeeded: (code: QrShown) => Effect.Effect<void>
  /** Told of what failed, `ScanNeeded` where `scan` is false for one. Default: a warning in the log. */
  readonly onFailure?: ((error: LoginError) => Effect.Effect<void>) | undefined
  /** The least time between two checks, also where a renewal is due sooner. Default: none. */
  readonly restAtLeast?: Duration.Duration | undefined
}

/**
 * Signs in at once, and from then on checks every `LoginConfig.checkEvery` and renews at the age of `LoginConfig.renewAfter`, before the
 * server ends the session; where that is refused, the same session is not offered again until it is dead. What fails is logged and tried again at the next check, or when the session is asked for. A
 * caller that stops waiting stops nobody else.
 */
export const layer = (
  site: Site,
  options: Options
): Layer.Layer<KeepSignedIn, never, HttpClient.HttpClient | SessionStore> =>
  Layer.effect(
    KeepSignedIn,
    Effect.gen(function* () {
      const scope = yield* Effect.scope
      const { onFailure = (error) => Effect.logWarning(describe(error, language).message), scan = true } = options
      const context = yield* Effect.context<HttpClient.HttpClient | SessionStore>()
      const config = yield* LoginConfig
      const language = yield* Language
      let { profile } = options
      let seen = profile
      let known: Session | undefined
      let wasKept = false
      let good = false
      // Sessions are told apart by when they were obtained.
      let found: number | undefined
      let refused: number | undefined
      let flight: Fiber.Fiber<Session, LoginError> | undefined

      const onEvent = (event: SignInEvent) => {
        if (event._tag === "SessionFound" || event._tag === "Saved") seen = event.profile
        // The first that is found is the store's; one that was scanned for is not there yet.
        if (event._tag === "Confirmed") wasKept = false
        if (event._tag === "Saved" || (event._tag === "SessionFound" && known === undefined)) wasKept = true
        if (event._tag === "SessionFound") found = event.obtainedAt.epochMilliseconds
        if (event._tag === "RenewalRefused") refused = found
        const told = options.onEvent?.(event) ?? Effect.void
        return event._tag === "QrShown" ? Effect.andThen(told, options.onScanNeeded(event)) : told
      }

      const refresh = Effect.flatMap(typeof scan === "boolean" ? Effect.succeed(scan) : scan, (scan) =>
        SignIn.signIn(site, {
          profile,
          scan,
          known,
          knownWasKept: wasKept,
          renewAfter:
            known !== undefined && known.obtainedAt.epochMilliseconds === refused
              ? Duration.infinity
              : config.renewAfter,
          onEvent
        })
      ).pipe(
        Effect.tap((session) =>
          Effect.sync(() => {
            known = session
            good = true
            // From now on it stays with this account, whoever else signs in to the same site.
            profile = seen
          })
        ),
        Effect.tapError(onFailure),
        Effect.onError(() => Effect.sync(() => void (good = false))),
        Effect.ensuring(Effect.sync(() => void (flight = undefined))),
        Effect.provide(context)
      )

      // The flight belongs to the layer and not to whoever asked first.
      const takeOff = Effect.suspend(() =>
        flight === undefined
          ? Effect.map(Effect.forkIn(refresh, scope), (fiber) => (flight = fiber))
          : Effect.succeed(flight)
      ).pipe(Effect.uninterruptible)
      const recheck = Effect.flatMap(takeOff, Fiber.join)
      const session = Effect.suspend(() =>
        good && known !== undefined && flight === undefined ? Effect.succeed(known) : recheck
      )

      const rest = Effect.gen(function* () {
        const age = known === undefined ? 0 : (yield* Clock.currentTimeMillis) - known.obtainedAt.epochMilliseconds
        const left = Duration.millis(Duration.toMillis(config.renewAfter) - age)
        const due = Duration.isPositive(left) ? Duration.min(left, config.checkEvery) : config.checkEvery
        const wait = Duration.max(due, options.restAtLeast ?? Duration.zero)
        // Machines that share a store would all renew at the same moment.
        const apart = Duration.times(config.checkEvery, (yield* Random.next) * config.jitter)
        yield* Effect.sleep(Duration.sum(wait, apart))
      })
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.exit(recheck), rest)))
      return KeepSignedIn.of({ session, recheck })
    })
  )
