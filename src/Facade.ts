/**
 * The login for people without Effect: Promises, an AbortSignal and a callback; and what a session that is kept is good for. Nothing else here
 * calls `runPromise`.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type * as HttpClient from "effect/http/HttpClient"
import type { HttpMethod } from "effect/http/HttpMethod"
import * as Login from "./Login.ts"
import * as LoginConfig from "./LoginConfig.ts"
import * as Transport from "./http/Transport.ts"
import type { StoreFailed } from "./errors/LoginError.ts"
import type { LoginEvent, SignInEvent } from "./LoginEvent.ts"
import { type SessionJson, toJson } from "./Session.ts"
import * as SessionRequest from "./SessionRequest.ts"
import * as SignIn from "./SignIn.ts"
import * as CookieFormat from "./store/CookieFormat.ts"
import * as SessionStore from "./store/SessionStore.ts"
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

export interface SignInOptions
  extends Omit<Options, "onEvent">, Pick<SignIn.Options, "profile" | "fresh" | "scan" | "force"> {
  /** Where sessions are kept: a folder, or a layer of `SessionStore`. Default: the folder that the command has, so that both share one scan. */
  readonly store?: string | Layer.Layer<SessionStore.SessionStore, StoreFailed>
  /** Told of everything that happens. Where somebody has to scan, `QrShown` carries the picture. What it throws ends the sign-in. */
  readonly onEvent?: (event: SignInEvent) => void | Promise<void>
}

/** A session that works, and what one does with it. */
export interface SignedIn {
  /** The plain session, secrets in clear. */
  readonly session: SessionJson
  /** The number that signs the site's calls, and `bkn`, which signs those of others. */
  readonly g_tk: number | undefined
  readonly bkn: number | undefined
  /** The value of a `Cookie` header for an address: what a browser would send there. Empty where that is nothing. */
  readonly cookieHeader: (url: string | URL) => string
  /**
   * `fetch` with the session: its cookies, the site's `Referer` and a browser's `User-Agent`, to the site's own hosts by https only. It follows no
   * redirect, keeps no cookie that comes back, and reads up to 64 MiB. Rejects with `SessionRequest.NotSent` before anything is sent, and with
   * `HttpFailed` where no answer comes.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Closes the connections that are kept alive. They keep no process alive, so that a program may as well just end. */
  readonly close: () => Promise<void>
}

/**
 * The way to a session that costs least: the kept one, where its site calls it good; a renewal without a scan; and only then a code
 * (`scan: false`: `ScanNeeded` in its place). To be called again whenever a session may be over: it costs one request where it is not. Rejects as
 * `login` does.
 */
export const signIn = async (options: SignInOptions): Promise<SignedIn> => {
  const { config = {}, fresh, force, onEvent, profile, scan, signal, site, store } = options
  const stored = typeof store === "object" ? store : SessionStore.layerFile({ directory: store })
  const runtime = ManagedRuntime.make(Layer.merge(stored, options.httpClient ?? httpClient))
  const run = <A, E>(
    effect: Effect.Effect<A, E, HttpClient.HttpClient | SessionStore.SessionStore>,
    signal: AbortSignal | undefined
  ) =>
    runtime.runPromise(
      Effect.provideService(effect, LoginConfig.LoginConfig, LoginConfig.make(config)),
      signal === undefined ? {} : { signal }
    )
  const told = { onEvent: (event: SignInEvent) => Effect.promise(async () => onEvent?.(event)) }
  try {
    const session = await run(SignIn.signIn(site, { profile, fresh, scan, force, ...told }), signal)
    return {
      session: toJson(session),
      g_tk: session.gtk,
      bkn: session.bkn,
      cookieHeader: (url) =>
        Effect.runSync(Effect.map(CookieFormat.sentTo(session.cookies, new URL(url).href), CookieFormat.header)),
      fetch: async (input, init) => {
        const request = new Request(input, init)
        const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
        const answer = await run(
          SessionRequest.send(site, session, request.url, {
            method: request.method as HttpMethod,
            headers: Object.fromEntries(request.headers),
            body
          }),
          request.signal
        )
        return toResponse(answer)
      },
      close: () => runtime.dispose()
    }
  } catch (cause) {
    await runtime.dispose()
    throw cause
  }
}

const toResponse = ({ body, headers, status }: SessionRequest.Answer): Response => {
  const named = new Headers()
  for (const [name, value] of headers) named.append(name, value)
  return new Response(bodiless.has(status) ? null : new Uint8Array(body), { status, headers: named })
}

const bodiless: ReadonlySet<number> = new Set([204, 205, 304])
