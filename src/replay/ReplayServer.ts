/**
 * A scenario over real sockets on 127.0.0.1. There are two ways in:
 *
 * - by path, `/__/<login>/<scheme>/<host>/<path>`: any number of logins at once, each told apart by the name in its path,
 *   which is its own from first to last and begins the scenario anew when it is seen for the first time. `/__/<login>/verify` is
 *   answered with 200 where that login was played as written, with 409 and the report where it was not. `rewrite` sends
 *   an `HttpClient` this way, and everything above that client still sees the logical addresses.
 * - by Host header, for clients that know nothing (a proxy variable, or a hosts file, and a certificate lead them here): one login after the
 *   other, unless a client names its own as the user of the proxy. A request that the running login does not expect, but that a new one would begin with, begins a new one.
 *
 * What a web page sends is answered with status 421 and does not count: by path, only 127.0.0.1 and localhost are answered, otherwise the
 * hosts of the scenario as well. A mismatch is answered with status 409 (which no client takes for a fault that passes), its verdict in the header `x-replay-mismatch` and its description as the body,
 * and is kept for `verify`. Words are in the `Language` in force. The server has no timers: what shall take its time waits in `beforeAnswer`.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as UrlParams from "effect/http/UrlParams"
import type * as Http from "node:http"
import { type Refused, refusal } from "../loopback/guard.ts"
import { listen, type Listening } from "../loopback/listen.ts"
import { type Bilingual, Language } from "../Language.ts"
import { maxBody, readRequest, writeAnswer, writeText } from "./wireServer.ts"
import type { Engine, Mismatch, Problem, Strictness, Warning, WireRequest } from "./engine/Engine.ts"
import * as Engines from "./engine/Engine.ts"
import { namesOf } from "./hosts.ts"
import type { ReplayFailed } from "./ReplayFailed.ts"
import { verified } from "./ReplayFailed.ts"
import type { Exchange, Scenario } from "./Scenario.ts"
import type { Authority } from "./tls/Authority.ts"
import { certificates } from "./tls/certificates.ts"
import * as Tunnels from "./tls/tunnels.ts"

export interface Options extends Engines.Options {
  /** Lets a client poll as fast as it likes; where it is left out, `server` judges it by a clock that nobody can set. */
  readonly anyPace?: boolean
  /** Everybody who comes by Host header is one login, whatever they ask. */
  readonly oneLogin?: boolean
  /** Runs for each request as soon as it is known what it is answered with. */
  readonly onRequest?: (received: Received) => void
  /** How many logins there may be, each of which is held until the end, for the report: 4,096 unless given. */
  readonly maxLogins?: number
  /** Port for http; a free one where it is left out. */
  readonly port?: number
  /**
   * Listens for https as well, at this port (a free one where it is left out), with a key and a certificate in PEM, or with those of an
   * authority for whatever host is asked for. The http port then takes CONNECT, too.
   */
  readonly tls?: { readonly port?: number } & (
    | { readonly key: string | Buffer; readonly cert: string | Buffer }
    | { readonly authority: Authority }
  )
  /** Told the host whose certificate a client did not trust: it then asks for nothing. */
  readonly onDistrust?: (host: string) => void
  /**
   * Runs when an answer is ready and before it is sent; the answer waits for its promise. It may begin an answer of its
   * own through `response`, which it then has to end, or destroy it: in both cases the recorded answer is not sent.
   */
  readonly beforeAnswer?: (
    exchange: Exchange,
    request: WireRequest,
    response: Http.ServerResponse
  ) => void | Promise<void>
}

/** One request that came in: `login` as in its path, or a number in order for those that came by Host header. */
export interface Received {
  readonly login: string
  readonly method: string
  /** The logical address, query included. */
  readonly url: string
  readonly result: Exchange["id"] | Mismatch["verdict"]
  /** Status of the answer. */
  readonly status: number
  /** What was wrong, or new and worth knowing. */
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<Warning>
}

export interface ReplayServer {
  readonly scenario: Scenario
  readonly strictness: Strictness
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  /** `https://127.0.0.1:PORT`, where `tls` was given. */
  readonly tlsOrigin: string | undefined
  /** Every host that the scenario names, those that are asked first: what a hosts file has to lead here. */
  readonly hosts: ReadonlyArray<string>
  /** Every request so far, in order. */
  readonly requests: () => ReadonlyArray<Received>
  /** What went wrong in any login; where there was none at all, every exchange is unused. */
  readonly verify: () => ReadonlyArray<Problem>
  /** What is worth knowing of any login, each once. */
  readonly warnings: () => ReadonlyArray<Warning>
}

const prefix = "/__/"
const report = /^\/__\/([\w.-]+)\/verify$/
const byPath = /^\/__\/([\w.-]+)\/(https?)\/([^/]+)(\/.*)$/

const notForPages: Readonly<Record<Refused, Bilingual>> = {
  host: {
    en: "this server answers to 127.0.0.1, localhost and the hosts of the scenario only",
    zh: "此服务器只响应 127.0.0.1、localhost 和场景中的主机"
  },
  origin: { en: "this server answers to no page of this Origin", zh: "此服务器不响应该 Origin 的页面" },
  "sec-fetch-site": { en: "this server answers to no page of another site", zh: "此服务器不响应其他站点的页面" }
}

/** Serves the scenario until the scope closes; then every socket is closed too. A port that is taken is a defect. */
export const make = (scenario: Scenario, options: Options = {}): Effect.Effect<ReplayServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { anyPace = false, maxLogins = 4096, oneLogin = false, onRequest, strictness = "exact" } = options
    const anew = () => Engines.make(scenario, { strictness })
    const engines = new Map<string, Engine>()
    // What would begin a login is asked of one that never does: it stays as it is.
    const unbegun = anew()
    const begun = new Map<string, Set<Exchange["id"]>>()
    const clock = yield* Clock.Clock
    const now = () => (anyPace ? undefined : Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n))
    const requests: Array<Received> = []
    const hosts = namesOf(scenario)
    const language = yield* Language
    const tunnels = Tunnels.make(
      () => plain,
      () => secure,
      language
    )
    let current = 0

    const engineOf = (login: string): Engine => {
      const known = engines.get(login)
      if (known !== undefined) return known
      const engine = anew()
      engines.set(login, engine)
      begun.set(login, new Set())
      return engine
    }
    const loginByHost = (request: WireRequest): string => {
      const running = engines.get(String(current))
      if (running === undefined) current++
      else if (!oneLogin && !running.expects(request) && unbegun.expects(request)) {
        // A second picture before anything came of the first is no new login.
        if (running.strictness === "exact" || begun.get(String(current))!.size > 1) current++
      }
      return String(current)
    }

    const handler =
      (scheme: "http" | "https") => async (incoming: Http.IncomingMessage, response: Http.ServerResponse) => {
        const host = incoming.headers.host ?? ""
        const path = incoming.url ?? "/"
        const prefixed = path.startsWith(prefix)
        // To a proxy, the whole address is named, or a tunnel is built: no web page can do that.
        const absolute = /^https?:\/\//i.test(path)
        const tunnel = tunnels.of(incoming.socket)
        const proxied = absolute || tunnel !== undefined
        const refused = proxied ? undefined : refusal(incoming, scheme, { hosts })
        if (refused !== undefined)
          return writeText(response, 421, notForPages[refused][language], { connection: "close" })
        const asked = report.exec(path)?.[1]
        if (asked !== undefined) {
          const engine = engines.get(asked) ?? anew()
          const problems = engine.verify()
          const text = Engines.conclusion(engine).map((line) => line[language])
          return writeText(response, problems.length === 0 ? 200 : 409, text.join("\n"))
        }
        const parts = prefixed ? byPath.exec(path) : undefined
        const byHost = absolute ? path : `${scheme}://${host}${path}`
        const url = parts ? `${parts[2]}://${parts[3]}${parts[4]}` : byHost
        if (parts === null || !URL.canParse(url)) return writeText(response, 400, expectedPath[language])
        const request = await readRequest(incoming, url)
        if (request === undefined) return writeText(response, 413, tooLong[language], { connection: "close" })
        const login = parts?.[1] ?? (tunnel ? tunnel.login : Tunnels.loginOf(incoming)) ?? loginByHost(request)
        if (engines.size >= maxLogins && !engines.has(login))
          return writeText(response, 429, tooMany(maxLogins)[language])
        const engine = engineOf(login)
        const answer = engine.handle(request, now())
        const mismatched = answer._tag === "Mismatch"
        if (!mismatched) begun.get(login)?.add(answer.exchange.id)
        const received: Received = {
          login,
          method: request.method,
          url,
          result: mismatched ? answer.verdict : answer.exchange.id,
          status: mismatched ? 409 : answer.status,
          ...(onRequest === undefined ? { problems: [], warnings: [] } : engine.news())
        }
        requests.push(received)
        onRequest?.(received)
        if (mismatched) {
          // What would begin a new login is no wrong request, but the wrong place for one.
          const hint = parts && unbegun.expects(request) ? `\n${another(login)[language]}` : ""
          return writeText(response, 409, `${Engines.describe(answer, language)}${hint}`, {
            "x-replay-mismatch": answer.verdict
          })
        }
        await options.beforeAnswer?.(answer.exchange, request, response)
        if (!response.headersSent && !response.destroyed) writeAnswer(response, answer)
      }

    const { tls } = options
    const plain: Listening = yield* listen(handler("http"), options.port ?? 0, { onConnect: tunnels.onConnect })
    const secure =
      tls === undefined
        ? undefined
        : yield* listen(handler("https"), tls.port ?? 0, {
            tls: "authority" in tls ? certificates(tls.authority) : tls,
            onTlsFailed: (reason, { servername }) => {
              if (distrust.test(reason)) options.onDistrust?.(servername || "127.0.0.1")
            }
          })
    // A server is closed once all that it let in is: before, the tunnels.
    yield* Effect.addFinalizer(() => Effect.sync(tunnels.close))
    return {
      scenario,
      strictness,
      origin: `http://127.0.0.1:${plain.port}`,
      tlsOrigin: secure === undefined ? undefined : `https://127.0.0.1:${secure.port}`,
      hosts: [...hosts],
      requests: () => [...requests],
      verify: () => (engines.size === 0 ? anew().verify() : [...engines.values()].flatMap((engine) => engine.verify())),
      warnings: () => {
        const all = [...engines.values()].flatMap((engine) => engine.warnings())
        return [...new Map(all.map((warning) => [warning.text.en, warning] as const)).values()]
      }
    }
  })

const expectedPath: Bilingual = {
  en: `expected ${prefix}<login>/<http or https>/<host>/<path>, or ${prefix}<login>/verify; <login> is any name of ASCII letters, digits, dots, _ and -`,
  zh: `应为 ${prefix}<login>/<http 或 https>/<主机>/<路径>，或 ${prefix}<login>/verify；<login> 为由 ASCII 字母、数字、点、_ 和 - 组成的任意名称`
}

const tooLong: Bilingual = {
  en: `the body is longer than ${maxBody} bytes, and was not read to its end`,
  zh: `请求体超过 ${maxBody} 字节，没有读完`
}

const tooMany = (most: number): Bilingual => ({
  en: `there are ${most} logins already: start the server anew`,
  zh: `已有 ${most} 个登录：请重新启动服务器`
})

const another = (login: string): Bilingual => ({
  en: `the login ${prefix}${login}/ is under way already: use another name in its place to begin the scenario anew`,
  zh: `登录 ${prefix}${login}/ 已在进行中：请换用其他名称以重新开始场景`
})

// What clients say of a certificate that nobody vouches for, by the names of the alerts (RFC 8446, section 6.2).
const distrust = /ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE)$/

const always = () => true

/**
 * Sends every request of a client to the server at `origin`, as the login of that name (letters, digits, `.`, `_`, `-`).
 * Requests, answers and spans keep their logical addresses for everything above the client.
 */
export const rewrite =
  (origin: string, login = "login") =>
  (client: HttpClient.HttpClient): HttpClient.HttpClient =>
    HttpClient.make((request, url, signal) =>
      Effect.gen(function* () {
        const address = `${origin}${prefix}${login}/${url.protocol.slice(0, -1)}/${url.host}${url.pathname}${url.search}`
        // The caller's scope or interruption ends the inner request through the signal.
        const scope = yield* Scope.make()
        signal.addEventListener("abort", () => Effect.runFork(Scope.close(scope, Exit.void)), { once: true })
        const response = yield* HttpClient.withScope(client)
          .execute(
            HttpClientRequest.makeWith(
              request.method,
              address,
              UrlParams.empty,
              Option.none(),
              request.headers,
              request.body
            )
          )
          .pipe(Scope.provide(scope), Effect.provideService(HttpClient.TracerDisabledWhen, always))
        return Object.defineProperties(response, { request: { value: request }, url: { value: url.href } })
      })
    )

/**
 * Serves the scenario while `effect` runs, and fails with `ReplayFailed` unless every login of it was played as written, to
 * its end: also where a client swallowed the mismatch.
 */
export const withScenario = <A, E, R>(
  scenario: Scenario,
  effect: (server: ReplayServer) => Effect.Effect<A, E, R>,
  options?: Options
): Effect.Effect<A, E | ReplayFailed, Exclude<R, Scope.Scope>> =>
  Effect.scoped(Effect.flatMap(make(scenario, options), (server) => verified(scenario, server.verify, effect(server))))
