/**
 * Traces of what a command does, for a collector that OpenTelemetry's variables name: a span a step, each with how long it took and the
 * kind of its failure. Loaded only where one is named. A collector that is dead costs nothing, and one that is slow a moment at the end: what it
 * does not take by then is dropped.
 *
 * This runs beside the command, in a bundle of its own: between the two there is nothing but the plain interface of a tracer.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import * as HttpClient from "effect/http/HttpClient"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as OtlpTracer from "effect/observability/OtlpTracer"
import * as CollectorClient from "../../http/collector.ts"

type Variables = Readonly<Record<string, string | undefined>>

/** Where metrics go, where the variables say; for what has any. */
export const metricsTo = (env: Variables) => {
  const url = addressOf(env, "METRICS")
  return url === undefined ? undefined : { url, headers: headersOf(env, "METRICS") }
}

export interface Tracing {
  readonly tracer: Tracer.Tracer
  /** Gives the collector what is left, in the time that it may cost. */
  readonly end: () => Promise<void>
}

/** What the end may take: nothing where the collector has failed, and little where nobody knows; or what the variable says. */
const patienceOf = (env: Variables) => {
  const text = env["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"] || env["OTEL_EXPORTER_OTLP_TIMEOUT"] || ""
  const [known, unknown] = /^\d{1,7}$/.test(text) ? [Number(text), Number(text)] : [400, 200]
  return { known: Duration.millis(known), unknown: Duration.millis(unknown) }
}

/** A tracer that sends its spans to where the variables say; nothing where that is no address. */
export const start = async (env: Variables): Promise<Tracing | undefined> => {
  const url = addressOf(env, "TRACES")
  if (url === undefined) return undefined
  const patience = patienceOf(env)
  let isAlive = false
  const failed = Deferred.makeUnsafe<void>()
  const watched = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      client.pipe(
        HttpClient.tap(() => Effect.sync(() => (isAlive = true))),
        HttpClient.tapError(() => Deferred.succeed(failed, undefined))
      )
    )
  )
  const scope = Scope.makeUnsafe()
  const layer = OtlpTracer.layer({
    url,
    resource: { serviceName: "webqq-login" },
    headers: headersOf(env, "TRACES"),
    exportInterval: "300 millis",
    shutdownTimeout: patience.known
  }).pipe(Layer.provide([OtlpSerialization.layerJson, Layer.provide(watched, CollectorClient.layer)]))
  const services = await Effect.runPromise(Layer.buildWithScope(layer, scope))
  const tracer = Context.get(services, Tracer.Tracer)
  return {
    tracer: Tracer.make({
      span: (options) => {
        const span = tracer.span(options)
        const { end } = span
        // The text of a fault, and where in the code it was, may hold anything.
        span.end = (time, exit) => end.call(span, time, Exit.isSuccess(exit) ? Exit.void : kindOf(exit))
        return span
      }
    }),
    end: () =>
      // Once begun, it cannot be called off, but nobody has to wait for it.
      Fiber.await(Effect.runFork(Scope.close(scope, Exit.void))).pipe(
        Effect.timeoutOption(isAlive ? patience.known : patience.unknown),
        Effect.raceFirst(Deferred.await(failed)),
        Effect.asVoid,
        Effect.runPromise
      )
  }
}

/** How it failed, without a word of it: by the tag of its error. */
const kindOf = (exit: Exit.Failure<unknown, unknown>): Exit.Exit<never, Error> => {
  const { reasons } = exit.cause
  if (reasons.every(({ _tag }) => _tag === "Interrupt")) return Exit.interrupt()
  const failed = reasons.find((reason) => reason._tag === "Fail")
  const { _tag = "" } = (failed?.error ?? {}) as { readonly _tag?: unknown }
  const name = /^[A-Za-z]{1,40}$/.test(String(_tag)) ? String(_tag) : "Unexpected"
  return Exit.fail(Object.assign(new Error(name), { name, stack: name }))
}

type Signal = "TRACES" | "METRICS"

const addressOf = (env: Variables, signal: Signal): string | undefined => {
  const own = env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]
  const base = env["OTEL_EXPORTER_OTLP_ENDPOINT"]
  const text = own || (base && `${base.replace(/\/$/, "")}/v1/${signal.toLowerCase()}`)
  return text && /^https?:\/\//.test(text) && URL.canParse(text) ? text : undefined
}

const withoutBlanks = (text: string) => text.replaceAll(/\s/g, "")

/** `name=value,name=value`, both in the manner of URLs. */
const headersOf = (env: Variables, signal: Signal): Record<string, string> => {
  const text = env[`OTEL_EXPORTER_OTLP_${signal}_HEADERS`] || env["OTEL_EXPORTER_OTLP_HEADERS"] || ""
  const pairs = text.split(",").flatMap((pair) => {
    const [, name, value = ""] = /^([\w-]+)=([\x21-\x7e]*)$/.exec(withoutBlanks(pair)) ?? []
    return name === undefined ? [] : [[name, decoded(value)] as const]
  })
  return Object.fromEntries(pairs)
}

const decoded = (text: string): string => {
  try {
    const plain = decodeURIComponent(text)
    return /^[\x20-\x7e]*$/.test(plain) ? plain : text
  } catch {
    return text
  }
}
