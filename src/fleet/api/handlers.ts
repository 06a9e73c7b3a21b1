/**
 * What the API answers. Statuses are read from the vault, by any machine; what changes an account is asked of the account itself. Cookies
 * are read with this machine's own key: no other machine sends them.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Sse from "effect/encoding/Sse"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as CookieFormat from "../../store/CookieFormat.ts"
import * as Site from "../../Site.ts"
import { type Failed, failed, loginFailed, NotNow } from "../Account.ts"
import * as Homes from "../Homes.ts"
import { Keyring } from "../Keyring.ts"
import { FleetEvent, type VaultFailed } from "../Status.ts"
import { Vault } from "../Vault.ts"
import { Api, Later, ScanNeeded, Wrong } from "./Api.ts"
import { count } from "./counted.ts"
import { Links } from "./links.ts"
import { repeated } from "./repeated.ts"

/** Where the keys of this fleet come from. */
export class KeySource extends Context.Service<
  KeySource,
  {
    /** Puts a new key first where this machine is the only one, and else reads the key file again. */
    readonly renew: Effect.Effect<void, VaultFailed>
  }
>()("webqq-login/fleet/KeySource") {}

/** How long somebody who asks waits for an account. */
const patience = "45 seconds"

/** An account is between two machines, or its machine is gone: it is there again in a moment. */
const elsewhere = (profile: string) => new NotNow({ profile, reason: "moving" })

/** An account that answers, or says in its own words why not. */
const accounts = Effect.map(Homes.accounts, (accountOf) => {
  type Client = Effect.Success<ReturnType<typeof accountOf>>
  const act = <A, E extends { readonly _tag: string }>(
    profile: string,
    ask: (account: Client) => Effect.Effect<A, E>,
    anywhere = false
  ): Effect.Effect<A, Failed> =>
    Effect.flatMap(accountOf(profile, anywhere), ask).pipe(
      Effect.timeout(patience),
      Effect.mapError((error) => (isFailed(error) ? error : elsewhere(profile)))
    )
  return { accountOf, act }
})

const isFailed = Schema.is(failed)

const reading = HttpApiBuilder.group(
  Api,
  "reading",
  Effect.fnUntraced(function* (handlers) {
    const vault = yield* Vault
    return handlers.handleAll({
      list: ({ query: { due, limit = 100, ...query } }) =>
        Effect.map(vault.list({ ...query, due: due === "true", limit }), (accounts) => ({ accounts })),
      counts: () => vault.counts,
      status: ({ params }) => vault.status(params.profile),
      events: Effect.fnUntraced(function* ({ headers }) {
        const last = yield* vault.lastEvent
        // A number that is not there yet is of another database: this one was restored.
        const from = Math.min(headers["last-event-id"] ?? last, last)
        const events = Stream.paginate(from, (last) =>
          Effect.gen(function* () {
            const events = yield* vault.events(last, 100)
            const next = Option.some(events.at(-1)?.id ?? last)
            if (events.length > 0) return [events.map(eventText), next] as const
            yield* Effect.sleep("1 second")
            return [[stillHere], next] as const
          })
        )
        // Whoever is broken off before the first of them knows where he was. Where the database fails they end: whoever listens comes back,
        // and is told why.
        const feed = Stream.concat(
          Stream.make(`id: ${from}\n\n`),
          Stream.catch(events, () => Stream.empty)
        )
        return HttpServerResponse.stream(Stream.encodeText(feed), { contentType: "text/event-stream" })
      }),
      metrics: () => Effect.andThen(Effect.provideService(count, Vault, vault), PrometheusMetrics.format())
    })
  })
)

/** A comment, for as long as there is nothing new: who listens knows by it that this machine and its database answer. */
const stillHere = ":\n\n"

const encodeEvent = Schema.encodeSync(Schema.fromJsonString(FleetEvent))
const eventText = (event: FleetEvent) =>
  Sse.encoder.write({ _tag: "Event", id: String(event.id), event: "message", data: encodeEvent(event) })

const acting = HttpApiBuilder.group(
  Api,
  "acting",
  Effect.fnUntraced(function* (handlers) {
    const vault = yield* Vault
    const links = yield* Links
    const keyring = yield* Keyring
    const source = yield* KeySource
    const { accountOf, act } = yield* accounts
    return handlers.handleAll({
      add: Effect.fnUntraced(function* ({ params: { profile }, payload: { egress, session, site } }) {
        // A site of somebody's own is described in the session: without one, nobody here knows where to sign in.
        if ((Site.find(site) ?? session?.ownSite) === undefined) return yield* new Wrong({ reason: "no such site" })
        if (session !== undefined && session.site !== site) {
          return yield* new Wrong({ reason: "the session is of another site" })
        }
        return yield* vault.add(profile, site, session, egress)
      }),
      ensure: ({ params: { profile }, payload: { how } }) =>
        act(profile, (account) => account.ensure({ how, quiet: false })),
      cookies: Effect.fnUntraced(function* ({ params: { profile }, query: { url } }) {
        if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
          return yield* new Wrong({ reason: "no address of a web page" })
        const later = (reason: string, seconds: number) =>
          HttpServerResponse.schemaJson(Later)(new Later({ profile, reason, retryAfterSeconds: seconds }), {
            status: 503,
            headers: { "retry-after": String(seconds) }
          }).pipe(Effect.orDie)
        const found = yield* act(profile, (account) => account.ensure({ how: "due", quiet: false })).pipe(
          Effect.map((status) => ({ status, reason: "" })),
          // What was found good last is all that can be said of it.
          Effect.catchTag("NoEgress", () => Effect.map(vault.status(profile), (status) => ({ status, reason: "" }))),
          Effect.catchTag("NotNow", ({ reason }) => Effect.succeed({ status: undefined, reason }))
        )
        if (found.status === undefined) return yield* later(found.reason, 5)
        const { nextAt, state } = found.status
        if (state === "scan") return yield* new ScanNeeded({ profile, link: yield* links.linkTo(profile) })
        if (state === "paused") return yield* later("paused", 3600)
        if (state === "failing") {
          const wait = nextAt === undefined ? 60 : (nextAt.epochMilliseconds - (yield* Clock.currentTimeMillis)) / 1000
          return yield* later("failing", Math.max(1, Math.ceil(wait)))
        }
        const { session } = yield* vault.read(profile)
        const sent = yield* CookieFormat.sentTo(session?.cookies ?? [], url)
        return { profile, url, cookie: CookieFormat.header(sent) }
      }),
      login: ({ params: { profile } }) =>
        Effect.succeed(
          repeated(Stream.unwrap(Effect.map(accountOf(profile), (account) => account.login()))).pipe(
            Stream.mapError((error) => (isOfLogin(error) ? error : elsewhere(profile)))
          )
        ),
      link: ({ params: { profile } }) => Effect.map(links.linkTo(profile), (link) => ({ link })),
      pause: ({ params: { profile } }) => act(profile, (account) => account.pause(), true),
      resume: ({ params: { profile } }) => act(profile, (account) => account.resume(), true),
      forget: ({ params: { profile } }) => act(profile, (account) => account.forget(), true),
      rotate: () =>
        Effect.gen(function* () {
          yield* source.renew
          const resealed = yield* vault.reseal
          return { key: keyring.current(), resealed }
        })
    })
  })
)

const isOfLogin = Schema.is(loginFailed)

const health = HttpApiBuilder.group(
  Api,
  "health",
  Effect.fnUntraced(function* (handlers) {
    const vault = yield* Vault
    return handlers.handle("health", () => Effect.as(vault.sound, { ok: true as const }))
  })
)

export const layer = HttpApiBuilder.layer(Api, { openapiPath: "/openapi.json" }).pipe(
  Layer.provide([reading, acting, health])
)
