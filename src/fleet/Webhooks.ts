/**
 * Tells an address of your own when somebody has to scan, when an account fails or is well again, and when most of them fail: a POST for
 * each change of state, kept in the database until it was taken, and signed. It carries a link and never a cookie or a picture.
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Sharding } from "effect/cluster/Sharding"
import * as Singleton from "effect/cluster/Singleton"
import * as HttpClient from "effect/http/HttpClient"
import { isHttpClientError } from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import type * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { createHmac } from "node:crypto"
import { inBoth } from "../Language.ts"
import { Keyring } from "./Keyring.ts"
import { Outbox, types } from "./Outbox.ts"

/** What is in the queue: no link, which would be a secret there. */
const Waiting = Schema.Struct({
  type: Schema.Literals(types),
  profile: Schema.String,
  site: Schema.String,
  at: Schema.DateTimeUtcFromString
})

/** The body of a call. `link` leads to the page where the code of this account can be scanned; for `scan-needed` only. */
export const Told = Schema.Struct({
  id: Schema.String,
  ...Waiting.fields,
  link: Schema.optionalKey(Schema.String)
})

export interface Options {
  /** Where to. Addresses of this kind hold passwords often, so it is a secret. */
  readonly url: Redacted.Redacted
  /** The address of the page on which an account is scanned for. */
  readonly linkTo: (profile: string) => Effect.Effect<string | undefined>
}

const maxAttempts = 32
/** About a day, all in all. */
const retrySchedule = Schedule.min([Schedule.exponential("15 seconds"), Schedule.spaced("1 hour")])
const atOnce = 4
const quietMillis = 3_600_000

const queue = PersistedQueue.make({ name: "webqq-fleet-webhooks", schema: Waiting, maxAttempts, retrySchedule })

const store = PersistedQueue.layer.pipe(
  Layer.provideMerge(PersistedQueue.layerStoreSql({ tableName: "fleet_webhooks", pollInterval: "1 second" }))
)

/** The purpose for which the keys of signatures are derived. */
export const purpose = "webhook signature"

/** What calls are signed with. It is made of the oldest key of the fleet: whoever checks them need not hear of each new one. */
export const secretOf = (keyring: Keyring["Service"]): Uint8Array => keyring.derive(purpose).at(-1)!

/** `t=SECONDS,v1=HEX`: an HMAC-SHA256 of `SECONDS.BODY`, so that a call that is sent again later is known by its time. */
export const signature = (key: Uint8Array, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac("sha256", key).update(`${seconds}.${body}`).digest("hex")}`

/** Puts into the queue what is to be told. */
export const outbox: Layer.Layer<never, SqlError, SqlClient.SqlClient> = Layer.effect(
  Outbox,
  Effect.gen(function* () {
    const offers = yield* queue
    return {
      offer: ({ id, profile, site, type }) =>
        Effect.flatMap(DateTime.now, (at) => offers.offer({ type, profile, site, at }, { id })).pipe(
          Effect.catchTags({
            SchemaError: Effect.die,
            // A fault of the database is one of the transaction in which this is asked, which is tried again.
            PersistedQueueError: (error) => (isSqlError(error.cause) ? Effect.fail(error.cause) : Effect.die(error))
          }),
          Effect.asVoid
        )
    }
  })
).pipe(Layer.provide(store))

/** Takes from the queue and tells, on one machine at a time. Redirects are not followed. */
export const sender = (
  options: Options
): Layer.Layer<never, SqlError, HttpClient.HttpClient | Keyring | Sharding | SqlClient.SqlClient> =>
  Singleton.make("webqq-login/fleet/webhooks", send(options)).pipe(
    // What nobody took in all that time is of no use to anybody, and would stay for ever.
    Layer.merge(PersistedQueue.layerCleanup({ failedTimeToLive: "30 days" })),
    Layer.provide(store)
  )

const notTaken = { en: "a webhook was not taken; it is sent again", zh: "webhook 未被接收，将重新发送" }

/** What the queue keeps of a failure. The address may be a secret, and the client would name it. */
class NotTaken extends Data.TaggedError("NotTaken")<{ readonly message: string }> {}

const encode = Schema.encodeEffect(Schema.fromJsonString(Told))

const send = ({ linkTo, url }: Options) =>
  Effect.gen(function* () {
    const offers = yield* queue
    const keyring = yield* Keyring
    const client = yield* HttpClient.HttpClient
    const tell = Effect.fnUntraced(function* (waiting: typeof Waiting.Type, id: string) {
      const link = waiting.type === "scan-needed" ? yield* linkTo(waiting.profile) : undefined
      const body = yield* encode({ id, ...waiting, ...(link === undefined ? {} : { link }) })
      const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1000)
      const request = HttpClientRequest.post(Redacted.value(url)).pipe(
        HttpClientRequest.bodyText(body, "application/json"),
        HttpClientRequest.setHeader("x-webqq-signature", signature(secretOf(keyring), seconds, body))
      )
      const response = yield* Effect.mapError(
        Effect.timeout(client.execute(request), "10 seconds"),
        (error) => new NotTaken({ message: isHttpClientError(error) ? error.reason._tag : error._tag })
      )
      // So that its connection is used again, and one that never ends what it says is broken off.
      yield* Effect.ignore(Effect.timeout(Stream.runDrain(response.stream), "1 second"))
      const { status } = response
      if (status < 200 || status > 299) return yield* new NotTaken({ message: `HTTP ${status}` })
    })
    // An address that is away for a day, or fails now and then, is not told of at each attempt; and it is left alone for a moment where two
    // in a row fail.
    let isTaken = true
    let quietUntil = 0
    const worker = offers
      .take((waiting, { id }) => tell(waiting, id))
      .pipe(
        Effect.tap(() => Effect.sync(() => (isTaken = true))),
        Effect.catchCause(() =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => {
            if (!isTaken) return Effect.sleep("1 second")
            isTaken = false
            if (now < quietUntil) return Effect.void
            quietUntil = now + quietMillis
            return Effect.logWarning(inBoth(notTaken))
          })
        ),
        Effect.forever
      )
    yield* Effect.all(
      Array.from({ length: atOnce }, () => worker),
      { concurrency: "unbounded", discard: true }
    )
  }).pipe(Effect.provideService(HttpClient.TracerDisabledWhen, () => true))
