/**
 * A program of its own: plays a scenario, and dies of what came out, a session or an error, as of an exception that nobody catches.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Login from "../../src/Login.ts"
import * as MemoryReplay from "../../src/replay/MemoryReplay.ts"
import { runVirtual } from "../../src/replay/runVirtual.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import * as SessionStore from "../../src/store/SessionStore.ts"
import * as SignIn from "../../src/SignIn.ts"
import * as Site from "../../src/Site.ts"

const scenario = await Effect.runPromise(Scenario.load(process.argv[2] ?? ""))
const site = Site.find(scenario.site)!
const signIn = Effect.gen(function* () {
  const store = yield* SessionStore.SessionStore
  if (scenario.saved !== undefined) yield* store.save(scenario.saved)
  return yield* scenario.saved === undefined ? Login.login(site) : SignIn.signIn(site)
}).pipe(Effect.provide(SessionStore.layerMemory))

const played = Effect.result(runVirtual(signIn, { startAt: scenario.clock }))
const result = await Effect.runPromise(MemoryReplay.withScenario(scenario, played))
throw Result.isSuccess(result) ? result.success : result.failure
