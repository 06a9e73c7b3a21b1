/**
 * A scenario under nock: whatever HTTP client runs in this process, no packet leaves it. nock is only the transport; what
 * is asked and answered is the engine's business. The list of nock's interceptors is one for the whole process, so one
 * scenario is played at a time: several at once go over `ReplayServer`.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import nock from "nock"
import type { Engine, WireRequest } from "./engine/Engine.ts"
import * as Engines from "./engine/Engine.ts"
import { MismatchError, ReplayFailed, check, verified } from "./ReplayFailed.ts"
import type { Exchange, Scenario } from "./Scenario.ts"
import { isProof, proofStatus, prove, unfitRuntime } from "./nock/coverage.ts"
import { forbidHttp2 } from "./nock/http2.ts"

export { MismatchError } from "./ReplayFailed.ts"

export interface Options extends Engines.Options {
  /**
   * Runs when an answer is ready and before it is sent. The answer waits for its promise; a rejection with an `Error`
   * becomes a transport error of the client (its `code` is kept), a promise that never settles is a server that hangs.
   */
  readonly beforeAnswer?: (exchange: Exchange, request: WireRequest) => void | Promise<void>
}

export interface Installed {
  readonly engine: Engine
  /**
   * Settles within milliseconds, and rejects where the requests of this process are not intercepted: `fetch`, `node:http` and `node:https` are
   * tried, once in a process. Who awaits it before the client begins can be sure that nothing leaves; `check` throws its reason, too.
   */
  readonly proved: Promise<void>
  /**
   * Throws a `ReplayFailed` that names every mismatch and every unused exchange, unless the scenario was played as written, to
   * its end. Works after `restore`, too: in a hook behind each test it fails that test, whatever the client made of it.
   */
  readonly check: () => void
  /** Takes every interceptor out of nock, one of your own too (nock cannot forget a single host pattern), and puts nock to sleep if it slept before. */
  readonly restore: () => void
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const

const toWire = async (request: Request): Promise<WireRequest> => ({
  method: request.method,
  url: request.url,
  headers: [...request.headers],
  body: new Uint8Array(await request.clone().arrayBuffer())
})

let active = false

/**
 * Plays the scenario to every HTTP client of the process, until `restore`. Every host is covered: a request that the
 * scenario does not have fails, wherever it goes; `connect` of `node:http2`, which nock does not know, throws. Call `check()` at the end. Throws where another scenario is
 * being played, and where requests would get through: under bun and deno, and with NOCK_OFF.
 */
export const install: (scenario: Scenario, options?: Options) => Installed = (scenario, options) =>
  start(scenario, options)

interface Started extends Installed {
  /** What nock cannot do for this process, in the place of a report. */
  readonly fault: () => ReplayFailed | undefined
}

const start = (scenario: Scenario, options: Options = {}): Started => {
  if (active) throw new Error("another scenario is being played under nock: restore it first, or use ReplayServer")
  if (process.env["NOCK_OFF"] === "true")
    throw new Error("NOCK_OFF=true lets requests out: take it out of the environment")
  const unfit = unfitRuntime()
  if (unfit !== undefined) throw new Error(unfit)
  const engine = Engines.make(scenario, options)
  const slept = !nock.isActive()

  const reply = async (request: Request): Promise<[number, Buffer | undefined, Array<string>]> => {
    if (isProof(request)) return [proofStatus, undefined, []]
    const wire = await toWire(request)
    const answer = engine.handle(wire)
    if (answer._tag === "Mismatch") throw new MismatchError(answer)
    await options.beforeAnswer?.(answer.exchange, wire)
    // A Buffer and flat raw headers: anything else is re-encoded, or loses all but one Set-Cookie.
    const empty = answer.status === 204 || answer.status === 304 || wire.method === "HEAD"
    return [answer.status, empty ? undefined : Buffer.from(answer.body), answer.headers.flat()]
  }
  // Methods without an interceptor are answered by nock with a 501 of its own making: they count as mismatches.
  const unmatched = (request: Request) =>
    void engine.handle({ method: request.method, url: request.url, headers: [], body: new Uint8Array(0) })

  if (slept) nock.activate()
  const everywhere = nock(/.*/).persist()
  for (const method of methods) everywhere.intercept(/.*/, method).optionally().reply(reply)
  nock.emitter.on("no match", unmatched)
  const faults: Array<Error> = []
  const fault = () => {
    // The first says why whatever came later went wrong.
    const [first] = faults
    return first === undefined ? undefined : new ReplayFailed({ scenario: scenario.name, report: first.message })
  }
  const allowHttp2 = forbidHttp2((error) => void faults.push(error))
  active = true
  const proved = prove()
  proved.catch((error: Error) => void faults.push(error))
  return {
    engine,
    proved,
    fault,
    check: () => {
      const failed = fault()
      if (failed !== undefined) throw failed
      check(scenario, engine.verify())
    },
    restore: () => {
      if (!active) return
      active = false
      allowHttp2()
      nock.emitter.off("no match", unmatched)
      nock.cleanAll()
      if (slept) nock.restore()
    }
  }
}

/**
 * Runs `effect` with the scenario under nock, once it is proved to intercept, and fails with `ReplayFailed` unless it was played as
 * written, to its end: also where the client swallowed the mismatch. Cleans nock up in any case.
 */
export const withScenario = <A, E, R>(
  scenario: Scenario,
  effect: Effect.Effect<A, E, R>,
  options?: Options
): Effect.Effect<A, E | ReplayFailed, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => start(scenario, options)),
    ({ engine, fault, proved }) =>
      Effect.promise(() => proved).pipe(
        Effect.andThen(verified(scenario, engine.verify, effect)),
        Effect.exit,
        Effect.flatMap((exit): Effect.Effect<A, E | ReplayFailed> => {
          const failed = fault()
          const interrupted = Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
          return failed === undefined || interrupted ? exit : Effect.fail(failed)
        })
      ),
    ({ restore }) => Effect.sync(restore)
  )
