/**
 * One machine of a fleet: the API, the accounts that live here, and a share in the pacemaker and the webhooks. Given the database and the
 * cluster, it is the same for one machine and for many.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { Sharding } from "effect/cluster/Sharding"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as SqlClient from "effect/sql/SqlClient"
import { createServer } from "node:http"
import type { Bilingual } from "../../Language.ts"
import * as LoginConfig from "../../LoginConfig.ts"
import * as Transport from "../../http/Transport.ts"
import { addressesOf, bracketed, type HostPort } from "../../loopback/addresses.ts"
import * as Accounts from "../AccountLive.ts"
import * as Guard from "../api/guard.ts"
import * as Handlers from "../api/handlers.ts"
import * as Links from "../api/links.ts"
import * as ScanPages from "../api/scanPages.ts"
import * as Tokens from "../api/tokens.ts"
import * as Dashboard from "../dashboard/Dashboard.ts"
import * as Egress from "../Egress.ts"
import * as FleetConfig from "../FleetConfig.ts"
import type { Keyring } from "../Keyring.ts"
import * as Pacemaker from "../Pacemaker.ts"
import type { Vault } from "../Vault.ts"
import * as Webhooks from "../Webhooks.ts"
import { CannotServe, codeOf } from "./CannotServe.ts"

export interface Options {
  /** Where the API listens. */
  readonly listen: HostPort
  /** The address under which people reach it, if not the one where it listens: links begin with it. */
  readonly publicUrl?: string | undefined
  /** Other names by which it is asked. */
  readonly hosts?: ReadonlyArray<string> | undefined
  readonly tokens: Tokens.Tokens["Service"]
  readonly pace: Partial<FleetConfig.FleetConfig>
  readonly webhook?: Redacted.Redacted | undefined
  /** How Tencent's servers are reached, if not directly. */
  readonly agents?: Transport.Options["agents"] | undefined
  /** The ways of accounts that have one of their own, by their names. */
  readonly egress?: Readonly<Record<string, Transport.Options["agents"]>> | undefined
  /** The ways that this machine holds: accounts of these live on it, and on others that hold them. */
  readonly held?: ReadonlyArray<string> | undefined
  /** Limits of requests and logins, if not those of the environment. */
  readonly limits?: LoginConfig.Options | undefined
  /** In place of the network, for tests. */
  readonly httpClient?: Layer.Layer<HttpClient.HttpClient> | undefined
}

export const authority = ({ host, port }: HostPort): string => `${bracketed(host)}:${port}`

/** Whoever is slow to ask keeps nobody waiting. */
export const limits = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 2000,
  maxHeaderSize: 16_384
}

/**
 * A server with these limits. They do not hold for a connection that asks for another protocol: whoever is refused there and never closes
 * its end would keep it open.
 */
const limited = () =>
  createServer(limits).on("upgrade", (_request, socket) => socket.once("finish", () => socket.destroy()))

/** A server of node:http that ends what is open a second after it was told to stop. */
export const listening = ({ host, port }: HostPort) =>
  NodeHttpServer.layer(limited, { host, port, gracefulShutdownTimeout: "1 second" }).pipe(
    Layer.catch(({ cause }) =>
      failing<Layer.Success<ReturnType<typeof NodeHttpServer.layer>>, CannotServe>(
        new CannotServe({
          said: {
            en: `cannot listen on ${authority({ host, port })} (${codeOf(cause)})`,
            zh: `无法监听 ${authority({ host, port })}（${codeOf(cause)}）`
          },
          cure: { en: "choose another port, or an address of this machine", zh: "请换一个端口，或使用本机的地址" },
          exitCode: 2
        })
      )
    )
  )

/** A layer that fails in the place of one that did. */
const failing = <A, E>(error: E): Layer.Layer<A, E> => Layer.effectContext(Effect.fail(error))

const withoutSlashes = (url: string): string => (url.endsWith("/") ? withoutSlashes(url.slice(0, -1)) : url)

/** The whole of it. It works until its scope closes: requests are ended, accounts are handed over. */
export const layer = (
  options: Options
): Layer.Layer<never, CannotServe, Handlers.KeySource | Keyring | Sharding | SqlClient.SqlClient | Vault> => {
  const { hosts = [], listen, publicUrl, webhook } = options
  const base = (publicUrl === undefined ? undefined : withoutSlashes(publicUrl)) ?? `http://${authority(listen)}`
  const own = { hosts: new Set([new URL(base).hostname, ...hosts]), addresses: addressesOf(listen.host) }
  const links = Links.layer(base)
  const network = options.httpClient ?? Transport.layer(options.agents === undefined ? {} : { agents: options.agents })

  const api = HttpRouter.serve(Layer.mergeAll(Handlers.layer, ScanPages.layer, Dashboard.layer, Guard.layer(own)), {
    disableLogger: true,
    disableListenLog: true,
    // A scan link is longer than the names of accounts.
    routerConfig: { maxParamLength: 256 }
  }).pipe(
    Layer.provide(Tokens.layer),
    Layer.provide(Layer.succeed(Tokens.Tokens, options.tokens)),
    Layer.provide(links),
    Layer.provide(listening(listen))
  )
  const sender =
    webhook === undefined
      ? Layer.empty
      : Layer.unwrap(
          Effect.map(Links.Links, (links) => {
            const linkTo = (profile: string) => Effect.orElseSucceed(links.linkTo(profile), () => undefined)
            return Webhooks.sender({ url: webhook, linkTo })
          })
        ).pipe(Layer.provide(links), Layer.provide(NodeHttpClient.layerNodeHttp))
  return Layer.mergeAll(api, Pacemaker.layer, sender).pipe(
    Layer.provide(Accounts.layer),
    Layer.provide(Egress.layerAgents(options.egress ?? {}, options.held)),
    Layer.provide(network),
    Layer.provide(options.limits === undefined ? LoginConfig.layerConfig : LoginConfig.layer(options.limits)),
    Layer.provide(FleetConfig.layer(options.pace)),
    Layer.catch((error) => failing<never, CannotServe>(error._tag === "CannotServe" ? error : badSetting(error)))
  )
}

const badSetting = (error: { readonly _tag: string; readonly message: string }) =>
  new CannotServe({
    said: { en: `a setting cannot be read: ${error.message}`, zh: `设置无法读取：${error.message}` },
    cure: { en: "correct it, or leave it out", zh: "请改正或去掉它" },
    exitCode: 2
  })

/** What is said when it works, with the paths of what was made. */
export const greeting = (
  listen: HostPort,
  files: ReadonlyArray<{ readonly what: Bilingual; readonly path: string; readonly isNew: boolean }>
): ReadonlyArray<Bilingual> => [
  ...files.map(({ isNew, path, what }) =>
    isNew
      ? { en: `${what.en}: ${path} (made just now)`, zh: `${what.zh}：${path}（刚刚生成）` }
      : { en: `${what.en}: ${path}`, zh: `${what.zh}：${path}` }
  ),
  {
    en: `its dashboard: http://${authority(listen)}/dashboard/`,
    zh: `仪表盘：http://${authority(listen)}/dashboard/`
  },
  {
    en: `the fleet is served at http://${authority(listen)}; Ctrl-C ends it`,
    zh: `服务地址：http://${authority(listen)}；按 Ctrl-C 结束`
  }
]
