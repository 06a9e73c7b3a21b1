/**
 * What the commands ask of a fleet, by its API. It is loaded from a file of its own, so that what goes in and out are plain values.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import { fromJson, type SessionJson } from "../../Session.ts"
import { type How, LoginStep } from "../Account.ts"
import { Api } from "../api/Api.ts"
import { type State, Status } from "../Status.ts"
import { type Failed, failedOf, noAnswer } from "./refusals.ts"

/** Where the fleet is, and the token for it. */
export interface Where {
  readonly url: string
  readonly token: string
}

export type Asked =
  | { readonly what: "list"; readonly state?: State | undefined; readonly site?: string | undefined }
  | { readonly what: "status" | "pause" | "resume" | "forget" | "link"; readonly profile: string }
  | { readonly what: "ensure"; readonly profile: string; readonly how: How }
  | {
      readonly what: "add"
      readonly profile: string
      readonly site: string
      readonly session?: SessionJson | undefined
      readonly egress?: string | undefined
    }
  | { readonly what: "rotate" }

export type StatusJson = typeof Status.Encoded

/** What the fleet answered, or why it did not: with the exit code for that. */
export type Answer =
  | { readonly accounts: ReadonlyArray<StatusJson> }
  | { readonly link: string }
  | { readonly key: string; readonly resealed: number }
  | Failed

const connect = ({ token, url }: Where) =>
  HttpApiClient.make(Api, {
    baseUrl: url,
    transformClient: (client) =>
      client.pipe(
        HttpClient.mapRequest(HttpClientRequest.bearerToken(token)),
        // Whom a fleet does not know is told so in plain words, which are no part of its API.
        HttpClient.filterStatus((status) => status !== 401)
      )
  })

/**
 * How long a fleet has for an answer: it waits 45 s itself for an account. New keys are put on every session, and of a login it says every
 * 15 s how far it is.
 */
const patience = { one: "1 minute", rotate: "1 hour", step: "2 minutes" } as const

const inTime = (duration: Duration.Input) => Effect.timeoutOrElse({ duration, orElse: () => Effect.fail(noAnswer) })

const encode = Schema.encodeSync(Status)

const all = Effect.fnUntraced(function* (where: Where, { site, state }: Extract<Asked, { readonly what: "list" }>) {
  const { reading } = yield* connect(where)
  const accounts: Array<StatusJson> = []
  for (let more = true; more;) {
    const after = accounts.at(-1)?.profile
    const page = yield* reading
      .list({
        query: {
          limit: 1000,
          ...(after === undefined ? {} : { after }),
          ...(state === undefined ? {} : { state }),
          ...(site === undefined ? {} : { site })
        }
      })
      .pipe(inTime(patience.one))
    accounts.push(...page.accounts.map((account) => encode(account)))
    more = page.accounts.length === 1000
  }
  return { accounts }
})

const answer = Effect.fnUntraced(function* (where: Where, asked: Exclude<Asked, { readonly what: "list" }>) {
  const { acting, reading } = yield* connect(where)
  const one = (account: Status) => ({ accounts: [encode(account)] })
  switch (asked.what) {
    case "status":
      return one(yield* reading.status({ params: asked }))
    case "ensure":
      return one(yield* acting.ensure({ params: asked, payload: { how: asked.how } }))
    case "add": {
      const egress = asked.egress === undefined ? {} : { egress: asked.egress }
      const session = asked.session === undefined ? {} : { session: yield* fromJson(asked.session) }
      return one(yield* acting.add({ params: asked, payload: { site: asked.site, ...session, ...egress } }))
    }
    case "pause":
      return one(yield* acting.pause({ params: asked }))
    case "resume":
      return one(yield* acting.resume({ params: asked }))
    case "forget":
      yield* acting.forget({ params: asked })
      return { accounts: [] }
    case "link":
      return yield* acting.link({ params: asked })
    case "rotate":
      return yield* acting.rotate()
  }
})

const orFailed = <A, R>(where: Where, effect: Effect.Effect<A, { readonly _tag: string }, R>) =>
  Effect.catch(effect, (error): Effect.Effect<Failed> => Effect.succeed({ failed: failedOf(where.url, error) }))

/** Asks the fleet one thing. */
export const asking = (where: Where, asked: Asked): Effect.Effect<Answer, never, HttpClient.HttpClient> =>
  orFailed(
    where,
    asked.what === "list"
      ? all(where, asked)
      : Effect.suspend(() => answer(where, asked)).pipe(
          inTime(asked.what === "rotate" ? patience.rotate : patience.one)
        )
  )

type Step = typeof LoginStep.Encoded

/** Begins a login, or joins it, and tells of it until somebody has signed in. */
export const watching = (
  where: Where,
  profile: string,
  onStep: (step: Step) => void
): Effect.Effect<Failed | undefined, never, HttpClient.HttpClient> => {
  const encodeStep = Schema.encodeSync(LoginStep)
  const login = Effect.gen(function* () {
    const { acting } = yield* connect(where)
    const steps = yield* acting.login({ params: { profile } }).pipe(inTime(patience.step))
    yield* steps.pipe(
      Stream.timeoutOrElse({ duration: patience.step, orElse: () => Stream.fail(noAnswer) }),
      // How far it is is said again while nothing happens.
      Stream.changesWith((one, other) => one._tag === other._tag && one._tag !== "QrShown"),
      Stream.runForEach((step) => Effect.sync(() => onStep(encodeStep(step))))
    )
    return undefined
  })
  return orFailed(where, login)
}

const run = <A>(effect: Effect.Effect<A, never, HttpClient.HttpClient>, signal: AbortSignal) =>
  Effect.runPromise(
    effect.pipe(
      Effect.provideService(HttpClient.TracerPropagationEnabled, false),
      Effect.provide(NodeHttpClient.layerNodeHttp)
    ),
    { signal }
  )

export const ask = (where: Where, asked: Asked, signal: AbortSignal): Promise<Answer> =>
  run(asking(where, asked), signal)

export const watch = (
  where: Where,
  profile: string,
  onStep: (step: Step) => void,
  signal: AbortSignal
): Promise<Failed | undefined> => run(watching(where, profile, onStep), signal)
