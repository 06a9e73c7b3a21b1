/**
 * The login for people without Effect: Promises, an AbortSignal and a callback. Nothing else here calls `runPromise`.
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as HttpClient from "effect/http/HttpClient"
import * as Login from "./Login.ts"
import * as LoginConfig from "./LoginConfig.ts"
import * as Transport from "./http/Transport.ts"
import type { LoginEvent } from "./LoginEvent.ts"
import { type SessionJson, toJson } from "./Session.ts"
import type { Site } from "./Site.ts"

export interface Options {
  /** Where to log in: `Site.qzone`, or another that lives. */
  readonly site: Site
  /** Intervals and limits that differ from the defaults. */
  readonly config?: LoginConfig.Options
  /** Ends the login and closes the request in flight; the promise rejects. */
  readonly signal?: AbortSignal
  /** Told of everything that happens. `QrShown` carries the picture to show. What it throws ends the login. */
  readonly onEvent?: (event: LoginEvent) => void | Promise<void>
  /** Another HTTP client, a replay for one. It must not follow redirects by itself. */
  readonly httpClient?: Layer.Layer<HttpClient.HttpClient>
}

/**
 * node:http with connections kept alive, also between the polls of a thousand logins: adds nothing to a request, follows
 * nothing, survives an abort. `Transport.layer` makes one with another limit of connections, or with agents of your own.
 */
export const httpClient: Layer.Layer<HttpClient.HttpClient> = Transport.layer()

/**
 * Logs in and resolves with the plain session, secrets in clear. Rejects with one of the errors of `LoginError`, whose
 * `message` says what happened; `LoginError.describe(error)` adds what to do about it.
 */
export const login = (options: Options): Promise<SessionJson> => {
  const { config = {}, onEvent, signal, site } = options
  return Login.login(site, { onEvent: (event) => Effect.promise(async () => onEvent?.(event)) }).pipe(
    Effect.map(toJson),
    Effect.provideService(LoginConfig.LoginConfig, LoginConfig.make(config)),
    Effect.provide(options.httpClient ?? httpClient),
    (program) => Effect.runPromise(program, signal === undefined ? {} : { signal })
  )
}
