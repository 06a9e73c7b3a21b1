/**
 * The `HttpClient` that logins use unless they are given another: node:http with connections kept alive. It is a client like any
 * other, and offers a shorter way beside: one callback from a request to the end of its body, in the place of the six fibers
 * that a general client starts for it. `QqHttp` takes that way where it finds it, and the general one over any other client,
 * one that wraps this one included.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as HttpClient from "effect/http/HttpClient"
import * as Deadlines from "./deadlines.ts"
import type { Exchange } from "./Exchange.ts"
import { nodeExchange } from "./nodeExchange.ts"

/** An `HttpClient` with a way of its own for whole exchanges. */
export interface Transport extends HttpClient.HttpClient {
  readonly direct: {
    /** The client that this way belongs to. One that wraps it, or is a copy of it, is another, and may mean to change requests. */
    readonly client: HttpClient.HttpClient
    readonly exchange: Exchange
  }
}

/** Whether a client itself, and not one that it wraps, has the direct way. */
export const isTransport = (client: HttpClient.HttpClient): client is Transport =>
  "direct" in client && (client as Transport).direct?.client === client

export interface Options {
  /**
   * Connections to one host at the same time; further requests wait for a free one, within their time limit. The default,
   * 1,024, carries ten thousand logins. A login asks up to four hosts.
   */
  readonly maxSockets?: number
  /**
   * Agents in the place of our own: for a proxy, or with certificates of one's own. They set the limit of sockets themselves,
   * should keep connections alive, and are not closed with the transport. One `http.Agent` may stand in both places.
   */
  readonly agents?: Pick<NodeHttpClient.HttpAgent["Service"], "http" | "https">
}

export const defaultMaxSockets = 1024

/** Makes a transport; the scope closes its connections. Throws where `maxSockets` is no whole number from 1. */
export const make = (options: Options = {}): Effect.Effect<Transport, never, Scope.Scope> =>
  Effect.gen(function* () {
    const maxSockets = Schema.decodeUnknownSync(MaxSockets)(options.maxSockets ?? defaultMaxSockets)
    // Whatever may be open may stay open: a connection that is given up after each burst costs a handshake in the next.
    const own = NodeHttpClient.makeAgent({ keepAlive: true, maxSockets, maxFreeSockets: maxSockets })
    const agents = options.agents ?? (yield* own)
    const client = yield* Effect.provideService(NodeHttpClient.makeNodeHttp, NodeHttpClient.HttpAgent, agents)
    return Object.assign(client, { direct: { client, exchange: nodeExchange(agents, yield* Deadlines.make) } })
  })

/** Adds nothing to a request, follows nothing, survives an abort. */
export const layer = (options?: Options): Layer.Layer<HttpClient.HttpClient> =>
  Layer.effect(HttpClient.HttpClient, make(options))

const MaxSockets = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/** The same, with `maxSockets` from the environment: `WEBQQ_MAX_SOCKETS`. Fails with a `ConfigError` that names the variable. */
export const layerConfig: Layer.Layer<HttpClient.HttpClient, Config.ConfigError> = Layer.unwrap(
  Effect.map(
    Config.schema(Schema.FiniteFromString.pipe(Schema.decodeTo(MaxSockets)), "WEBQQ_MAX_SOCKETS").pipe(
      Config.withDefault(defaultMaxSockets)
    ),
    (maxSockets) => layer({ maxSockets })
  )
)
