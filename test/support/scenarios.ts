import * as Effect from "effect/Effect"
// By its place, not by its public name: processes of their own load this file, too, where nothing is built.
import * as Scenario from "../../src/replay/Scenario.ts"
import type { ScenarioFile } from "../../src/replay/format/ScenarioFile.ts"

type Exchange = ScenarioFile["exchanges"][number]

/** The JSON of a scenario around these exchanges: a shop's API, nothing of Tencent's. */
export const shopFile = (exchanges: ReadonlyArray<Exchange>, more: Partial<ScenarioFile> = {}): ScenarioFile => ({
  format: "webqq-fixture/1",
  title: "a shop",
  provenance: { kind: "synthetic", reason: "to try the harness" },
  clock: "2017-04-03T12:33:15Z",
  site: "shop",
  exchanges,
  outcome: { session: {} },
  ...more
})

/** The same, ready to be played. */
export const shop = (exchanges: ReadonlyArray<Exchange>, more: Partial<ScenarioFile> = {}): Scenario.Scenario =>
  Effect.runSync(Scenario.decode(shopFile(exchanges, more), { name: "shop" }))

/** A GET without conditions, answered with a text. */
export const get = (id: string, url: string, text: string, more: Partial<Exchange> = {}): Exchange => ({
  id,
  request: { method: "GET", url },
  response: { status: 200, headers: [["Content-Type", "text/plain"]], body: { text } },
  ...more
})
