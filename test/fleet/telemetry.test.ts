/**
 * What a fleet gives a collector of OpenTelemetry: a trace a turn of an account and its metrics, and no secret in any.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Session from "webqq-login/Session"
import * as Tracing from "../../src/cli/process/tracing.ts"
import { collector, namesIn } from "../support/collector.ts"
import * as FleetServer from "../support/fleetServer.ts"
import { servedFleet } from "../support/servedFleet.ts"

const folder = mkdtempSync(join(tmpdir(), "webqq-fleet-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** A fleet that renews `alice` and looks whom it may scan for, with a collector at this address. */
const lives = async (name: string, url: string) => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20word" }
  const tracing = (await Tracing.start(env))!
  const telemetry = { tracer: tracing.tracer, metrics: Tracing.metricsTo(env) }
  const server = FleetServer.make(() => ({ check: "dead", renewal: "new" }))
  const home = join(folder, name)
  const fleet = await servedFleet(home, server, { telemetry })
  const token = readFileSync(join(home, "secrets.token"), "utf8").trim()
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${fleet.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body)
    })
    return { status: response.status, text: await response.text() }
  }
  await ask("PUT", "/accounts/alice", { site: "qzone", session: Session.toJson(FleetServer.sessionFor(10_001)) })
  const ensured = await ask("POST", "/accounts/alice/ensure", { how: "renew" })
  const { text } = await ask("POST", "/accounts/alice/link")
  const link = (JSON.parse(text) as { readonly link: string }).link
  await (await fetch(link)).text()
  // The last word of it is waited for, and a machine that is to stop is not kept by it.
  const ended = await fleet.stop()
  await tracing.end()
  return { ensured, ended, link, token }
}

describe.concurrent("a collector that OTEL_EXPORTER_OTLP_ENDPOINT names", () => {
  it.live("gets a trace a turn, and the metrics of the machine; no secret is in either", () =>
    Effect.gen(function* () {
      const { sent, url } = yield* collector()
      const { ended, ensured, link, token } = yield* Effect.promise(() => lives("traced", url))
      assert.isUndefined(ended)
      assert.strictEqual(ensured.status, 200, ensured.text)
      const of = (path: string) => sent.filter((one) => one.path === path)
      assert.includeMembers(namesIn(of("/v1/traces")), ["Account.ensure"])
      assert.isTrue(
        namesIn(of("/v1/traces")).some((name) => name.startsWith("SignIn.")),
        namesIn(of("/v1/traces")).join()
      )
      const metrics = of("/v1/metrics")
        .map(({ body }) => body)
        .join("\n")
      for (const name of ["webqq_fleet_due", "webqq_fleet_accounts", "service.instance.id"])
        assert.include(metrics, name)
      for (const { body, headers } of sent) {
        assert.deepInclude(headers, { "x-key": "a word" })
        for (const secret of ["CANARY", token, new URL(link).pathname]) assert.notInclude(body, secret)
      }
    })
  )

  it.live.each(["dead", "deaf"])("costs nothing where it is %s", (state) =>
    Effect.gen(function* () {
      const { url } = state === "deaf" ? yield* collector(true) : { url: "http://127.0.0.1:9" }
      const { ended, ensured } = yield* Effect.promise(() => lives(state, url))
      assert.isUndefined(ended)
      assert.strictEqual(ensured.status, 200, ensured.text)
    })
  )
})
