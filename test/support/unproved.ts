/**
 * A process in which something else has taken the place of `fetch`, so that nock never sees what is asked: what the replay says of it,
 * as lines of JSON. Nothing leaves: the other one answers by itself.
 */
import * as Effect from "effect/Effect"
import * as NockReplay from "../../src/replay/NockReplay.ts"
import { get, shop } from "./scenarios.ts"

const scenario = shop([get("items", "https://api.shop.example/items", "x")])
const say = (value: unknown) => console.log(JSON.stringify(value))

const real = globalThis.fetch
globalThis.fetch = () => Promise.resolve(new Response("from elsewhere"))

const { check, proved, restore } = NockReplay.install(scenario)
const reason = await proved.then(
  () => "proved",
  ({ message }: Error) => message
)
say({ proved: reason })
restore()
const sameAs = (text: string) => (text.includes(reason) ? "the same" : text)
try {
  check()
} catch (error) {
  say({ check: sameAs(String(error)) })
}

let ran = false
const exit = await Effect.runPromiseExit(
  NockReplay.withScenario(
    scenario,
    Effect.sync(() => (ran = true))
  )
)
say({ withScenario: sameAs(String(exit)), ran })

globalThis.fetch = real
const again = NockReplay.install(scenario)
say({ again: await again.proved.then(() => "proved", String) })
again.restore()
