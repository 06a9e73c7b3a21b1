/**
 * By which way an account is asked for. Its row names the way, and each machine knows the proxy of that name, whose address may hold a
 * password: so an account that moves to another machine stays behind its address.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import * as Transport from "../http/Transport.ts"

/**
 * The client for the name of a way. An account whose way is not known here is not asked for by another: that would show what its proxy
 * hides.
 */
export const Egress = Context.Reference<(name: string) => HttpClient.HttpClient | undefined>(
  "webqq-login/fleet/Egress",
  { defaultValue: () => () => undefined }
)

/** The ways of this machine, by their names. */
export const layer = (ways: ReadonlyMap<string, HttpClient.HttpClient>): Layer.Layer<never> =>
  Layer.succeed(Egress, (name) => ways.get(name))

/** The same, of agents that go by proxies. Of `held`, those without an agent are the address of this machine itself. */
export const layerAgents = (
  agents: Readonly<Record<string, Transport.Options["agents"]>>,
  held: ReadonlyArray<string> = []
): Layer.Layer<never, never, HttpClient.HttpClient> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const direct = yield* HttpClient.HttpClient
      const ways = yield* Effect.forEach(Object.entries(agents), ([name, own]) =>
        Effect.map(Transport.make(own === undefined ? {} : { agents: own }), (client) => [name, client] as const)
      )
      return layer(new Map([...held.map((name) => [name, direct] as const), ...ways]))
    })
  )
