/**
 * Does a login end as a scenario says? Plays the library's own login against any `HttpClient` that answers with the scenario, and
 * compares what comes out with its `outcome`.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import type * as HttpClient from "effect/http/HttpClient"
import { isDeepStrictEqual } from "node:util"
import * as Login from "../Login.ts"
import * as LoginConfig from "../LoginConfig.ts"
import * as LoginError from "../errors/LoginError.ts"
import type { Bilingual } from "../Language.ts"
import type { SignInEvent } from "../LoginEvent.ts"
import { type Session, toJson } from "../Session.ts"
import * as SessionStore from "../store/SessionStore.ts"
import * as SignIn from "../SignIn.ts"
import * as Site from "../Site.ts"
import { runVirtual } from "./runVirtual.ts"
import type { Scenario } from "./Scenario.ts"
import type { Config, Outcome } from "./format/ScenarioFile.ts"

/** How a login ended, and what it told on the way. */
export interface Played {
  readonly result: Result.Result<Session, LoginError.LoginError>
  readonly events: ReadonlyArray<SignInEvent>
  /** What was logged, one line each. */
  readonly logs: ReadonlyArray<string>
}

/**
 * Logs in at the scenario's site in virtual time that starts at the scenario's clock; where it holds a session that was kept,
 * goes on with that. Where it says which limits were in force, they are, and no wait is lengthened by chance. A site that the
 * library does not know is a defect.
 */
export const play = (
  scenario: Pick<Scenario, "site" | "saved" | "clock" | "config">
): Effect.Effect<Played, never, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const site = Site.find(scenario.site)
    if (site === undefined) return yield* Effect.die(new Error(`no site is called ${scenario.site}`))
    const events: Array<SignInEvent> = []
    const logs: Array<string> = []
    const logger = Logger.make(({ logLevel, message }) => void logs.push(`${logLevel}: ${String(message)}`))
    const onEvent = (event: SignInEvent) => Effect.sync(() => void events.push(event))
    const login =
      scenario.saved === undefined ? Login.login(site, { onEvent }) : goOn(site, scenario.saved, { onEvent })
    const result = yield* runVirtual(Effect.result(login), { startAt: scenario.clock }).pipe(
      Effect.provide(Logger.layer([logger])),
      Effect.updateService(LoginConfig.LoginConfig, (config) => withLimits(config, scenario.config))
    )
    return { result, events, logs }
  })

const lengths = ["pollInterval", "codeLife", "timeout", "requestTimeout"] as const

const withLimits = (config: LoginConfig.LoginConfig, limits: Config | undefined): LoginConfig.LoginConfig => {
  if (limits === undefined) return config
  const durations = lengths.flatMap((name) => {
    const millis = limits[name]
    return millis === undefined ? [] : [[name, Duration.millis(millis)] as const]
  })
  return { ...config, jitter: 0, ...limits, ...Object.fromEntries(durations) } as LoginConfig.LoginConfig
}

// JSON knows no infinity.
const longest = Duration.days(365)

/** The limits of a login as a scenario holds them. */
export const configOf = (config: LoginConfig.LoginConfig): Config => {
  const millis = (name: (typeof lengths)[number]) => Duration.toMillis(Duration.min(config[name], longest))
  const { maxFaults, maxRefresh, retries } = config
  return {
    pollInterval: millis("pollInterval"),
    codeLife: millis("codeLife"),
    maxRefresh,
    timeout: millis("timeout"),
    requestTimeout: millis("requestTimeout"),
    retries,
    maxFaults
  }
}

const goOn = (site: Site.Site, saved: Session, options: SignIn.Options) =>
  Effect.gen(function* () {
    const store = yield* SessionStore.SessionStore
    yield* store.save(saved)
    return yield* SignIn.signIn(site, options)
  }).pipe(Effect.provide(SessionStore.layerMemory))

// In the order of the schema.
const errorFields = [
  "step",
  "code",
  "codes",
  "serverMessage",
  "status",
  "host",
  "reason",
  "retcode",
  "errmsg",
  "name",
  "forbidden",
  "kind",
  "page",
  "link"
]

const pick = (from: object, keys: ReadonlyArray<string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)))

/** The `outcome` that describes this end: every field of the session, or what tells one error from another; and the events. */
export const outcomeOf = ({ events, result }: Pick<Played, "result" | "events">): Outcome => {
  const tags = { events: events.map(({ _tag }) => _tag) }
  if (Result.isFailure(result)) {
    const fields = result.failure as unknown as Readonly<Record<string, unknown>>
    // Every error has a name of its own kind, which the tag says already: only that of a cookie tells more.
    const told = errorFields
      .filter((name) => fields[name] !== undefined && fields[name] !== result.failure._tag)
      .map((name) => [name, fields[name]] as const)
    return { error: result.failure._tag, ...Object.fromEntries(told), ...tags } as Outcome
  }
  // When it was obtained and when it ends follow from the clock.
  const { cookies, expiresAt: _, obtainedAt: __, ...fields } = toJson(result.success)
  const named = cookies.map(({ domain, name, path, value }) => ({ name, value, domain, path }))
  return { session: { ...fields, cookies: named }, ...tags }
}

/** In what the end differs from the scenario's outcome, a line each; none where it is the same. */
export const differences = (expected: Outcome, played: Pick<Played, "result" | "events">): ReadonlyArray<Bilingual> => {
  const got = outcomeOf(played)
  const events =
    expected.events === undefined ? [] : compare("events", expected.events.join(" "), (got.events ?? []).join(" "))
  if ("error" in expected) {
    if (Result.isSuccess(played.result)) return [differ("end", show(expected.error), aSession), ...events]
    const { events: _, reason, ...fields } = expected
    // What was recorded with 0.1.0 holds the reason in words.
    const inWords = reason !== undefined && played.result.failure.message.includes(reason)
    return [...compareFields({ ...fields, ...(reason === undefined || inWords ? {} : { reason }) }, got), ...events]
  }
  if ("error" in got) {
    const { en, zh } = Result.isFailure(played.result) ? LoginError.said(played.result.failure).message : aSession
    return [differ("end", aSession, { en: `${got.error}: ${en}`, zh: `${got.error}：${zh}` }), ...events]
  }
  const { cookies = [], ...fields } = expected.session
  const found = cookies.flatMap((cookie) => {
    const named = got.session.cookies?.filter(({ domain, name }) => name === cookie.name && domain === cookie.domain)
    return compare(
      `cookie ${cookie.name}@${cookie.domain ?? ""}`,
      [cookie],
      (named ?? []).map((one) => pick(one, Object.keys(cookie)))
    )
  })
  return [...compareFields(fields, got.session), ...found, ...events]
}

const compareFields = (expected: object, got: object) =>
  Object.entries(expected).flatMap(([name, value]) => compare(name, value, (got as Record<string, unknown>)[name]))

const compare = (name: string, expected: unknown, got: unknown): ReadonlyArray<Bilingual> =>
  isDeepStrictEqual(expected, got) ? [] : [differ(name, show(expected), show(got))]

const differ = (name: string, wanted: Bilingual, had: Bilingual): Bilingual => ({
  en: `${name}: expected ${wanted.en}, got ${had.en}`,
  zh: `${name}：应为 ${wanted.zh}，实为 ${had.zh}`
})

const aSession: Bilingual = { en: "a session", zh: "会话" }

const show = (value: unknown): Bilingual => {
  if (value === undefined) return { en: "nothing", zh: "无" }
  const text = typeof value === "string" ? value : JSON.stringify(value)
  return { en: text, zh: text }
}
