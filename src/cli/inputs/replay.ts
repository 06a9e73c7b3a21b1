/**
 * `--replay`: a recorded scenario in the place of Tencent's servers, at the time of its recording.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as HttpClient from "effect/http/HttpClient"
import * as Facade from "../../Facade.ts"
import type { Bilingual } from "../../Language.ts"
import * as Engine from "../../replay/engine/Engine.ts"
import * as ReplayServer from "../../replay/ReplayServer.ts"
import * as Scenario from "../../replay/Scenario.ts"
import type { Session } from "../../Session.ts"
import { type CommandFailed, usage } from "../process/CommandFailed.ts"
import { inLines } from "../terminal/advice.ts"
import { whichScenario } from "./whichScenario.ts"

export interface Replay {
  /** Name of the site that was recorded. */
  readonly site: string
  /** The session that was kept before the recording. */
  readonly saved: Session | undefined
  readonly httpClient: Layer.Layer<HttpClient.HttpClient>
  readonly clock: Clock.Clock
  /**
   * How the conversation differed from the recorded one; nothing where it did not. One that was cut short by a limit or
   * a fault of our own has left exchanges unused: those count where the login went through, `toTheEnd`.
   */
  readonly report: (toTheEnd: boolean) => Bilingual | undefined
}

/**
 * Bytes of a scenario.json that the command plays itself: a quarter of a second, in which it hears no signal. What is only looked at may be
 * larger, in a thread of its own.
 */
export const playable = 2 ** 22

/** Serves a scenario, named or in a folder, on a loopback socket until the scope closes. */
export const start = (nameOrFolder: string, speed: number): Effect.Effect<Replay, CommandFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const scenario = yield* Effect.mapError(Scenario.loadUpTo(playable)(nameOrFolder), (error) => {
      const [first, ...details] = inLines(Scenario.said(error))
      return usage({ en: `cannot replay ${first.en}`, zh: `无法重放：${first.zh}` }, whichScenario(error), details)
    })
    const server = yield* ReplayServer.make(scenario)
    const rewritten = Effect.map(HttpClient.HttpClient, ReplayServer.rewrite(server.origin))
    return {
      site: scenario.site,
      saved: scenario.saved,
      httpClient: Layer.effect(HttpClient.HttpClient, rewritten).pipe(Layer.provide(Facade.httpClient)),
      clock: clockFrom(yield* Clock.Clock, Date.parse(scenario.clock), speed),
      report: (toTheEnd) =>
        Engine.said(
          scenario,
          server.verify().filter(({ _tag }) => toTheEnd || _tag !== "Unused")
        )
    }
  })

/** A clock that begins at `start` (milliseconds since 1970) and runs `speed` times as fast as `base`. */
export const clockFrom = (base: Clock.Clock, start: number, speed: number): Clock.Clock => {
  const origin = base.monotonicTimeNanosUnsafe()
  const elapsed = () => Math.floor(Number(base.monotonicTimeNanosUnsafe() - origin) * speed)
  const millis = () => start + Math.floor(elapsed() / 1e6)
  const nanos = () => BigInt(start) * 1_000_000n + BigInt(elapsed())
  const monotonic = () => BigInt(elapsed())
  return {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: monotonic,
    monotonicTimeNanos: Effect.sync(monotonic),
    sleep: (duration) => base.sleep(Duration.millis(Duration.toMillis(duration) / speed))
  }
}
