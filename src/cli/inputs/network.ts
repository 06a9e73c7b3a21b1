/**
 * How a command reaches the servers: directly, or by a proxy that the line or the environment names.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { HttpClient } from "effect/http/HttpClient"
import * as Facade from "../../Facade.ts"
import * as Transport from "../../http/Transport.ts"
import { proxyAddress } from "../line/networkFlags.ts"
import { usage } from "../process/CommandFailed.ts"
import type { CommandFailed } from "../process/CommandFailed.ts"
import { note } from "../terminal/advice.ts"
import * as EarlyConnection from "./earlyConnection.ts"
import type { Surroundings } from "./Surroundings.ts"

const names = EarlyConnection.proxyVariables

/** The client for an effect that asks servers. Without a proxy it is the library's own, and nothing is loaded for one. */
export const client = (around: Surroundings): Layer.Layer<HttpClient, CommandFailed> =>
  around.httpClient ?? Layer.unwrap(Effect.suspend(() => choose(around)))

const choose = (around: Surroundings): Effect.Effect<Layer.Layer<HttpClient>, CommandFailed> =>
  Effect.map(proxyAgents(around), (agents) =>
    agents === undefined ? (EarlyConnection.isOpen() ? early : Facade.httpClient) : Transport.layer({ agents })
  )

/** What opens connections by the proxy that the line or the environment names; nothing where neither does. */
export const proxyAgents = ({
  env,
  proxy
}: Surroundings): Effect.Effect<Transport.Options["agents"], CommandFailed> => {
  const set = names.find((name) => env[name])
  if (proxy === "none" || (proxy === undefined && set === undefined)) return Effect.undefined
  return Effect.gen(function* () {
    const Proxy = yield* Effect.promise(() => import("../network/proxy.ts"))
    const proxyFor = proxy === undefined ? Proxy.fromEnvironment : () => proxy
    for (const address of samples) {
      const named = proxyFor(address)
      if (named !== "" && !Proxy.isProxy(named)) {
        return yield* usage(
          {
            en: `the proxy for ${new URL(address).protocol} is none that can be used (${set})`,
            zh: `用于 ${new URL(address).protocol} 的代理不可用（${set}）`
          },
          { en: `expected ${proxyAddress.expected.en}`, zh: `应为${proxyAddress.expected.zh}` }
        )
      }
    }
    // One for both: of the two kinds, only what they are asked for differs.
    const agent = yield* Effect.sync(() => Proxy.agent(proxyFor, { tells: true }))
    return { http: agent, https: agent }
  })
}

const sockets = {
  keepAlive: true,
  maxSockets: Transport.defaultMaxSockets,
  maxFreeSockets: Transport.defaultMaxSockets
}

/** The library's own client, but that its first connection is the one that was opened while the command was loaded. */
const early = Layer.effect(
  HttpClient,
  Effect.flatMap(NodeHttpClient.makeAgent(sockets), ({ http, https }) =>
    Transport.make({ agents: { http, https: EarlyConnection.lend(https) } })
  )
)

const samples = ["https://ssl.ptlogin2.qq.com/", "http://ssl.ptlogin2.qq.com/"]

const ofTheNetwork: ReadonlySet<string> = new Set([
  "HttpFailed",
  "AccessDenied",
  "LoginTimeout",
  "CheckUnclear",
  "LoginRejected"
])

/** For a failure of the network: says by which proxy it went, without user and password; nothing where it went by none. */
export const tellProxy =
  ({ env, proxy, streams }: Surroundings) =>
  ({ _tag }: { readonly _tag: string }): Effect.Effect<void> =>
    !ofTheNetwork.has(_tag) || proxy === "none" || (proxy === undefined && !names.some((name) => env[name]))
      ? Effect.void
      : Effect.promise(async () => {
          const { fromEnvironment, shown } = await import("../network/proxy.ts")
          const used = proxy ?? fromEnvironment(samples[0]!)
          if (used === "") return
          const by = shown(used)
          streams.tell(note({ en: `this went by the proxy ${by}`, zh: `请求经过了代理 ${by}` }))
        })
