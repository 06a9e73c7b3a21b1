/**
 * Spans that the command gives a collector of OpenTelemetry: one a step, and no secret in any.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import { Scenario } from "webqq-login/replay"
import * as Tracing from "../../src/cli/process/tracing.ts"
import { collector, namesIn } from "../support/collector.ts"
import { command } from "./child.ts"

const login = "login --replay qzone --speed 50 --qr none"
const run = (line: string, env: Readonly<Record<string, string>>) => Effect.promise(() => command(line, { env }))

describe.concurrent("a collector that OTEL_EXPORTER_OTLP_ENDPOINT names", () => {
  it.live("gets a span a step, under a name of ours, with the headers that it wants, and no secret", () =>
    Effect.gen(function* () {
      const { sent, url } = yield* collector()
      const plain = yield* run(login, {})
      const traced = yield* run(login, {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`,
        OTEL_EXPORTER_OTLP_TIMEOUT: "60000",
        OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20word, ,broken, x-other=b"
      })
      assert.deepEqual([traced.code, traced.stdout, traced.stderr], [0, plain.stdout, plain.stderr])
      assert.isAbove(sent.length, 0)
      for (const { headers, path } of sent) {
        assert.deepInclude(headers, { "x-key": "a word", "x-other": "b" })
        assert.strictEqual(path, "/v1/traces")
      }
      const all = sent.map(({ body }) => body).join("\n")
      assert.include(all, `"stringValue":"webqq-login"`)
      assert.includeMembers(namesIn(sent), [
        "QrCode.fetch",
        "ScanStatus.poll",
        "AwaitConfirmation.awaitConfirmation",
        "Redirect.follow",
        "GtkBkn.read",
        "Login.login",
        "SignIn.signIn"
      ])
      const { outcome } = yield* Scenario.load("qzone")
      const cookies = "session" in outcome ? (outcome.session.cookies ?? []) : []
      const secrets = cookies.map(({ value }) => String(value)).filter((value) => value.length > 5)
      assert.isAbove(secrets.length, 3)
      for (const secret of [...secrets, "txz.qq.com", "ptsigx", "椰子", "123456789"]) assert.notInclude(all, secret)
    })
  )

  it.live.each([
    ["nobody listens there", "http://127.0.0.1:9"],
    ["it is no address", "nonsense"],
    ["it is none of http", "grpc://127.0.0.1:4317"]
  ] as const)("changes nothing where %s", ([, url]) =>
    Effect.gen(function* () {
      const plain = yield* run(login, {})
      const traced = yield* run(login, { OTEL_EXPORTER_OTLP_ENDPOINT: url })
      assert.deepEqual([traced.code, traced.stdout, traced.stderr], [0, plain.stdout, plain.stderr])
    })
  )

  it.live(
    "changes nothing where it takes all and answers nothing, and is asked nothing where tracing is turned off",
    () =>
      Effect.gen(function* () {
        const { sent, url } = yield* collector(true)
        const off = yield* run(login, { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: "true" })
        assert.deepEqual([off.code, sent.length], [0, 0])
        const traced = yield* run(login, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url })
        assert.deepEqual([traced.code, traced.stdout, traced.stderr], [0, off.stdout, off.stderr])
      })
  )

  it.live("is told the kind of a failure, and not a word of it", () =>
    Effect.gen(function* () {
      const { sent, url } = yield* collector()
      const tracing = yield* Effect.promise(() =>
        Tracing.start({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/x`, OTEL_EXPORTER_OTLP_TIMEOUT: "60000" })
      )
      for (const [name, fault] of [
        ["of-text", Effect.die(new Error("CANARY-text"))],
        ["of-value", Effect.die({ CANARY: "CANARY-value" })],
        ["of-name", Effect.fail({ _tag: "CANARY tag" })],
        ["of-tag", Effect.fail({ _tag: "QrRefused", message: "CANARY-message" })]
      ] as const) {
        yield* fault.pipe(Effect.withSpan(name), Effect.provideService(Tracer.Tracer, tracing!.tracer), Effect.exit)
      }
      yield* Effect.promise(() => tracing!.end())
      const all = sent.map(({ body }) => body).join("\n")
      assert.deepEqual([...new Set(sent.map(({ path }) => path))], ["/x"])
      assert.notInclude(all, "CANARY")
      for (const word of ["of-text", "of-value", "of-name", "of-tag", "QrRefused", "Unexpected"])
        assert.include(all, word)
    })
  )
})
