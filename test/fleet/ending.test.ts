/**
 * What a machine says while it works, and when it is told to stop: warnings about its own end are of no use to anybody, and faults are.
 */
import { afterAll, assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpClient from "effect/http/HttpClient"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as FleetServer from "../support/fleetServer.ts"
import { servedFleet } from "../support/servedFleet.ts"

const folder = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
afterAll(() => rmSync(folder, { recursive: true }))

it("a machine that is told to stop warns of nothing any more, and names faults still", async () => {
  let asked = () => {}
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  // A server that never answers: whoever asks it is broken off by the end of the machine.
  const hanging = HttpClient.make(() =>
    Effect.logWarning("a warning before").pipe(
      Effect.andThen(Effect.sync(() => asked())),
      Effect.andThen(Effect.never),
      Effect.onInterrupt(() =>
        Effect.andThen(Effect.logWarning("a warning at the end"), Effect.logError("a fault at the end"))
      )
    )
  )
  const httpClient = Layer.succeed(HttpClient.HttpClient, hanging)
  const fleet = await servedFleet(folder, FleetServer.make(), { httpClient })
  const headers = {
    authorization: `Bearer ${readFileSync(join(folder, "secrets.token"), "utf8").trim()}`,
    "content-type": "application/json"
  }
  const accounts = `http://127.0.0.1:${fleet.port}/accounts`
  await fetch(`${accounts}/alice`, { method: "PUT", headers, body: `{"site":"qzone"}` })
  const watching = fetch(`${accounts}/alice/login`, { headers }).then((response) => response.text())
  await isAsked
  assert.isUndefined(await fleet.stop())
  await watching.catch(() => {})
  const said = fleet.said.filter((line) => / before| at the end/.test(line))
  assert.deepStrictEqual(said, ["a warning before", "a fault at the end"])
})
