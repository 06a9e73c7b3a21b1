import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as Login from "../../src/Login.ts"
import type { LoginError } from "../../src/LoginError.ts"
import type { SignInEvent } from "../../src/LoginEvent.ts"
import { runVirtual } from "../../src/replay/runVirtual.ts"
import type { Scenario } from "../../src/replay/Scenario.ts"
import { type Session, toJson } from "../../src/Session.ts"
import * as SessionStore from "../../src/SessionStore.ts"
import * as SignIn from "../../src/SignIn.ts"
import * as Site from "../../src/Site.ts"

/** How a login ended, and what it told on the way. */
export interface Played {
  readonly result: Result.Result<Session, LoginError>
  readonly events: ReadonlyArray<SignInEvent>
  /** What was logged, one line each. */
  readonly logs: ReadonlyArray<string>
}

/**
 * Logs in at the scenario's site in virtual time that starts at the scenario's clock; where it holds a session that was kept,
 * goes on with that. Any `HttpClient` will do.
 */
export const play = (scenario: Scenario) =>
  Effect.gen(function* () {
    const site = Site.find(scenario.site)
    if (site === undefined) throw new Error(`no site is called ${scenario.site}`)
    const events: Array<SignInEvent> = []
    const logs: Array<string> = []
    const logger = Logger.make(({ logLevel, message }) => void logs.push(`${logLevel}: ${String(message)}`))
    const onEvent = (event: SignInEvent) => Effect.sync(() => void events.push(event))
    const login =
      scenario.saved === undefined ? Login.login(site, { onEvent }) : goOn(site, scenario.saved, { onEvent })
    const result = yield* runVirtual(Effect.result(login), { startAt: scenario.clock }).pipe(
      Effect.provide(Logger.layer([logger]))
    )
    return { result, events, logs } satisfies Played
  })

const goOn = (site: Site.Site, saved: Session, options: SignIn.Options) =>
  Effect.gen(function* () {
    const store = yield* SessionStore.SessionStore
    yield* store.save(saved)
    return yield* SignIn.signIn(site, options)
  }).pipe(Effect.provide(SessionStore.layerMemory))

const pick = (from: object, keys: ReadonlyArray<string>) =>
  Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)))

/** Fails unless the login ended as the scenario's `outcome` says: its fields, its cookies, its events. */
export const assertOutcome = ({ outcome }: Scenario, { events, result }: Played) => {
  assert.deepStrictEqual(
    events.map(({ _tag }) => _tag),
    outcome.events
  )
  if ("error" in outcome) {
    if (Result.isSuccess(result)) assert.fail(`logged in, in place of ${outcome.error}`)
    const { events: _, error, ...fields } = outcome
    assert.strictEqual(result.failure._tag, error)
    assert.deepStrictEqual(pick(result.failure, Object.keys(fields)), fields)
  } else {
    if (Result.isFailure(result)) assert.fail(`failed with ${result.failure._tag}: ${result.failure.message}`)
    const session = toJson(result.success)
    const { cookies = [], ...fields } = outcome.session
    assert.deepStrictEqual(pick(session, Object.keys(fields)), fields)
    for (const expected of cookies) {
      const named = session.cookies.filter(({ domain, name }) => name === expected.name && domain === expected.domain)
      assert.deepStrictEqual(
        named.map((cookie) => pick(cookie, Object.keys(expected))),
        [{ ...expected }]
      )
    }
  }
}
