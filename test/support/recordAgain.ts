/**
 * A recording of a recording: a scenario of ours happens to somebody else, over sockets, and is written down again.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Facade from "../../src/Facade.ts"
import * as OwnLogin from "../../src/replay/OwnLogin.ts"
import * as Recorder from "../../src/replay/record/Recorder.ts"
import * as ReplayServer from "../../src/replay/ReplayServer.ts"
import * as Scenario from "../../src/replay/Scenario.ts"
import * as Scrub from "../../src/replay/record/Scrub.ts"
import { toJson } from "../../src/Session.ts"
import { chance, resecret } from "./resecret.ts"

export const root = new URL("../../fixtures/", import.meta.url).pathname

export const textOf = (name: string) => Fs.readFileSync(`${root}${name}/scenario.json`, "utf8")

const temporary = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "webqq-test-"))),
  (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true }))
)

/** Plays the scenario with other secrets over sockets, records that, and writes what remains of it to a folder. */
export const recordAgain = Effect.fn(function* (name: string, seed: number) {
  const { json, secrets } = resecret(textOf(name), chance(seed))
  const scenario = yield* Scenario.decode(json, { name, folder: `${root}${name}` })
  const recorder = Recorder.make()
  const played = yield* ReplayServer.withScenario(scenario, ({ origin }) =>
    Effect.gen(function* () {
      const client = recorder.record(ReplayServer.rewrite(origin)(yield* HttpClient.HttpClient))
      return yield* Effect.provideService(OwnLogin.play(scenario), HttpClient.HttpClient, client)
    }).pipe(Effect.provide(Facade.httpClient))
  )
  const scrubbed = yield* Scrub.scrub(recorder.captures(), {
    title: "recorded by a test",
    clock: scenario.clock,
    site: scenario.site,
    tool: "webqq-login test",
    date:
      scenario.clock.slice(0, 10) > "2018-12-31" && scenario.site.startsWith("webqq")
        ? "2018-12-31"
        : scenario.clock.slice(0, 10),
    outcome: OwnLogin.outcomeOf(played),
    saved: scenario.saved && toJson(scenario.saved)
  })
  const folder = Path.join(yield* temporary, name)
  Fs.mkdirSync(folder)
  Fs.writeFileSync(Path.join(folder, "scenario.json"), scrubbed.text)
  for (const { bytes, name: file } of scrubbed.files) Fs.writeFileSync(Path.join(folder, file), bytes)
  return { folder, json, played, scrubbed, secrets }
})
