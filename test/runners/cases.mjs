/**
 * What a runner of tests has to do with recorded logins, without a runner: `scripts/runners.ts` has each of them run these, and looks at what
 * they wrote down.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { appendFileSync } from "node:fs"
import { Facade, Login, Site } from "webqq-login"
import { Engine, MemoryReplay, ReplayServer, runVirtual, Scenario } from "webqq-login/replay"

const scenario = () => Effect.runPromise(Scenario.load("webqq"))
const site = Site.webqq
const config = { pollInterval: "1 millis" }

const cases = {
  MemoryReplay: async () =>
    Facade.login({ site, httpClient: MemoryReplay.layer(Engine.make(await scenario())), config }),
  runVirtual: async () => {
    const played = await scenario()
    const login = runVirtual(Login.login(site), { startAt: played.clock })
    return Effect.runPromise(MemoryReplay.withScenario(played, login))
  },
  ReplayServer: async () => {
    const login = ({ origin }) => {
      const rewritten = Effect.map(HttpClient.HttpClient, ReplayServer.rewrite(origin))
      const httpClient = Layer.provide(Layer.effect(HttpClient.HttpClient, rewritten), Facade.httpClient)
      return Effect.promise(() => Facade.login({ site, httpClient, config }))
    }
    return Effect.runPromise(ReplayServer.withScenario(await scenario(), login))
  },
  "replay/nock": async () => {
    const { install } = await import("webqq-login/replay/nock")
    const { check, proved, restore } = install(await scenario())
    try {
      await proved
      return await Facade.login({ site, config })
    } finally {
      restore()
      check()
    }
  }
}

/** Hands each case over to what a runner calls `test`. A case that is refused in words passes: the words are written down. */
export const register = (test) => {
  for (const [name, run] of Object.entries(cases)) {
    test(name, async () => {
      const ended = await run().then(
        ({ uin }) => (uin === 123456789 ? "works" : `wrong: ${uin}`),
        (error) => (/lets requests out of the process/.test(error.message) ? "refused" : `failed: ${error.message}`)
      )
      appendFileSync(process.env.OUTCOMES, `${JSON.stringify([name, ended])}\n`)
    })
  }
}
