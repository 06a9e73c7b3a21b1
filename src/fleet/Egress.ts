/**
 * By which way an account is asked for. Its row names the way, and each machine knows the proxy of that name, whose address may hold a
 * password: so an account that moves to another machine stays behind its address.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as Transport from "../http/Transport.ts"

/** An account whose way is not known here is not asked for by another: that would show what its proxy hides. */
const nowhere = HttpClient.make((request) => {
  const cause = Object.assign(new Error(), { code: "ERR_PROXY_UNKNOWN" })
  return Effect.fail(
    new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
  )
})

/** The client for the name of a way. */
export const Egress = Context.Reference<(name: string) => HttpClient.HttpClient>("webqq-login/fleet/Egress", {
  defaultValue: () => () => nowhere
})

/** The ways of this machine, by their names. */
export const layer = (ways: ReadonlyMap<string, HttpClient.HttpClient>): Layer.Layer<never> =>
  Layer.succeed(Egress, (name) => ways.get(name) ?? nowhere)

/** The same, of agents that go by proxies. */
export const layerAgents = (agents: Readonly<Record<string, Transport.Options["agents"]>>): Layer.Layer<never> =>
  Layer.unwrap(
    Effect.map(
      Effect.forEach(Object.entries(agents), ([name, own]) =>
        Effect.map(Transport.make(own === undefined ? {} : { agents: own }), (client) => [name, client] as const)
      ),
      (ways) => layer(new Map(ways))
    )
  )
